from __future__ import annotations

import base64
import contextlib
import dataclasses
import datetime as dt
import gc
import hashlib
import io
import itertools
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import nbformat
import pikepdf
import pytest
from pikepdf import Name
from rendering import sample
from weasyprint import HTML

from atc.rendering import pdf as paper
from atc.rendering.fragments import parse, text_of
from atc.rendering.html import font_file, style_sheet
from atc.rendering.paper import document_html, document_pdf, printed
from atc.rendering.pdf import AssetFetcher
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
def pdf(report: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(report)) as opened:
        yield opened


@pytest.fixture(scope="module")
def structure(pdf: pikepdf.Pdf) -> Sequence[Tagged]:
    return list(_elements(pdf.Root.StructTreeRoot))


@pytest.fixture(scope="module")
def pages(chapter: Chapter, second: Chapter) -> list[str]:
    """The text of each page of the report, as laid out."""
    markup = document_html([chapter, second], sample.COVER)
    document = HTML(string=markup, url_fetcher=AssetFetcher()).render()
    return [_words(page._page_box.descendants()) for page in document.pages]


def _words(boxes: Iterable[object]) -> str:
    return "".join(getattr(box, "text", "") or "\n" for box in boxes)


def _lines_of_contents(pages: Sequence[str]) -> dict[str, int]:
    """Entry -> page, as printed in the contents."""
    return {entry: page for entry, page, _ in _printed_lines(pages)}


def _printed_lines(pages: Sequence[str]) -> list[tuple[str, int, int]]:
    """Entry, page, page of its data or 0."""
    line = r"([^\n.][^\n]*?)\n*(?:\. ?)+\n*(\d+)(?:, données (\d+))?(?=\n)"
    found = re.findall(line, "\n".join(pages[1:_FIRST]))
    return [(entry.strip(), int(page), int(data or 0)) for entry, page, data in found]


