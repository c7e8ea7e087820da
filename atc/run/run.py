"""``atc run``: everything out of date, and only that, up to HTML and PDF; all of it, or nothing."""

from __future__ import annotations

import re
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from atc.exhibits.wordings import FILE as FORMULATIONS
from atc.exhibits.wordings import read_wordings
from atc.run.manifest import FILE, REPORT, Snapshot, read_manifest
from atc.run.notebooks import INTERNAL, own_notebook
from atc.run.plan import SHEETS, Places, Plan, Request
from atc.run.processes import private_folder
from atc.run.steps import KERNELS, Executor, Progress, capacity, carry_out, perform
from atc.survey.errors import AtcError, UsageError, shown, system_refusal
from atc.survey.paths import Project, belongs, locked, replacing, write
from atc.survey.settings import Settings, load_settings
from atc.survey.waves import is_processed, process

if TYPE_CHECKING:
    from atc.run.processes import Launcher

__all__ = ["Outcome", "Request", "exclusive", "interruptible", "run"]

_LOCK = ".verrou"
# Bytes of raw tables: some three hundred sites.
_LARGE = 300_000
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")


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
    places = Places.of(project, request.vague, request.diffusion, own=own, sheets=request.fiches)
    launcher: Launcher | None = None
    try:
        with exclusive(places.wave), interruptible(), private_folder() as private, ExitStack() as held:

            def launched(*, executing: bool) -> Launcher:
                from atc.run.execution import launcher  # noqa: PLC0415

                date = settings.wave(request.vague).date
                return held.enter_context(launcher(private, date, executing=executing))

            project.recover()
            snapshot = Snapshot(project, _files(project, settings, request.vague, own))
            previous = read_manifest(places.pages)
            if previous is None or snapshot.data != previous.data:
                # Whoever executes gets ready while waves are validated.
                launcher = launched(executing=True)
                if not request.scheduler:
                    launcher.warm()
                _validate(project, settings, request.vague, launcher)
                snapshot = Snapshot(project, _files(project, settings, request.vague, own))
            plan = Plan(project, settings, request, places, previous, snapshot)
            if not plan.is_current():
                launcher = launcher or launched(executing=bool(plan.stale))
                _make(plan, _workers(project, settings, request, launcher, snapshot), progress)
    except OSError as error:
        raise system_refusal(error, project.relative(places.wave)) from error
    return Outcome(
        executed=tuple(plan.stale),
        rendered=tuple(label for label in (*plan.chapters, REPORT) if label in plan.rendered),
        files=tuple(sorted(path for files in plan.rendered.values() for path in files)),
        outdated=tuple(plan.outdated),
        pages=places.pages,
    )


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold a folder, made if need be, until the process ends; an `AtcError` if another run holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder / _LOCK))
        except BlockingIOError as error:
            raise AtcError(
                "Une autre exécution est en cours sur ces résultats. Attendez qu’elle finisse, puis relancez."
            ) from error
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Make a request to end (SIGTERM, a closed terminal) like Ctrl-C: what was begun is cleared.

    What is told to survive its terminal (``nohup``) does.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    known = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP"))
    # Under nohup, a terminal that closes ends nothing.
    heard = [number for number in known if number and signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, signal.default_int_handler) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
    if request.kernel not in KERNELS:
        known = ", ".join(KERNELS)
        raise UsageError(f"Le noyau « {shown(request.kernel)} » est inconnu. Choisissez parmi : {known}.")
    chapters = settings.chapters_of(request.vague)
    settings.tier(request.diffusion)
    read_wordings(project)
    own = own_notebook(project, request.chapitres)
    if request.fiches and request.diffusion != INTERNAL:
        raise UsageError(
            f"Les fiches de territoire se font en diffusion « {INTERNAL} », non « {request.diffusion} » : "
            f"elles montrent les réponses de quelques personnes. Relancez avec --diffusion {INTERNAL}."
        )
    if request.fiches and request.chapitres:
        raise UsageError(
            "Les fiches de territoire ne sont pas des chapitres. Choisissez --fiches ou --chapitre."
        )
    for slug in () if own else request.chapitres:
        if slug not in chapters:
            raise UsageError(
                f"Le chapitre « {shown(slug)} » est inconnu. "
                f"Chapitres de report.toml pour cette vague : {', '.join(chapters)}."
            )
    return own


def _waves(settings: Settings, vague: str) -> list[str]:
    """The wave, after the one before it: the chapters on change read both."""
    return [name for name in (settings.wave(vague).previous, vague) if name]


def _files(project: Project, settings: Settings, vague: str, own: str) -> list[str]:
    """Settings, wordings, dictionary, reference, raw and processed files: all that notebooks may rest on."""
    of_waves = [
        folder(name) for name in _waves(settings, vague) for folder in (project.raw, project.processed)
    ]
    found = [project.settings_file, project.notebooks / FORMULATIONS]
    for folder in (*of_waves, project.dictionary, project.reference):
        found += sorted(folder.rglob("*"))
    if own or settings.wave(vague).annexes:
        # A notebook of one's own may read whatever stands beside it.
        beside = sorted(project.own_notebooks.rglob("*"))
        found += [path for path in beside if path.suffix not in {".ipynb", ".pyc"}]
    return [project.relative(path) for path in found if belongs(path)]


def _validate(project: Project, settings: Settings, vague: str, launcher: Launcher) -> None:
    """Have it known that the waves are right, and their tables there."""
    for name in _waves(settings, vague):
        if not is_processed(project, name):
            # What reads a thousand sites takes room that this process would keep until its last page.
            if sum(path.stat().st_size for path in project.raw(name).glob("*.csv")) < _LARGE:
                process(project, name)
            else:
                launcher.run(process, project, name)


def _workers(
    project: Project, settings: Settings, request: Request, launcher: Launcher, snapshot: Snapshot
) -> AbstractContextManager[Executor]:
    """Who does the tasks, for as long as a block lasts."""
    if request.scheduler:
        from atc.run.cluster import cluster  # noqa: PLC0415

        date = settings.wave(request.vague).date
        return cluster(request.scheduler, secrets.token_hex(8), date, project, snapshot.data)
    launcher.warm()
    jobs = request.jobs or capacity()
    return nullcontext(Executor(partial(perform, launcher), lambda: jobs, launcher.close))


def _make(plan: Plan, workers: AbstractContextManager[Executor], progress: Progress) -> None:
    """Make what is out of date, check, and only then replace what was there."""
    places = plan.places
    # The pages of the evaluators hold the executed notebooks of every tier.
    inside = places.carnets.is_relative_to(places.pages)
    # The manifest, which vouches for all, stands among the pages.
    # Whoever writes there has ended before what was made aside is swapped in, or thrown away.
    with replacing(*(() if inside else (places.carnets,)), places.pages) as made, workers as executor:
        pages = made[-1]
        carnets = pages / places.carnets.relative_to(places.pages) if inside else made[0]
        carnets.mkdir(parents=True)
        pages.mkdir(exist_ok=True)
        for slug in plan.records:
            shutil.copy2(places.carnet(slug), carnets)
        carry_out(plan.steps(pages, carnets), places.pages, executor, plan.settle, progress)
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
