"""What a run makes: which chapters to execute, which files to render, and what is known of them so far.

Titles, hence navigation, are known before anything runs: the files of a chapter can be decided upon, and
made, as soon as that chapter is executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from atc.exhibits.worth import legend
from atc.rendering.report import Cover, PageTask, Titles, check_makers
from atc.run.manifest import (
    INDEX,
    REPORT,
    ChapterRecord,
    Made,
    Manifest,
    NotebookHash,
    Reads,
    Snapshot,
    cells_hash,
    code_hashes,
    content_hash,
    file_hash,
    versions,
)
from atc.run.notebooks import (
    INTERNAL,
    NAMES,
    SHEET,
    SHEET_NAMES,
    BadNotebook,
    read_source,
    sheet_titles,
)
from atc.run.steps import ChapterTask, Result, Step
from atc.survey.errors import AtcError, NotebookFailed
from atc.survey.paths import Project
from atc.survey.settings import ANNEX, Settings
from atc.survey.typography import french

if TYPE_CHECKING:
    from nbformat import NotebookNode

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
_EXECUTE, _RENDER = "atc.run.execution:executed", "atc.rendering.files:render"


@dataclass(frozen=True)
class Request:
    """What is asked of a run."""

    vague: str
    diffusion: str
    chapitres: tuple[
        str, ...
    ] = ()  # to bring up to date, or one notebook of one's own; the report when empty
    jobs: int = 0  # tasks at a time; as many as the machine bears when 0
    scheduler: str = ""  # of dask, whose workers do them instead; empty for this machine
    kernel: str = "chaud"  # of `atc.run.steps.KERNELS`: what notebooks show is the same
    force: bool = False  # make again what is up to date
    fiches: bool = False  # the sheets of the territories, instead of the chapters


@dataclass(frozen=True)
class Places:
    """Where the results of one wave and tier stand."""

    wave: Path  # folder of the wave
    pages: Path  # what is shown: pages, documents, figures, tables, manifest
    carnets: Path  # executed notebooks: they may show rows, and stay in the tightest circle
    own: str = ""  # the notebook of one's own that they come from, which is no part of the report

    @classmethod
    def of(
        cls, project: Project, vague: str, diffusion: str, *, own: str = "", sheets: bool = False
    ) -> Places:
        """The places of a report, of a notebook of one's ``own``, or of the sheets of the territories."""
        internal = project.outputs(vague, INTERNAL)
        if sheets:
            return cls(internal.parent, internal / SHEETS, internal / CARNETS / SHEETS)
        if own:
            # Beside the tiers, in none of them, so that none holds it.
            folder = internal.parent / OWN / own / diffusion
            return cls(internal.parent, folder / "pages", folder / CARNETS, own)
        return cls(internal.parent, project.outputs(vague, diffusion), internal / CARNETS / diffusion)

    def carnet(self, slug: str) -> Path:
        """The executed notebook of a chapter."""
        return self.carnets / f"{slug}.ipynb"


def cover(settings: Settings, vague: str, diffusion: str, *, own: bool = False) -> Cover:
    """What every document of a run says of itself; ``own`` if it is no part of the report."""
    wave, small = settings.wave(vague), settings.small_numbers
    return Cover(
        title=settings.title,
        subtitle=OUTSIDE if own else settings.subtitle,
        wave_label=wave.label,
        report_label=OUTSIDE if own else wave.report,
        # What passed no gate bears the name of no wider circle.
        diffusion=INTERNAL if own else diffusion,
        tier_label=settings.tier(INTERNAL if own else diffusion),
        date=wave.date,
        authors=settings.authors,
        precaution=french(wave.precaution),
        legend=legend(small.floor, small.site_floor, masks=diffusion != INTERNAL),
        provenance="" if own else wave.provenance,
        presentation=settings.presentation,
        charts=settings.charts_of(vague),
        following=wave.following,
    )


def changed(names: list[str]) -> AtcError:
    """Files were not left alone while a run read them."""
    return AtcError(
        f"Des fichiers ont changé pendant l’exécution ({', '.join(names)}) : "
        "rien n’est publié. Relancez la commande."
    )


