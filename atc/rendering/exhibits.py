"""The figures and tables of a report as the documents that are no pages need them: words, drawing, table."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atc.rendering.fragments import Element, parse, text_of
from atc.rendering.model import Chapter

#: First letter of the id of the exhibits that hold the controls of a chapter.
CONTROLS = "C"
#: What compares the printed report with the data: proof, and no result.
PROOFS = frozenset({"T07-01", "T07-02", "T07-04"})


def is_proof(id_: str) -> bool:
    """Whether an exhibit shows that the figures are right, rather than what they say."""
    return id_.startswith(CONTROLS) or id_ in PROOFS


@dataclass(frozen=True)
class ReportedExhibit:
    """One exhibit, as its page and its files show it."""

    # What it says of itself: id, title, subtitle, reading, source, mention, labels and files.
    told: Mapping[str, Any]
    chapter: str  # title of its chapter
    label: str  # « Figure F02-03 », « Tableau T03-04 »
    notes: tuple[str, ...]  # what stands under it after the reading: note, masks, question, status
    alt: str  # alternative text of its drawing; its title when it is a table
    table: tuple[tuple[str, ...], ...]  # headings first, as readers see it
    numeric: tuple[bool, ...]  # which columns of it hold numbers

    @property
    def id(self) -> str:
        """« F02-03 »."""
        return str(self.told["id"])

    @property
    def png(self) -> bytes:
        """The figure in pixels; nothing for a table."""
        return base64.b64decode(self.told["files"].get("png", ""))

    @property
    def svg(self) -> str:
        """The figure as a drawing; nothing for a table."""
        return str(self.told["files"].get("svg", ""))


def reported(
    chapters: Sequence[Chapter], told: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[ReportedExhibit]:
    """The exhibits of chapters, in order.

    Args:
        chapters: As they are set in pages.
        told: Slug of a chapter -> what each of its exhibits says of itself.
    """
    for chapter in chapters:
        figures = {figure.get("id"): figure for figure in parse(chapter.body).iter("figure")}
        for each in told[chapter.slug]:
            if (figure := figures.get(each["id"])) is not None:
                yield _reported(each, figure, chapter.title)


def _reported(told: Mapping[str, Any], figure: Element, chapter: str) -> ReportedExhibit:
    table = next(figure.iter("table"), None)
    rows = [] if table is None else [tuple(text_of(cell) for cell in row) for row in table.iter("tr")]
    heads = [] if table is None else table.findall("./thead/tr/th")
    labels = [text_of(label) for label in figure.xpath(".//*[@class='exhibit-label']")]
    described = next(figure.iter("desc"), None)
    return ReportedExhibit(
        told=told,
        chapter=chapter,
        label=next(iter(labels), str(told["id"])),
        notes=tuple(
            text_of(note) for note in figure.xpath("./figcaption/p[not(contains(@class, 'reading'))]")
        ),
        alt=str(told["title"]) if described is None else text_of(described),
        table=tuple(rows),
        numeric=tuple("num" in head.get("class", "").split() for head in heads),
    )
