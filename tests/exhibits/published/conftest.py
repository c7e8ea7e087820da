import pytest
from clone import VAGUE, copy_project

from atc.survey.paths import Project
from atc.survey.waves import Wave, open_wave


@pytest.fixture
def project(tmp_path) -> Project:
    """A copy, so that nothing here touches the rows that others work on."""
    return copy_project(tmp_path / "projet")


@pytest.fixture(scope="session")
def wave() -> Wave:
    return open_wave(VAGUE)
