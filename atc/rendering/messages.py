"""What a report wants its readers to remember, read from its own chapters: nothing is worded here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from atc.rendering.exhibits import ReportedExhibit
from atc.rendering.fragments import parse, remove, text_of
from atc.rendering.model import Chapter

#: The table of the messages of the report that was printed.
PRINTED = "T07-03"
_REMEMBER = "Ce qu’il faut retenir"


@dataclass(frozen=True)
class Message:
    """One sentence to remember.

    Attributes:
        text: The sentence.
        heading: What the sentences beside it are about.
        source: Where it comes from.
        mention: What its data are worth, when they are not all real; empty otherwise.
    """

    text: str
    heading: str = _REMEMBER
    source: str = ""
    mention: str = ""


def messages(chapters: Sequence[Chapter], exhibits: Sequence[ReportedExhibit]) -> tuple[Message, ...]:
    """The messages of a report: those that were printed where there are any, else those that are computed.

    Args:
        chapters: In the order of the report.
        exhibits: Theirs.
    """
    for exhibit in exhibits:
        if exhibit.id == PRINTED:
            told = exhibit.told
            return tuple(
                Message(max(row, key=len), source=told["source"], mention=told["mention"])
                for row in exhibit.table[1:]
            )
    return tuple(_listed(chapters))


def _listed(chapters: Sequence[Chapter]) -> list[Message]:
    found = []
    for chapter in chapters:
        for line in parse(chapter.body).xpath(".//ul[@class='messages']/li"):
            mentions = line.xpath(".//*[@class='mention']")
            mention = " ".join(text_of(each) for each in mentions)
            for each in mentions:
                remove(each)
            found.append(Message(text_of(line), source=f"Chapitre « {chapter.title} »", mention=mention))
    return found
