"""A small valid wave of its own for each test."""

from pathlib import Path

import pytest
from survey.validation.small_wave import SmallWave


@pytest.fixture
def wave(tmp_path: Path) -> SmallWave:
    return SmallWave(tmp_path / "projet")
