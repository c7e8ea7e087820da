from pathlib import Path

import pytest
from views import REPOSITORY

from atc.survey.paths import Project
from atc.survey.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATC_ROOT", str(REPOSITORY))


@pytest.fixture
def settings() -> Settings:
    return load_settings(Project(REPOSITORY))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Project:
    """A project that only receives what is kept."""
    (tmp_path / "notebooks").mkdir()
    return Project(tmp_path)
