"""What a report holds, as its documents need it: cover, chapters, exhibits, messages, L'essentiel."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from markupsafe import Markup

from atc.rendering.fragments import Element, inner, parse, text_of
from atc.survey.datapackage import EXAMPLE
from atc.survey.errors import Messages, NotebookFailed
from atc.survey.paths import Project
from atc.survey.typography import french

#: The whole report on paper.
PAPER = "rapport.pdf"
#: First letter of the id of the exhibits that hold the controls of a chapter.
CONTROLS = "C"
#: What compares the printed report with the data: proof, and no result.
PROOFS = frozenset({"T07-01", "T07-02", "T07-04"})
#: Class of the section of a chapter that holds them.
PROOF = "proofs"

_said = Messages(__name__)
REMEMBER = "Ce qu’il faut retenir"
_CHANGED, _LIMITS = "Ce qui a changé, et ce qui n’a pas changé", "Ce qui limite la comparaison"
#: Exhibits on change -> what their message is about.
_OF_CHANGE = dict.fromkeys(("F08-02", "F08-03", "F08-04", "F08-05", "F08-07"), _CHANGED) | dict.fromkeys(
    ("F08-01", "T08-06"), _LIMITS
)
# Characters that the detail of a message may have: a longer one is read under its figure.
_BRIEF = 140
#: Exhibit that asks what the next wave has to answer, and the one that says who answered.
_QUESTIONS, _ANSWERS = "T07-03", "F01-02"
# Of L'essentiel: most limits and charts, and changes that are enough for it.
_MOST_LIMITS, _MOST_CHARTS, _FEW = 3, 3, 3


@dataclass(frozen=True)
class Cover:
    """What every document of a run says of itself."""

    title: str
    subtitle: str
    wave_label: str  # « Vague d’automne 2020 »
    report_label: str  # « Rapport intermédiaire, décembre 2020 »
    diffusion: str  # tier, as a name of report.toml
    tier_label: str  # who may read a document of that tier
    date: dt.date  # printed, and written in files instead of the clock's
    authors: str
    precaution: str = ""  # how far to trust the results
    legend: tuple[tuple[str, str], ...] = ()  # see `atc.exhibits.worth.legend`
    made_up: str = ""  # says that part of the data is, where some exhibit shows such data
    provenance: str = ""  # which report the document makes again, whose, of when, where to find it
    presentation: tuple[str, ...] = ()  # what the experiment is, a sentence each
    charts: tuple[str, ...] = ()  # ids of the figures that may stand in L'essentiel, the best ones first
    following: tuple[str, ...] = ()  # what happens after this report, a sentence each

    @property
    def full_title(self) -> str:
        """The title, and which report it is."""
        return f"{self.title}. {self.report_label}"

    @property
    def readers(self) -> str:
        """« Diffusion financeurs : … »."""
        return french(f"Diffusion {self.diffusion} : {self.tier_label}")

    @property
    def warning(self) -> str:
        """How far to trust the results, and whether part of the data is made up."""
        return french(f"{self.precaution} {self.made_up}".strip())

    def how_to_read(self, statuses: Collection[str]) -> list[str]:
        """The sentences of the legend that a document with exhibits of such statuses needs."""
        return [text for status, text in self.legend if not status or status in statuses]


Titles = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageTask:
    """What there is to render, in a form that travels to a worker."""

    what: str  # of one notebook, "chapter" or "sheet"; of all of them, "index", "report", or "paper" alone
    titles: Titles  # slug and title of each chapter to set, in order
    navigation: Titles  # slug and title of those that a page leads to
    cover: Cover
    own: bool  # a notebook of one's own, which may show views of the desk
    sheets: Titles  # those of territories that the front page leads to
    project: Project
    folder: Path  # where the files go
    needs: tuple[Path, ...]  # executed notebook of each chapter


def check_makers(pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse what two makers make, a file or an exhibit: one would hide the other. One line for each."""
    makers: dict[str, list[str]] = {}
    for maker, made in pairs:
        makers.setdefault(made, []).append(maker)
    twice = [
        _said("twice", makers=", ".join(dict.fromkeys(names)), made=made)
        for made, names in sorted(makers.items())
        if len(names) > 1
    ]
    if twice:
        raise NotebookFailed("\n".join(twice))


@dataclass(frozen=True)
class Chapter:
    """One executed notebook, ready to be set in a page."""

    slug: str  # name of the notebook, without its extension
    title: str  # its only first-level heading, as plain text
    body: str  # HTML fragment that follows the title; checked, and without any first-level heading


@dataclass(frozen=True)
class ReportedExhibit:
    """One figure or table of a report, as its page and its files show it."""

    id: str  # « F02-03 »
    # What it says of itself: title, whether this is but a topic, subtitle, reading, source, mention, status,
    # labels and files.
    told: Mapping[str, Any]
    chapter: str  # title of its chapter
    figure: Element  # as its page shows it

    @property
    def label(self) -> str:
        """« Figure F02-03 », « Tableau T03-04 »."""
        return next(map(text_of, self.figure.xpath(".//*[@class='exhibit-label']")), self.id)

    @property
    def alt(self) -> str:
        """Alternative text of its drawing; its title when it is a table."""
        return next(map(text_of, self.figure.xpath("(.//desc)[1]")), str(self.told["title"]))

    @property
    def table(self) -> list[list[str]]:
        """Headings first, as readers see it."""
        return [list(map(text_of, row)) for row in self.figure.xpath("(.//table)[1]//tr")]


