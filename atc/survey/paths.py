"""Where things are. Naming a folder has no side effect; finding the project puts it back in order first."""

import os
from dataclasses import dataclass
from pathlib import Path

from atc.survey.errors import Messages, UsageError
from atc.survey.files import recover

_said = Messages(__name__)
MARKER = "report.toml"
# Folders below the root in which a command may be making what it will swap in.
_WORKED_IN = (
    *("collecte", "data", "data/raw", "data/processed", "outputs", "outputs/*", "outputs/*/interne"),
    *("outputs/*/interne/carnets", "outputs/*/perso", "outputs/*/perso/*", "outputs/*/perso/*/*"),
)


def belongs(path: Path) -> bool:
    """Whether a file counts: it is none that LibreOffice, Excel or an editor leaves beside one it opens."""
    return path.is_file() and not path.name.startswith((".", "~$")) and not path.name.endswith("~")


@dataclass(unsafe_hash=True)
class Project:
    """The folders of one project, below the one that holds ``report.toml``."""

    root: Path

    def __post_init__(self) -> None:
        self.settings_file = self.root / MARKER  # all that changes from one report to the next
        self.dictionary = self.root / "data" / "dictionary"  # one Table Schema per table
        self.reference = self.root / "data" / "reference"  # public facts: published figures, background map
        self.notebooks = self.root / "notebooks"  # one chapter each, without outputs
        self.own_notebooks = self.notebooks / "perso"  # of one's own: out of git, and of the report

    def raw(self, vague: str) -> Path:
        """Pseudonymised tables of a wave, as received."""
        return self.root / "data" / "raw" / vague

    def forms(self, vague: str) -> Path:
        """Blank forms of a wave to come: out of git, for they end up filled in."""
        return self.root / "collecte" / vague

    def processed(self, vague: str) -> Path:
        """Validated tables of a wave, rebuilt at will."""
        return self.root / "data" / "processed" / vague

    def outputs(self, vague: str, diffusion: str) -> Path:
        """Pages of a wave at one tier, rebuilt at will."""
        return self.root / "outputs" / vague / diffusion

    def recover(self) -> None:
        """Put back what a command that was killed left half-way: see `atc.survey.files`."""
        recover([self.root, *(folder for pattern in _WORKED_IN for folder in self.root.glob(pattern))])

    def relative(self, path: Path) -> str:
        """``path`` as a reader knows it: from the root, with forward slashes; links are not followed."""
        return path.absolute().relative_to(self.root.absolute()).as_posix()


def find_project(start: Path | None = None) -> Project:
    """Find the project, in ``ATC_ROOT`` or from ``start`` or the current folder up, and put it back in order.

    A `UsageError` tells that there is none.
    """
    forced = os.environ.get("ATC_ROOT")
    here = Path(forced).resolve() if forced else (start or Path.cwd()).resolve()
    for folder in (here,) if forced else (here, *here.parents):
        if (folder / MARKER).is_file():
            project = Project(folder)
            project.recover()
            return project
    raise UsageError(_said("wrong_root" if forced else "no_project", folder=forced or here, marker=MARKER))