def test_language_title_author_and_marks(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "fr"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert (
        str(pdf.docinfo["/Title"])
        == "Animation territoriale citoyenne – Rapport intermédiaire, décembre 2020"
    )
    assert str(pdf.docinfo["/Author"]) == sample.COVER.authors
    assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()


def test_dates_come_from_the_cover(pdf: pikepdf.Pdf) -> None:
    dates = {str(value) for key, value in pdf.docinfo.items() if "Date" in str(key)}
    assert all(date.startswith("D:20201215") for date in dates)
    assert str(dt.datetime.now(dt.UTC).year) not in "".join(dates)


def test_every_header_cell_has_its_scope(structure: Sequence[Tagged]) -> None:
    scopes = [(str(cell.A.Scope), "/THead" in above) for cell, above in structure if cell.S == Name.TH]
    assert {("/Column", True), ("/Row", False)} == set(scopes)
    # Thirty rows in each of two chapters have a header of their own.
    assert scopes.count(("/Row", False)) > 60


def test_margins_are_not_read_aloud(pdf: pikepdf.Pdf, structure: Sequence[Tagged]) -> None:
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


def test_links_print(pdf: pikepdf.Pdf) -> None:
    flags = {int(a.F) for page in pdf.pages for a in page.get("/Annots", pikepdf.Array())}
    assert flags == {4}


def test_every_link_is_in_the_structure(pdf: pikepdf.Pdf, structure: Sequence[Tagged]) -> None:
    inside = {
        kid.Obj.objgen
        for element, _ in structure
        if Name.Link == element.S
        for kid in _kids(element)
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == Name.OBJR
    }
    drawn = {a.objgen for page in pdf.pages for a in page.get("/Annots", pikepdf.Array())}
    assert drawn
    assert drawn <= inside


def test_every_figure_tells_its_message(structure: Sequence[Tagged]) -> None:
    told = [str(figure.Alt) for figure, _ in structure if Name.Figure == figure.S]
    assert len(told) == 4
    exhibit = sample.contracts()
    assert f"{exhibit.title}. {exhibit.alt}" in told


def test_headings_are_in_order(structure: Sequence[Tagged]) -> None:
    levels = [int(str(e.S)[2]) for e, _ in structure if str(e.S) in {"/H1", "/H2", "/H3", "/H4"}]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_outline_follows_the_chapters(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        inside = [item.title for item in outline.root[1].children]
    assert titles == ["Sommaire", "Feuille de route", "Des jeux d’acteurs complexes", "Données des figures"]
    assert inside == ["Des démarrages échelonnés", "Qui anime\N{NARROW NO-BREAK SPACE}?", "Les instances"]


def test_fonts_are_ours_and_their_text_can_be_read(pdf: pikepdf.Pdf) -> None:
    fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == Name.Font]
    composite = [font for font in fonts if font.get("/Subtype") == Name.Type0]
    assert {str(font.BaseFont).split("+")[1] for font in fonts} >= {"Atc-Sans", "Atc-Sans-Bold"}
    assert all("Atc-Sans" in str(font.BaseFont) for font in fonts)
    assert all("/ToUnicode" in font for font in composite)


def test_no_link_to_a_file_and_no_path(report: bytes, pdf: pikepdf.Pdf) -> None:
    addresses = [
        str(annotation.A.URI)
        for page in pdf.pages
        for annotation in page.get("/Annots", pikepdf.Array())
        if "/URI" in annotation.get("/A", pikepdf.Dictionary())
    ]
    assert set(addresses) == {"https://www.centres-sociaux.fr/a?b=1"}
    unpacked = io.BytesIO()
    pdf.save(unpacked, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for content in (report, unpacked.getvalue()):
        assert b"file:" not in content
        assert str(ROOT).encode() not in content
        assert b"/tmp/" not in content
    assert "/Names" not in pdf.Root or "/EmbeddedFiles" not in pdf.Root.Names


def test_contents_give_the_right_pages(pages: Sequence[str]) -> None:
    told = _lines_of_contents(pages)
    body = list(enumerate(pages, start=1))[_FIRST:]
    for entry, heading in (
        ("Feuille de route", "\nFeuille de route\n"),
        ("Des jeux d’acteurs complexes", "\nDes jeux d’acteurs complexes\n"),
        ("Annexe\N{NO-BREAK SPACE}: données des figures", "\nDonnées des figures\n"),
    ):
        assert told[entry] == next(number for number, text in body if heading in text)
    assert max(told.values()) <= len(pages)
    assert len(told) == 2 + 4 + 1


def test_each_exhibit_is_listed_at_its_page(pages: Sequence[str]) -> None:
    told = _lines_of_contents(pages)
    for id_, title in (
        ("F02-01", sample.contracts().title),
        ("F02-02", sample.staffing().title),
        ("T02-04", sample.wide_table().title),
    ):
        label = f"{'Figure' if id_[0] == 'F' else 'Tableau'} {id_}"
        first = next(n for n, text in enumerate(pages, start=1) if n > _FIRST and label in text)
        # The second chapter has the same titles: its line came last.
        other = label.replace("02-", "03-")
        expected = next(n for n, text in enumerate(pages, start=1) if n > _FIRST and other in text)
        assert told[title] == expected
        assert first < expected


def test_the_data_of_each_figure_are_listed_at_their_page(pages: Sequence[str]) -> None:
    told = {entry: data for entry, _, data in _printed_lines(pages)}
    annex = next(n for n, text in enumerate(pages, start=1) if "\nDonnées des figures\n" in text)
    page = next(n for n, text in enumerate(pages, start=1) if n >= annex and "Figure F03-01" in text)
    assert told[sample.contracts().title] == page
    # A table has no other data than its own.
    assert told[sample.wide_table().title] == 0


def test_every_page_but_the_cover_is_stamped_and_numbered(pages: Sequence[str]) -> None:
    for number, text in enumerate(pages[1:], start=2):
        assert f"{number} / {len(pages)}" in text
        assert f"{sample.COVER.report_label} – Diffusion financeurs" in text
    assert "Diffusion financeurs" in pages[0]
    assert sample.COVER.tier_label in pages[0]


def test_cover_says_what_the_data_are(pages: Sequence[str]) -> None:
    for words in (
        "Illustration",
        "Reconstitué",
        sample.COVER.wave_label,
        "15\N{NO-BREAK SPACE}décembre 2020",
    ):
        assert words in pages[0].replace("\n", " ").replace("- ", "")


def test_a_chapter_of_observed_data_warns_of_nothing(chapter: Chapter) -> None:
    observed = dataclasses.replace(
        chapter, body='<figure class="exhibit" id="T02-01" data-status="observé"></figure>'
    )
    told = document_html([observed], sample.COVER)
    assert not any(text in told for status, text in sample.COVER.legend if status)


def test_heads_of_long_tables_come_back(pages: Sequence[str]) -> None:
    with_rows = [text for text in pages if "Site n° 1\n" in text or "Site n° 30" in text]
    # Of the two tables, one at least goes over a page.
    assert len(with_rows) > 2
    assert all("Réunions de pilotage" in text.replace("\n", " ").replace("  ", " ") for text in with_rows)


def test_tables_of_two_rows_do_not_hold_one_another_back() -> None:
    """A chain of them left the page before half empty."""

    def table(number: int, rows: int) -> str:
        body = f"<table><tbody>{'<tr><th>a</th><td>1</td></tr>' * rows}</tbody></table>"
        return f'<section class="annex-data whole wide"><h2>Nº{number}</h2>{body}</section>'

    tables = table(1, 34) + "".join(table(number, 2) for number in range(2, 7))
    markup = f'<style>{style_sheet("paper.css")}</style><section class="annex">{tables}</section>'
    first, second = HTML(string=markup, url_fetcher=AssetFetcher()).render().pages
    assert "Nº3" in _words(first._page_box.descendants())
    assert "Nº6" in _words(second._page_box.descendants())


def test_code_and_narrow_charts_are_not_printed_and_data_are_in_the_annex(chapter: Chapter) -> None:
    only = printed([chapter])[0]
    body = parse(str(only.body))
    assert not list(body.iter("details"))
    assert len(list(body.iter("svg"))) == 2
    assert [data.id for data in only.data] == ["F02-01", "F02-02"]
    assert "T4 2019" in text_of(parse(str(only.data[0].table)))
    markup = document_html([chapter], sample.COVER)
    assert 'id="F02-01-donnees"' in markup
    assert markup.count('href="#F02-01-donnees"') == 1
    assert markup.count('href="#F02-01"') >= 3


def test_headings_of_chapters_do_not_collide(chapter: Chapter, second: Chapter) -> None:
    first, other = printed([chapter, second])
    headings = [{h.get("id") for h in parse(str(each.body)).iter("h2", "h3")} for each in (first, other)]
    assert headings[0]
    assert not headings[0] & headings[1]


def test_mentions_reach_other_chapters_of_the_same_document_only(chapter: Chapter) -> None:
    other = Chapter("01_methode", "Méthode", "<p>Voir F02-01 et F09-09.</p>")
    link = '<a href="#F02-01" class="reference">F02-01</a>'
    assert link in printed([other, chapter])[0].body
    assert "<a" not in printed([other])[0].body


def test_layout_is_quiet(chapter: Chapter, caplog: pytest.LogCaptureFixture) -> None:
    # A property or a selector that WeasyPrint does not know would be said here.
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        document_pdf([chapter], sample.COVER)
    said = {record.getMessage() for record in caplog.records}
    # It reads the style of drawings twice: as CSS of the page, where it warns, then as SVG, where it obeys.
    assert [text for text in said if not re.search(r"`(fill|stroke|text-anchor|clip-)[\w-]*:", text)] == []


_HOSTILE = [
    "<img src='http://127.0.0.1:9/a.png' alt='a'>",
    "<img src='https://example.org/a.png' alt='a'>",
    "<img src='file:///etc/hostname' alt='a'>",
    "<img src='/etc/hostname' alt='a'>",
    "<img src='ftp://example.org/a.png' alt='a'>",
    "<img src='atc:../../../etc/hostname' alt='a'>",
    "<img src='atc:secret.ttf' alt='a'>",
    "<p style='background-image: url(file:///etc/hostname)'>a</p>",
    "<style>p::before { content: url(http://127.0.0.1:9/a.png) }</style><p>a</p>",
    "<style>@import 'http://127.0.0.1:9/a.css';</style>",
    "<style>@font-face { font-family: X; src: url(file:///etc/hostname) }</style><p>a</p>",
    "<link rel='stylesheet' href='file:///etc/hostname'>",
    "<link rel='attachment' href='file:///etc/hostname'>",
    "<a rel='attachment' href='file:///etc/hostname'>a</a>",
    "<object data='file:///etc/hostname'></object>",
    "<embed src='http://127.0.0.1:9/a.svg'>",
    "<svg viewBox='0 0 1 1'><image href='file:///etc/hostname' width='1' height='1'/></svg>",
]


@pytest.mark.parametrize("markup", _HOSTILE)
def test_nothing_outside_the_document_is_read(markup: str) -> None:
    # Such a body cannot come from read_chapter: this is the second lock.
    with pytest.raises(AtcError, match="Le PDF n’a pas pu être composé"):
        document_pdf([Chapter("x", "Titre", markup)], sample.COVER)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.fr/",
        "https://a.fr/",
        "file:///etc/hostname",
        "ftp://a.fr",
        "atc:",
        "atc:a/b.ttf",
        "atc:README.md",
        "x",
    ],
)
def test_fetcher_refuses(url: str) -> None:
    with pytest.raises(ValueError, match="URI"):
        AssetFetcher().fetch(url)


