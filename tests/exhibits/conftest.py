from pathlib import Path

import pytest
from exhibits.paper_wave import SURE, write_wave

from atc.survey.waves import Wave


@pytest.fixture
def sure_wave(tmp_path: Path) -> Wave:
    """Two tiny tables, every column observed."""
    return write_wave(tmp_path / "sure")


@pytest.fixture
def doubtful_wave(tmp_path: Path) -> Wave:
    """The same, one column simulated and one rebuilt."""
    carnet = SURE["carnet"] | {"etp": "simulé", "configuration": "reconstitué"}
    return write_wave(tmp_path / "doubtful", SURE | {"carnet": carnet})
