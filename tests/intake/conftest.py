"""An evaluator’s machine."""

from pathlib import Path

import pytest
from intake.world import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
