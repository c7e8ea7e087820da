"""A chapter as it is printed: no code, wide charts only, and the data of figures kept for an annex."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from atc.rendering.fragments import Element, inner, make, parse, remove, text_of
from atc.rendering.headings import Entry, contents, prefix_anchors
from atc.rendering.model import Chapter
from atc.rendering.references import exhibit_ids, link_exhibits


@dataclass(frozen=True)
class FigureData:
    """The table behind a figure, set in the annex.

    Attributes:
        id: Id of the figure.
        anchor: Id of its table in the annex.
        table: HTML.
    """

    id: str
    anchor: str
    table: Markup


@dataclass(frozen=True)
class ExhibitEntry:
    """One line of the list of figures and tables."""

    id: str
    title: str


@dataclass(frozen=True)
class PrintedChapter:
    """A chapter in the form of the PDF.

    Attributes:
        anchor: Id of its title.
        title: Plain text.
        body: HTML.
        contents: Its sections.
        exhibits: Its figures and tables.
        data: Tables taken out of its figures.
        statuses: Values of ``data-status`` of its exhibits.
    """

    anchor: str
    title: str
    body: Markup
    contents: tuple[Entry, ...]
    exhibits: tuple[ExhibitEntry, ...]
    data: tuple[FigureData, ...]
    statuses: frozenset[str]


def printed(chapters: list[Chapter]) -> list[PrintedChapter]:
    """Prepare chapters that stand together in one document."""
    roots = [parse(chapter.body) for chapter in chapters]
    known = frozenset[str]().union(*(exhibit_ids(root) for root in roots))
    return [_printed(chapter, root, known) for chapter, root in zip(chapters, roots, strict=True)]


def _printed(chapter: Chapter, root: Element, known: frozenset[str]) -> PrintedChapter:
    for folded in root.xpath(".//details[@class='code'] | .//div[contains(@class, 'chart-narrow')]"):
        remove(folded)
    data = tuple(_take_data(details) for details in root.xpath(".//details[@class='exhibit-data']"))
    exhibits = tuple(ExhibitEntry(figure.get("id", ""), _title(figure)) for figure in root.iter("figure"))
    for drawing in root.iter("svg"):
        _tell_everything(drawing)
    prefix_anchors(root, chapter.slug)
    link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else "")
    figures = list(root.iter("figure"))
    for figure in figures:
        kind = "exhibit-table" if not list(figure.iter("svg")) else "exhibit-figure"
        figure.set("class", f"{figure.get('class', '')} {kind}".strip())
    return PrintedChapter(
        anchor=chapter.slug,
        title=chapter.title,
        body=Markup(inner(root)),  # noqa: S704 -- checked by atc.rendering.allowed
        contents=tuple(contents(root)),
        exhibits=exhibits,
        data=data,
        statuses=frozenset(figure.get("data-status", "") for figure in figures),
    )


def _take_data(details: Element) -> FigureData:
    """Take the table out of its figure, and leave the way to it."""
    figure = details.getparent()
    id_ = figure.get("id", "")
    anchor = f"{id_}-donnees"
    table = next(details.iter("table"))
    way = make("p", class_="exhibit-annex")
    way.append(make("a", "Données de la figure en annexe", href=f"#{anchor}"))
    caption = next(figure.iter("figcaption"), figure)
    caption.append(way)
    markup = Markup(inner(table.getparent()))  # noqa: S704 -- checked by atc.rendering.allowed
    remove(details)
    return FigureData(id_, anchor, markup)


def _tell_everything(drawing: Element) -> None:
    # WeasyPrint reads the alternative text of a drawing in its <title> only.
    title, described = drawing.find("title"), drawing.find("desc")
    if title is not None and described is not None:
        title.text = f"{text_of(title).rstrip('.')}. {text_of(described)}"


def _title(figure: Element) -> str:
    for path in (".//*[@class='exhibit-title']", ".//caption", ".//svg/title"):
        for found in figure.xpath(path):
            # Without the unit, which a caption carries in an element of its own.
            return " ".join((found.text or text_of(found)).split(" ")).strip()
    return ""
