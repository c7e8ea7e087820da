"""One small report, made once for all tests of runs; each works in a copy."""

import shutil
from pathlib import Path

import pytest
from clone import once
from conftest import write_project
from run.craft import CHAPTERS, brought_up

from atc.survey.paths import Project


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose report is up to date. Nobody changes it: see `project`."""
    folder = once(tmp_path_factory, "fait", lambda base: brought_up(write_project(base / "projet", CHAPTERS)))
    return Project(folder / "projet")


@pytest.fixture
def project(made: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The same, to work in."""
    folder = tmp_path / "un dossier à part"
    shutil.copytree(made.root, folder)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    return Project(folder)
