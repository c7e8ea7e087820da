"""Slides, Word document and workbook of a report, read back as their readers' programs read them."""

import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from pptx import Presentation
from publication.shown import shown
from python_calamine import CalamineWorkbook
from rendering import sample
from rendering.sample import COVER

from atc.publication.finished import Display
from atc.rendering.documents import documents, slides, word
from atc.rendering.files import exhibits
from atc.rendering.fragments import parse
from atc.rendering.office import workbook_bytes
from atc.rendering.report import Chapter, ReportedExhibit, essential, messages, reported

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALT = "./p:nvPicPr/p:cNvPr/@descr"


@pytest.fixture(scope="module")
def told():
    return list(exhibits(sample.notebook(), sample.SLUG))


@pytest.fixture(scope="module")
def made(chapter, told):
    return documents([chapter], {sample.SLUG: told}, COVER)


@pytest.fixture(scope="module")
def deck(made):
    return Presentation(io.BytesIO(made["diaporama.pptx"]))


def part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def words(element: ET.Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def test_the_same_bytes_each_time_and_no_other_date_than_that_of_the_wave(chapter, told, made):
    found = reported([chapter], {sample.SLUG: told})
    remembered = messages([chapter], found)
    limits = essential([chapter], found, COVER).limits
    again = {
        "diaporama.pptx": slides(COVER, remembered, found),
        "rapport.docx": word(COVER, limits, [chapter], found),
        "classeur.xlsx": workbook_bytes(told, COVER),
    }
    for name, content in again.items():
        assert content == made[name]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {entry.date_time[:3] for entry in archive.infolist()} == {(2020, 12, 15)}
        core = part(content, "docProps/core.xml").decode()
        assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"2020-12-15"}
        assert COVER.authors in core


def test_the_essential_holds_on_two_pages_and_opens_the_report(made):
    with pikepdf.open(io.BytesIO(made["essentiel.pdf"])) as leaflet:
        assert len(leaflet.pages) == 2
    with pypdfium2.PdfDocument(made["rapport.pdf"]) as report:
        second = report[1].get_textpage().get_text_range()
    assert "L’essentiel" in second
    assert "Une partie des données est inventée" in second.replace("\r\n", " ")
    assert "Les limites" in made["essentiel.html"].decode()


def _of_change(*known: str) -> list[ReportedExhibit]:
    """The exhibits of a chapter on change, of which those that are known tell more than a topic."""
    ids = ("F08-01", "F08-02", "F08-03", "F08-04", "F08-05", "F08-07", "T08-06")
    told = {
        id_: {"title": f"Titre {id_}", "reading": "Une lecture.", "topic": id_ not in known} for id_ in ids
    }
    figure = parse('<figure><div class="chart chart-narrow"><svg></svg></div></figure>')[0]
    return [ReportedExhibit(id_, each, "Évolution", figure) for id_, each in told.items()]


@pytest.mark.parametrize(
    ("known", "left", "summed"),
    [
        ((), "Rien ne se compare", True),
        (("F08-07",), "Le reste ne se compare pas", True),
        (("F08-02", "F08-04", "F08-05"), "Le reste ne se compare pas", False),
        (("F08-02", "F08-03", "F08-04", "F08-05", "F08-07"), "", False),
    ],
)
def test_what_cannot_be_compared_is_said_once_beside_what_the_wave_itself_tells(known, left, summed):
    synthesis = Chapter("07_synthese", "Synthèse", '<ul class="messages"><li>Un message.</li></ul>')
    found = _of_change("F08-01", "T08-06", *known)
    cover = replace(COVER, charts=("F08-09", *(exhibit.id for exhibit in found)))
    shown = essential([synthesis], found, cover)
    texts = [message.text for _, group in shown.messages for message in group]
    said = [text for text in texts if "ne se compare pas" in text]
    assert [text.startswith(left) for text in said] == ([True] if left else [])
    assert [text for text in texts if text.startswith("Titre F08-0")] == [
        f"Titre {id_}." for id_ in (*known, "F08-01")
    ]
    assert ("Un message." in texts) == summed
    assert [id_ for id_, _ in shown.charts] == ["F08-01", "F08-02", "F08-03"]


