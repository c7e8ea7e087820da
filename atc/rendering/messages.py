"""What a report wants its readers to remember, read from its own chapters: nothing is worded here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from atc.rendering.exhibits import ReportedExhibit
from atc.rendering.fragments import Element, parse, text_of
from atc.rendering.model import Chapter
from atc.rendering.statuses import GOVERNS
from atc.survey.datapackage import EXAMPLE

REMEMBER = "Ce qu’il faut retenir"
_CHANGED = "Ce qui a changé, et ce qui n’a pas changé"
_UNKNOWN = "Ce que l’on ne peut pas dire"
#: Exhibits on change -> what their message is about.
_OF_CHANGE = {
    "F08-02": _CHANGED,
    "F08-03": _CHANGED,
    "F08-04": _CHANGED,
    "F08-07": _CHANGED,
    "F08-05": _CHANGED,
    "F08-01": _UNKNOWN,
    "T08-06": _UNKNOWN,
}
# Characters that a detail may have: a longer one is read under its figure.
_BRIEF = 140


@dataclass(frozen=True)
class Message:
    """One sentence to remember."""

    text: str
    detail: str = ""  # what makes it precise
    heading: str = REMEMBER  # what the sentences beside it are about
    source: str = ""  # where it comes from


def messages(chapters: Sequence[Chapter], exhibits: Sequence[ReportedExhibit]) -> tuple[Message, ...]:
    """The messages of a report: what changed since the wave before, if there is one, then its synthesis.

    Args:
        chapters: In order.
        exhibits: Their figures and tables.
    """
    by_id = {exhibit.id: exhibit.told for exhibit in exhibits}
    change = [
        Message(
            f"{told['title'].rstrip('.')}.", _brief(told["reading"], told["title"]), heading, f"Voir {id_}"
        )
        for id_, heading in _OF_CHANGE.items()
        if (told := by_id.get(id_))
    ]
    lists = [
        (chapter, listed)
        for chapter in chapters
        for listed in parse(chapter.body).xpath(".//ul[@class='messages']")
    ]
    return (*change, *(message for chapter, listed in lists for message in _listed(chapter, listed)))


def _brief(reading: str, title: str) -> str:
    """The first sentence of a reading, if it is short and says more than the title."""
    first = reading.split(". ", maxsplit=1)[0].rstrip(".") + "."
    said = first.partition(": ")[2].rstrip(".") in title
    return first if len(first) <= _BRIEF and not said else ""


def _listed(chapter: Chapter, listed: Element) -> list[Message]:
    after = listed.getnext()
    told = after is not None and after.get("class") == "exhibit-source"
    source = text_of(after) if told else f"Chapitre « {chapter.title} »"
    before = listed.getprevious()
    # A slide stands alone: what a heading says for its list, each says again.
    mark = EXAMPLE if before is not None and before.get("class") == GOVERNS else ""
    return [Message(mark + text_of(line), source=source) for line in listed.iterfind("li")]
