"""What a run makes: which chapters to execute, which files to render, and what is known of them so far.

Titles, hence navigation, are known before anything runs: the files of a chapter can be decided upon, and
made, as soon as that chapter is executed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from atc.exhibits.worth import legend
from atc.run.manifest import (
    INDEX,
    REPORT,
    ChapterRecord,
    Made,
    Manifest,
    Reads,
    check_makers,
    content_hash,
    file_hash,
)
from atc.run.notebooks import INTERNAL, Source, node, sheet_titles
from atc.run.snapshot import Snapshot
from atc.run.steps import Step
from atc.run.tasks import ChapterTask, Executed, PageTask
from atc.survey.paths import Project
from atc.survey.settings import ANNEX, Settings
from atc.survey.typography import french

CARNETS, SHEETS = "carnets", "fiches"
# Notebooks of one's own: the folder beside the tiers that holds what is made of them.
OWN = "perso"
#: Of notebooks of one's own, where the pages of the report say what the report is.
OUTSIDE = "Carnet personnel, hors du rapport : non contrôlé, ne pas transmettre"
# Sheets that each page lists, while they are that few; then, how many on either side.
_FEW, _AROUND = 40, 10
# Order of the steps that wait.
_EARLY, _MIDDLE, _LATE = range(3)
# What workers call.
_EXECUTE, _RENDER = "atc.run.executed:executed", "atc.run.render:render_"

Navigation = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Places:
    """Where the results of one wave and tier stand.

    Attributes:
        wave: Folder of the wave.
        pages: What is shown: pages, documents, figures, tables, manifest.
        carnets: Executed notebooks: they may show rows, and stay in the tightest circle.
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
    """What a run aims at, and the state that it starts from."""

    project: Project
    settings: Settings
    vague: str
    diffusion: str
    places: Places  # where the results go
    chapters: tuple[str, ...]  # all those of the report, in order; or the territories, for their sheets
    chosen: tuple[str, ...]  # chapters to bring up to date, in the order of the report
    force: bool  # make again what is up to date
    kernel: str  # how notebooks are executed
    previous: Manifest | None  # of the last good run
    files: tuple[str, ...]  # settings and data files that the chapters may rest on
    snapshot: Snapshot  # the files as they were when the run began
    versions: Mapping[str, str]  # of Python, the libraries and Pango
    code: str  # one hash of all of ``atc``
    executing: str  # hash of what executes, versions included
    rendering: str  # hash of what renders, versions included
    sheet: str = ""  # the notebook that is run once per territory; empty for the chapters of a report
    titles: Mapping[str, str] = field(default_factory=dict)  # of each sheet, by territory; none for chapters
    own: bool = False  # the chapter is a notebook of one's own, which is no part of the report

    def notebook(self, slug: str) -> Path:
        """The notebook of a chapter; the same for every sheet."""
        own = self.own or slug.startswith(ANNEX)
        folder = self.project.own_notebooks if own else self.project.notebooks
        return folder / f"{self.sheet or slug.removeprefix(ANNEX)}.ipynb"

    def words(self, slug: str) -> str:
        """Hash of all that the notebook of a chapter says."""
        return self.snapshot.notebook(self.notebook(slug)).whole

    def parameters(self, slug: str) -> dict[str, str]:
        """What the notebook of a chapter, or of the sheet of a territory, is given."""
        given = {"vague": self.vague, "diffusion": self.diffusion}
        return {**given, "territoire": slug} if self.sheet else given

    def key(self, slug: str, reads: Reads) -> str:
        """Of the execution of a chapter: of its outputs, whatever its text says around them."""
        return content_hash(
            {
                "notebook": self.snapshot.notebook(self.notebook(slug)).code,
                "parameters": self.parameters(slug),
                "code": self.executing,
                "data": self.snapshot.slice(reads.files, reads.columns),
            }
        )


def cover_fields(settings: Settings, vague: str, diffusion: str, *, own: bool = False) -> dict[str, Any]:
    """What every document of a run says of itself.

    Args:
        settings: report.toml.
        vague: Wave.
        diffusion: Tier.
        own: Whether it is about a notebook of one's own, which is no part of the report.

    Returns:
        Fields of `atc.rendering.report.Cover`.
    """
    wave, small = settings.wave(vague), settings.small_numbers
    return {
        "title": settings.title,
        "subtitle": OUTSIDE if own else settings.subtitle,
        "wave_label": wave.label,
        "report_label": OUTSIDE if own else wave.report,
        # What passed no gate bears the name of no wider circle.
        "diffusion": INTERNAL if own else diffusion,
        "tier_label": settings.tier(INTERNAL if own else diffusion),
        "date": wave.date,
        "authors": settings.authors,
        "precaution": french(wave.precaution),
        "legend": legend(small.floor, small.site_floor, masks=diffusion != INTERNAL),
        "provenance": "" if own else wave.provenance,
        "presentation": settings.presentation,
        "charts": wave.charts,
        "following": wave.following,
    }