class Plan:
    """The steps of a run, and what is known so far of what they make."""

    def __init__(
        self,
        project: Project,
        settings: Settings,
        request: Request,
        places: Places,
        previous: Manifest | None,
        snapshot: Snapshot,
    ) -> None:
        """Find which chapters are out of date, after the ``previous`` good run."""
        self._project, self._settings, self._request = project, settings, request
        self.places, self._previous, self._snapshot = places, previous, snapshot
        self._cover = cover(settings, request.vague, request.diffusion, own=bool(places.own))
        executing, self._code = code_hashes()
        libraries, paper = versions(project)
        self._versions = {**libraries, **paper}
        self._executing = content_hash([executing, libraries])
        self._rendering = content_hash([self._code, libraries, paper])
        # Each sheet has the title of its territory: they come from one notebook.
        self._titles = sheet_titles(project, request.vague) if request.fiches else {}
        #: All the chapters of the report, or the territories; those that are to be brought up to date.
        self.chapters = tuple(self._titles) if request.fiches else settings.chapters_of(request.vague)
        if places.own:
            self.chapters = (places.own,)
        everything = places.own or not request.chapitres
        self.chosen = tuple(slug for slug in self.chapters if everything or slug in request.chapitres)
        self.records: dict[str, ChapterRecord] = {}
        self.made: dict[str, Made] = {}
        #: What was made anew: label -> files.
        self.rendered: dict[str, list[str]] = {}
        self._reads: dict[str, Reads] = {}
        #: Chosen chapters that must be executed; those of which the text changed, and nothing else; chapters
        #: that were not chosen, and that are missing or out of date.
        self.stale: list[str] = []
        self.reworded: list[str] = []
        self.outdated: list[str] = []
        for slug in self.chapters:
            record, chosen = previous.chapters.get(slug) if previous else None, slug in self.chosen
            if record is None or file_hash(places.carnet(slug)) != record.carnet:
                (self.stale if chosen else self.outdated).append(slug)
                continue
            holds = record.key == self._key(slug, record.reads) and not (chosen and request.force)
            if not holds or record.words != self._said(slug).whole:
                (self.outdated if not chosen else self.reworded if holds else self.stale).append(slug)
            if holds or not chosen:
                self.records[slug] = record

    # --- notebooks ---

    def _notebook(self, slug: str) -> Path:
        own = self.places.own or slug.startswith(ANNEX)
        folder = self._project.own_notebooks if own else self._project.notebooks
        return folder / f"{SHEET if self._request.fiches else slug.removeprefix(ANNEX)}.ipynb"

    def _said(self, slug: str) -> NotebookHash:
        return self._snapshot.notebook(self._notebook(slug))

    def _parameters(self, slug: str) -> dict[str, str]:
        given = {"vague": self._request.vague, "diffusion": self._request.diffusion}
        return {**given, "territoire": slug} if self._request.fiches else given

    def _key(self, slug: str, reads: Reads) -> str:
        """Of the execution of a chapter: of its outputs, whatever its text says around them."""
        code, data = self._said(slug).code, self._snapshot.slice(reads)
        return content_hash([self._executing, code, self._parameters(slug), data])

    def _sources(self) -> dict[str, NotebookNode]:
        """The notebooks of the chapters that are not up to date, once all are known to be well-formed."""
        read: dict[Path, NotebookNode] = {}
        faults: list[str] = []
        for slug in (*self.stale, *self.reworded):
            if (path := self._notebook(slug)) in read:
                continue
            try:
                read[path] = read_source(path, SHEET_NAMES if self._request.fiches else NAMES)
                if cells_hash(read[path].cells) != self._said(slug):
                    raise changed([self._project.relative(path)])
            except BadNotebook as error:
                faults += [f"{slug} : {fault}" for fault in error.args]
                if self._request.fiches:
                    break
        if faults:
            raise NotebookFailed("\n".join(faults))
        return {slug: read[self._notebook(slug)] for slug in (*self.stale, *self.reworded)}

    # --- steps ---

    def steps(self, pages: Path, carnets: Path) -> dict[str, Step]:
        """All that the run looks after, by name; what it leaves is settled at once.

        ``pages`` and ``carnets``: where files are made.
        """
        titles = {slug: self._titles.get(slug) or self._said(slug).title or slug for slug in self.chapters}
        everything = tuple((s, titles[s]) for s in self.chapters if s in self.records or s in self.stale)
        found = [*self._executions(carnets), *self._pages(everything, pages, carnets)]
        steps = {step.name: step for step in found}
        for name in (*(slug for slug, _ in everything), INDEX, REPORT):
            if name not in steps and (before := self._before(name)):
                self.made[name] = before.left(self.places.pages)
        return steps

    def _before(self, name: str) -> Made | None:
        return self._previous.made.get(name) if self._previous else None

    def _executions(self, carnets: Path) -> Iterator[Step]:
        # A chapter on change reads two waves, and would end alone, begun last.
        late = {*self.chapters} - {*self._settings.evolution_chapters}
        for slug, notebook in sorted(self._sources().items(), key=lambda source: source[0] in late):
            reworded = slug in self.reworded
            task = ChapterTask(
                slug=slug,
                notebook=notebook,
                parameters=self._parameters(slug),
                project=self._project,
                working=self._notebook(slug).parent.relative_to(self._project.root).as_posix(),
                limits=self._settings.limits,
                kernel=self._request.kernel,
                folder=carnets,
                needs=(self.places.carnet(slug),) if reworded else (),
            )
            # Sheets are many: what one leads to goes first, so that few wait. The longest way of a report
            # goes through every chapter to its PDF: executions first.
            rank = _LATE if self._request.fiches else _EARLY
            told = "texte repris" if reworded else "exécuté"
            yield Step(f"{slug}.ipynb", slug, told, (), str, _EXECUTE, task, None, rank)

    def _pages(self, everything: Titles, pages: Path, carnets: Path) -> Iterator[Step]:
        sheets, own = self._request.fiches, bool(self.places.own)

        def page(name: str, told: str, titles: Titles, around: Titles, rank: int, what: str) -> Step:
            needs = tuple(carnets / f"{slug}.ipynb" for slug, _ in titles)
            beside = self._sheets() if name == INDEX else ()
            task = PageTask(what, titles, around, self._cover, own, beside, self._project, pages, needs)
            made = {*self.stale, *self.reworded}
            inputs = tuple(f"{slug}.ipynb" for slug, _ in titles if slug in made)
            before = None if self._request.force else self._before(name)
            label, key = REPORT if name == INDEX else name, partial(self._page_key, task)
            return Step(name, label, told, inputs, key, _RENDER, task, before, rank)

        for place, (slug, title) in enumerate(everything):
            if slug not in self.chosen:
                continue
            around = everything
            if sheets and len(around) > _FEW:
                # With every sheet on each page, a report on all of them would grow as their number squared.
                around = around[max(place - _AROUND, 0) : place + _AROUND + 1]
            if sheets:
                yield page(slug, "page, PDF", ((slug, title),), around, _EARLY, "sheet")
            else:
                told = "page, PDF, figures et tableaux"
                yield page(slug, told, ((slug, title),), around, _LATE, "chapter")
        # The report would not mix two states of its chapters.
        if self.outdated or sheets:
            return
        # Who asks for one chapter reads it again and again: the whole on paper would make him wait each time.
        if self.chosen == self.chapters:
            told = "PDF" if own else "PDF, diaporama, Word et classeur"
            yield page(REPORT, told, everything, everything, _MIDDLE, "report")
        yield page(INDEX, "page", everything, everything, _MIDDLE, "index")

    def _sheets(self) -> Titles:
        """The sheets of territories that stand beside the pages of the evaluators."""
        if self._request.diffusion != INTERNAL or self.places.own:
            return ()
        titles = sheet_titles(self._project, self._request.vague)
        folder = self.places.pages / SHEETS
        return tuple(each for each in titles.items() if (folder / f"{each[0]}.html").is_file())

    def _page_key(self, task: PageTask) -> str:
        carnets = [self.records[slug].carnet for slug, _ in task.titles]
        said = {field: str(value) for field, value in asdict(task.cover).items()}
        return content_hash([self._rendering, carnets, task.titles, task.navigation, task.sheets, said])

    # --- what is known of them ---

    def settle(self, step: Step, result: Result | None) -> None:
        """Note what a step made: ``result`` is ``None`` if it was there already."""
        match result:
            case None:
                assert step.before
                self.made[step.name] = step.before
            case (carnet, found):
                slug = step.label
                reads = found or self.records[slug].reads
                # Sheets read the same by the thousand.
                reads = self._reads.setdefault(repr(reads), reads)
                self.records[slug] = ChapterRecord(
                    carnet, self._key(slug, reads), self._said(slug).whole, reads
                )
            case files:
                self.made[step.name] = Made(step.key(), files)
                self.rendered.setdefault(step.label, []).extend(files)

    def is_current(self) -> bool:
        """Whether there is nothing to do; what is known of each step is then in the plan."""
        if self.stale or self.reworded:
            return False
        for step in self.steps(self.places.pages, self.places.carnets).values():
            if not step.is_current(self.places.pages):
                return False
            self.settle(step, None)
        return self.manifest() == self._previous

    def check_unchanged(self) -> None:
        """Refuse results if what they rest on is no longer as it was when the run began."""
        touched = self._snapshot.changed()
        if touched or code_hashes()[1] != self._code:
            raise changed(touched or ["le code d’atc"])

    def manifest(self) -> Manifest:
        """What the run ends with, once all its steps are settled.

        `NotebookFailed` if two chapters make the same file.
        """
        check_makers((name, path) for name, made in sorted(self.made.items()) for path in made.files)
        return Manifest(
            vague=self._request.vague,
            diffusion=self._request.diffusion,
            date=self._settings.wave(self._request.vague).date.isoformat(),
            versions=self._versions,
            data=self._snapshot.data,
            code=self._code,
            chapters=self.records,
            made=self.made,
            outdated=tuple(self.outdated),
        )
