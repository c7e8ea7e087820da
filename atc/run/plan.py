"""What a run makes: which chapters to execute, which files to render, and what is known of them so far.

What is made together is an `Edition`: the report, a notebook of one's own, or the sheets of the territories.
Titles are known before anything runs: files are made as soon as their chapter is executed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from atc.exhibits.worth import legend
from atc.rendering.report import Cover, PageTask, Titles, check_makers
from atc.run import manifest
from atc.run.manifest import INDEX, REPORT, ChapterRecord, Made, Manifest, Reads, content_hash, file_hash
from atc.run.notebooks import INTERNAL, PREFIX, file_name, read_source, sheet_titles
from atc.run.processes import ChildLost, Launcher, call
from atc.survey.errors import AtcError, Messages, NotebookFailed
from atc.survey.paths import Project
from atc.survey.settings import RunLimits, Settings
from atc.survey.typography import french

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: What `atc run --noyau` takes: a process of ours, or Jupyter's own kernel.
KERNELS = ("chaud", "standard")
CARNETS, SHEETS = "carnets", "fiches"
#: Of notebooks of one's own, where the pages of the report say what the report is.
OUTSIDE = "Carnet personnel, hors du rapport : non contrôlé, ne pas transmettre"
_LOCK = "requirements.lock"
# Sheets that each page lists, while they are that few; then, how many on either side.
_FEW, _AROUND = 40, 10
# What workers call.
_EXECUTE, _RENDER = "atc.run.execution:executed", "atc.rendering.files:render"
_said = Messages(__name__)


@dataclass(frozen=True)
class Request:
    """What is asked of a run."""

    vague: str
    diffusion: str
    chapitres: tuple[str, ...] = ()  # or one notebook of one's own; the whole report when empty
    jobs: int = 0  # tasks at a time; as many as the machine bears when 0
    scheduler: str = ""  # of dask, whose workers do them instead; empty for this machine
    kernel: str = "chaud"  # of `KERNELS`: what notebooks show is the same
    force: bool = False  # make again what is up to date
    fiches: bool = False  # the sheets of the territories, instead of the chapters


@dataclass(frozen=True)
class Places:
    """Where results stand."""

    pages: Path  # what is shown: pages, documents, figures, tables, manifest
    carnets: Path  # executed notebooks: they may show rows, and stay in the tightest circle

    @classmethod
    def of(cls, project: Project, vague: str, diffusion: str) -> Places:
        """The places of a report."""
        inside = project.outputs(vague, INTERNAL)
        return Places(project.outputs(vague, diffusion), inside / CARNETS / diffusion)

    def carnet(self, slug: str) -> Path:
        """The executed notebook of a chapter."""
        return self.carnets / f"{slug}.ipynb"


class Source(NamedTuple):
    """A notebook to be executed."""

    path: Path
    parameters: Mapping[str, str]
    title: str = ""  # of its page; its own when empty


@dataclass(frozen=True)
class Edition(Places):
    """What one run makes together."""

    project: Project
    settings: Settings
    request: Request
    # Chapter, or territory -> what is executed for it; asked for once the waves are known to be right.
    sources: Callable[[], Mapping[str, Source]]
    page: str  # what is made of each, as `PageTask` calls it
    summaries: Mapping[str, str]  # what is made of all of them, by name
    own: bool = False  # a notebook of one's own, which is no part of the report


def edition_of(project: Project, settings: Settings, request: Request, own: str) -> Edition:
    """The sheets if they are asked for, the notebook of one's ``own`` if it is named, else the report."""
    vague, tier = request.vague, request.diffusion
    internal, given = project.outputs(vague, INTERNAL), {"vague": vague, "diffusion": tier}
    asked = (project, settings, request)

    def sheets() -> dict[str, Source]:
        path, titles = project.notebooks / "fiche_territoire.ipynb", sheet_titles(project, vague)
        return {slug: Source(path, {**given, "territoire": slug}, title) for slug, title in titles.items()}

    def chapters() -> dict[str, Source]:
        files = {slug: file_name(slug) for slug in settings.chapters_of(vague)}
        files = {own: file_name(f"{PREFIX}{own}")} if own else files
        return {slug: Source(project.root / file, given) for slug, file in files.items()}

    if request.fiches:
        return Edition(internal / SHEETS, internal / CARNETS / SHEETS, *asked, sheets, "sheet", {})
    if own in {REPORT, INDEX}:
        raise NotebookFailed(_said("reserved", name=own))
    if own:
        # Beside the tiers, in none of them, so that none holds it.
        folder = internal.parent / PREFIX / own / tier
        made = {REPORT: "paper", INDEX: "index"}
        return Edition(folder / "pages", folder / CARNETS, *asked, chapters, "chapter", made, own=True)
    places, made = Places.of(project, vague, tier), {REPORT: "report", INDEX: "index"}
    return Edition(places.pages, places.carnets, *asked, chapters, "chapter", made)


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


