"""A chapter as it is printed: no code, wide charts only, and the data of figures kept for an annex."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from atc.rendering.exhibits import CONTROLS
from atc.rendering.fragments import Element, inner, make, parse, remove, text_of
from atc.rendering.headings import HEADINGS, prefix_anchors
from atc.rendering.model import Chapter
from atc.rendering.proofs import without_proofs
from atc.rendering.references import exhibit_ids, link_exhibits
from atc.rendering.tables import share_out

# Columns from which a table takes the width of a page.
_WIDE = 5
# Characters that stand abreast in two thirds of a page.
_ABREAST = 95
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
class ExhibitEntry:
    """One line of the list of figures and tables."""

    id: str
    title: str


@dataclass(frozen=True)
class Proof:
    """What compares the printed report with the data, for the annex of a report."""

    id: str  # of the exhibit
    title: str  # « 121 valeurs retrouvées sur 121 imprimées »
    body: Markup


@dataclass(frozen=True)
class PrintedChapter:
    """A chapter in the form of the PDF."""

    anchor: str  # id of its title
    title: str  # plain text
    body: Markup
    exhibits: tuple[ExhibitEntry, ...]  # its figures and tables
    data: tuple[FigureData, ...]  # tables that were folded under its exhibits
    statuses: frozenset[str]  # values of ``data-status`` of its exhibits
    proofs: tuple[Proof, ...] = ()  # none in its own PDF, whose body keeps them


def printed(chapters: list[Chapter], *, annexed: bool = True) -> list[PrintedChapter]:
    """Prepare chapters that stand together in one document, which has an annex or not.

    In the whole report the proofs leave the chapters for an annex, and the precaution that opens each of them
    for the front. The controls of single chapters go: what compares all figures at once holds them.
    """
    roots = [parse(chapter.body) for chapter in chapters]
    if len(roots) > 1:
        for precaution in [each for root in roots for each in root.iter("aside")]:
            remove(precaution)
    known = frozenset[str]().union(*(exhibit_ids(root) for root in roots))
    proofs = [without_proofs(root) if len(chapters) > 1 else [] for root in roots]
    return [
        _printed(chapter, root, known, found, annexed=annexed)
        for chapter, root, found in zip(chapters, roots, proofs, strict=True)
    ]


def _printed(
    chapter: Chapter, root: Element, known: frozenset[str], proofs: list[Element], *, annexed: bool
) -> PrintedChapter:
    for unprinted in root.xpath(".//details[@class='code'] | .//div[contains(@class, 'chart-narrow')]"):
        remove(unprinted)
    figures = list(root.iter("figure"))
    listed = [figure for figure in figures if not figure.get("id", "").startswith(CONTROLS)]
    exhibits = tuple(ExhibitEntry(figure.get("id", ""), _title(figure)) for figure in listed)
    for table in root.iter("table"):
        _fewer_headers_than_data(table)
    data = tuple(
        _take_data(details, annexed=annexed) for details in root.xpath(".//details[@class='exhibit-data']")
    )
    for drawing in root.iter("svg"):
        _tell_everything(drawing)
    # A name may hold signs that no address does.
    anchor = re.sub(r"[^\w-]+", "-", chapter.slug)
    prefix_anchors(root, anchor)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else "")
    for figure in figures:
        figure.set("class", f"{figure.get('class', '')} {_kind(figure)}".strip())
        _lead_to(figure)
    return PrintedChapter(
        anchor=anchor,
        title=chapter.title,
        body=Markup(inner(root)),  # noqa: S704 -- checked by atc.rendering.allowed
        exhibits=exhibits,
        data=data,
        statuses=frozenset(figure.get("data-status", "") for figure in figures),
        proofs=tuple(_proof(figure) for figure in proofs if _compares(figure)),
    )


def _compares(figure: Element) -> bool:
    """Whether a proof of the whole report has something to compare: in a wave without any, it is left out."""
    return not figure.get("id", "").startswith(CONTROLS) and bool(figure.xpath(".//tbody/tr"))


def _proof(figure: Element) -> Proof:
    for table in figure.iter("table"):
        _condense(table, numbered=figure.get("id") != _DECISIONS)
    body = make("div")
    body.append(figure)
    # Checked by atc.rendering.allowed.
    return Proof(figure.get("id", ""), _title(figure), Markup(inner(body)))  # noqa: S704


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
                remove(cell)
    share_out(table)


def _lead_to(figure: Element) -> None:
    """Keep a heading, and what it says before its first exhibit, on the page of that exhibit."""
    for element in figure.itersiblings(preceding=True):
        if element.tag == "figure":
            return
        element.set("class", f"{element.get('class', '')} leads".strip())
        if element.tag in HEADINGS:
            return


def _kind(figure: Element) -> str:
    """``whole`` for an exhibit never cut, ``cut`` for a long table, ``tall`` for a chart as high as pages."""
    boxes = [drawing.get("viewbox", "").split() for drawing in figure.iter("svg")]
    if any(float(height) > _TALL * float(width) for _, _, width, height in filter(None, boxes)):
        return "tall"
    return "cut" if any(not _is_short(table) for table in figure.iter("table")) else "whole"


def _is_short(table: Element) -> bool:
    return "short" in table.get("class", "").split()


def _take_data(details: Element, *, annexed: bool) -> FigureData:
    """Take the table out of its exhibit; in a report, the label of the exhibit is the way to it."""
    figure = details.getparent()
    id_ = figure.get("id", "")
    anchor = f"{id_}-donnees"
    table = next(details.iter("table"))
    labels = figure.xpath(".//*[@class='exhibit-label']")
    label = text_of(labels[0]) if labels else id_
    for each in labels if annexed else ():
        each.text, link = None, make("a", label, href=f"#{anchor}")
        each.append(link)
    # Its figure bears the title: what it counts is enough.
    for unit in table.xpath("./caption/span[@class='unit']"):
        unit.getparent().text = None
    markup = Markup(inner(table.getparent()))  # noqa: S704 -- checked by atc.rendering.allowed
    remove(details)
    columns = list(zip(*table.iterfind("./tbody/tr"), strict=False))
    longest = sum(max(len(text_of(cell)) for cell in cells) for cells in columns)
    wide = len(columns) >= _WIDE or longest > _ABREAST
    share_out(table)
    return FigureData(id_, anchor, label, markup, _is_short(table), wide)


def _tell_everything(drawing: Element) -> None:
    # WeasyPrint reads the alternative text of a drawing in its <title> only.
    title, described = drawing.find("title"), drawing.find("desc")
    if title is not None and described is not None:
        title.text = f"{text_of(title).rstrip('.')}. {text_of(described)}"


def _fewer_headers_than_data(table: Element) -> None:
    """In a small table, let the first cell of a row be a cell like the others.

    It is read just before the one or two others; as a header it would make more headers than data, which
    checkers of tagged PDF take for a broken table.
    """
    if sum(1 for _ in table.iter("th")) <= sum(1 for _ in table.iter("td")):
        return
    for header in [cell for cell in table.iter("th") if cell.get("scope") == "row"]:
        header.tag = "td"
        header.attrib.pop("scope")


def _title(figure: Element) -> str:
    for path in (".//*[@class='exhibit-title']", ".//caption", ".//svg/title"):
        for found in figure.xpath(path):
            # Without the unit, which a caption carries in an element of its own.
            return " ".join((found.text or text_of(found)).split(" ")).strip()
    return ""
