"""What the tests of this folder share: the committed files, read with the csv module only."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from atc.paths import Project, find_project

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def project() -> Project:
    return find_project(Path(__file__))


@pytest.fixture(scope="session")
def committed(project: Project) -> Path:
    return project.raw("2020-automne")


@pytest.fixture(scope="session")
def table(committed: Path) -> Callable[[str], Rows]:
    """Rows of one committed table, as text: nothing of the procedure that wrote them is used."""

    def read(name: str) -> Rows:
        with (committed / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
