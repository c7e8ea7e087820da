"""Reproducible notebooks behind the evaluation of Animation territoriale citoyenne.

`open_wave` is the door: ``atc.open_wave("2020-automne")``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atc.exhibit import Exhibit
    from atc.waves import Wave, open_wave

__version__ = "0.1.0"

__all__ = ["Exhibit", "Wave", "__version__", "open_wave"]

# pandas and matplotlib are heavy: `atc --help` must not wait for them (PEP 562).
_HOMES = {"Exhibit": "atc.exhibit", "Wave": "atc.waves", "open_wave": "atc.waves"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'atc' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
