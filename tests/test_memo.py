"""The memo to print: two A4 pages, tagged, made of the Markdown that is beside it."""

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import pikepdf
import pypdfium2
import pytest

ROOT = Path(__file__).resolve().parents[1]
_A4 = (595.28, 841.89)


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("make_memo", ROOT / "scripts/make_memo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(maker: ModuleType) -> bytes:
    """The memo, made now."""
    content: bytes = maker.memo(maker.SOURCE.read_text(encoding="utf-8"))
    return content


def words(content: bytes) -> list[str]:
    """What one reads on each page."""
    with pypdfium2.PdfDocument(content) as paper:
        return [page.get_textpage().get_text_bounded() for page in paper]


def test_the_committed_memo_is_up_to_date_and_two_sides_of_one_sheet_of_a4(maker, made):
    # Words rather than bytes: another version of Pango may space them otherwise.
    assert words(maker.PAPER.read_bytes()) == words(made), "python scripts/make_memo.py"
    assert maker.memo(maker.SOURCE.read_text(encoding="utf-8")) == made
    for content in (made, maker.PAPER.read_bytes()):
        with pikepdf.open(io.BytesIO(content)) as paper:
            sizes = [tuple(float(side) for side in page.mediabox[2:]) for page in paper.pages]
        assert len(sizes) == 2
        assert all(size == pytest.approx(_A4, abs=0.1) for size in sizes)
