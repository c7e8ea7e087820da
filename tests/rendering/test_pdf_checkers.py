from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from rendering import checked


@pytest.fixture
def document(report: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "rapport.pdf"
    path.write_bytes(report)
    return path


def test_two_checkers_let_the_report_pass(document: Path) -> None:
    assert checked.faults([document]) == []


def test_a_document_without_language_is_reported(document: Path) -> None:
    with pikepdf.open(io.BytesIO(document.read_bytes())) as pdf:
        del pdf.Root.Lang
        pdf.save(document)
    assert any("pdfua" in fault for fault in checked.faults([document]))


def test_text_that_no_reader_hears_is_reported(document: Path) -> None:
    """A paragraph taken out of the structure tree stays on the page, in silence."""
    with pikepdf.open(io.BytesIO(document.read_bytes())) as pdf:
        del pdf.Root.StructTreeRoot
        pdf.Root.MarkInfo.Marked = False
        pdf.save(document)
    assert any("outloud" in fault for fault in checked.faults([document]))
