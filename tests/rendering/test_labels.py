"""Labels of charts on paper: one run of text each, where the drawing puts it."""

from __future__ import annotations

import datetime as dt
import io
import re

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from weasyprint import svg

from atc.rendering import pdf
from atc.rendering.html import font_faces
from atc.rendering.pdf import SCHEME, paper_pdf

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
        patch.setattr(svg, "TAGS", svg.TAGS | dict.fromkeys(("text", "tspan", "a"), pdf._by_letter))
        patch.setattr(svg, "text", pdf._by_letter)
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


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_a_label_stands_where_it_is_anchored(anchor: str) -> None:
    text = label("moyenne", x="200", y="100", text_anchor=anchor)
    said, left, right = edges(drawing(text))
    assert said == "moyenne"
    # These letters are hardly kerned.
    assert (left, right) == pytest.approx(edges(letter_by_letter(text))[1:], abs=0.5)


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
        {"dy": "0 2"},
        {"rotate": "0 10 20"},
        {"x": "10 40 70", "y": "40"},
        {"x": "10,40,70", "y": "40"},
        {"x": "10", "y": "40 50"},
        {"letter_spacing": "4"},
        {"textLength": "300"},
    ],
    ids=str,
)
def test_letters_that_are_placed_stay_where_they_are(placed: dict[str, str]) -> None:
    text = label(LABEL, **({"x": "10", "y": "40"} | placed))
    assert drawing(text) == letter_by_letter(text)


def test_parts_of_a_label_follow_one_another() -> None:
    content = drawing('<text x="10" y="40">dont<tspan font-weight="700"> sept</tspan> sites</text>')
    assert (edges(content)[0], runs(content)) == ("dont sept sites", 3)
    assert edges(content)[2] > edges(drawing(label("dont sept sites", x="10", y="40")))[2]


def test_a_label_without_text_is_nothing() -> None:
    assert runs(drawing(label("", x="10", y="40"))) == 0
