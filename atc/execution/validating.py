"""Waves validated before a run, by this process while they are small, else by one that ends with it.

What reads a thousand sites takes room that the driver would keep until its last page.
"""

from __future__ import annotations

from collections.abc import Iterable

from atc.execution import processes
from atc.paths import Project
from atc.processed import is_processed

# Bytes of raw tables: some three hundred sites.
_LARGE = 300_000


def validate(project: Project, waves: Iterable[str]) -> None:
    """Validate the waves of which anything changed.

    Args:
        project: Where the files are.
        waves: Their names.

    Raises:
        DataRefused: A wave breaks the dictionary.
    """
    for vague in waves:
        if is_processed(project, vague):
            continue
        if _size(project, vague) < _LARGE:
            _process(project, vague)
            continue
        from atc.execution.pool import helper  # noqa: PLC0415

        with processes.private_folder() as private, helper(private.name) as executor:
            executor.submit(_process, project, vague).result()


def _size(project: Project, vague: str) -> int:
    return sum(path.stat().st_size for path in project.raw(vague).glob("*.csv"))


def _process(project: Project, vague: str) -> None:
    # pandas and frictionless take a second to import: only a run that needs them pays for it.
    from atc.waves import process  # noqa: PLC0415

    process(project, vague)
