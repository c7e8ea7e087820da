"""The report on paper: what it shows and where, and what it tells to those who hear it."""

import dataclasses
import io
import itertools
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from pikepdf import Name
from rendering import checked, sample

from atc.rendering.fragments import Element, parse, text_of
from atc.rendering.html import font_faces
from atc.rendering.paper import SCHEME, AssetFetcher, document_html, document_pdf, paper_pdf
from atc.rendering.report import Chapter
from atc.survey.errors import AtcError

ROOT = Path(__file__).parents[2]

# Cover, contents: the text of the report starts on the page after them.
_FIRST = 2

Tagged = tuple[pikepdf.Object, tuple[str, ...]]


def _kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    children = element.get("/K", pikepdf.Array())
    return list(children) if isinstance(children, pikepdf.Array) else [children]


def _elements(node: pikepdf.Object, above: tuple[str, ...] = ()) -> Iterator[Tagged]:
    """The structure tree, each element with the names of those above it."""
    kind = str(node.get("/S", ""))
    if kind:
        yield node, above
    for child in _kids(node):
        if isinstance(child, pikepdf.Dictionary):
            yield from _elements(child, (*above, kind))


@pytest.fixture(scope="module")
def pdf(report):
    with pikepdf.open(io.BytesIO(report)) as opened:
        yield opened


@pytest.fixture(scope="module")
def structure(pdf):
    return list(_elements(pdf.Root.StructTreeRoot))


def _pages(content: bytes) -> list[str]:
    """The text of each page, with a line for each of its own."""
    with pypdfium2.PdfDocument(content) as document:
        return [f"\n{page.get_textpage().get_text_bounded()}\n".replace("\r", "") for page in document]


@pytest.fixture(scope="module")
def pages(report):
    return _pages(report)


def test_language_title_author_dates_and_marks(pdf):
    assert str(pdf.Root.Lang) == "fr"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    title = "Animation territoriale citoyenne – Rapport intermédiaire, décembre 2020"
    assert str(pdf.docinfo["/Title"]) == title
    assert str(pdf.docinfo["/Author"]) == sample.COVER.authors
    assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
    dates = {str(value) for key, value in pdf.docinfo.items() if "Date" in str(key)}
    assert all(date.startswith("D:20201215") for date in dates)


def test_links_and_figures_are_told_and_headings_are_in_order(pdf, structure):
    held = [kid for element, _ in structure if Name.Link == element.S for kid in _kids(element)]
    inside = {kid.Obj.objgen for kid in held if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid}
    drawn = {a.objgen for page in pdf.pages for a in page.get("/Annots", pikepdf.Array())}
    assert drawn
    assert drawn <= inside
    told = [str(figure.Alt) for figure, _ in structure if Name.Figure == figure.S]
    assert len(told) == 4
    exhibit = sample.contracts()
    assert f"{exhibit.title}. {exhibit.alt}" in told
    levels = [int(str(e.S)[2]) for e, _ in structure if str(e.S) in {"/H1", "/H2", "/H3", "/H4"}]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        sections = [item.title for item in outline.root[1].children]
    assert titles == ["Sommaire", "Feuille de route", "Des jeux d’acteurs complexes", "Données des figures"]
    assert sections == ["Des démarrages échelonnés", "Qui anime\N{NARROW NO-BREAK SPACE}?", "Les instances"]


def test_pages_are_stamped_and_numbered_and_heads_of_long_tables_come_back(pages):
    for number, text in enumerate(pages[1:], start=2):
        assert f"{number} / {len(pages)}" in text
        assert f"{sample.COVER.report_label} – Diffusion financeurs" in text
    assert "Diffusion financeurs" in pages[0]
    assert sample.COVER.tier_label in pages[0]
    with_rows = [text for text in pages if "Site n° 1 " in text or "Site n° 60 " in text]
    # Counts stay whole where a page holds them: this one is longer.
    assert len(with_rows) > 2
    assert all("Réunions de pilotage" in text.replace("\n", " ").replace("  ", " ") for text in with_rows)


