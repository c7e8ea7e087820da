"""Where the rivals run: copies of the project, and the notebooks that all of them execute."""

import compileall
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
WAVE = "2021-automne"
SHEET = "fiche_territoire"
# Of the simulated waves.
TRIAL = "essai"
_COPIED = (
    "atc",
    "benchmarks",
    "data",
    "notebooks",
    "share",
    "report.toml",
    "requirements.lock",
    "pyproject.toml",
)
_TRIAL_SETTINGS = """
[vagues.essai]
libelle = "Vague d’essai"
rapport = "Essai"
precaution = "Tout est simulé."
date = 2021-12-15
publie = false
"""


@dataclass(frozen=True)
class Execution:
    """One notebook with its parameters, as any of the tools takes it.

    Attributes:
        notebook: Its name, without extension.
        name: Of its output.
        parameters: Name -> value.
    """

    notebook: str
    name: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """A copy of the project, code included: nobody changes it while it is measured.

    Attributes:
        root: Its folder.
        chapters: Those to make.
        sheets: Whether to make the sheets of the territories too.
    """

    root: Path
    chapters: tuple[str, ...]
    sheets: bool

    @property
    def variables(self) -> dict[str, str]:
        """What points Python and ``atc`` here."""
        return {"PYTHONPATH": str(self.root), "ATC_ROOT": str(self.root)}

    @property
    def reworded(self) -> str:
        """The chapter whose text changes."""
        return self.chapters[min(1, len(self.chapters) - 1)]

    @property
    def made(self) -> Path:
        """Where rivals leave their files."""
        return self.root / "fait"

    def executions(self) -> list[Execution]:
        """Every notebook to execute."""
        found = [Execution(slug, slug, {"vague": WAVE, "diffusion": "financeurs"}) for slug in self.chapters]
        if self.sheets:
            lines = (
                (self.root / "data" / "raw" / WAVE / "territoires.csv")
                .read_text(encoding="utf-8")
                .splitlines()
            )
            place = lines[0].split(",").index("territoire")
            found += [
                Execution(SHEET, site, {"vague": WAVE, "diffusion": "interne", "territoire": site})
                for site in (line.split(",")[place] for line in lines[1:])
            ]
        return found

    def clear(self) -> None:
        """Forget every result, validated tables included."""
        for folder in (self.root / "outputs", self.root / "data" / "processed", self.made):
            shutil.rmtree(folder, ignore_errors=True)
        self.made.mkdir()

    def results(self) -> dict[str, str]:
        """Hash of every file that ``atc run`` left."""
        made = [p for p in (self.root / "outputs").rglob("*") if p.is_file() and p.name != ".verrou"]
        return {str(p.relative_to(self.root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in made}

    def change_data(self, value: int) -> None:
        """Change one score, and the hash that vouches for its file."""
        raw = self.root / "data" / "raw" / WAVE
        lines = (raw / "scores.csv").read_text(encoding="utf-8").splitlines(keepends=True)
        *kept, _ = lines[1].rstrip("\n").split(",")
        lines[1] = ",".join([*kept, str(value)]) + "\n"
        (raw / "scores.csv").write_text("".join(lines), encoding="utf-8")
        description = json.loads((raw / "datapackage.json").read_text(encoding="utf-8"))
        (resource,) = (r for r in description["resources"] if r["name"] == "scores")
        content = (raw / "scores.csv").read_bytes()
        resource["hash"], resource["bytes"] = f"sha256:{hashlib.sha256(content).hexdigest()}", len(content)
        (raw / "datapackage.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    def change_sentence(self, words: str) -> None:
        """Add words to the first paragraph of one chapter."""
        path = self.root / "notebooks" / f"{self.reworded}.ipynb"
        content = json.loads(path.read_text(encoding="utf-8"))
        cell = next(c for c in content["cells"][1:] if c["cell_type"] == "markdown")
        cell["source"] = "".join(cell["source"]) + f"\n\n{words}"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def copied(folder: Path, chapters: int | None = None) -> Field:
    """A copy of the project.

    Args:
        folder: Where to; made here.
        chapters: How many chapters, and then no sheet; everything by default.
    """
    folder.mkdir(parents=True)
    for name in _COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(
                source, folder / name, ignore=shutil.ignore_patterns("processed", "__pycache__", "perso")
            )
        elif source.is_file():
            shutil.copy2(source, folder / name)
    compileall.compile_dir(folder / "atc", quiet=2)
    settings = (folder / "report.toml").read_text(encoding="utf-8")
    slugs = re.findall(r'"(\d\d_\w+)"', settings)
    return Field(folder, tuple(slugs[:chapters]), sheets=chapters is None)


def simulated(folder: Path, sites: int) -> Field:
    """A copy of the project with a wave of many territories, answered by nobody."""
    field = copied(folder)
    with (folder / "report.toml").open("a", encoding="utf-8") as stream:
        stream.write(_TRIAL_SETTINGS)
    command = [
        sys.executable,
        "-m",
        "atc",
        "simulate",
        "--vague",
        TRIAL,
        "--sites",
        str(sites),
        "--seed",
        "1",
    ]
    subprocess.run(
        command, cwd=folder, env={**os.environ, **field.variables}, check=True, stdout=subprocess.DEVNULL
    )
    return field


def forget(field: Field) -> None:
    """Remove a copy: a thousand sheets take a gigabyte."""
    shutil.rmtree(field.root)
