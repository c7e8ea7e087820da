"""An evaluator’s machine; workbooks are opened at once: `test_corpus` tries what the child may take."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from intake.world import Desk

from atc.intake import workbook


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    """Ask for a workbook without starting Python anew, which takes longer than the rest of an import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "_ask", workbook.answer)
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