@dataclass(frozen=True)
class ChapterTask:
    """One notebook to execute; done, it gives the hash of its executed copy, and what it read."""

    slug: str
    notebook: NotebookNode
    parameters: Mapping[str, str]  # name -> value, checked
    working: str  # folder where it works, relative to the root
    limits: RunLimits
    kernel: str  # of `KERNELS`: how it is executed; what it shows is the same
    project: Project
    folder: Path  # where the executed copy goes
    # Its executed copy, of which the outputs hold: new text is put around them, and nothing is executed.
    needs: tuple[Path, ...] = ()


Task = ChapterTask | PageTask
# Nothing new is read by who executes nothing.
Result = tuple[str, Reads | None] | dict[str, str]


@dataclass(frozen=True)
class Executor:
    """Who does the work: this machine, or the workers of a cluster."""

    # Calls a function with its task, and has what it makes in the folder of that; from any thread.
    do: Callable[[str, Task, str], Result]
    room: Callable[[], int]  # most tasks at a time; the others wait here, in their order
    close: Callable[[], None]  # ends what is at work


def perform(launcher: Launcher, function: str, task: Task, label: str) -> Result:
    """Do one task in a fresh process; `NotebookFailed` if it cannot be done, or its process was killed."""
    try:
        # A notebook is watched from here, cell by cell.
        here = isinstance(task, ChapterTask)
        return call(function, launcher, task) if here else launcher.run(call, function, task)  # type: ignore[no-any-return]
    except ChildLost as error:
        raise NotebookFailed(_said("killed", label=label)) from error


@dataclass(frozen=True)
class Step:
    """Something to make."""

    name: str  # no two have the same
    label: str  # the chapter that it is about, or the report
    told: str  # what is done once it is, in French
    inputs: tuple[str, ...]  # names of the steps whose outputs it reads
    run: str  # what a worker calls (see `atc.run.processes.call`)
    task: Task


