"""Hostile quotations from the register to the CSV, the page and the PDF: plain text all the way."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from nbformat import v4
from rendering import hostile, sample
from weasyprint import HTML

from atc.exhibits.chapters import jeux_d_acteurs
from atc.exhibits.model import Exhibit
from atc.rendering.chapter import read_chapter
from atc.rendering.fragments import parse
from atc.rendering.html import chapter_page
from atc.rendering.paper import document_pdf
from atc.rendering.report import Chapter
from atc.survey.errors import AtcError
from atc.survey.waves import open_wave

ADDRESS = "http://127.0.0.1:9"

MARKDOWN = (
    "# Un titre",
    "**gras** et `code`",
    "| a | b |\n|---|---|".replace("\n", " "),
    "{{ 7*7 }} ${7*7} <%= 7 %>",
)

SAID = (*hostile.payloads(ADDRESS).values(), *hostile.FORMULAS, *MARKDOWN)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exhibit]:
    project = hostile.project_with(tmp_path_factory.mktemp("hostile") / "projet", SAID)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATC_ROOT", str(project.root))
        yield jeux_d_acteurs.tab_03_05(open_wave(hostile.VAGUE, "interne"))


@pytest.fixture(scope="module")
def chapter(shown: Exhibit) -> Chapter:
    output = v4.new_output("execute_result", data=shown._repr_mimebundle_(), execution_count=1)
    cell = v4.new_code_cell("tab_03_05(donnees)", outputs=[output], execution_count=1)
    return read_chapter(v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), cell]), sample.SLUG)


@pytest.fixture(scope="module")
def pdf(chapter: Chapter) -> bytes:
    # It would fail if the layout asked for anything.
    return document_pdf([chapter], sample.COVER)


def test_every_quotation_is_a_row(shown: Exhibit) -> None:
    assert len(shown.table.rows) == len(SAID)


@pytest.mark.parametrize("said", SAID)
def test_the_page_shows_it_as_it_was_said(said: str, chapter: Chapter) -> None:
    page = parse(chapter_page(chapter, sample.NAVIGATION, sample.COVER).split("<body>")[1])
    cells = [hostile.squeezed("".join(cell.itertext())) for cell in page.iter("td")]
    assert sum(hostile.squeezed(said) in cell for cell in cells) == 1


def test_no_element_of_the_page_comes_from_an_answer(chapter: Chapter) -> None:
    tags = {element.tag for element in parse(chapter.body).iter("tbody") for element in element.iter()}
    assert tags == {"tbody", "tr", "th", "td"}


@pytest.mark.parametrize("said", hostile.FORMULAS)
def test_no_cell_of_the_csv_is_a_formula(said: str, shown: Exhibit) -> None:
    rows = list(csv.DictReader(io.StringIO(shown.table.csv())))
    texts = [row["texte"] for row in rows]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    # « … » around somebody's very words keeps a spreadsheet quiet as well; a paraphrase has an apostrophe.
    assert sum(text in {f"« {said} »", f"'{said}"} for text in texts) == 1


@pytest.mark.parametrize("said", SAID)
def test_the_pdf_shows_it_as_it_was_said(said: str, pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    # Lines are cut at hyphens, which the text of a PDF then loses.
    flat = hostile.squeezed(text).replace("-", "").replace("\ufffe", "").replace("\xad", "")
    assert hostile.squeezed(said).replace("-", "") in flat


def test_the_pdf_calls_and_carries_nothing(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.attachments) == 0
        assert "/JavaScript" not in opened.Root.get("/Names", {})
        assert "/AA" not in opened.Root
        for page in opened.pages:
            for link in page.get("/Annots", []):
                assert "/URI" not in link.get("/A", {})
                assert "/JS" not in link.get("/A", {})


# Six ways of asking the network, four of reading the disk.
_ASKING = {
    "image": "<img src='{url}/a.png' alt='a'>",
    "style of an element": "<p style='background-image: url({url}/a.png)'>a</p>",
    "style sheet": "<link rel='stylesheet' href='{url}/a.css'>",
    "imported style sheet": "<style>@import '{url}/a.css';</style>",
    "font": "<style>@font-face {{ font-family: X; src: url({url}/a.ttf) }}</style><p>a</p>",
    "object": "<object data='{url}/a.svg'></object>",
}

_READING = {
    "image": "<img src='{path}' alt='a'>",
    "drawing": "<svg viewBox='0 0 9 9'><image href='{path}' width='9' height='9'/></svg>",
    "attachment of the document": "<link rel='attachment' href='{path}'>",
    "attachment of a link": "<a rel='attachment' href='{path}'>a</a>",
}


@pytest.mark.parametrize("markup", _ASKING.values(), ids=_ASKING)
def test_the_pdf_maker_asks_nobody(markup: str) -> None:
    with hostile.listening() as trap:
        with pytest.raises(AtcError, match="Le PDF n’a pas pu être composé"):
            document_pdf([Chapter("x", "Titre", markup.format(url=trap.address))], sample.COVER)
        assert trap.asked == []


@pytest.mark.parametrize("markup", _READING.values(), ids=_READING)
def test_the_pdf_maker_reads_no_file(markup: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>canari</text></svg>", encoding="utf-8")
    with pytest.raises(AtcError, match="Le PDF n’a pas pu être composé"):
        document_pdf([Chapter("x", "Titre", markup.format(path=secret.as_uri()))], sample.COVER)


@pytest.mark.parametrize("markup", _ASKING.values(), ids=_ASKING)
def test_a_pdf_maker_left_to_itself_would_ask(markup: str) -> None:
    # Without this, the trap could be blind.
    with hostile.listening() as trap:
        HTML(string=f"<body>{markup.format(url=trap.address)}</body>").write_pdf()
        assert trap.asked != []
