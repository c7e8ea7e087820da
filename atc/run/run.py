"""``atc run``: everything out of date, and only that, up to HTML and PDF; all of it, or nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from atc.exhibits.wordings import read_wordings
from atc.run.child import Launcher
from atc.run.manifest import FILE, REPORT, content_hash, read_manifest
from atc.run.notebooks import (
    SHEET,
    BadNotebook,
    Source,
    check_sheets,
    own_notebook,
    read_source,
    sheet_titles,
)
from atc.run.parameters import NAMES, SHEET_NAMES, STOCK, WARM, check_values
from atc.run.plan import SHEETS, Places, Plan, Target
from atc.run.snapshot import Snapshot, cells_hash, code_hashes, versions, wave_files
from atc.run.steps import Executor, Progress, carry_out
from atc.run.worker import (
    RENDERING,
    Local,
    capacity,
    interruptible,
    private_folder,
    surroundings,
)
from atc.survey.errors import AtcError, NotebookFailed, UsageError, shown, system_refusal
from atc.survey.files import locked, replacing, write
from atc.survey.paths import Project, belongs
from atc.survey.processed import is_processed
from atc.survey.settings import Settings, load_settings

_LOCK = ".verrou"
# Bytes of raw tables: some three hundred sites.
_LARGE = 300_000
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


@dataclass(frozen=True)
class Request:
    """What is asked of a run.

    Attributes:
        vague: Wave.
        diffusion: Tier.
        chapitres: Chapters to bring up to date, or one notebook of one's own; the whole report when empty.
        jobs: Tasks at a time; as many as the machine bears when 0.
        scheduler: Address of a dask scheduler, whose workers do them instead; empty for this machine.
        kernel: ``chaud`` or ``standard``: how notebooks are executed. What they show is the same.
        force: Whether to make again what is up to date.
        fiches: The sheets of the territories, instead of the chapters.
    """

    vague: str
    diffusion: str
    chapitres: tuple[str, ...] = ()
    jobs: int = 0
    scheduler: str = ""
    kernel: str = WARM
    force: bool = False
    fiches: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run did.

    Attributes:
        executed: Chapters that were executed.
        rendered: Chapters, and `atc.run.manifest.REPORT`, of which files were made.
        files: These files, relative to the folder of the pages.
        outdated: Chapters that the run was told to leave, and that are out of date.
        pages: Folder of the pages.
    """

    executed: tuple[str, ...]
    rendered: tuple[str, ...]
    files: tuple[str, ...]
    outdated: tuple[str, ...]
    pages: Path

    @property
    def nothing(self) -> bool:
        """Whether all was up to date."""
        return not self.executed and not self.rendered


def run(project: Project, request: Request, progress: Progress) -> Outcome:
    """Bring a report up to date.

    Args:
        project: Where the files are.
        request: What to make.
        progress: Told how far it is.

    Returns:
        What was done. After any failure, what was good before is still in place.

    Raises:
        UsageError: A parameter or a chapter is not one of report.toml.
        DataRefused: The wave breaks the dictionary, or ``formulations.csv`` is at fault.
        NotebookFailed: A chapter failed; the message has one line for each fault of each chapter.
        AtcError: Another run holds the outputs, or they cannot be written.
    """
    settings = load_settings(project)
    own = _checked(project, settings, request)
    places = _places(project, request, own)
    try:
        with exclusive(places.wave), interruptible(), private_folder() as private, ExitStack() as held:
            project.recover()
            target = _target(project, settings, request, places, own)
            launcher = None
            if target.previous is None or target.snapshot.files(target.files) != target.previous.data:
                # Whoever executes gets ready while waves are validated.
                launcher = held.enter_context(_launcher(target, private, executing=True))
                if not request.scheduler:
                    launcher.warm()
                target = _validated(target, launcher)
            if request.fiches:
                # After validation: the sheets are those of the territories of a wave that is right.
                titles = sheet_titles(project, request.vague)
                target = replace(target, chapters=tuple(titles), chosen=tuple(titles), titles=titles)
            plan = Plan(target)
            if not _is_current(target, plan):
                launcher = launcher or held.enter_context(
                    _launcher(target, private, executing=bool(plan.stale))
                )
                _make(target, plan, _executor(target, launcher, private, request), progress)
    except OSError as error:
        raise system_refusal(error, project.relative(places.wave)) from error
    return Outcome(
        executed=plan.stale,
        rendered=tuple(label for label in (*target.chapters, REPORT) if label in plan.rendered),
        files=tuple(sorted(path for files in plan.rendered.values() for path in files)),
        outdated=plan.outdated,
        pages=places.pages,
    )


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder. The system lets go of it when the process ends, however it ends.

    Args:
        folder: Made if need be.

    Raises:
        AtcError: Another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / _LOCK))
        except BlockingIOError as error:
            raise AtcError(
                "Une autre exécution est en cours sur ces résultats. Attendez qu’elle finisse, puis relancez."
            ) from error
        yield


