"""``atc run``: everything out of date, and only that, up to HTML and PDF; all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from atc.errors import AtcError, UsageError, shown
from atc.execution.crew import Crew, Expected, check_crew, check_kernel, expected_of
from atc.execution.fiches import NOTEBOOK, check_request, sheet_titles
from atc.execution.lock import exclusive
from atc.execution.own import own_notebook
from atc.execution.parameters import checked_parameters
from atc.execution.planning import Places, Survey, Target, is_reworded, outline, parts, survey
from atc.execution.recording import manifest
from atc.execution.sources import Snapshot, all_modules, versions, wave_files
from atc.execution.staleness import Basis
from atc.kernels import WARM
from atc.manifest import REPORT, Manifest, read_manifest
from atc.paths import Project
from atc.settings import Settings, load_settings

if TYPE_CHECKING:
    from atc.execution.course import Progress
    from atc.execution.making import Workplace


@dataclass(frozen=True)
class Request:
    """What is asked of a run.

    Attributes:
        vague: Wave.
        diffusion: Tier.
        chapitres: Chapters to bring up to date, or one notebook of one's own; the whole report when empty.
        jobs: Worker processes; as many as the machine bears when 0.
        scheduler: Address of a dask scheduler, whose workers do the jobs instead; empty for this machine.
        kernel: ``chaud`` or ``standard``: how kernels start. What they show is the same.
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
        rendered: Chapters, and `atc.manifest.REPORT`, of which files were made.
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
        DataRefused: The wave breaks the dictionary.
        NotebookFailed: A chapter failed; the message has one line for each fault of each chapter.
        AtcError: Another run holds the outputs, or they cannot be written.
    """
    check_crew(request.jobs, request.scheduler)
    check_kernel(request.kernel)
    settings = load_settings(project)
    parameters = checked_parameters({"vague": request.vague, "diffusion": request.diffusion}, settings)
    own = own_notebook(project, request.chapitres)
    places = _places(project, settings, request, own)
    try:
        with exclusive(places.wave), ExitStack() as belongings:
            begin = partial(_begun, belongings, settings, request)
            project.recover()
            previous = read_manifest(places.pages)
            if own:
                request = replace(request, chapitres=(own,))
            target = _target(settings, request, places, previous, own=bool(own))
            basis = _basis(project, settings, request, parameters, own=bool(own))
            place = _press_begun(basis, target, begin)
            if previous is None or basis.snapshot.data(project, basis.files) != previous.data:
                # Whoever does the jobs gets ready while waves are validated.
                place = begin(Expected(executing=True))
                basis = _validated(basis, settings, request)
            if request.fiches:
                # After validation: the sheets are those of the territories of a wave that is right.
                titles = sheet_titles(project, request.vague)
                target = replace(target, chapters=tuple(titles), chosen=tuple(titles), titles=titles)
            return _updated(basis, target, progress, place, begin)
    except OSError as error:
        where = error.filename or project.relative(places.wave)
        raise AtcError(
            f"Lecture ou écriture impossible : {where} ({error.strerror or error}). Rien n’a été changé : "
            "libérez de la place ou rétablissez les droits, puis relancez."
        ) from error


def _places(project: Project, settings: Settings, request: Request, own: str) -> Places:
    if request.fiches:
        check_request(request.diffusion, request.chapitres)
        return Places.of_sheets(project, request.vague)
    if own:
        return Places.of_own(project, request.vague, request.diffusion, own)
    _check_chapters(settings.chapters_of(request.vague), request.chapitres)
    return Places.of(project, request.vague, request.diffusion)


def _target(
    settings: Settings, request: Request, places: Places, previous: Manifest | None, *, own: bool
) -> Target:
    """What the run aims at; the sheets, if that is what it makes, are known later."""
    chapters = () if request.fiches else request.chapitres if own else settings.chapters_of(request.vague)
    chosen = tuple(slug for slug in chapters if slug in request.chapitres or not request.chapitres)
    return Target(settings, places, chapters, chosen, request.force, previous)


def _check_chapters(chapters: tuple[str, ...], chapitres: tuple[str, ...]) -> None:
    for slug in chapitres:
        if slug not in chapters:
            raise UsageError(
                f"Le chapitre « {shown(slug)} » est inconnu. "
                f"Chapitres de report.toml pour cette vague : {', '.join(chapters)}."
            )


def _begun(belongings: ExitStack, settings: Settings, request: Request, expected: Expected) -> Workplace:
    """Where the run works, until its belongings are put away: those of a run that had less to do, first."""
    # Only a run that has something to do pays for these imports.
    from atc.execution.capacity import capacity  # noqa: PLC0415
    from atc.execution.making import workplace  # noqa: PLC0415

    belongings.close()
    crew = Crew(request.jobs or capacity(), request.scheduler, request.kernel)
    return belongings.enter_context(workplace(crew, settings.wave(request.vague).date, expected))


def _waves(settings: Settings, request: Request) -> list[str]:
    """The wave, after the one before it: the chapters on change read both."""
    wave = settings.wave(request.vague)
    return [name for name in (wave.previous, wave.id) if name]


def _basis(
    project: Project, settings: Settings, request: Request, parameters: Mapping[str, str], *, own: bool
) -> Basis:
    """The state that the run starts from, whether its data are right or not."""
    files = tuple(wave_files(project, _waves(settings, request)))
    sheet = NOTEBOOK if request.fiches else ""
    return Basis(project, parameters, versions(project), files, Snapshot(), sheet, own)


def _validated(basis: Basis, settings: Settings, request: Request) -> Basis:
    """The state that the run starts from, once its waves are known to be right and their tables are there."""
    from atc.execution.validating import validate  # noqa: PLC0415

    waves = _waves(settings, request)
    validate(basis.project, waves)
    basis = replace(basis, files=tuple(wave_files(basis.project, waves)), snapshot=Snapshot())
    basis.snapshot.data(basis.project, basis.files)
    return basis


def _press_begun(basis: Basis, target: Target, begin: Callable[[Expected], Workplace]) -> Workplace | None:
    """Where the run works, if only words changed: what prints gets ready while all the rest is compared."""
    reworded = [slug for slug in target.chosen if is_reworded(basis, target, slug)]
    return begin(expected_of(target, reworded)) if reworded and not target.force else None


def _updated(
    basis: Basis,
    target: Target,
    progress: Progress,
    place: Workplace | None,
    begin: Callable[[Expected], Workplace],
) -> Outcome:
    basis.snapshot.code(all_modules())
    found = survey(basis, target)
    pages = target.places.pages
    if _is_current(basis, target, found):
        return Outcome((), (), (), found.outdated, pages)
    from atc.execution.making import make  # noqa: PLC0415

    made = make(basis, target, found, place or begin(Expected(executing=bool(found.stale))), progress)
    return Outcome(made.executed, made.rendered, made.files, found.outdated, pages)


def _is_current(basis: Basis, target: Target, found: Survey) -> bool:
    if found.stale or found.reworded:
        return False
    titles = {slug: record.title for slug, record in found.records.items()}
    plan = outline(basis, target, titles, found.outdated)
    makers = (*plan.slugs, REPORT)
    planned = [part for maker in makers for part in parts(basis, target, plan, maker, found.records)]
    if any(part.stale for part in planned):
        return False
    return manifest(basis, target, found.records, planned, ()) == target.previous