def test_fetcher_knows_our_fonts_and_data() -> None:
    assert AssetFetcher().fetch("atc:AtcSans-Bold.ttf").read() == font_file("AtcSans-Bold.ttf")
    data = base64.b64encode(b"a").decode()
    assert AssetFetcher().fetch(f"data:text/plain;base64,{data}").read() == b"a"


def test_a_broken_drawing_is_an_error() -> None:
    # WeasyPrint only logs it, and leaves a blank.
    body = "<svg viewBox='0 0 1 1'><title>a</title><rect width='1' transform='rotate(x)'/></svg>"
    with pytest.raises(AtcError, match="Failed to render SVG"):
        document_pdf([Chapter("x", "Titre", body)], sample.COVER)


@pytest.mark.parametrize("before", [None, "1234567890"])
def test_environment_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if before:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", before)
    document_pdf([Chapter("x", "Titre", "<p>a</p>")], sample.COVER)
    assert os.environ.get("SOURCE_DATE_EPOCH") == before


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("body", ["<p>a</p>", "<img src='https://exemple.fr/a.png'>"])
def test_the_garbage_collector_rests_meanwhile_and_is_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch, enabled: bool, body: str
) -> None:
    resting: list[bool] = []
    laid_out = paper._laid_out
    monkeypatch.setattr(paper, "_laid_out", lambda text: resting.append(not gc.isenabled()) or laid_out(text))
    gc.enable() if enabled else gc.disable()
    try:
        with contextlib.suppress(AtcError):
            document_pdf([Chapter("x", "Titre", body)], sample.COVER)
        assert (resting, gc.isenabled()) == ([True], enabled)
    finally:
        gc.enable()


