"""Reproducible notebooks behind the evaluation of Animation territoriale citoyenne.

`open_wave` is the door: ``atc.open_wave("2020-automne")``. `explorer` asks it one question, `tables` lists
what may be asked, `bureau` offers all of it in lists.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atc.desk.answer import explorer, tables
    from atc.desk.desk import bureau
    from atc.exhibits import chapters, notices
    from atc.exhibits.model import Exhibit
    from atc.survey.waves import Wave, open_wave

__version__ = "0.1.0"

__all__ = [
    "Exhibit",
    "Wave",
    "__version__",
    "bureau",
    "chapters",
    "explorer",
    "notices",
    "open_wave",
    "tables",
]

# pandas and matplotlib are heavy: `atc --help` must not wait for them (PEP 562).
_HOMES = {
    "Exhibit": "atc.exhibits.model",
    "Wave": "atc.survey.waves",
    "bureau": "atc.desk.desk",
    "chapters": "atc.exhibits.chapters",
    "explorer": "atc.desk.answer",
    "notices": "atc.exhibits.notices",
    "open_wave": "atc.survey.waves",
    "tables": "atc.desk.answer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'atc' has no attribute '{name}'")
    home = import_module(_HOMES[name])
    return home if home.__name__.endswith(f".{name}") else getattr(home, name)


def __dir__() -> list[str]:
    return sorted(__all__)
