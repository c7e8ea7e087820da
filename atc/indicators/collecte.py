"""When the tables were collected, as the wave's own papers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atc.datapackage import Package


def periode(package: Package, table: str) -> str:
    """When one table was collected, in the words of ``datapackage.json``.

    Raises:
        KeyError: The wave has no such table.
    """
    return package.resources[table].collected