_AGAIN = """
import hashlib, nbformat
from rendering import sample
from atc.rendering.chapter import read_chapter
from atc.rendering.paper import document_pdf
notebook = nbformat.read("carnet.ipynb", as_version=4)
content = document_pdf([read_chapter(notebook, sample.SLUG)], sample.COVER)
print(hashlib.sha256(content).hexdigest())
"""


@pytest.mark.slow
def test_same_bytes_elsewhere(chapter: Chapter, tmp_path: Path) -> None:
    nbformat.write(sample.notebook(), tmp_path / "carnet.ipynb")
    here = hashlib.sha256(document_pdf([chapter], sample.COVER)).hexdigest()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        "PYTHONHASHSEED": "77",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "SOURCE_DATE_EPOCH": "0",
    }
    told = subprocess.run(
        [sys.executable, "-c", _AGAIN],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == here


def _controls(number: int) -> str:
    return (
        f'<figure class="exhibit" id="C0{number}-00" data-status="reconstitué"><figcaption>'
        f'<p class="exhibit-reading"><span class="exhibit-label">Contrôle C0{number}-00</span> 2 sur 2.</p>'
        '</figcaption><details class="exhibit-data"><summary>Détail</summary><div class="table-scroll">'
        "<table><caption>c</caption><tbody><tr><td>M01</td></tr></tbody></table></div></details></figure>"
    )


def test_controls_have_their_table_in_a_chapter_and_not_in_the_report() -> None:
    first, second = (Chapter(f"0{n}_x", "Titre", _controls(n)) for n in (1, 2))
    alone = printed([first])
    assert [(data.label, data.short) for data in alone[0].data] == [("Contrôle C01-00", False)]
    assert "Données des figures et contrôles" in document_html([first], sample.COVER)
    together = printed([first, second])
    assert [chapter.data for chapter in together] == [[], []]
    assert not any("Contrôle C0" in chapter.body for chapter in together)
    assert all(chapter.exhibits == [] for chapter in together)
    assert 'id="annexe"' not in document_html([first, second], sample.COVER)


def test_titles_of_the_settings_cannot_leave_their_place(chapter: Chapter) -> None:
    hostile = '"; } </style><img src="http://127.0.0.1:9/a.png">'
    cover = dataclasses.replace(sample.COVER, title=hostile, tier_label=hostile, diffusion=hostile)
    assert document_pdf([dataclasses.replace(chapter, title=hostile, body="<p>a</p>")], cover)
