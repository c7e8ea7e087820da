"""The course of a run: what is known so far, and the jobs that each result leads to."""

from __future__ import annotations

import json
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from atc.errors import NotebookFailed
from atc.execution.carnets import text_of
from atc.execution.flow import Job, Ranked
from atc.execution.jobs import (
    execute_chapter,
    print_chapter,
    print_report,
    render_chapter,
    render_report,
    render_sheet,
)
from atc.execution.notebooks import BadNotebook, Source, node, read_source
from atc.execution.parameters import NAMES, SHEET_NAMES
from atc.execution.planning import Part, Survey, Target, outline, parts
from atc.execution.recording import executed_record
from atc.execution.rewording import reworded
from atc.execution.shown import digests
from atc.execution.staleness import Basis, used
from atc.execution.tasks import ChapterFault, ChapterTask, Executed, PageTask, Rendered
from atc.files import write
from atc.manifest import FILES, PAGE, PAPER, REPORT, Artefact, ChapterRecord

# A chapter is more than a pipe holds. Before Python 3.11.5, a process that was killed while so much was on
# its way to it hung the whole pool (gh-94777): there, the one that prints reads the notebook again.
_HANDED_ON = sys.version_info >= (3, 11, 5)
# Order of the jobs that wait.
_EARLY, _MIDDLE, _LATE = range(3)
_TOLD = {PAGE: "page", PAPER: "PDF", FILES: "figures et tableaux"}


class Progress(Protocol):
    """Who is told how far a run has come."""

    def begin(self, steps: int) -> None:
        """So many more steps are to be done."""

    def done(self, label: str) -> None:
        """One step is done."""


@dataclass(frozen=True)
class Site:
    """Where a run works.

    Attributes:
        private: Private folder of the kernels; its name is the mark of the run.
        pages: New pages.
        carnets: New executed notebooks.
        kernel: How kernels start.
    """

    private: Path
    pages: Path
    carnets: Path
    kernel: str


@dataclass(frozen=True)
class Made:
    """What a run did.

    Attributes:
        executed: Chapters that were executed.
        rendered: Chapters, and `atc.manifest.REPORT`, of which files were made.
        files: These files, relative to the folder of the pages.
    """

    executed: tuple[str, ...] = ()
    rendered: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def read_sources(basis: Basis, slugs: Sequence[str]) -> dict[str, Source]:
    """The notebooks of chapters, once all of them are known to be well-formed.

    Args:
        basis: What the run starts from.
        slugs: The chapters; or the territories, whose one notebook is read once.

    Raises:
        NotebookFailed: With the faults of each.
    """
    read: dict[Path, Source] = {}
    faults: list[str] = []
    for slug in slugs:
        path = basis.notebook(slug)
        if path not in read:
            try:
                read[path] = read_source(path.parent, path.stem, SHEET_NAMES if basis.sheet else NAMES)
            except BadNotebook as error:
                faults += [f"{slug} : {fault}" for fault in error.args]
                if basis.sheet:
                    break
    if faults:
        raise NotebookFailed("\n".join(faults))
    return {slug: read[basis.notebook(slug)] for slug in slugs}


