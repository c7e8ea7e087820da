import shutil
from pathlib import Path

import pytest
from clone import VAGUE, copy_project

from atc.survey.paths import Project
from atc.survey.waves import Wave, open_wave


@pytest.fixture
def project(tmp_path: Path, validated: Path) -> Project:
    """A copy, so that nothing here touches the rows that others work on."""
    copy = copy_project(tmp_path / "projet")
    shutil.copytree(validated, copy.root / "data" / "processed")
    return copy


@pytest.fixture(scope="session")
def wave() -> Wave:
    return open_wave(VAGUE)
