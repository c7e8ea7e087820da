from __future__ import annotations

from pathlib import Path

import pytest

from atc.survey.paths import Project
from atc.survey.settings import SmallNumbers, load_settings


@pytest.fixture
def project_thresholds() -> SmallNumbers:
    """The thresholds of report.toml."""
    return load_settings(Project(Path(__file__).resolve().parents[2])).small_numbers