class Plan:
    """The steps of a run, and what is known so far of what they make."""

    def __init__(self, target: Target) -> None:
        """Find which chapters are out of date."""
        self._target = target
        stale: list[str] = []
        reworded: list[str] = []
        outdated: list[str] = []
        self.records: dict[str, ChapterRecord] = {}
        for slug in target.chapters:
            record = target.previous.chapters.get(slug) if target.previous else None
            chosen = slug in target.chosen
            there = record is not None and file_hash(target.places.carnet(slug)) == record.carnet
            current = there and not (chosen and target.force)
            current = current and record is not None and target.key(slug, record.reads) == record.key
            if not current or (record and record.words != target.words(slug)):
                (outdated if not chosen else reworded if current else stale).append(slug)
            if record is not None and (current or (there and not chosen)):
                self.records[slug] = record
        #: Chosen chapters that must be executed; those of which the text changed, and nothing else; chapters
        #: that were not chosen, and that are missing or out of date.
        self.stale, self.reworded, self.outdated = tuple(stale), tuple(reworded), tuple(outdated)
        self.titles = {slug: record.title for slug, record in self.records.items()}
        self.made: dict[str, Made] = {}
        #: What was made anew: label -> files.
        self.rendered: dict[str, list[str]] = {}
        self._reads: dict[str, Reads] = {}

    @cached_property
    def navigation(self) -> Navigation:
        """Slug and title of each chapter that has a page."""
        titles = self.titles
        return tuple((slug, titles[slug]) for slug in self._target.chapters if slug in titles)

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {slug: rank for rank, (slug, _) in enumerate(self.navigation)}

    def _around(self, slug: str) -> Navigation:
        """What the page of a sheet links to: every sheet while they are few, else those before and after.

        With every sheet on each page, a report on all territories would grow as their number squared.
        """
        if not self._target.sheet or len(self.navigation) <= _FEW:
            return self.navigation
        rank = self._ranks[slug]
        return self.navigation[max(rank - _AROUND, 0) : rank + _AROUND + 1]

    def steps(self, sources: Mapping[str, Source], pages: Path, carnets: Path) -> dict[str, Step]:
        """All that the run looks after, by name; what it leaves is settled at once.

        Args:
            sources: Notebooks of the chapters to execute.
            pages: Where pages are made.
            carnets: Where executed notebooks are made.
        """
        target = self._target
        self.titles |= {slug: target.titles.get(slug, source.title) for slug, source in sources.items()}
        found = [*self._executions(sources, carnets), *self._pages(pages, carnets)]
        steps = {step.name: step for step in found}
        for name in (*(slug for slug, _ in self.navigation), INDEX, REPORT):
            left = self._before(name)
            if name not in steps and left:
                # Although a file is gone: the next run that looks after it makes it again.
                there = {p: sha for p, sha in left.files.items() if file_hash(target.places.pages / p) == sha}
                self.made[name] = Made(left.key if there == left.files else "", there)
        return steps

    def _before(self, name: str) -> Made | None:
        return self._target.previous.made.get(name) if self._target.previous else None

    def _executions(self, sources: Mapping[str, Source], carnets: Path) -> Iterator[Step]:
        target = self._target
        # A chapter on change reads two waves, and would end alone, begun last.
        change = target.settings.evolution_chapters
        for slug in sorted(self.stale, key=lambda slug: slug not in change):
            task = ChapterTask(
                slug=slug,
                notebook=sources[slug].notebook,
                parameters=target.parameters(slug),
                project=target.project,
                working=target.notebook(slug).parent.relative_to(target.project.root).as_posix(),
                limits=target.settings.limits,
                kernel=target.kernel,
                folder=carnets,
            )
            # Sheets are many: what one leads to goes first, so that few wait. The longest way of a report
            # goes through every chapter to its PDF: executions first.
            rank = _LATE if target.sheet else _EARLY
            yield Step(_carnet(slug), slug, "exécuté", (), str, _EXECUTE, task, None, rank)

    def _pages(self, pages: Path, carnets: Path) -> Iterator[Step]:
        sheet, inputs = bool(self._target.sheet), tuple(map(_carnet, self.stale))
        for slug, title in self.navigation:
            if slug in self._target.chosen:
                own = (_carnet(slug),) if slug in self.stale else ()
                task = self._task(((slug, title),), self._around(slug), pages, carnets)
                if sheet:
                    yield self._page(slug, "page, PDF", own, "sheet", task, _EARLY)
                else:
                    yield self._page(slug, "page, PDF, figures et tableaux", own, "chapter", task, _LATE)
        # The report would not mix two states of its chapters.
        if self.outdated or sheet:
            return
        task = self._task(self.navigation, self.navigation, pages, carnets)
        # Who asks for one chapter reads it again and again: the whole on paper would make him wait each time.
        if self._target.chosen == self._target.chapters:
            told = "PDF" if self._target.own else "PDF, diaporama, Word et classeur"
            yield self._page(REPORT, told, inputs, "report", task, _MIDDLE)
        yield self._page(INDEX, "page", inputs, "index", replace(task, sheets=self._sheets()), _MIDDLE)

    def _task(self, titles: Navigation, navigation: Navigation, pages: Path, carnets: Path) -> PageTask:
        target = self._target
        needs = tuple(carnets / f"{slug}.ipynb" for slug, _ in titles)
        return PageTask(titles, navigation, self._cover, target.own, target.project, pages, needs)

    def _sheets(self) -> Navigation:
        """The sheets of territories that stand beside the pages of the evaluators."""
        target, folder = self._target, self._target.places.pages / SHEETS
        if target.diffusion != INTERNAL or target.own:
            return ()
        titles = sheet_titles(target.project, target.vague).items()
        return tuple(title for title in titles if (folder / f"{title[0]}.html").is_file())

    @cached_property
    def _cover(self) -> Mapping[str, Any]:
        target = self._target
        return cover_fields(target.settings, target.vague, target.diffusion, own=target.own)

    def _page(
        self, name: str, told: str, inputs: tuple[str, ...], what: str, task: PageTask, rank: int
    ) -> Step:
        cover = {field: str(value) for field, value in self._cover.items()}

        def key() -> str:
            carnets = [self.records[slug].carnet for slug, _ in task.titles]
            shown = {"titles": task.titles, "navigation": task.navigation, "cover": cover}
            if task.sheets:
                shown["sheets"] = task.sheets
            return content_hash({"code": self._target.rendering, "carnets": carnets, **shown})

        before = None if self._target.force else self._before(name)
        label = REPORT if name == INDEX else name
        return Step(name, label, told, inputs, key, _RENDER + what, task, before, rank)

    def settle(self, step: Step, result: Any) -> None:
        """Note what a step made: ``result`` is ``None`` if it was there already."""
        if isinstance(result, Executed):
            slug, reads = step.label, self._reads.setdefault(repr(result.reads), result.reads)
            self.records[slug] = ChapterRecord(
                title=self.titles[slug],
                carnet=result.sha256,
                key=self._target.key(slug, reads),
                words=self._target.words(slug),
                reads=reads,
            )
        elif result is None:
            assert step.before
            self.made[step.name] = step.before
        else:
            self.made[step.name] = Made(step.key(), result)
            self.rendered.setdefault(step.label, []).extend(result)

    def reword(self, sources: Mapping[str, Source], carnets: Path) -> None:
        """Put new text around the outputs of the chapters of which nothing else changed."""
        for slug in self.reworded:
            from atc.run.executed import reworded, write_carnet  # noqa: PLC0415

            carnet = node(json.loads(self._target.places.carnet(slug).read_text(encoding="utf-8")))
            sha256 = write_carnet(reworded(sources[slug].notebook, carnet), carnets / f"{slug}.ipynb")
            title, words = sources[slug].title, self._target.words(slug)
            self.records[slug] = replace(self.records[slug], title=title, carnet=sha256, words=words)

    def manifest(self) -> Manifest:
        """What the run ends with, once all its steps are settled.

        Raises:
            NotebookFailed: Two chapters make the same file.
        """
        check_makers((name, path) for name, made in sorted(self.made.items()) for path in made.files)
        target = self._target
        return Manifest(
            vague=target.vague,
            diffusion=target.diffusion,
            date=target.settings.wave(target.vague).date.isoformat(),
            versions=target.versions,
            data=target.snapshot.files(target.files),
            code=target.code,
            chapters=self.records,
            made=self.made,
            outdated=self.outdated,
        )


def _carnet(slug: str) -> str:
    """Name of the step that executes a chapter."""
    return f"{slug}.ipynb"
