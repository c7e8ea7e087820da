"""Chapters as they are printed: no code, wide charts only, proofs and the data of figures in an annex."""

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pikepdf
from markupsafe import Markup

from atc.rendering.chapter import share_out
from atc.rendering.fragments import (
    HEADINGS,
    Element,
    inner,
    link_exhibits,
    make,
    parse,
    prefix_anchors,
    text_of,
)
from atc.rendering.html import filled, font_faces, style_sheet
from atc.rendering.pdf import SCHEME, paper_pdf
from atc.rendering.report import CONTROLS, Chapter, Cover, Essential, without_proofs
from atc.survey.errors import AtcError
from atc.survey.typography import french, number

# L'essentiel: its pages, and the sizes that its letters may have, in points.
_PAGES = 2
_SIZES = (12, 11.25, 10.5, 9.75, 9)
# Columns from which a table takes the width of a page, and characters that stand abreast in two thirds of it.
_WIDE, _ABREAST = 5, 95
# Rows of a table of the annex that paper has room for.
_MOST_ROWS = 60
# How high a chart is for its width, when its notes may have to stand on the next page.
_TALL = 0.9
# Proof whose rows begin with the exhibits that they are about.
_DECISIONS = "T07-04"


def document_pdf(chapters: Sequence[Chapter], cover: Cover, **more: Any) -> bytes:
    """`document_html`, laid out: the same bytes for the same chapters and cover.

    An `AtcError` tells that the layout met an error, or that something asked for a file or an address.
    """
    return paper_pdf(document_html(chapters, cover, **more), cover.date)


def document_html(
    chapters: Sequence[Chapter],
    cover: Cover,
    *,
    opening: tuple[Essential, float] | None = None,
    sheet: bool = False,
) -> str:
    """Chapters as one document for paper: cover, contents, chapters, annex of the data of figures.

    In the whole report the proofs leave the chapters for an annex, and the precaution that opens each of them
    for the front. The controls of single chapters go: what compares all figures at once holds them.

    Args:
        chapters: One chapter for its own PDF, all of them in order for the report.
        cover: What the document says of itself; its date stands in for the clock.
        opening: L'essentiel and the size of its letters, for the report.
        sheet: Whether it is the sheet of a territory: two pages, without cover, contents nor annex.
    """
    roots, taken, whole = [parse(chapter.body) for chapter in chapters], list[Element](), len(chapters) > 1
    for root in roots if whole else ():
        taken += without_proofs(root)
        for precaution in list(root.iter("aside")):
            precaution.drop_tree()
    # In a wave that has nothing to compare, they are left out.
    proofs = [each for each in taken if not each.get("id").startswith(CONTROLS) and each.xpath(".//tbody/tr")]
    known = {figure.get("id") for root in (*roots, *proofs) for figure in root.iter("figure")}
    ready = [
        _printed(chapter, root, known, annexed=not sheet)
        for chapter, root in zip(chapters, roots, strict=True)
    ]
    annex = [data for chapter in ready for data in chapter["data"] if not sheet]
    controls = any(data["id"].startswith(CONTROLS) for data in annex)
    statuses = {figure.get("data-status", "") for root in roots for figure in root.iter("figure")}
    return _filled(
        "document.html.j2",
        cover,
        chapters=ready,
        whole=whole,
        annex=annex,
        proofs=[(_title(figure), _condensed(figure)) for figure in proofs],
        annex_title="Données des figures et contrôles" if controls else "Données des figures",
        how_to_read=cover.how_to_read(statuses),
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


def _printed(chapter: Chapter, root: Element, known: Collection[str], *, annexed: bool) -> dict[str, Any]:
    """A chapter as its template wants it; ``data`` is what an annex holds of its exhibits."""
    for unprinted in root.xpath(".//details[@class='code'] | .//div[contains(@class, 'chart-narrow')]"):
        unprinted.drop_tree()
    figures = list(root.iter("figure"))
    exhibits = [(figure.get("id", ""), _title(figure)) for figure in figures]
    for table in root.iter("table"):
        # In a small table, the first cell of a row is read just before the one or two others; as headers they
        # would be more than the data, which checkers of tagged PDF take for a broken table.
        if len(table.findall(".//th")) > len(table.findall(".//td")):
            for header in table.xpath(".//th[@scope='row']"):
                header.tag = "td"
                header.attrib.pop("scope")
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
    return {
        "anchor": anchor,
        "title": chapter.title,
        "body": Markup(inner(root)),  # noqa: S704 -- checked by atc.rendering.allowed
        "exhibits": [listed for listed in exhibits if not listed[0].startswith(CONTROLS)],
        "data": data,
    }


def _condensed(figure: Element) -> Markup:
    """A proof as the annex shows it, with the columns that tell one row from another.

    A verdict that is the same everywhere is in the title, the ids of controls are in the page; what was
    computed is told where it is not what was printed.
    """
    for table in figure.iter("table"):
        columns = list(zip(*table.iter("tr"), strict=True))
        told = [[text_of(cell) for cell in cells] for cells in columns]
        numbered = figure.get("id") != _DECISIONS
        for before, cells, texts in zip(["", *told], columns, told, strict=False):
            same = before and before[1:] == texts[1:]
            if (numbered and cells is columns[0]) or same or len(set(texts[1:])) == 1:
                for cell in cells:
                    cell.drop_tree()
        share_out(table)
    body = make("div")
    body.append(figure)
    return Markup(inner(body))  # noqa: S704 -- checked by atc.rendering.allowed


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


def _take_data(details: Element, *, annexed: bool) -> dict[str, Any]:
    """Take the table out of its exhibit; in a report, the label of the exhibit is the way to it."""
    figure, table = details.getparent(), next(details.iter("table"))
    id_ = figure.get("id", "")
    labels = figure.xpath(".//*[@class='exhibit-label']")
    label = text_of(labels[0]) if labels else id_
    for each in labels if annexed else ():
        each.text = None
        each.append(make("a", label, href=f"#{id_}-donnees"))
    # Its figure bears the title: what it counts is enough.
    for unit in table.xpath("./caption/span[@class='unit']"):
        unit.getparent().text = None
    details.drop_tree()
    columns = list(zip(*table.iterfind("./tbody/tr"), strict=False))
    longest = sum(max(len(text_of(cell)) for cell in cells) for cells in columns)
    box, rows = table.getparent(), len(table.findall("./tbody/tr"))
    if rows > _MOST_ROWS:
        where = f"{number(rows)} lignes, à lire dans le classeur (feuille {id_}) ou dans tables/{id_}.csv."
        box = make("div")
        box.append(make("p", french(where)))
    return {
        "id": id_,
        "anchor": f"{id_}-donnees",
        "label": label,
        "table": Markup(inner(box)),  # noqa: S704 -- checked by atc.rendering.allowed
        "short": rows > _MOST_ROWS or "short" in table.classes,
        "wide": rows <= _MOST_ROWS and (len(columns) >= _WIDE or longest > _ABREAST),
    }


def _title(figure: Element) -> str:
    titles = ".//caption | .//svg/title | ./p[@class='exhibit-title']"
    first = next(iter(figure.xpath(titles)), make("p"))
    # Without the unit, which a caption carries in an element of its own.
    return (first.text or text_of(first)).strip()
