"""A copy of the project in a folder of its own, the command line run from there, and what is made once."""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from atc.run.manifest import file_hash
from atc.survey.datapackage import FILE as PACKAGE
from atc.survey.paths import Project
from atc.survey.waves import Wave, open_wave

REPOSITORY = Path(__file__).resolve().parents[1]
VAGUE = "2020-automne"
Rows = list[dict[str, str]]


def copy_project(root: Path, validated: Path | None = None) -> Project:
    """What a clone holds and a run reads; with both waves as the fixture of that name validated them."""
    root.mkdir(parents=True)
    shutil.copy(REPOSITORY / "report.toml", root)
    for name in ("data/dictionary", "data/reference", "data/raw"):
        shutil.copytree(REPOSITORY / name, root / name)
    (root / "notebooks").mkdir()
    for path in REPOSITORY.glob("notebooks/*.*"):
        shutil.copy(path, root / "notebooks")
    if validated is not None:
        shutil.copytree(validated, root / "data" / "processed")
    return Project(root)


def opened(project: Project, vague: str = VAGUE, diffusion: str = "financeurs") -> Wave:
    """A wave of a copy."""
    with patch.dict(os.environ, ATC_ROOT=str(project.root)):
        return open_wave(vague, diffusion)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that nobody changes. Whoever comes first fills it, other workers wait for it."""
    own = factory.getbasetemp()
    base = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    done, failed = (base.with_name(f"{name} {end}") for end in ("fait", "échoué"))
    try:
        base.mkdir()
    except FileExistsError:
        while not done.exists():
            assert not failed.exists(), f"« {name} » could not be made, as another test tells"
            time.sleep(0.5)
    else:
        try:
            make(base)
        except BaseException:
            failed.touch()
            raise
        done.touch()
    return base


def describe_again(table: Path) -> None:
    """Have the papers of a wave tell one of its tables as it is now."""
    papers = table.with_name(PACKAGE)
    package = json.loads(papers.read_text(encoding="utf-8"))
    (resource,) = (each for each in package["resources"] if each["path"] == table.name)
    resource |= {"hash": f"sha256:{file_hash(table)}", "bytes": table.stat().st_size}
    papers.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")


def atc(project: Project, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, from the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", "atc", *arguments],
        cwd=project.root,
        env={**os.environ, "ATC_ROOT": str(project.root), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a folder, hashed."""
    return {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def read_rows(path: Path) -> Rows:
    """The rows of a table, as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, rows: Rows, columns: list[str] | None = None) -> None:
    """Put these in their place; columns that a row lacks are empty."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(
            stream, columns or list(rows[0]), lineterminator="\n", restval="", extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(rows)


def edit_codebook(project: Project, change: Callable[[dict[str, str]], None]) -> None:
    """Change the rows of the codebook of autumn 2021 in place."""
    path = project.raw("2021-automne") / "codebook.csv"
    rows = read_rows(path)
    for row in rows:
        change(row)
    write_rows(path, rows)
