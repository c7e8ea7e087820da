"""``atc run``: everything out of date, and only that, up to HTML and PDF; all of it, or nothing."""

import datetime as dt
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Protocol

import psutil  # type: ignore[import-untyped]

from atc.exhibits.wordings import FILE as FORMULATIONS
from atc.exhibits.wordings import read_wordings
from atc.run.manifest import CACHE, FILE, NOTHING, REPORT, Snapshot, read_manifest
from atc.run.notebooks import INTERNAL, own_notebook
from atc.run.plan import KERNELS, SHEETS, Executor, Plan, Request, Result, Step, edition_of, perform
from atc.run.processes import RENDERING, launcher, private_folder
from atc.survey.errors import AtcError, Messages, NotebookFailed, UsageError, shown, system_refusal
from atc.survey.paths import Project, belongs, locked, replacing, write
from atc.survey.settings import Settings, load_settings
from atc.survey.waves import is_processed, process

__all__ = ["Outcome", "Progress", "Request", "exclusive", "run"]

_LOCK = ".verrou"
# Bytes of raw tables: some three hundred sites.
_SMALL = 300_000
# Tasks at a time, whatever the cluster: each has a thread that waits for it.
_MOST = 1000
# A process that lays out the whole report, or one with a chapter and its charts, at their largest.
_TASK_BYTES = 400_000_000
# What a container may use of the memory of its machine; « max » is no number.
_MEMORY = Path("/sys/fs/cgroup/memory.max")
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")
_said = Messages(__name__)


class Progress(Protocol):
    """Who is told how far a run has come."""

    def begin(self, steps: int) -> None:
        """So many more steps are to be done."""

    def done(self, label: str) -> None:
        """One step is done."""


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    executed: tuple[str, ...]  # chapters
    rendered: tuple[str, ...]  # chapters, and `atc.run.manifest.REPORT`, of which files were made
    files: tuple[str, ...]  # these files, relative to the folder of the pages
    outdated: tuple[str, ...]  # chapters that the run was told to leave, and that are out of date
    pages: Path

    @property
    def nothing(self) -> bool:
        """Whether all was up to date."""
        return not self.executed and not self.rendered


def run(project: Project, request: Request, progress: Progress) -> Outcome:
    """Bring a report up to date; ``progress`` is told how far it is.

    After any failure, what was good before is still in place.

    Raises:
        UsageError: A parameter or a chapter is not one of report.toml.
        DataRefused: The wave breaks the dictionary, or ``formulations.csv`` is at fault.
        NotebookFailed: A chapter failed; the message has one line for each fault of each chapter.
        AtcError: Another run holds the outputs, or they cannot be written.
    """
    settings = load_settings(project)
    own = _checked(project, settings, request)
    edition, wave = edition_of(project, settings, request, own), settings.wave(request.vague)
    # The wave, after the one before it: the chapters on change read both.
    waves = [name for name in (wave.previous, wave.id) if name]
    outputs = project.outputs(wave.id, INTERNAL).parent
    see = partial(_seen, project, waves, own=bool(own or wave.annexes))
    try:
        with exclusive(outputs), private_folder() as tmp, ExitStack() as held:
            forks = held.enter_context(launcher(tmp, wave.date))
            away = cache(partial(_workers, held, request.scheduler, wave.date))
            project.recover()
            snapshot, previous = see(), read_manifest(edition.pages) or NOTHING
            # Another version of atc may read the same files in another way.
            if (snapshot.data, snapshot.code) != (previous.data, previous.code):
                # Whoever executes gets ready while waves are validated.
                away() if request.scheduler else forks.warm()
                for name in [name for name in waves if not is_processed(project, name)]:
                    # What reads a thousand sites takes room that this process would keep to its end.
                    small = sum(path.stat().st_size for path in project.raw(name).glob("*.csv")) < _SMALL
                    process(project, name) if small else forks.run(process, project, name)
                snapshot = see()
            plan = Plan(edition, previous, snapshot)
            if not plan.nothing():
                if request.scheduler:
                    executor = away()(project, snapshot.data)
                else:
                    forks.warm(() if plan.executed else RENDERING)
                    room = cache(lambda: request.jobs or capacity())
                    executor = Executor(partial(perform, forks), room, forks.close)
                _make(plan, executor, progress)
    except OSError as error:
        raise system_refusal(error, project.relative(outputs)) from error
    return Outcome(
        executed=tuple(slug for slug in plan.sources if slug in plan.executed),
        rendered=tuple(label for label in (*plan.sources, REPORT) if label in plan.rendered),
        files=tuple(sorted(path for files in plan.rendered.values() for path in files)),
        outdated=tuple(plan.outdated),
        pages=edition.pages,
    )


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder, made if need be, until the process ends; an `AtcError` if another run holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / _LOCK))
        except BlockingIOError as error:
            raise AtcError(_said("held")) from error
        yield