def _set(*chapters: Chapter) -> tuple[Element, Element | None]:
    """The chapters of a document as its HTML holds them, and its annex of data."""
    page = parse(document_html(chapters, sample.COVER).split("<body>")[1].removesuffix("</body>\n</html>"))
    return page, next(iter(page.xpath(".//section[h1/@id='annexe']")), None)


def test_code_and_narrow_charts_are_not_printed_and_data_are_in_the_annex(chapter):
    page, annex = _set(chapter)
    (body,) = page.xpath(".//section[@class='chapter']")
    assert not list(body.iter("details"))
    assert len(list(body.iter("svg"))) == 2
    assert annex.xpath(".//h2/@id") == ["F02-01-donnees", "F02-02-donnees"]
    assert "T4 2019" in text_of(annex.xpath("(.//table)[1]")[0])
    links = page.xpath(".//@href")
    assert links.count("#F02-01-donnees") == 1
    assert links.count("#F02-01") >= 3


def test_a_table_of_many_rows_is_a_line_that_says_where_it_is(chapter):
    row = '<tr><th scope="row">Site</th><td>1</td></tr>'
    data = f'<details class="exhibit-data"><table><tbody>{row * 61}</tbody></table></details>'
    long = dataclasses.replace(chapter, body=f'<figure id="F02-09">{data}</figure>')
    told = _set(long)[1].xpath("./div/section")[0]
    assert not list(told.iter("table"))
    assert "61 lignes, à lire dans le classeur" in text_of(told)
    assert "tables/F02-09.csv" in text_of(told)


def test_each_row_of_the_annex_is_printed(chapter):
    for most in (24, 60):
        rows = "".join(f"<tr><td>{'Une ligne longue. ' * 6}<td>({n})" for n in range(most))
        data = f'<details class="exhibit-data"><table><tbody>{rows}</table></details>'
        body = "".join(f'<figure id="F02-0{n}">{data}</figure>' for n in (1, 2))
        told = "".join(_pages(document_pdf([dataclasses.replace(chapter, body=body)], sample.COVER)))
        assert {told.count(f"({n})") for n in range(most)} == {2}


def _controls(number: int) -> str:
    return (
        '<p>Prose.</p><section class="proofs"><h2>Reproductibilité</h2><figure class="exhibit" '
        f'id="C0{number}-00" data-status="reconstitué"><figcaption><p class="exhibit-reading"><span '
        f'class="exhibit-label">Contrôle C0{number}-00</span> 2 sur 2.</p></figcaption><details '
        'class="exhibit-data"><summary>Détail</summary><div class="table-scroll"><table><caption>c</caption>'
        "<tbody><tr><td>M01</td></tr></tbody></table></div></details></figure></section>"
    )


def test_controls_have_their_table_in_a_chapter_and_not_in_the_report():
    first, second = (Chapter(f"0{n}_x", "Titre", _controls(n)) for n in (1, 2))
    page, annex = _set(first)
    assert text_of(annex.find("h1")) == "Données des figures et contrôles"
    assert [text_of(heading) for heading in annex.iter("h2")] == ["Contrôle C01-00"]
    page, annex = _set(first, second)
    assert annex is None
    assert "Contrôle C0" not in text_of(page)
    assert "Reproductibilité" not in text_of(page)
    assert text_of(page).count("Prose.") == 2


def test_titles_of_the_settings_cannot_leave_their_place(chapter):
    hostile = '"; } </style><img src="http://127.0.0.1:9/a.png">'
    cover = dataclasses.replace(sample.COVER, title=hostile, tier_label=hostile, diffusion=hostile)
    assert document_pdf([dataclasses.replace(chapter, title=hostile, body="<p>a</p>")], cover)


def test_two_checkers_let_the_report_pass_and_report_what_breaks_it(report, tmp_path):
    path = tmp_path / "rapport.pdf"
    path.write_bytes(report)
    assert checked.faults([path]) == []
    for broken in ("/Lang", "/StructTreeRoot"):
        with pikepdf.open(io.BytesIO(report)) as pdf:
            del pdf.Root[broken]
            pdf.save(path)
        assert checked.faults([path]), broken