class Plan:
    """What there is to do, and what is known so far of what was done."""

    def __init__(self, edition: Edition, previous: Manifest, snapshot: manifest.Snapshot) -> None:
        """Find which chapters are out of date, after the ``previous`` good run."""
        self.edition, self._previous, self._snapshot = edition, previous, snapshot
        self._project, self._asked = edition.project, edition.request
        self._versions = {**manifest.environment(), _LOCK: file_hash(self._project.root / _LOCK)}
        libraries = {name: version for name, version in self._versions.items() if name != "pango"}
        self._executing = content_hash([snapshot.executing, libraries])
        self._rendering = content_hash([snapshot.code, self._versions])
        self.sources = edition.sources()
        self.chosen = [slug for slug in self.sources if slug in self._asked.chapitres] or [*self.sources]
        #: Chapters to execute; those of which only the text changed; those not asked for, and out of date.
        self.executed, self.reworded, self.outdated = list[str](), list[str](), list[str]()
        self.records: dict[str, ChapterRecord] = {}
        self.made: dict[str, Made] = {}
        #: What was made anew: label -> files.
        self.rendered: dict[str, list[str]] = {}
        for slug in self.sources:
            record, chosen = previous.chapters.get(slug), slug in self.chosen
            if record is None or file_hash(edition.carnet(slug)) != record.carnet:
                (self.executed if chosen else self.outdated).append(slug)
                continue
            now = self._record(slug, record.carnet, record.reads)
            holds = record.key == now.key and not (chosen and self._asked.force)
            if not holds or record != now:
                (self.outdated if not chosen else self.reworded if holds else self.executed).append(slug)
            if holds or not chosen:
                self.records[slug] = record

    def _record(self, slug: str, carnet: str, reads: Reads) -> ChapterRecord:
        """What its executed notebook rests on today, if it reads this."""
        source, data = self.sources[slug], self._snapshot.slice(reads)
        said = self._snapshot.notebook(source.path)
        key = content_hash([self._executing, said.code, source.parameters, data])
        return ChapterRecord(carnet, key, said.whole, reads)

    def steps(self, pages: Path, carnets: Path) -> dict[str, Step]:
        """All that the run looks after, by name, the most urgent first; what it leaves is settled at once."""
        titles = tuple(
            (slug, source.title or self._snapshot.notebook(source.path).title or slug)
            for slug, source in self.sources.items()
            if slug in self.records or slug in self.executed
        )
        # The longest way of a report goes through every chapter to its PDF.
        steps = {s.name: s for s in (*self._executions(carnets), *self._pages(titles, pages, carnets))}
        for name in (*dict(titles), INDEX, REPORT):
            if name not in steps and name in self._previous.made:
                self.made[name] = self._previous.made[name].left(self.edition.pages)
        return steps

    def _executions(self, carnets: Path) -> Iterator[Step]:
        """Those of the chapters to be done, once all their notebooks are known to be well-formed."""
        settings = self.edition.settings
        todo = {slug: self.sources[slug] for slug in (*self.executed, *self.reworded)}
        notebooks, faults = {}, []
        for path, parameters in {source.path: source.parameters for source in todo.values()}.items():
            try:
                notebooks[path] = read_source(path, parameters)
            except NotebookFailed as error:
                faults.append(str(error))
        if faults:
            raise NotebookFailed("\n".join(faults))
        if todo:
            # A notebook saved since its hash was taken may be put back before the end.
            self.check_unchanged()
        # A chapter on change reads two waves, and would end alone, begun last.
        for slug in sorted(todo, key=lambda slug: slug not in settings.evolution_chapters):
            source, told = todo[slug], "exécuté" if slug in self.executed else "texte repris"
            notebook, working = notebooks[source.path], self._project.relative(source.path.parent)
            needs = (self.edition.carnet(slug),) if slug in self.reworded else ()
            kernel, places = self._asked.kernel, (self._project, carnets, needs)
            task = ChapterTask(slug, notebook, source.parameters, working, settings.limits, kernel, *places)
            yield Step(f"{slug}.ipynb", slug, told, (), _EXECUTE, task)

    def _pages(self, everything: Titles, pages: Path, carnets: Path) -> Iterator[Step]:
        edition, own, vague = self.edition, self.edition.own, self._asked.vague
        anew = {*self.executed, *self.reworded}
        about = cover(edition.settings, vague, self._asked.diffusion, own=own)
        # Only the pages of the evaluators have sheets beside them.
        beside = edition.pages / SHEETS
        named = sheet_titles(self._project, vague) if beside.is_dir() else {}
        sheets = tuple(each for each in named.items() if (beside / f"{each[0]}.html").is_file())

        def page(name: str, what: str, titles: Titles, around: Titles) -> Step:
            needs = tuple(carnets / f"{slug}.ipynb" for slug, _ in titles)
            there, places = sheets if name == INDEX else (), (self._project, pages, needs)
            task = PageTask(what, titles, around, about, own, there, *places)
            inputs = tuple(f"{slug}.ipynb" for slug, _ in titles if slug in anew)
            label = REPORT if name == INDEX else name
            return Step(name, label, _said(what), inputs, _RENDER, task)

        # The report would not mix two states of its chapters; and who asks for one chapter reads it again and
        # again: the whole on paper would make him wait each time.
        for name, what in edition.summaries.items() if not self.outdated else ():
            if name == INDEX or self.chosen == [*self.sources]:
                yield page(name, what, everything, everything)
        for place, (slug, title) in enumerate(everything):
            # With every sheet on each page, a report on all of them would grow as their number squared.
            few = len(everything) <= _FEW
            around = everything if few else everything[max(place - _AROUND, 0) : place + _AROUND + 1]
            if slug in self.chosen:
                yield page(slug, edition.page, ((slug, title),), around)

    def _page_key(self, task: Task) -> str:
        """Hash of all that the files of a step rest on."""
        assert isinstance(task, PageTask)
        carnets = [self.records[slug].carnet for slug, _ in task.titles]
        said = repr((task.titles, task.navigation, task.sheets, task.cover))
        return content_hash([self._rendering, carnets, said])

    def is_current(self, step: Step) -> bool:
        """Whether the outputs of a step are there as they were made, and rest on what is there today."""
        made = None if self._asked.force else self._previous.made.get(step.name)
        if made is None or made.left(self.edition.pages).key != self._page_key(step.task):
            return False
        self.made[step.name] = made
        return True

    def settle(self, step: Step, result: Result) -> None:
        """Note what a step made."""
        match result:
            case (carnet, found):
                reads = found or self.records[step.label].reads
                self.records[step.label] = self._record(step.label, carnet, reads)
            case files:
                self.made[step.name] = Made(self._page_key(step.task), files)
                self.rendered.setdefault(step.label, []).extend(files)

    def nothing(self) -> bool:
        """Whether there is nothing to do; what is known of each step is then in the plan."""
        if self.executed or self.reworded:
            return False
        steps = self.steps(self.edition.pages, self.edition.carnets).values()
        return all(map(self.is_current, steps)) and self.manifest() == self._previous

    def check_unchanged(self) -> None:
        """Refuse results if what they rest on is no longer as it was when the run began."""
        if touched := self._snapshot.changed(dict.fromkeys(source.path for source in self.sources.values())):
            raise AtcError(_said("changed", names=", ".join(touched)))

    def manifest(self) -> Manifest:
        """What the run ends with; `NotebookFailed` if two chapters make the same file."""
        check_makers((name, path) for name, made in sorted(self.made.items()) for path in made.files)
        wave, seen = self.edition.settings.wave(self._asked.vague), self._snapshot
        rest = (seen.data, seen.code, self.records, self.made, tuple(self.outdated))
        return Manifest(wave.id, self._asked.diffusion, wave.date.isoformat(), self._versions, *rest)