# --- what is asked for ---


def _checked(project: Project, settings: Settings, request: Request) -> str:
    """The notebook of one's own asked for, if any, once all that is asked for is known to be right."""
    if request.scheduler and not _ADDRESS.fullmatch(request.scheduler):
        raise UsageError(
            f"« {shown(request.scheduler)} » n’est pas l’adresse d’un ordonnanceur dask. "
            "Écrivez --scheduler tcp://machine:8786, ou tls://machine:8786 pour une liaison chiffrée."
        )
    if request.scheduler and request.jobs:
        raise UsageError(
            "Avec --scheduler, le nombre de tâches simultanées est celui des workers. Retirez --jobs."
        )
    if request.kernel not in (WARM, STOCK):
        raise UsageError(
            f"Le noyau « {shown(request.kernel)} » est inconnu. Choisissez parmi : {WARM}, {STOCK}."
        )
    check_values(request.vague, request.diffusion, settings)
    read_wordings(project)
    own = own_notebook(project, request.chapitres)
    if request.fiches:
        check_sheets(request.diffusion, request.chapitres)
    chapters = settings.chapters_of(request.vague)
    for slug in () if own else request.chapitres:
        if slug not in chapters:
            raise UsageError(
                f"Le chapitre « {shown(slug)} » est inconnu. "
                f"Chapitres de report.toml pour cette vague : {', '.join(chapters)}."
            )
    return own


def _places(project: Project, request: Request, own: str) -> Places:
    if request.fiches:
        return Places.of_sheets(project, request.vague)
    if own:
        return Places.of_own(project, request.vague, request.diffusion, own)
    return Places.of(project, request.vague, request.diffusion)


# --- the state that the run starts from ---


def _target(project: Project, settings: Settings, request: Request, places: Places, own: str) -> Target:
    """What the run aims at; the sheets, if that is what it makes, are known later."""
    chapters = () if request.fiches else (own,) if own else settings.chapters_of(request.vague)
    chosen = tuple(slug for slug in chapters if own or not request.chapitres or slug in request.chapitres)
    executing, code = code_hashes()
    libraries, paper = versions(project)
    return Target(
        project=project,
        settings=settings,
        vague=request.vague,
        diffusion=request.diffusion,
        places=places,
        chapters=chapters,
        chosen=chosen,
        force=request.force,
        kernel=request.kernel,
        previous=read_manifest(places.pages),
        files=_files(project, settings, request.vague, own),
        snapshot=Snapshot(project),
        versions={**libraries, **paper},
        code=code,
        executing=content_hash([executing, libraries]),
        rendering=content_hash([code, libraries, paper]),
        sheet=SHEET if request.fiches else "",
        own=bool(own),
    )


def _waves(settings: Settings, vague: str) -> list[str]:
    """The wave, after the one before it: the chapters on change read both."""
    wave = settings.wave(vague)
    return [name for name in (wave.previous, wave.id) if name]


def _files(project: Project, settings: Settings, vague: str, own: str) -> tuple[str, ...]:
    # A notebook of one's own may read whatever stands beside it.
    with_own = own or settings.wave(vague).annexes
    found = sorted(project.own_notebooks.rglob("*")) if with_own else []
    beside = [p for p in found if belongs(p) and p.suffix not in {".ipynb", ".pyc"}]
    return (*wave_files(project, _waves(settings, vague)), *map(project.relative, beside))


def _validated(target: Target, launcher: Launcher) -> Target:
    """The state that the run starts from, once its waves are known to be right and their tables are there."""
    project, settings = target.project, target.settings
    for vague in _waves(settings, target.vague):
        if not is_processed(project, vague):
            from atc.survey.processed import process  # noqa: PLC0415 - pandas takes a second to import

            # What reads a thousand sites takes room that this process would keep until its last page.
            if sum(path.stat().st_size for path in project.raw(vague).glob("*.csv")) < _LARGE:
                process(project, vague)
            else:
                launcher.run(process, project, vague)
    own = target.chapters[0] if target.own else ""
    files, snapshot = _files(project, settings, target.vague, own), Snapshot(project)
    snapshot.files(files)
    return replace(target, files=files, snapshot=snapshot)


