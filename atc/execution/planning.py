"""What a run has to make: where, which chapters to execute, which kinds of files to render.

Titles, hence navigation, are known before anything runs: the files of a chapter can be decided upon, and
made, as soon as that chapter is executed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from atc.execution.covers import cover_fields
from atc.execution.staleness import Basis, intact, is_executed, rendering_key
from atc.manifest import FILES, LISTED, PAGE, PAPER, REPORT, Artefact, ChapterRecord, Manifest
from atc.paths import Project
from atc.settings import Settings

# Executed notebooks may show rows: they stay in the tightest circle, whatever the tier of the pages.
INTERNAL = "interne"
CARNETS = "carnets"
SHEETS = "fiches"
# Notebooks of one's own: the folder beside the tiers that holds what is made of them.
OWN = "perso"

# Sheets that each page lists, while they are that few; then, how many on either side.
_FEW, _AROUND = 40, 10

Navigation = tuple[tuple[str, str], ...]
Records = Mapping[str, ChapterRecord]


@dataclass(frozen=True)
class Places:
    """Where the results of one wave and tier stand.

    Attributes:
        wave: Folder of the wave.
        pages: What is shown: pages, documents, figures, tables, manifest.
        carnets: Executed notebooks.
    """

    wave: Path
    pages: Path
    carnets: Path

    @classmethod
    def of(cls, project: Project, vague: str, diffusion: str) -> Places:
        """The places of one wave and tier."""
        pages = project.outputs(vague, diffusion)
        return cls(pages.parent, pages, project.outputs(vague, INTERNAL) / CARNETS / diffusion)

    @classmethod
    def of_sheets(cls, project: Project, vague: str) -> Places:
        """The places of the sheets of the territories of one wave."""
        internal = project.outputs(vague, INTERNAL)
        return cls(internal.parent, internal / SHEETS, internal / CARNETS / SHEETS)

    @classmethod
    def of_own(cls, project: Project, vague: str, diffusion: str, name: str) -> Places:
        """The places of a notebook of one's own: beside the tiers, in none of them, so that none holds it."""
        folder = project.outputs(vague, OWN) / name / diffusion
        return cls(project.outputs(vague, OWN).parent, folder / "pages", folder / CARNETS)

    def carnet(self, slug: str) -> Path:
        """The executed notebook of a chapter."""
        return self.carnets / f"{slug}.ipynb"


@dataclass(frozen=True)
class Target:
    """What a run aims at.

    Attributes:
        settings: report.toml.
        places: Where the results go.
        chapters: All those of the report, in order; or the territories, for their sheets.
        chosen: Chapters to bring up to date, in the order of the report.
        force: Whether to make again what is up to date.
        previous: Manifest of the last good run.
        titles: Title of each sheet, by territory; none for chapters, which bear their own.
    """

    settings: Settings
    places: Places
    chapters: tuple[str, ...]
    chosen: tuple[str, ...]
    force: bool
    previous: Manifest | None
    titles: Mapping[str, str] = field(default_factory=dict)

    def record(self, slug: str) -> ChapterRecord | None:
        """What the last good run knew of a chapter."""
        return self.previous.chapters.get(slug) if self.previous else None

    def rendered(self, maker: str) -> Mapping[str, str]:
        """Kind of file -> key of the files that the last good run left of a chapter, or of the report."""
        if maker == REPORT:
            return self.previous.report if self.previous else {}
        record = self.record(maker)
        return record.rendered if record else {}


@dataclass(frozen=True)
class Survey:
    """The state of the chapters before anything runs.

    Attributes:
        stale: Chosen chapters that must be executed.
        reworded: Chosen chapters of which the text changed, and nothing that their outputs rest on.
        records: Chapters whose executed notebook is kept, those of ``reworded`` included.
        outdated: Chapters that were not chosen, and that are missing or out of date.
    """

    stale: tuple[str, ...]
    reworded: tuple[str, ...]
    records: Records
    outdated: tuple[str, ...]


def survey(basis: Basis, target: Target) -> Survey:
    """Find which chapters are out of date.

    Args:
        basis: What the run starts from.
        target: What it aims at.
    """
    stale: list[str] = []
    reworded: list[str] = []
    outdated: list[str] = []
    records: dict[str, ChapterRecord] = {}
    for slug in target.chapters:
        record, carnet = target.record(slug), target.places.carnet(slug)
        chosen = slug in target.chosen
        executed = is_executed(basis, slug, record, carnet) and not (chosen and target.force)
        same_words = record is not None and basis.words(slug) == record.words
        if not executed or not same_words:
            (outdated if not chosen else reworded if executed else stale).append(slug)
        there = record is not None and basis.snapshot.file(carnet) == record.carnet
        if record is not None and (executed or (there and not chosen)):
            records[slug] = record
    return Survey(tuple(stale), tuple(reworded), records, tuple(outdated))