def carry(source: Path, target: Path) -> None:
    """Keep a file of the last good run."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


class Course:
    """What a run knows so far."""

    def __init__(
        self,
        basis: Basis,
        target: Target,
        found: Survey,
        sources: Mapping[str, Source],
        site: Site,
        progress: Progress,
    ) -> None:
        """Lay down what is known before anything runs.

        Args:
            basis: What the run starts from.
            target: What it aims at.
            found: State of the chapters.
            sources: Notebooks of the chapters to execute, and of those whose text changed.
            site: Where it works.
            progress: Told of the steps to come.
        """
        self._basis, self._target, self._found = basis, target, found
        self._sources, self._site, self._progress = sources, site, progress
        kept = {slug: record.title for slug, record in found.records.items()}
        new = {slug: target.titles.get(slug, source.title) for slug, source in sources.items()}
        self._plan = outline(basis, target, {**kept, **new}, found.outdated)
        self._waited = set(found.stale)
        self.records: dict[str, ChapterRecord] = dict(found.records)
        self.parts: list[Part] = []
        self.artefacts: list[Artefact] = []

    @property
    def made(self) -> Made:
        """What was done."""
        makers = {part.maker for part in self.parts if part.stale}
        return Made(
            executed=self._found.stale,
            rendered=tuple(maker for maker in (*self._target.chapters, REPORT) if maker in makers),
            files=tuple(sorted(artefact.path for artefact in self.artefacts)),
        )

    def jobs(self) -> Iterator[Ranked]:
        """The jobs to begin with; each leads to others."""
        for slug in self._found.records:
            carry(self._target.places.carnet(slug), self._carnet(slug))
        for slug in self._found.reworded:
            self.records[slug] = self._reworded(slug)
        self._progress.begin(len(self._found.stale))
        # Sheets are many: what one leads to goes first, so that few wait. The longest way of a report goes
        # through every chapter to its PDF: executions first.
        begun = (self._ready(), self._executions())
        for jobs in begun if self._basis.sheet else reversed(begun):
            yield from jobs

    def _executions(self) -> Iterator[Ranked]:
        token = secrets.token_hex(16)
        for position, slug in enumerate(self._longest_first()):
            task = ChapterTask(
                slug=slug,
                notebook=self._sources[slug].notebook,
                parameters=self._basis.parameters_of(slug),
                project=self._basis.project,
                limits=self._target.settings.limits,
                mark=f"{self._site.private.name}/{slug}",
                # Short: the path of a socket is limited to about 100 bytes.
                private=self._site.private / str(position),
                token=token,
                target=self._carnet(slug),
                kernel=self._site.kernel,
            )
            rank = _LATE if self._basis.sheet else _EARLY
            yield rank, Job(slug, "exécuté", execute_chapter, task, self._executed)

    def _longest_first(self) -> list[str]:
        """What is to be executed: a chapter on change reads two waves, and would end alone, begun last."""
        change = self._target.settings.evolution_chapters
        return sorted(self._found.stale, key=lambda slug: slug not in change)

    def _ready(self) -> Iterator[Ranked]:
        """What can be rendered before anything is executed."""
        for slug in self._found.records:
            yield from self._pages(slug)
        if not self._waited:
            yield from self._pages(REPORT)

    def _carnet(self, slug: str) -> Path:
        return self._site.carnets / f"{slug}.ipynb"

    def _reworded(self, slug: str) -> ChapterRecord:
        path = self._target.places.carnet(slug)
        carnet = reworded(self._sources[slug].notebook, node(json.loads(path.read_text(encoding="utf-8"))))
        sha256 = write(self._carnet(slug), text_of(carnet))
        record, words = self._found.records[slug], self._basis.words(slug)
        return replace(
            record, title=self._plan.titles[slug], carnet=sha256, words=words, shown=digests(carnet)
        )

    def _executed(self, result: Executed | ChapterFault) -> Iterator[Ranked]:
        if isinstance(result, ChapterFault):
            raise NotebookFailed("\n".join(f"{result.slug}, {fault}" for fault in result.faults))
        slug = result.slug
        self.records[slug] = executed_record(
            self._basis,
            slug,
            self._plan.titles[slug],
            result.sha256,
            result.shown,
            used(result.files, result.columns, result.modules),
        )
        self._waited.discard(slug)
        yield from self._pages(slug)
        if not self._waited:
            yield from self._pages(REPORT)

    def _pages(self, maker: str) -> Iterator[Ranked]:
        """The jobs that make what is out of date of one maker."""
        found = list(parts(self._basis, self._target, self._plan, maker, self.records))
        self.parts += found
        stale = {part.kind for part in found if part.stale}
        if self._basis.sheet:
            # There are enough of them to keep every process busy.
            yield from self._rendering(render_sheet, maker, stale)
        elif maker == REPORT:
            yield from self._rendering(print_report, maker, stale & {PAPER})
            yield from self._rendering(render_report, maker, stale & {PAGE})
        else:
            # Laying out paper takes long: a job of its own, handed the chapter by the one that reads it.
            if PAGE not in stale:
                yield from self._rendering(print_chapter, maker, stale & {PAPER})
            yield from self._rendering(render_chapter, maker, stale - {PAPER}, {PAGE, PAPER} <= stale)

    def _rendering(
        self, run: Callable[[PageTask], Rendered], maker: str, kinds: set[str], printed: bool = False
    ) -> Iterator[Ranked]:
        """One job, unless there is nothing to make; it may be followed by the one that prints the chapter."""
        if not kinds:
            return
        task = PageTask(
            slugs=self._plan.slugs if maker == REPORT else (maker,),
            kinds=tuple(kind for kind in _TOLD if kind in kinds),
            carnets=self._site.carnets,
            target=self._site.pages,
            navigation=self._plan.around(maker) if self._basis.sheet else self._plan.navigation,
            cover=self._plan.cover,
            own=self._basis.own,
        )
        self._progress.begin(1 + printed)
        rank = _MIDDLE if maker == REPORT else _EARLY if self._basis.sheet else _LATE
        yield rank, _rendering_job(run, maker, task, partial(self._rendered, task if printed else None))

    def _rendered(self, printed: PageTask | None, result: Rendered) -> Iterator[Ranked]:
        self.artefacts += result.artefacts
        if printed:
            task = replace(printed, kinds=(PAPER,), read=result.read if _HANDED_ON else None)
            yield _LATE, _rendering_job(print_chapter, task.label, task, partial(self._rendered, None))


def _rendering_job(
    run: Callable[[PageTask], Rendered],
    maker: str,
    task: PageTask,
    then: Callable[[Rendered], Iterator[Ranked]],
) -> Job:
    return Job(maker, ", ".join(_TOLD[kind] for kind in task.kinds), run, task, then)
