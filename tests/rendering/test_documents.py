"""Slides, Word document and workbook of a report, read back as their readers' programs read them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest
from pptx import Presentation
from pptx.presentation import Presentation as Deck
from publication.shown import shown
from python_calamine import CalamineWorkbook
from rendering import sample
from rendering.sample import COVER

from atc.publication.finished import Display
from atc.rendering.documents import documents
from atc.rendering.office import workbook_bytes
from atc.rendering.report import Chapter
from atc.run.render import exhibits

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def told() -> dict[str, list[dict[str, Any]]]:
    return {sample.SLUG: list(exhibits(sample.notebook(), sample.SLUG))}


@pytest.fixture(scope="module")
def made(chapter: Chapter, told: dict[str, list[dict[str, Any]]]) -> dict[str, bytes]:
    return documents([chapter], told, COVER)


@pytest.fixture(scope="module")
def deck(made: dict[str, bytes]) -> Deck:
    return Presentation(io.BytesIO(made["diaporama.pptx"]))


@pytest.fixture(scope="module")
def body(made: dict[str, bytes]) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(made["rapport.docx"])) as archive:
        return ET.fromstring(archive.read("word/document.xml"))


def slide_of(deck: Deck, told: dict[str, Any]) -> Any:
    (found,) = [slide for slide in deck.slides if slide.shapes.title.text == told["title"]]
    return found


def words(element: ET.Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def figures(told: dict[str, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    yield from (each for each in told[sample.SLUG] if "png" in each["files"])


def test_the_same_bytes_each_time(
    chapter: Chapter, told: dict[str, list[dict[str, Any]]], made: dict[str, bytes]
) -> None:
    assert documents([chapter], told, COVER) == made


def test_nothing_tells_another_date_than_that_of_the_wave(made: dict[str, bytes]) -> None:
    for name in ("diaporama.pptx", "rapport.docx", "classeur.xlsx"):
        with zipfile.ZipFile(io.BytesIO(made[name])) as archive:
            assert {entry.date_time[:3] for entry in archive.infolist()} == {(2020, 12, 15)}
            core = archive.read("docProps/core.xml").decode()
            assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"2020-12-15"}
            assert COVER.authors in core


def test_the_essential_holds_on_two_pages_and_opens_the_report(made: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(made["essentiel.pdf"])) as leaflet:
        assert len(leaflet.pages) == 2
    with pypdfium2.PdfDocument(made["rapport.pdf"]) as report:
        second = report[1].get_textpage().get_text_range()
    assert "L’essentiel" in second
    assert "Une partie des données est inventée" in second.replace("\r\n", " ")
    assert "Les limites" in made["essentiel.html"].decode()


# --- Slides -----------------------------------------------------------------------------------------------
def test_each_exhibit_has_a_slide_whose_title_is_its_message(
    deck: Deck, told: dict[str, list[dict[str, Any]]]
) -> None:
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[0] == COVER.title
    for each in told[sample.SLUG]:
        assert each["title"] in titles
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=0.001)


def test_a_figure_is_a_picture_with_its_alternative_and_its_drawing(
    deck: Deck, told: dict[str, list[dict[str, Any]]]
) -> None:
    for each in figures(told):
        slide = slide_of(deck, each)
        (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
        alt = picture._element.xpath("./p:nvPicPr/p:cNvPr/@descr")[0]
        assert alt
        (drawing,) = picture._element.xpath(".//*[local-name()='svgBlip']")
        part = slide.part.related_part(next(iter(drawing.attrib.values())))
        assert part.content_type == "image/svg+xml"
        assert alt in part.blob.decode()
        # A program that lacks our font is told which to take.
        assert b"'Atc Sans', 'Source Sans 3'" in part.blob


def test_a_long_table_goes_on_over_several_slides(deck: Deck, told: dict[str, list[dict[str, Any]]]) -> None:
    rows = 0
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table and slide.shapes.title.text.startswith(sample.long_table().title):
                rows += len(shape.table.rows) - 1
                assert shape.table.first_row
                assert shape.top + sum(row.height for row in shape.table.rows) < deck.slide_height
    assert rows == len(sample.long_table().table.rows)


def test_every_slide_says_its_circle_of_readers_and_its_source(
    deck: Deck, told: dict[str, list[dict[str, Any]]]
) -> None:
    for slide in deck.slides:
        shown = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert [text for text in shown if text.startswith("Diffusion financeurs")], slide.shapes.title.text
    for each in told[sample.SLUG]:
        slide = next(s for s in deck.slides if s.shapes.title.text == each["title"])
        shown = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert each["source"] in shown
        assert each["mention"] in shown
        assert each["reading"] in slide.notes_slide.notes_text_frame.text


# --- Word -------------------------------------------------------------------------------------------------
def test_alternatives_survive_in_word(
    body: ET.Element, deck: Deck, told: dict[str, list[dict[str, Any]]]
) -> None:
    found = [each.get("descr") for each in body.iter() if each.tag.endswith("}docPr")]
    expected = [
        shape._element.xpath("./p:nvPicPr/p:cNvPr/@descr")[0]
        for each in figures(told)
        for shape in slide_of(deck, each).shapes
        if shape.shape_type == 13
    ]
    assert found == expected


def test_headings_are_headings_and_tables_repeat_theirs(body: ET.Element, chapter: Chapter) -> None:
    styles = {
        words(paragraph): paragraph.find(f"{W}pPr/{W}pStyle")
        for paragraph in body.iter(f"{W}p")
        if paragraph.find(f"{W}pPr/{W}pStyle") is not None
    }
    assert styles[chapter.title].get(f"{W}val") == "Heading1"
    assert styles["L’essentiel"].get(f"{W}val") == "Heading1"
    tables = list(body.iter(f"{W}tbl"))
    assert tables
    for table in tables:
        assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None


def test_every_page_of_the_word_document_says_its_circle_of_readers(made: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(made["rapport.docx"])) as archive:
        assert "Diffusion financeurs" in words(ET.fromstring(archive.read("word/footer1.xml")))
        assert "footer1.xml" in archive.read("word/_rels/document.xml.rels").decode()
        assert 'typeface="Atc Sans"' in archive.read("word/theme/theme1.xml").decode()


def book(*exhibits: Display) -> bytes:
    return workbook_bytes([exhibit.told for exhibit in exhibits], COVER)


def sheet(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_each_exhibit_has_its_sheet_with_its_status() -> None:
    content = book(shown("F02-03"), shown("T05-04", title="Trois facteurs", mention=""))
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == [
        "Lisez-moi",
        "Sommaire",
        "F02-03",
        "T05-04",
    ]
    rows = sheet(content, "F02-03")
    assert rows[0][0] == "Sept territoires"
    assert rows[2][0] == "reconstitué"
    assert rows[-3:] == [["Configuration", "Territoires"], ["Seul", 7.0], ["Partagé", ""]]
    assert ["T05-04", "Trois facteurs", ""] in [row[:3] for row in sheet(content, "Sommaire")]


def test_the_first_sheet_says_how_to_read_masks_and_status() -> None:
    told = [str(row[0]) for row in sheet(book(shown()), "Lisez-moi") if row]
    assert "Diffusion financeurs\u00a0: Financeurs et partenaires (ANCT, préfets, réseaux)" in told
    assert any(text.startswith("Une case vide n’est jamais un zéro") for text in told)
    assert [text for text in told if text.startswith("Reconstitué\u00a0: ")]
    assert not [text for text in told if text.startswith("Illustration\u00a0: ")]


def test_a_masked_count_says_why_beside_it() -> None:
    masked = shown(csv="libelle,effectif,statut_effectif\nSeul,7,V\nPartagé,,D\nAutre,,S\n")
    assert sheet(book(masked), "F02-03")[-3:] == [
        ["Seul", 7.0, "communiqué"],
        ["Partagé", "", "caché\u00a0: effectif trop petit"],
        ["Autre", "", "caché\u00a0: permettrait d’en déduire un autre"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+33", "-x", "\tA1", "{=A1}"])
def test_no_text_is_ever_a_formula(text: str) -> None:
    guarded = f"'{text}" if text[0] in "=+-@\t" else text
    content = book(shown(csv=f'libelle,effectif\n"{guarded}",7\n', title=text, reading=text, source=text))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        for name in sheets:
            root = ET.fromstring(archive.read(name))
            assert not [element for element in root.iter() if element.tag.endswith("}f")]
    assert any(text.strip() in str(cell) for row in sheet(content, "F02-03") for cell in row)


def test_an_address_stays_text() -> None:
    content = book(shown(csv='libelle,effectif\n"javascript:alert(1)",7\nhttps://exemple.fr,3\n'))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b"javascript" not in written
    assert b"exemple.fr" not in written
