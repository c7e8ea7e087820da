"""A project without waves, where simulated ones may be written."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from atc.survey.paths import Project, find_project

HERE = find_project(Path(__file__))
VAGUES = """
[vagues.essai]
libelle = "Vague d’essai"
rapport = "Essai"
precaution = "Essai."
date = {date}
publie = false
"""

Rows = list[dict[str, str]]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(HERE.dictionary, tmp_path / "data" / "dictionary")
    text = HERE.settings_file.read_text(encoding="utf-8")
    (tmp_path / "report.toml").write_text(text + VAGUES.format(date="2021-06-15"), encoding="utf-8")
    return Project(tmp_path)


@pytest.fixture
def rows() -> Callable[[Path, str], Rows]:
    """Rows of one table, as text."""

    def read(folder: Path, table: str) -> Rows:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
