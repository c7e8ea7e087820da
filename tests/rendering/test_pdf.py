"""Any page as a PDF: what it may read, the same bytes everywhere, labels of charts set whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from rendering import sample
from weasyprint import svg

from atc.rendering import pdf as engine
from atc.rendering.html import font_faces
from atc.rendering.paper import document_pdf
from atc.rendering.pdf import SCHEME, AssetFetcher, fonts, paper_pdf
from atc.rendering.report import Chapter
from atc.survey.errors import AtcError


@pytest.mark.parametrize(
    "url", ["http://a.fr/", "file:///etc/hostname", "ftp://a.fr", "atc:", "atc:a/b.ttf", "atc:README.md", "x"]
)
def test_fetcher_refuses(url: str) -> None:
    with pytest.raises(ValueError, match="URI"):
        AssetFetcher().fetch(url)


def test_a_broken_drawing_is_an_error() -> None:
    # WeasyPrint only logs it, and leaves a blank.
    body = "<svg viewBox='0 0 1 1'><title>a</title><rect width='1' transform='rotate(x)'/></svg>"
    with pytest.raises(AtcError, match="Failed to render SVG"):
        document_pdf([Chapter("x", "Titre", body)], sample.COVER)


_AGAIN = """
import hashlib, os, nbformat
from rendering import sample
from atc.rendering.chapter import read_chapter
from atc.rendering.paper import document_pdf
notebook = nbformat.read("carnet.ipynb", as_version=4)
content = document_pdf([read_chapter(notebook, sample.SLUG)], sample.COVER)
print(hashlib.sha256(content).hexdigest(), os.environ["SOURCE_DATE_EPOCH"])
"""


@pytest.mark.slow
def test_same_bytes_elsewhere_and_nothing_is_left_behind(single: bytes, tmp_path: Path) -> None:
    nbformat.write(sample.notebook(), tmp_path / "carnet.ipynb")
    root, folder = Path(__file__).parents[2], tmp_path / "tmp"
    folder.mkdir()
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests")]),
        "PYTHONHASHSEED": "77",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "SOURCE_DATE_EPOCH": "0",
        "TMPDIR": str(folder),
    }
    told = subprocess.run(
        [sys.executable, "-c", _AGAIN],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [hashlib.sha256(single).hexdigest(), "0"]
    assert not list(folder.glob("weasyprint-*"))


def test_what_was_printed_before_changes_nothing_and_no_rule_is_unknown(
    chapter: Chapter, single: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    fonts.cache_clear()
    # A property or a selector that WeasyPrint does not know would be said here.
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        assert document_pdf([chapter], sample.COVER) == single
    said = {record.getMessage() for record in caplog.records}
    # It reads the style of drawings twice: as CSS of the page, where it warns, then as SVG, where it obeys.
    assert [text for text in said if not re.search(r"`(fill|stroke|text-anchor|clip-)[\w-]*:", text)] == []


STYLE = "font-family: 'Atc Sans', sans-serif; font-size: 20px"

#: Kerning brings « V » and « T » against « A ».
LABEL = "AVATAR"


def drawing(*texts: str) -> bytes:
    """A page with one drawing, of 400 by 200."""
    body = f'<svg width="400" height="200" viewBox="0 0 400 200" style="{STYLE}">{"".join(texts)}</svg>'
    head = f"<title>Essai</title><style>{font_faces(SCHEME)}</style>"
    return paper_pdf(f'<html lang="fr"><head>{head}</head><body>{body}</body></html>', dt.date(2020, 12, 15))


def letter_by_letter(*texts: str) -> bytes:
    """The same page as WeasyPrint alone makes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg, "TAGS", svg.TAGS | dict.fromkeys(("text", "tspan", "a"), engine._by_letter))
        patch.setattr(svg, "text", engine._by_letter)
        return drawing(*texts)


def runs(content: bytes) -> int:
    """How many times the page shows text."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [pdf.pages[0].obj.Contents, *pdf.pages[0].Resources.get("/XObject", {}).values()]
        return sum(len(re.findall(rb" TJ\n", stream.read_bytes())) for stream in streams)


def edges(content: bytes) -> tuple[str, float, float]:
    """What the page says, and where it begins and ends."""
    with pypdfium2.PdfDocument(content) as pdf:
        page = pdf[0].get_textpage()
        boxes = [page.get_charbox(n, loose=True) for n in range(page.count_chars())]
        return page.get_text_bounded().strip(), min(box[0] for box in boxes), max(box[2] for box in boxes)


def label(text: str, **attributes: str) -> str:
    placed = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<text{placed}>{text}</text>"


def test_a_label_is_one_run_of_text() -> None:
    texts = [label(LABEL, x="10", y="40"), label("Été", x="10", y="80")]
    assert runs(drawing(*texts)) == 2
    assert runs(letter_by_letter(*texts)) == len(LABEL) + len("Été")


def test_letters_are_kerned() -> None:
    text = label(LABEL, x="10", y="40")
    (_, left, right), (_, before, farther) = edges(drawing(text)), edges(letter_by_letter(text))
    assert left == pytest.approx(before, abs=0.01)
    assert right < farther - 1


def test_an_accent_written_apart_stays_over_its_letter() -> None:
    apart, joined = (label(f"d{e}ploy{e}", x="10", y="40") for e in ("e\u0301", "é"))
    assert edges(drawing(apart))[1:] == edges(drawing(joined))[1:]
    assert edges(letter_by_letter(apart))[1:] != edges(letter_by_letter(joined))[1:]


@pytest.mark.parametrize(
    "placed",
    [
        {"dx": "0 5 5"},
        {"rotate": "0 10 20"},
        {"x": "10,40,70"},
        {"letter_spacing": "4"},
        {"textLength": "300"},
    ],
    ids=str,
)
def test_letters_that_are_placed_stay_where_they_are(placed: dict[str, str]) -> None:
    text = label(LABEL, **({"x": "10", "y": "40"} | placed))
    assert drawing(text) == letter_by_letter(text)