def is_proof(id_: str) -> bool:
    """Whether an exhibit shows that the figures are right, rather than what they say."""
    return id_.startswith(CONTROLS) or id_ in PROOFS


def without_proofs(root: Element) -> list[Element]:
    """Take what proves that the figures are right out of a chapter, in place; its exhibits, in order."""
    sections = root.xpath(f"./section[@class='{PROOF}']")
    for section in sections:
        section.drop_tree()
    return [figure for section in sections for figure in section.iter("figure")]


def reported(
    chapters: Sequence[Chapter], told: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[ReportedExhibit]:
    """The exhibits of chapters in order, but for proofs; ``told``: slug -> what each says of itself."""
    found = []
    for chapter in chapters:
        figures = {figure.get("id"): figure for figure in parse(chapter.body).iter("figure")}
        found += [
            ReportedExhibit(each["id"], each, chapter.title, figures[each["id"]])
            for each in told[chapter.slug]
            if each["id"] in figures and not is_proof(each["id"])
        ]
    return found


@dataclass(frozen=True)
class Message:
    """One sentence to remember."""

    text: str
    detail: str = ""  # what makes it precise
    heading: str = REMEMBER  # what the sentences beside it are about
    source: str = ""  # where it comes from


def messages(chapters: Sequence[Chapter], exhibits: Sequence[ReportedExhibit]) -> list[Message]:
    """What changed since the wave before, if there is one, then the synthesis.

    What could be told of no exhibit on change is said once for them all.
    """
    by_id, found = {exhibit.id: exhibit.told for exhibit in exhibits}, list[Message]()
    for id_, heading in _OF_CHANGE.items():
        if (told := by_id.get(id_)) and not told["topic"]:
            # The first sentence of its reading, if it is short and says more than the title.
            first = told["reading"].removeprefix(EXAMPLE).split(". ", maxsplit=1)[0].rstrip(".") + "."
            said = len(first) > _BRIEF or first.partition(": ")[2].rstrip(".") in told["title"]
            text = f"{told['title'].rstrip('.')}."
            found.append(Message(text, "" if said else first, heading, f"Voir {id_}"))
    if any(id_ in by_id and by_id[id_]["topic"] for id_ in _OF_CHANGE):
        left = "Le reste" if any(message.heading == _CHANGED for message in found) else "Rien"
        found.append(Message(french(_said("not_compared", left=left)), heading=_LIMITS, source="Voir F08-01"))
    for chapter in chapters:
        for listed in parse(chapter.body).xpath(".//ul[@class='messages']"):
            sources = listed.xpath("./following-sibling::*[1][@class='exhibit-source']")
            source = next(map(text_of, sources), f"Chapitre « {chapter.title} »")
            found += [Message(text_of(line), source=source) for line in listed.iterfind("li")]
    return found


@dataclass(frozen=True)
class Essential:
    """L'essentiel: what a reader of two minutes takes away, on two pages; the top of the front page too."""

    messages: tuple[tuple[str, tuple[Message, ...]], ...]  # of each subject
    charts: tuple[tuple[str, Markup], ...]  # drawn for a telephone, each with the id of its exhibit
    limits: tuple[str, ...]  # how far to trust all this
    following: tuple[str, ...]  # what happens next


def essential(chapters: Sequence[Chapter], exhibits: Sequence[ReportedExhibit], cover: Cover) -> Essential:
    """Take the essential out of a report, whose chapters and exhibits are in order."""
    found = messages(chapters, exhibits)
    # A wave that follows another says what changed; all the rest is in the report, unless this is too little.
    if sum(message.heading == _CHANGED for message in found) >= _FEW:
        found = [message for message in found if message.heading != REMEMBER]
    found.sort(key=lambda message: message.heading == _LIMITS)
    by_id = {exhibit.id: exhibit for exhibit in exhibits}
    # The precautions that open every chapter, and who answered.
    limits = list(map(text_of, parse(chapters[0].body).xpath(".//aside[contains(@class, 'precaution')]/p")))
    limits += [f"{by_id[_ANSWERS].told['title']}."] if _ANSWERS in by_id else []
    asked = by_id[_QUESTIONS].table[1:] if _QUESTIONS in by_id else ()
    narrow = "./div[contains(@class, 'chart-narrow')]"
    drawn = {id_: by_id[id_].figure.xpath(narrow) for id_ in cover.charts if id_ in by_id}
    return Essential(
        messages=tuple((heading, tuple(held)) for heading, held in groupby(found, attrgetter("heading"))),
        charts=tuple((id_, inner(held[0])) for id_, held in drawn.items() if held)[:_MOST_CHARTS],
        limits=tuple(limits[:_MOST_LIMITS]),
        following=(*cover.following, *(row[0] for row in asked)),
    )
