"""Chapters as they are printed: no code, wide charts only, proofs and the data of figures in an annex."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pikepdf
from markupsafe import Markup

from atc.rendering.chapter import share_out
from atc.rendering.fragments import (
    HEADINGS,
    Element,
    exhibit_ids,
    inner,
    link_exhibits,
    make,
    parse,
    prefix_anchors,
    text_of,
)
from atc.rendering.html import filled, font_faces, style_sheet
from atc.rendering.pdf import SCHEME, paper_pdf
from atc.rendering.report import CONTROLS, Chapter, Cover, Essential, is_proof
from atc.survey.errors import AtcError

# L'essentiel: its pages, and the sizes that its letters may have, in points.
_PAGES = 2
_SIZES = (12, 11.25, 10.5, 9.75, 9)
# Columns from which a table takes the width of a page, and characters that stand abreast in two thirds of it.
_WIDE, _ABREAST = 5, 95
# How high a chart is for its width, when its notes may have to stand on the next page.
_TALL = 0.9
# Proof whose rows begin with the exhibits that they are about.
_DECISIONS = "T07-04"


@dataclass(frozen=True)
class FigureData:
    """The table folded under an exhibit, set in the annex."""

    id: str  # of the exhibit
    anchor: str  # id of its table in the annex
    label: str  # « Figure F02-01 », « Contrôle C02-00 »
    table: Markup
    short: bool  # it stands on one page
    wide: bool  # half the width of a page is too little for it


@dataclass(frozen=True)
class PrintedChapter:
    """A chapter in the form of the PDF."""

    anchor: str  # id of its title
    title: str
    body: Markup
    exhibits: list[tuple[str, str]]  # id and title of its figures and tables
    data: list[FigureData]  # tables that were folded under its exhibits
    statuses: frozenset[str]  # values of ``data-status`` of its exhibits
    proofs: list[tuple[str, Markup]]  # title and body; none in its own PDF, which keeps them in its body


def document_pdf(
    chapters: Sequence[Chapter],
    cover: Cover,
    opening: tuple[Essential, float] | None = None,
    *,
    sheet: bool = False,
) -> bytes:
    """Set chapters in one PDF: cover, contents, chapters, annex of the data of figures.

    It has the same bytes for the same chapters and cover.

    Args:
        chapters: One chapter for its own PDF, all of them in order for the report.
        cover: What the document says of itself; its date stands in for the clock.
        opening: L'essentiel and the size of its letters, for the report.
        sheet: Whether it is the sheet of a territory: two pages, without cover, contents nor annex.

    Raises:
        AtcError: The layout met an error, or something asked for a file or an address.
    """
    return paper_pdf(document_html(chapters, cover, opening, sheet=sheet), cover.date)


def document_html(
    chapters: Sequence[Chapter],
    cover: Cover,
    opening: tuple[Essential, float] | None = None,
    *,
    sheet: bool = False,
) -> str:
    """The HTML that WeasyPrint lays out."""
    ready = printed(chapters, annexed=not sheet)
    annex = [data for chapter in ready for data in chapter.data if not sheet]
    controls = any(data.id.startswith(CONTROLS) for data in annex)
    return _filled(
        "document.html.j2",
        cover,
        chapters=ready,
        whole=len(ready) > 1,
        annex=annex,
        proofs=[proof for chapter in ready for proof in chapter.proofs],
        annex_title="Données des figures et contrôles" if controls else "Données des figures",
        how_to_read=cover.how_to_read(frozenset[str]().union(*(chapter.statuses for chapter in ready))),
        opening=opening,
        sheet=sheet,
    )


def essential_paper(essential: Essential, cover: Cover) -> tuple[bytes, Essential, float]:
    """L'essentiel as a PDF of two pages: in smaller letters, then with fewer charts, until it holds.

    With the file, what stands on it in the end, and in letters of how many points. An `AtcError` tells that
    even the shortest form goes over.
    """
    for kept in range(len(essential.charts), -1, -1):
        shorter = replace(essential, charts=essential.charts[:kept])
        for size in _SIZES:
            markup = _filled("essential_document.html.j2", cover, essential=shorter, size=size)
            content = paper_pdf(markup, cover.date)
            with pikepdf.open(io.BytesIO(content)) as pdf:
                if len(pdf.pages) <= _PAGES:
                    return content, shorter, size
    raise AtcError(
        "« L’essentiel » ne tient pas sur deux pages : ses messages sont trop longs. Abrégez-les dans les "
        "carnets, ou la présentation dans report.toml."
    )


def _filled(template: str, cover: Cover, **values: object) -> str:
    """With our style, and the circle of readers at the foot of every page."""
    # Style sheets are files of this package.
    style = Markup(font_faces(SCHEME) + "\n" + style_sheet("paper.css"))  # noqa: S704
    return filled(template, cover=cover, style=style, stamp=filled("stamp.css.j2", cover=cover), **values)


def printed(chapters: Sequence[Chapter], *, annexed: bool = True) -> list[PrintedChapter]:
    """Prepare chapters that stand together in one document, which has an annex or not.

    In the whole report the proofs leave the chapters for an annex, and the precaution that opens each of them
    for the front. The controls of single chapters go: what compares all figures at once holds them.
    """
    roots = [parse(chapter.body) for chapter in chapters]
    whole = len(roots) > 1
    for precaution in [each for root in roots for each in root.iter("aside") if whole]:
        precaution.drop_tree()
    known = frozenset[str]().union(*(exhibit_ids(root) for root in roots))
    proofs = [without_proofs(root) if whole else [] for root in roots]
    return [
        _printed(chapter, root, known, found, annexed=annexed)
        for chapter, root, found in zip(chapters, roots, proofs, strict=True)
    ]


def _printed(
    chapter: Chapter, root: Element, known: frozenset[str], proofs: list[Element], *, annexed: bool
) -> PrintedChapter:
    for unprinted in root.xpath(".//details[@class='code'] | .//div[contains(@class, 'chart-narrow')]"):
        unprinted.drop_tree()
    figures = list(root.iter("figure"))
    exhibits = [(figure.get("id", ""), _title(figure)) for figure in figures]
    for table in root.iter("table"):
        _fewer_headers_than_data(table)
    data = [_take_data(each, annexed=annexed) for each in root.xpath(".//details[@class='exhibit-data']")]
    # WeasyPrint reads the alternative text of a drawing in its <title> only.
    for described in root.xpath(".//svg[title]/desc"):
        title = described.getparent().find("title")
        title.text = f"{text_of(title).rstrip('.')}. {text_of(described)}"
    # A name may hold signs that no address does.
    anchor = re.sub(r"[^\w-]+", "-", chapter.slug)
    prefix_anchors(root, anchor)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else "")
    for figure in figures:
        _keep_together(figure)
    return PrintedChapter(
        anchor=anchor,
        title=chapter.title,
        body=Markup(inner(root)),  # noqa: S704 -- checked by atc.rendering.allowed
        exhibits=[listed for listed in exhibits if not listed[0].startswith(CONTROLS)],
        data=data,
        statuses=frozenset(figure.get("data-status", "") for figure in figures),
        # In a wave that has nothing to compare, they are left out.
        proofs=[
            _proof(figure)
            for figure in proofs
            if not figure.get("id", "").startswith(CONTROLS) and figure.xpath(".//tbody/tr")
        ],
    )


def without_proofs(root: Element) -> list[Element]:
    """Take the exhibits that are proof out of a chapter, in place, with the sections that hold nothing else.

    Returns them in order.
    """
    proofs = [figure for figure in root.iter("figure") if is_proof(figure.get("id", ""))]
    for figure in proofs:
        before = list(figure.itersiblings(*HEADINGS, preceding=True))[:1]
        section = [*before, *(before[0].itersiblings() if before else ())]
        after = next((rank for rank, each in enumerate(section) if rank and each.tag in HEADINGS), None)
        shown = [each for element in section[:after] for each in element.iter("figure")]
        alone = before and all(is_proof(each.get("id", "")) for each in shown)
        for element in section[:after] if alone else [figure]:
            # Several proofs stand under one heading: the first takes them all away.
            if (parent := element.getparent()) is not None:
                parent.remove(element)
    return proofs


def _proof(figure: Element) -> tuple[str, Markup]:
    for table in figure.iter("table"):
        _condense(table, numbered=figure.get("id") != _DECISIONS)
    body = make("div")
    body.append(figure)
    # Checked by atc.rendering.allowed.
    return _title(figure), Markup(inner(body))  # noqa: S704


def _condense(table: Element, *, numbered: bool) -> None:
    """Leave what tells one row from another: the ids of ``numbered`` rows are in the page.

    A verdict that is the same everywhere is in the title; what was computed is told where it is not what was
    printed.
    """
    columns = list(zip(*table.iter("tr"), strict=True))
    told = [[text_of(cell) for cell in cells] for cells in columns]
    for before, cells, texts in zip(["", *told], columns, told, strict=False):
        same = before and before[1:] == texts[1:]
        if (numbered and cells is columns[0]) or same or len(set(texts[1:])) == 1:
            for cell in cells:
                cell.drop_tree()
    share_out(table)


def _keep_together(figure: Element) -> None:
    """Tell how an exhibit may be cut, and keep on its page the heading and what it says before it.

    ``whole`` for an exhibit never cut, ``cut`` for a long table, ``tall`` for a chart as high as pages.
    """
    boxes = [drawing.get("viewbox").split() for drawing in figure.xpath(".//svg[@viewbox]")]
    if any(float(height) > _TALL * float(width) for _, _, width, height in boxes):
        figure.classes.add("tall")
    else:
        long = any("short" not in table.classes for table in figure.iter("table"))
        figure.classes.add("cut" if long else "whole")
    for element in figure.itersiblings(preceding=True):
        if element.tag == "figure":
            return
        element.classes.add("leads")
        if element.tag in HEADINGS:
            return


def _take_data(details: Element, *, annexed: bool) -> FigureData:
    """Take the table out of its exhibit; in a report, the label of the exhibit is the way to it."""
    figure = details.getparent()
    id_ = figure.get("id", "")
    anchor = f"{id_}-donnees"
    table = next(details.iter("table"))
    labels = figure.xpath(".//*[@class='exhibit-label']")
    label = text_of(labels[0]) if labels else id_
    for each in labels if annexed else ():
        each.text = None
        each.append(make("a", label, href=f"#{anchor}"))
    markup = Markup(inner(table.getparent()))  # noqa: S704 -- checked by atc.rendering.allowed
    details.drop_tree()
    columns = list(zip(*table.iterfind("./tbody/tr"), strict=False))
    longest = sum(max(len(text_of(cell)) for cell in cells) for cells in columns)
    wide = len(columns) >= _WIDE or longest > _ABREAST
    return FigureData(id_, anchor, label, markup, "short" in table.classes, wide)


def _fewer_headers_than_data(table: Element) -> None:
    """In a small table, let the first cell of a row be a cell like the others.

    It is read just before the one or two others; as a header it would make more headers than data, which
    checkers of tagged PDF take for a broken table.
    """
    if len(table.findall(".//th")) > len(table.findall(".//td")):
        for header in table.xpath(".//th[@scope='row']"):
            header.tag = "td"
            header.attrib.pop("scope")


def _title(figure: Element) -> str:
    found = [figure.xpath(path) for path in (".//*[@class='exhibit-title']", ".//caption", ".//svg/title")]
    first = next(filter(None, found), [make("p")])[0]
    # Without the unit, which a caption carries in an element of its own.
    return (first.text or text_of(first)).strip()