def test_contents_give_the_right_pages(pages):
    found = re.findall(r"\n(.+?) ?(?:\. ?)+(\d+)(?:, données (\d+))?(?=\n)", pages[1])
    # Entry -> its page, and that of its data or 0.
    told = {entry: (int(page), int(data or 0)) for entry, page, data in found}

    def page_of(text: str, after: int = _FIRST) -> int:
        return next(n for n, page in enumerate(pages, start=1) if n > after and text in page)

    annex = page_of("\nDonnées des figures\n")
    assert told.pop("Annexe : données des figures") == (annex, 0)
    for chapter, title in (("02", "Feuille de route"), ("03", "Des jeux d’acteurs complexes")):
        assert told.pop(title) == (page_of(f"\n{title}\n"), 0)
        for id_, exhibit in ((f"F{chapter}-01", sample.contracts()), (f"F{chapter}-02", sample.staffing())):
            figure = f"Figure {id_}"
            assert told.pop(f"{id_} {exhibit.title}") == (page_of(figure), page_of(figure, annex - 1))
        # A table has no other data than its own.
        begins = page_of(sample.long_table().title, page_of(f"Figure F{chapter}-02") - 1)
        assert told.pop(f"T{chapter}-03 {sample.long_table().title}") == (begins, 0)
        wide = page_of(f"Tableau T{chapter}-04")
        assert told.pop(f"T{chapter}-04 {sample.wide_table().title}") == (wide, 0)
    assert not told


def test_every_header_cell_has_its_scope(structure):
    scopes = [(str(cell.A.Scope), "/THead" in above) for cell, above in structure if cell.S == Name.TH]
    assert {("/Column", True), ("/Row", False)} == set(scopes)
    # Sixty rows in each of two chapters have a header of their own.
    assert scopes.count(("/Row", False)) > 120


def test_margins_are_not_read_aloud(pdf, structure):
    read = {
        (e.Pg.objgen, int(k)) for e, _ in structure for k in _kids(e) if not isinstance(k, pikepdf.Dictionary)
    }
    for number, page in enumerate(pdf.pages):
        content = page.Contents.read_bytes()
        marks = {int(mark) for mark in re.findall(rb"/MCID (\d+)", content)}
        assert {mark for objgen, mark in read if objgen == page.objgen} == marks
        # Title of the report, title of the chapter where it runs, stamp, number: none on the cover.
        assert content.count(b"/Artifact <</Type /Pagination>> BDC") in ({0} if number == 0 else {3, 4})
        assert content.count(b"BDC") + content.count(b"BMC") == content.count(b"EMC")


@pytest.mark.parametrize(
    "url", ["http://a.fr/", "file:///etc/hostname", "ftp://a.fr", "atc:", "atc:a/b.ttf", "atc:README.md", "x"]
)
def test_fetcher_refuses(url):
    with pytest.raises(ValueError, match="URI"):
        AssetFetcher().fetch(url)


def test_a_broken_drawing_is_an_error():
    # WeasyPrint only logs it, and leaves a blank.
    body = "<svg viewBox='0 0 1 1'><title>a</title><rect width='1' transform='rotate(x)'/></svg>"
    with pytest.raises(AtcError, match="Failed to render SVG"):
        document_pdf([Chapter("x", "Titre", body)], sample.COVER)


def test_what_was_printed_before_changes_nothing_and_no_rule_is_unknown(chapter, single, caplog):
    # A property or a selector that WeasyPrint does not know would be said here.
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        assert document_pdf([chapter], sample.COVER) == single
    said = {record.getMessage() for record in caplog.records}
    # It reads the style of drawings twice: as CSS of the page, where it warns, then as SVG, where it obeys.
    assert [text for text in said if not re.search(r"`(fill|stroke|text-anchor|clip-)[\w-]*:", text)] == []


def test_an_accent_written_apart_stays_over_its_letter():
    head, made = f'<html lang="fr"><title>T</title><style>{font_faces(SCHEME)}</style>', []
    for accent in ("e\u0301", "é"):
        drawn = f"<svg viewBox='0 0 90 90' font-family='Atc Sans'><text x='1' y='40'>d{accent}</text></svg>"
        made.append(paper_pdf(f"{head}{drawn}</html>", sample.COVER.date))
    assert made[0] == made[1]