# --- what it makes ---


def _launcher(target: Target, private: Path, *, executing: bool) -> Launcher:
    """What starts processes on this machine: what only renders imports less."""
    libraries: tuple[str, ...] = RENDERING
    if executing:
        from atc.run.execution import LIBRARIES  # noqa: PLC0415

        libraries = (*LIBRARIES, *RENDERING)
    return Launcher(private, surroundings(target.settings.wave(target.vague).date), libraries)


@contextmanager
def _executor(target: Target, launcher: Launcher, private: Path, request: Request) -> Iterator[Executor]:
    """Who does the tasks, for as long as a block lasts."""
    if request.scheduler:
        from atc.run.cluster import cluster  # noqa: PLC0415

        date = target.settings.wave(target.vague).date
        with cluster(request.scheduler, private.name, date, target.project, target.files) as workers:
            yield workers
        return
    launcher.warm()
    local = Local(launcher, request.jobs or capacity())
    try:
        yield local
    finally:
        local.close()


def _is_current(target: Target, plan: Plan) -> bool:
    """Whether there is nothing to do; what is known of each step is then in the plan."""
    if plan.stale or plan.reworded:
        return False
    for step in plan.steps({}, target.places.pages, target.places.carnets).values():
        if not step.is_current(target.places.pages):
            return False
        plan.settle(step, None)
    return plan.manifest() == target.previous


def _sources(target: Target, plan: Plan) -> dict[str, Source]:
    """The notebooks of the chapters that are not up to date, once all are known to be well-formed."""
    read: dict[Path, Source] = {}
    faults: list[str] = []
    for slug in (*plan.stale, *plan.reworded):
        path = target.notebook(slug)
        if path not in read:
            try:
                read[path] = read_source(path.parent, path.stem, SHEET_NAMES if target.sheet else NAMES)
            except BadNotebook as error:
                faults += [f"{slug} : {fault}" for fault in error.args]
                if target.sheet:
                    break
                continue
            if cells_hash(read[path].notebook.cells) != target.snapshot.notebook(path):
                raise _changed([target.project.relative(path)])
    if faults:
        raise NotebookFailed("\n".join(faults))
    return {slug: read[target.notebook(slug)] for slug in (*plan.stale, *plan.reworded)}


def _changed(names: list[str]) -> AtcError:
    return AtcError(
        f"Des fichiers ont changé pendant l’exécution ({', '.join(names)}) : "
        "rien n’est publié. Relancez la commande."
    )


def _make(target: Target, plan: Plan, workers: AbstractContextManager[Executor], progress: Progress) -> None:
    """Make what is out of date, check, and only then replace what was there."""
    places = target.places
    # The pages of the evaluators hold the executed notebooks of every tier.
    inside = places.carnets.is_relative_to(places.pages)
    # The manifest, which vouches for all, stands among the pages.
    # Whoever writes there has ended before what was made aside is swapped in, or thrown away.
    with replacing(*(() if inside else (places.carnets,)), places.pages) as made, workers as executor:
        pages = made[-1]
        carnets = pages / places.carnets.relative_to(places.pages) if inside else made[0]
        carnets.mkdir(parents=True)
        pages.mkdir(exist_ok=True)
        sources = _sources(target, plan)
        for slug in plan.records:
            shutil.copy2(places.carnet(slug), carnets)
        plan.reword(sources, carnets)
        carry_out(plan.steps(sources, pages, carnets), places.pages, executor, plan.settle, progress)
        manifest = plan.manifest()
        for path in manifest.files:
            if not (pages / path).exists():
                (pages / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(places.pages / path, pages / path)
        write(pages / FILE, manifest.to_json().encode())
        touched = target.snapshot.changed(target.files)
        if touched or code_hashes()[1] != target.code:
            raise _changed(touched or ["le code d’atc"])
        if inside:
            _keep_others(places, pages)


def _keep_others(places: Places, pages: Path) -> None:
    """Executed notebooks of other tiers, and sheets, stay with the pages of the evaluators."""
    for folder in (places.carnets.parent, places.pages / SHEETS):
        if folder.is_dir():
            ignored = shutil.ignore_patterns(places.carnets.name)
            shutil.copytree(folder, pages / folder.name, ignore=ignored, dirs_exist_ok=True)
