"""L'essentiel: what a reader of two minutes takes away, on two pages; the top of the front page as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from atc.rendering.exhibits import ReportedExhibit
from atc.rendering.fragments import inner, make, parse, text_of
from atc.rendering.messages import REMEMBER, Message, messages
from atc.rendering.model import Chapter, Cover
from atc.rendering.statuses import governed
from atc.survey.datapackage import EXAMPLE

#: Exhibit that asks what the next wave has to answer, and the one that says who answered.
_QUESTIONS, _ANSWERS = "T07-03", "F01-02"
_MOST_LIMITS = 3


@dataclass(frozen=True)
class Essential:
    """What stands on the two pages."""

    presentation: tuple[str, ...]  # what the experiment is, one sentence each
    messages: tuple[tuple[str, str, tuple[Message, ...]], ...]  # subject, what is said once for all, messages
    charts: tuple[tuple[str, Markup], ...]  # drawn for a telephone, each with the id of its exhibit
    limits: tuple[str, ...]  # how far to trust all this
    following: tuple[str, ...]  # what happens next

    def shorter(self) -> Essential:
        """The same with one chart less."""
        return replace(self, charts=self.charts[:-1])


def essential(chapters: Sequence[Chapter], exhibits: Sequence[ReportedExhibit], cover: Cover) -> Essential:
    """Take the essential out of a report.

    Args:
        chapters: In order.
        exhibits: Their figures and tables, in order.
        cover: What the document says of itself.
    """
    found = messages(chapters, exhibits)
    # A wave that follows another says what changed; all the rest is in the report.
    change = tuple(message for message in found if message.heading != REMEMBER)
    grouped = groupby(change or found, key=lambda message: message.heading)
    by_id = {exhibit.id: exhibit for exhibit in exhibits}
    asked = by_id[_QUESTIONS].table[1:] if _QUESTIONS in by_id else ()
    return Essential(
        presentation=cover.presentation,
        messages=tuple((heading, *_said_once(list(group))) for heading, group in grouped),
        charts=tuple(_charts(chapters, cover.charts)),
        limits=_limits(chapters, by_id.get(_ANSWERS)),
        following=(*cover.following, *(row[0] for row in asked)),
    )


def _said_once(group: Sequence[Message]) -> tuple[str, tuple[Message, ...]]:
    mark, texts = governed([message.text for message in group])
    # A detail follows its message, which says what both are worth.
    details = [message.detail.removeprefix(EXAMPLE) for message in group]
    told = zip(group, texts, details, strict=True)
    return mark, tuple(replace(message, text=text, detail=detail) for message, text, detail in told)


def _charts(chapters: Sequence[Chapter], wanted: Sequence[str]) -> list[tuple[str, Markup]]:
    figures = {
        figure.get("id"): figure for chapter in chapters for figure in parse(chapter.body).iter("figure")
    }
    return [
        # Checked by atc.rendering.allowed, as its chapter was.
        (id_, Markup(inner(chart)))  # noqa: S704
        for id_ in wanted
        if id_ in figures
        for chart in figures[id_].xpath("./div[contains(@class, 'chart-narrow')]")
    ]


def _limits(chapters: Sequence[Chapter], answers: ReportedExhibit | None) -> tuple[str, ...]:
    """The precautions that open every chapter, and who answered."""
    root = parse(chapters[0].body) if chapters else make("div")
    said = [text_of(line) for line in root.xpath(".//aside[contains(@class, 'precaution')]/p")]
    answered = [f"{answers.told['title']}."] if answers is not None else []
    return tuple((*said, *answered)[:_MOST_LIMITS])
