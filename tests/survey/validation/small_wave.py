"""A valid wave small enough to be read at a glance, in a project of its own, to be spoilt at will."""

import hashlib
import json
import shutil
import tomllib
from pathlib import Path
from typing import NamedTuple

from atc.survey.dictionary import load_dictionary
from atc.survey.errors import DataRefused, Fault
from atc.survey.paths import Project
from atc.survey.validation import validate_wave

VAGUE = "2020-automne"
FOLDER = f"data/raw/{VAGUE}"
HERE = Path(__file__).resolve().parents[3]

TABLES = {
    path.stem: path.read_bytes().decode() for path in sorted(Path(__file__).with_suffix("").glob("*.csv"))
}


class Defect(NamedTuple):
    """A passage of a table replaced by another."""

    name: str
    table: str
    old: str
    new: str


DEFECTS = tuple(
    Defect(name, *told)
    for name, told in tomllib.loads(Path(__file__).with_name("defects.toml").read_text("utf-8")).items()
)


class SmallWave:
    """A project in a temporary folder, whose files may be changed one by one."""

    def __init__(self, root: Path, tables: dict[str, bytes] | None = None) -> None:
        self.root = root
        self.project = Project(root)
        self.raw = self.project.raw(VAGUE)
        self.raw.mkdir(parents=True)
        shutil.copytree(HERE / "data" / "dictionary", self.project.dictionary)
        shutil.copy(HERE / "report.toml", self.project.settings_file)
        for name, content in (tables or {n: t.encode() for n, t in TABLES.items()}).items():
            (self.raw / f"{name}.csv").write_bytes(content)
        self.describe()

    def file(self, name: str) -> Path:
        """A file of the wave, by the name of its table or its own."""
        return self.raw / (name if "." in name else f"{name}.csv")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one passage of a file, which must be there, and mend its hash."""
        text = self.file(name).read_bytes().decode()
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new, 1).encode())

    def write(self, name: str, content: bytes) -> None:
        """Put other bytes in a file, and mend its hash."""
        self.file(name).write_bytes(content)
        self.describe()

    def describe(self) -> None:
        """Write a datapackage.json that agrees with the files."""
        resources = [
            {
                "name": table.name,
                "path": f"{table.name}.csv",
                "hash": f"sha256:{hashlib.sha256(self.file(table.name).read_bytes()).hexdigest()}",
                "collecte": {"libelle": "été 2020"},
                "statuts": dict.fromkeys(table.fields, "simulé"),
            }
            for table in load_dictionary(self.project)
        ]
        self.write_package(
            {
                "vague": VAGUE,
                "title": "Petite vague",
                "version": "1",
                "licenses": [{"title": "Licence Ouverte 2.0"}],
                "resources": resources,
            }
        )

    @property
    def package(self) -> dict:
        """The description, as JSON."""
        return json.loads(self.file("datapackage.json").read_text(encoding="utf-8"))

    def write_package(self, package: dict) -> None:
        """Write another description."""
        text = json.dumps(package, ensure_ascii=False, indent=1)
        self.file("datapackage.json").write_text(text, encoding="utf-8")

    def faults(self) -> list[Fault]:
        """Every fault of the wave; none when it is accepted."""
        try:
            validate_wave(self.project, VAGUE)
        except DataRefused as refused:
            return list(refused.faults)
        return []