def is_reworded(basis: Basis, target: Target, slug: str) -> bool:
    """Whether the notebook of a chapter has other words around the code that was executed.

    What else `survey` compares takes a tenth of a second, in which what prints can begin to start.

    Args:
        basis: What the run starts from.
        target: What it aims at.
        slug: The chapter.
    """
    record = target.record(slug)
    if record is None or basis.words(slug) == record.words:
        return False
    now, then = (basis.snapshot.notebook(path) for path in (basis.notebook(slug), target.places.carnet(slug)))
    return now.written == then.written


@dataclass(frozen=True)
class Outline:
    """What every file of a run says of the others, known before anything runs.

    Attributes:
        navigation: Slug and title of each chapter that has a page.
        cover: Fields of `atc.rendering.model.Cover`.
        whole: Whether the report is made: it would not mix two states of its chapters.
    """

    navigation: Navigation
    cover: Mapping[str, Any]
    whole: bool

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """Chapters that have a page, in order."""
        return tuple(slug for slug, _ in self.navigation)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Title of each of them."""
        return dict(self.navigation)

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {slug: rank for rank, slug in enumerate(self.slugs)}

    def around(self, slug: str) -> Navigation:
        """What the page of a sheet links to: every sheet while they are few, else those before and after.

        With every sheet on each page, a report on all territories would grow as their number squared.
        """
        if len(self.navigation) <= _FEW:
            return self.navigation
        rank = self._ranks[slug]
        return self.navigation[max(rank - _AROUND, 0) : rank + _AROUND + 1]


def outline(basis: Basis, target: Target, titles: Mapping[str, str], outdated: Iterable[str]) -> Outline:
    """What is known before anything runs.

    Args:
        basis: What the run starts from.
        target: What it aims at.
        titles: Title of every chapter that has, or will have, an executed notebook.
        outdated: Chapters that keep the report from being made.
    """
    return Outline(
        navigation=tuple((slug, titles[slug]) for slug in target.chapters if slug in titles),
        cover=cover_fields(target.settings, basis.parameters, own=basis.own),
        whole=not list(outdated) and not basis.sheet,
    )


@dataclass(frozen=True)
class Part:
    """The files of one kind that one maker makes.

    Attributes:
        maker: A chapter, or `atc.manifest.REPORT`.
        kind: Kind of file.
        key: Of what they show in the end; empty if unknown.
        stale: Whether they are to be made.
        kept: Otherwise, those that stay as they are.
    """

    maker: str
    kind: str
    key: str
    stale: bool
    kept: tuple[Artefact, ...]


def parts(basis: Basis, target: Target, plan: Outline, maker: str, records: Records) -> Iterator[Part]:
    """What there is to make for one chapter, or for the report.

    Args:
        basis: What the run starts from.
        target: What it aims at.
        plan: What the files say of each other.
        maker: A chapter, or `atc.manifest.REPORT`.
        records: That chapter as executed; all of them, for the report.
    """
    shown = _shown_by_report(plan, records) if maker == REPORT else _shown_by(basis, plan, maker, records)
    for kind, content in shown.items():
        known = _is_looked_after(target, plan, maker, kind)
        key = rendering_key(basis, kind, content) if known else ""
        before = target.rendered(maker).get(kind, "")
        there, all_there = intact(target.places.pages, target.previous, maker, kind)
        if known and (target.force or key != before or not all_there):
            yield Part(maker, kind, key, True, ())
        else:
            # Left aside although a file is gone: the next run that looks after it makes it again.
            yield Part(maker, kind, before if all_there else "", False, there)


def _is_looked_after(target: Target, plan: Outline, maker: str, kind: str) -> bool:
    if maker != REPORT:
        return maker in target.chosen
    # Who asks for one chapter reads it again and again, and does not wait each time for the whole on paper.
    return plan.whole and (kind == PAGE or target.chosen == target.chapters)


def _shown_by(basis: Basis, plan: Outline, slug: str, records: Records) -> dict[str, dict[str, object]]:
    shown = records[slug].shown
    around = {"navigation": plan.around(slug) if basis.sheet else plan.navigation}
    named = {"cover": _told(plan), "title": plan.titles[slug]}
    made: dict[str, dict[str, object]] = {
        PAGE: {"shown": shown[PAGE], **named, **around},
        PAPER: {"shown": shown[PAPER], **named},
    }
    return made if basis.sheet else {**made, FILES: {"shown": shown[FILES]}}


def _shown_by_report(plan: Outline, records: Records) -> dict[str, dict[str, object]]:
    if not plan.whole:
        return {PAGE: {}, PAPER: {}}
    return {
        kind: {
            "shown": [[records[slug].shown[part] for part in shown] for slug in plan.slugs],
            "navigation": plan.navigation,
            "cover": _told(plan),
        }
        for kind, shown in ((PAGE, (PAPER, LISTED)), (PAPER, (PAPER, FILES)))
    }


def _told(plan: Outline) -> dict[str, str]:
    return {name: str(value) for name, value in plan.cover.items()}
