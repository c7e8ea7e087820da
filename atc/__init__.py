"""Reproducible notebooks behind the evaluation of Animation territoriale citoyenne.

`open_wave` is the door: ``atc.open_wave("2020-automne")``. `explorer` asks it one question, `tables` lists
what may be asked, `apercu` shows its rows to the evaluation team, `bureau` offers all of it in lists.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atc.exhibit import Exhibit
    from atc.exploration.door import apercu, bureau, explorer, tables
    from atc.waves import Wave, open_wave

__version__ = "0.1.0"

__all__ = ["Exhibit", "Wave", "__version__", "apercu", "bureau", "explorer", "open_wave", "tables"]

# pandas and matplotlib are heavy: `atc --help` must not wait for them (PEP 562).
_HOMES = {
    "Exhibit": "atc.exhibit",
    "Wave": "atc.waves",
    "apercu": "atc.exploration.door",
    "bureau": "atc.exploration.door",
    "explorer": "atc.exploration.door",
    "open_wave": "atc.waves",
    "tables": "atc.exploration.door",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'atc' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
