"""Workbooks are opened in the process of the tests: `test_corpus` tries what the other one may take."""

from collections.abc import Iterator

import pytest

from atc.intake import workbook


@pytest.fixture(autouse=True, scope="module")
def in_this_process() -> Iterator[None]:
    """Ask for a workbook without starting Python anew, which takes longer than the rest of an import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "_ask", workbook.answer)
        yield
