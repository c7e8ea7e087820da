"""What a run makes: which chapters to execute, which files to render, and what is known of them so far.

What is made together is an `Edition`: the report, a notebook of one's own, or the sheets of the territories.
Titles, hence navigation, are known before anything runs: the files of a chapter can be decided upon, and
made, as soon as that chapter is executed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from atc.exhibits.worth import legend
from atc.rendering.report import Cover, PageTask, Titles, check_makers
from atc.run import manifest
from atc.run.manifest import INDEX, REPORT, ChapterRecord, Made, Manifest, Reads, content_hash, file_hash
from atc.run.notebooks import INTERNAL, PREFIX, read_source, sheet_titles
from atc.run.steps import ChapterTask, Result, Step, Task
from atc.survey.errors import AtcError, Messages, NotebookFailed
from atc.survey.paths import Project
from atc.survey.settings import ANNEX, Settings
from atc.survey.typography import french

CARNETS, SHEETS = "carnets", "fiches"
#: Of notebooks of one's own, where the pages of the report say what the report is.
OUTSIDE = "Carnet personnel, hors du rapport : non contrôlé, ne pas transmettre"
_LOCK = "requirements.lock"
# Sheets that each page lists, while they are that few; then, how many on either side.
_FEW, _AROUND = 40, 10
# What is done with a chapter that is not up to date; the last, with those that were not asked for.
EXECUTED, REWORDED, LEFT = "exécuté", "texte repris", "laissé de côté"
# What workers call.
_EXECUTE, _RENDER = "atc.run.execution:executed", "atc.rendering.files:render"
# What is rendered, as `PageTask` calls it -> how it is told of.
_TOLD = {
    "chapter": "page, PDF, figures et tableaux",
    "sheet": "page, PDF",
    "index": "page",
    "report": "PDF, diaporama, Word et classeur",
    "paper": "PDF",
}
_said = Messages(__name__)


@dataclass(frozen=True)
class Request:
    """What is asked of a run."""

    vague: str
    diffusion: str
    # To bring up to date, or one notebook of one's own; the report when empty.
    chapitres: tuple[str, ...] = ()
    jobs: int = 0  # tasks at a time; as many as the machine bears when 0
    scheduler: str = ""  # of dask, whose workers do them instead; empty for this machine
    kernel: str = "chaud"  # of `atc.run.steps.KERNELS`: what notebooks show is the same
    force: bool = False  # make again what is up to date
    fiches: bool = False  # the sheets of the territories, instead of the chapters


@dataclass(frozen=True)
class Places:
    """Where results stand."""

    pages: Path  # what is shown: pages, documents, figures, tables, manifest
    carnets: Path  # executed notebooks: they may show rows, and stay in the tightest circle

    @classmethod
    def of(cls, project: Project, vague: str, diffusion: str) -> "Places":
        """The places of a report."""
        carnets = project.outputs(vague, INTERNAL) / CARNETS / diffusion
        return Places(project.outputs(vague, diffusion), carnets)

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
        names = {slug: re.sub(f"^{ANNEX}", PREFIX, slug) for slug in settings.chapters_of(vague)}
        names = {own: f"{PREFIX}{own}"} if own else names
        return {slug: Source(project.notebooks / f"{name}.ipynb", given) for slug, name in names.items()}

    if request.fiches:
        return Edition(internal / SHEETS, internal / CARNETS / SHEETS, *asked, sheets, "sheet", {})
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


class Plan:
    """What there is to do, and what is known so far of what was done."""

    def __init__(self, edition: Edition, previous: Manifest, snapshot: manifest.Snapshot) -> None:
        """Find which chapters are out of date, after the ``previous`` good run."""
        self.edition, self._previous, self._snapshot = edition, previous, snapshot
        self._project, self._asked = edition.project, edition.request
        executing, self._code = manifest.code_hashes()
        self._versions = {**manifest.environment(), _LOCK: file_hash(self._project.root / _LOCK)}
        libraries = {name: version for name, version in self._versions.items() if name != "pango"}
        self._executing = content_hash([executing, libraries])
        self._rendering = content_hash([self._code, self._versions])
        self.sources = edition.sources()
        #: Those that are to be brought up to date.
        self.chosen = [slug for slug in self.sources if slug in self._asked.chapitres] or [*self.sources]
        #: Chapters that are not up to date -> what is done with them.
        self.todo: dict[str, str] = {}
        self.records: dict[str, ChapterRecord] = {}
        self.made: dict[str, Made] = {}
        #: What was made anew: label -> files.
        self.rendered: dict[str, list[str]] = {}
        for slug in self.sources:
            record, chosen = previous.chapters.get(slug), slug in self.chosen
            if record is None or file_hash(edition.carnet(slug)) != record.carnet:
                self.todo[slug] = EXECUTED if chosen else LEFT
                continue
            now = self._record(slug, record.carnet, record.reads)
            holds = record.key == now.key and not (chosen and self._asked.force)
            if not holds or record != now:
                self.todo[slug] = LEFT if not chosen else REWORDED if holds else EXECUTED
            if holds or not chosen:
                self.records[slug] = record

    def _record(self, slug: str, carnet: str, reads: Reads) -> ChapterRecord:
        """What its executed notebook rests on today, if it reads this."""
        source, data = self.sources[slug], self._snapshot.slice(reads)
        said = self._snapshot.notebook(source.path)
        key = content_hash([self._executing, said.code, source.parameters, data])
        return ChapterRecord(carnet, key, said.whole, reads)

    def fated(self, *fates: str) -> tuple[str, ...]:
        """The chapters with which so much is done."""
        return tuple(slug for slug, told in self.todo.items() if told in fates)

    def steps(self, pages: Path, carnets: Path) -> dict[str, Step]:
        """All that the run looks after, by name, the most urgent first; what it leaves is settled at once.

        ``pages`` and ``carnets``: where files are made.
        """
        titles = tuple(
            (slug, source.title or self._snapshot.notebook(source.path).title or slug)
            for slug, source in self.sources.items()
            if slug in self.records or self.todo[slug] == EXECUTED
        )
        # The longest way of a report goes through every chapter to its PDF.
        found = (*self._executions(carnets), *self._pages(titles, pages, carnets))
        steps = {step.name: step for step in found}
        for name in (*dict(titles), INDEX, REPORT):
            if name not in steps and name in self._previous.made:
                self.made[name] = self._previous.made[name].left(self.edition.pages)
        return steps

    def _executions(self, carnets: Path) -> Iterator[Step]:
        """Those of the chapters to be done, once all their notebooks are known to be well-formed."""
        settings = self.edition.settings
        todo = {slug: self.sources[slug] for slug in self.fated(EXECUTED, REWORDED)}
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
        late = todo.keys() - {*settings.evolution_chapters}
        for slug, source in sorted(todo.items(), key=lambda each: each[0] in late):
            notebook, working = notebooks[source.path], self._project.relative(source.path.parent)
            needs = (self.edition.carnet(slug),) if self.todo[slug] == REWORDED else ()
            kernel, places = self._asked.kernel, (self._project, carnets, needs)
            task = ChapterTask(slug, notebook, source.parameters, working, settings.limits, kernel, *places)
            yield Step(f"{slug}.ipynb", slug, self.todo[slug], (), _EXECUTE, task)

    def _pages(self, everything: Titles, pages: Path, carnets: Path) -> Iterator[Step]:
        edition, own, vague = self.edition, self.edition.own, self._asked.vague
        about = cover(edition.settings, vague, self._asked.diffusion, own=own)
        # Only the pages of the evaluators have sheets beside them.
        beside = edition.pages / SHEETS
        named = sheet_titles(self._project, vague) if beside.is_dir() else {}
        sheets = tuple(each for each in named.items() if (beside / f"{each[0]}.html").is_file())

        def page(name: str, what: str, titles: Titles, around: Titles) -> Step:
            needs = tuple(carnets / f"{slug}.ipynb" for slug, _ in titles)
            there, places = sheets if name == INDEX else (), (self._project, pages, needs)
            task = PageTask(what, titles, around, about, own, there, *places)
            inputs = tuple(f"{slug}.ipynb" for slug, _ in titles if slug in self.todo)
            label = REPORT if name == INDEX else name
            return Step(name, label, _TOLD[what], inputs, _RENDER, task)

        # The report would not mix two states of its chapters; and who asks for one chapter reads it again and
        # again: the whole on paper would make him wait each time.
        for name, what in edition.summaries.items() if not self.fated(LEFT) else ():
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
        made = self._previous.made.get(step.name)
        if (
            made is None
            or self._asked.force
            or made.left(self.edition.pages).key != self._page_key(step.task)
        ):
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
        if self.fated(EXECUTED, REWORDED):
            return False
        steps = self.steps(self.edition.pages, self.edition.carnets).values()
        return all(map(self.is_current, steps)) and self.manifest() == self._previous

    def check_unchanged(self) -> None:
        """Refuse results if what they rest on is no longer as it was when the run began."""
        touched = self._snapshot.changed(dict.fromkeys(source.path for source in self.sources.values()))
        if touched or manifest.code_hashes()[1] != self._code:
            raise AtcError(_said("changed", names=", ".join(touched) or "le code d’atc"))

    def manifest(self) -> Manifest:
        """What the run ends with, once all its steps are settled.

        `NotebookFailed` if two chapters make the same file.
        """
        check_makers((name, path) for name, made in sorted(self.made.items()) for path in made.files)
        vague, date = self._asked.vague, self.edition.settings.wave(self._asked.vague).date.isoformat()
        state = (self.records, self.made, self.fated(LEFT))
        return Manifest(
            vague, self._asked.diffusion, date, self._versions, self._snapshot.data, self._code, *state
        )