def _checked(project: Project, settings: Settings, request: Request) -> str:
    """The notebook of one's own asked for, if any, once all that is asked for is known to be right."""
    chapters = settings.chapters_of(request.vague)
    settings.tier(request.diffusion)
    read_wordings(project)
    own = own_notebook(project, request.chapitres)
    unknown = [shown(slug) for slug in request.chapitres if slug not in chapters and not own]
    address, tier, known = shown(request.scheduler), request.diffusion, ", ".join(chapters)
    kernel, kernels = shown(request.kernel), ", ".join(KERNELS)
    wrong = {
        _said("address", address=address): address and not _ADDRESS.fullmatch(request.scheduler),
        _said("jobs"): address and request.jobs,
        _said("kernel", kernel=kernel, known=kernels): request.kernel not in KERNELS,
        _said("circle", inside=INTERNAL, tier=tier): request.fiches and tier != INTERNAL,
        _said("no_chapters"): request.fiches and request.chapitres,
        _said("chapter", chapter="".join(unknown[:1]), known=known): unknown and not request.fiches,
    }
    if told := [sentence for sentence, holds in wrong.items() if holds]:
        raise UsageError("\n".join(told))
    return own


def _seen(project: Project, waves: Iterable[str], *, own: bool) -> Snapshot:
    """Settings, wordings, dictionary, reference, raw and processed files: all that notebooks may rest on."""
    folders = [folder(name) for name in waves for folder in (project.raw, project.processed)]
    found = [project.settings_file, project.notebooks / FORMULATIONS]
    for folder in (*folders, project.dictionary, project.reference):
        found += folder.rglob("*")
    if own:
        # A notebook of one's own may read whatever stands beside it.
        beside = project.own_notebooks.rglob("*")
        found += (p for p in beside if p.suffix != ".ipynb" and p.parent.name != CACHE)
    return Snapshot(project, [project.relative(path) for path in found if belongs(path)])


def _workers(held: ExitStack, address: str, date: dt.date) -> Callable[[Project, Iterable[str]], Executor]:
    """Those of a cluster, reached once, and left with what is ``held``."""
    from atc.run.cluster import cluster  # noqa: PLC0415

    return held.enter_context(cluster(address, secrets.token_hex(8), date))


def _make(plan: Plan, executor: Executor, progress: Progress) -> None:
    """Make what is out of date, check, and only then replace what was there."""
    places = plan.edition
    # The pages of the evaluators hold the executed notebooks of every tier.
    inside = places.carnets.is_relative_to(places.pages)
    # What was made aside is swapped in once whoever writes there has ended; the manifest vouches for all.
    with replacing(*(() if inside else (places.carnets,)), places.pages) as made:
        pages = made[-1]
        carnets = pages / places.carnets.relative_to(places.pages) if inside else made[0]
        carnets.mkdir(parents=True)
        pages.mkdir(exist_ok=True)
        for slug in plan.records:
            shutil.copy2(places.carnet(slug), carnets)
        carry_out(plan, plan.steps(pages, carnets), executor, progress)
        manifest = plan.manifest()
        for path in manifest.files:
            if not (pages / path).exists():
                (pages / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(places.pages / path, pages / path)
        write(pages / FILE, manifest.to_json().encode())
        plan.check_unchanged()
        # Executed notebooks of other tiers, and sheets, stay with the pages of the evaluators.
        for folder in (places.carnets.parent, places.pages / SHEETS) if inside else ():
            if folder.is_dir():
                ignored = shutil.ignore_patterns(places.carnets.name)
                shutil.copytree(folder, pages / folder.name, ignore=ignored, dirs_exist_ok=True)


def carry_out(plan: Plan, steps: Mapping[str, Step], executor: Executor, progress: Progress) -> None:
    """Do the steps that are not current, several at a time; of those that could begin, the first ones.

    Whether a step is current is asked once those before it are done: a chapter executed again that shows the
    same makes no page anew. After a failure nothing new begins but what could begin already: one
    `NotebookFailed` tells whatever is wrong with each.
    """
    order = TopologicalSorter({name: step.inputs for name, step in steps.items()})
    order.prepare()
    waiting: set[str] = set()
    flying: dict[Future[Result], Step] = {}
    faults: list[str] = []
    with ThreadPoolExecutor(_MOST) as pool, closing(executor):
        while True:
            while not faults and (ready := order.get_ready()):
                for name in ready:
                    if plan.is_current(steps[name]):
                        order.done(name)
                    else:
                        waiting.add(name)
                        progress.begin(1)
            while waiting and (not flying or len(flying) < min(_MOST, executor.room())):
                step = next(step for name, step in steps.items() if name in waiting)
                waiting.remove(step.name)
                flying[pool.submit(executor.do, step.run, step.task, step.label)] = step
            if not flying:
                break
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                step = flying.pop(future)
                if isinstance(error := future.exception(), NotebookFailed):
                    faults.append(str(error))
                    progress.done(f"{step.label} : échec")
                else:
                    plan.settle(step, future.result())
                    order.done(step.name)
                    progress.done(f"{step.label} : {step.told}")
    if faults:
        # The pages of one notebook fail for the same reasons.
        raise NotebookFailed("\n".join(dict.fromkeys("\n".join(sorted(faults)).splitlines())))


def capacity() -> int:
    """Tasks at a time: one more than there are cores, as each waits for the disk, where memory has room."""
    # Imported while the first task is at work.
    from dask.system import cpu_count  # noqa: PLC0415

    free = psutil.virtual_memory().available
    with suppress(OSError, ValueError):
        free = min(free, int(_MEMORY.read_text()))
    return max(1, min(cpu_count() + 1, int(free) // _TASK_BYTES))
