"""A small set of right exports, one tool each, in a project of its own: to be spoilt at will."""

import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from intake.exports import HERE, VAGUE, csv_bytes, xlsx_bytes

from atc.intake.importing import import_wave
from atc.intake.persons import DEMONSTRATION_KEY
from atc.survey.paths import Project

# For these tests only: a demonstration, which guards nothing.
KEY = b"cle de demonstration des essais, 0123456789abcdef"

Rows = list[list[object]]


def _rows(text: str) -> Rows:
    return [[int(cell) if cell == "6" else cell for cell in line.split("|")] for line in text.splitlines()]


_TOLD = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
LISTE, FLASH, CARNET = (_rows(_TOLD[name]) for name in ("liste", "flash", "carnet"))
SHEETS: dict[str, Rows] = {name: _rows(text) for name, text in _TOLD["terrain"].items()}
MAPPING = Path(__file__).with_suffix(".yml")


class Outcome(NamedTuple):
    """What an import says, and whether it changed anything."""

    lines: list[str]
    changed: bool


class Desk:
    """An evaluator's machine: a project with the wave of 2020; exports, a mapping and the key outside it."""

    secret = DEMONSTRATION_KEY

    def __init__(self, root: Path) -> None:
        self.project = Project(root / "projet")
        self.exports = root / "exports"
        self.exports.mkdir(parents=True)
        for name in ("data/dictionary", "data/raw/2020-automne"):
            shutil.copytree(HERE.root / name, self.project.root / name)
        shutil.copyfile(HERE.settings_file, self.project.settings_file)
        self.mapping = root / "correspondance.yml"
        self.key = root / "cle"
        self.key.write_bytes(self.secret)
        self.key.chmod(0o600)

    def receive(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            (self.exports / name).write_bytes(content)

    def run(self, *, replace: bool = False, files: Sequence[Path] | None = None) -> Outcome:
        found = tuple(files) if files is not None else tuple(sorted(self.exports.iterdir()))
        return Outcome(*import_wave(self.project, VAGUE, found, self.mapping, self.key, replace=replace))

    @property
    def raw(self) -> Path:
        return self.project.raw(VAGUE)


class World(Desk):
    """The exports above, and their mapping."""

    secret = KEY

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        shutil.copyfile(MAPPING, self.mapping)
        self.write("liste.csv", csv_bytes(LISTE, encoding="cp1252"))
        self.write("flash.csv", csv_bytes(FLASH, encoding="utf-8-sig", quoted=True, blank=True))
        self.write("carnet.csv", csv_bytes(CARNET))
        self.write("terrain.xlsx", xlsx_bytes(SHEETS))

    def path(self, name: str) -> Path:
        return self.exports / name

    def write(self, name: str, content: bytes) -> None:
        self.path(name).write_bytes(content)

    def edit(self, name: str, change: Callable[[bytes], bytes]) -> None:
        before = self.path(name).read_bytes()
        after = change(before)
        assert after != before, f"nothing changed in {name}"
        self.write(name, after)

    def edit_mapping(self, old: str, new: str) -> None:
        text = self.mapping.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in the mapping"
        self.mapping.write_text(text.replace(old, new, 1), encoding="utf-8")

    def snapshot(self) -> dict[str, bytes]:
        root = self.project.root
        return {str(p.relative_to(root)): p.read_bytes() if p.is_file() else b"" for p in root.rglob("*")}