def test_each_exhibit_has_a_slide_that_says_all_of_it(deck, told):
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=0.001)
    by_title = {slide.shapes.title.text: slide for slide in deck.slides}
    assert next(iter(by_title)) == COVER.title
    for slide in deck.slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert [text for text in texts if text.startswith("Diffusion financeurs")], slide.shapes.title.text
    for each in told:
        slide = by_title[each["title"]]
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert each["source"] in texts
        assert each["mention"] in (*texts, "")
        assert each["reading"] in slide.notes_slide.notes_text_frame.text
        pictures = [shape for shape in slide.shapes if shape.shape_type == 13]
        assert len(pictures) == ("png" in each["files"])
        for picture in pictures:
            # The slide says in words the title and the source of the drawing.
            assert 0 < picture.crop_top < 0.3
            assert 0 < picture.crop_bottom < 0.3
            (drawing,) = picture._element.xpath(".//*[local-name()='svgBlip']")
            svg = slide.part.related_part(next(iter(drawing.attrib.values())))
            assert svg.content_type == "image/svg+xml"
            assert picture._element.xpath(ALT)[0] in svg.blob.decode()
            # A program that lacks our font is told which to take.
            assert b"'Atc Sans', 'Source Sans 3'" in svg.blob


def test_a_long_table_goes_on_over_several_slides(deck):
    rows = 0
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table and slide.shapes.title.text.startswith(sample.long_table().title):
                rows += len(shape.table.rows) - 1
                assert shape.table.first_row
                assert shape.top + sum(row.height for row in shape.table.rows) < deck.slide_height
    assert rows == len(sample.long_table().table.rows)


def test_word_keeps_headings_alternatives_and_readers(made, deck, chapter):
    body = ET.fromstring(part(made["rapport.docx"], "word/document.xml"))
    alternatives = [
        shape._element.xpath(ALT)[0]
        for slide in deck.slides
        for shape in slide.shapes
        if shape.shape_type == 13
    ]
    assert [each.get("descr") for each in body.iter() if each.tag.endswith("}docPr")] == alternatives
    styled = {words(each): each.find(f"{W}pPr/{W}pStyle") for each in body.iter(f"{W}p")}
    for title in (chapter.title, "L’essentiel"):
        assert styled[title].get(f"{W}val") == "Heading1"
    tables = list(body.iter(f"{W}tbl"))
    assert tables
    assert all(table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables)
    footer = ET.fromstring(part(made["rapport.docx"], "word/footer1.xml"))
    assert "Diffusion financeurs" in words(footer)
    assert b"footer1.xml" in part(made["rapport.docx"], "word/_rels/document.xml.rels")
    assert b'typeface="Atc Sans"' in part(made["rapport.docx"], "word/theme/theme1.xml")


def book(*exhibits: Display) -> bytes:
    return workbook_bytes([exhibit.told for exhibit in exhibits], COVER)


def sheet(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_each_exhibit_has_its_sheet_and_the_first_says_how_to_read():
    content = book(shown("F02-03"), shown("T05-04", title="Trois facteurs", mention=""))
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names == ["Lisez-moi", "Sommaire", "F02-03", "T05-04"]
    rows = sheet(content, "F02-03")
    assert rows[0][0] == "Sept territoires"
    assert rows[2][0] == "reconstitué"
    assert rows[-3:] == [["Configuration", "Territoires"], ["Seul", 7.0], ["Partagé", ""]]
    assert ["T05-04", "Trois facteurs", ""] in [row[:3] for row in sheet(content, "Sommaire")]
    told = [str(row[0]) for row in sheet(content, "Lisez-moi") if row]
    assert "Diffusion financeurs\u00a0: Financeurs et partenaires (ANCT, préfets, réseaux)" in told
    assert any(text.startswith("Une case vide n’est jamais un zéro") for text in told)
    assert [text for text in told if text.startswith("Reconstitué\u00a0: ")]
    assert not [text for text in told if text.startswith("Illustration\u00a0: ")]


def test_a_masked_count_says_why_beside_it():
    masked = shown(csv="libelle,effectif,statut_effectif\nSeul,7,V\nPartagé,,D\nAutre,,S\n")
    assert sheet(book(masked), "F02-03")[-3:] == [
        ["Seul", 7.0, "communiqué"],
        ["Partagé", "", "caché\u00a0: effectif trop petit"],
        ["Autre", "", "caché\u00a0: permettrait d’en déduire un autre"],
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+33", "\tA1", "{=A1}", "javascript:1"]
)
def test_no_text_is_ever_a_formula_or_an_address(text):
    guarded = f"'{text}" if text[0] in "=+-@\t" else text
    content = book(shown(csv=f'libelle,effectif\n"{guarded}",7\n', title=text, reading=text, source=text))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                assert not [e for e in ET.fromstring(archive.read(name)).iter() if e.tag.endswith("}f")]
            assert not name.endswith(".rels") or b"javascript" not in archive.read(name)
    assert any(text.strip() in str(cell) for row in sheet(content, "F02-03") for cell in row)
