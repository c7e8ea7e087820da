"""Make what is out of date: execute, render, check, and only then replace what was there."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from atc.errors import AtcError, NotebookFailed
from atc.execution import processes
from atc.execution.crew import Crew, Expected, Hire, ready
from atc.execution.flow import drain
from atc.execution.planning import SHEETS, Places, Survey, Target
from atc.execution.pool import interruptible
from atc.execution.recording import manifest
from atc.execution.sources import PACKAGE, changed
from atc.execution.staleness import Basis
from atc.files import replacing, write
from atc.manifest import FILE, Artefact

if TYPE_CHECKING:
    from atc.execution.course import Course, Made, Progress, Site


@dataclass(frozen=True)
class Workplace:
    """Where a run works, and who does its jobs.

    Attributes:
        crew: What was asked for.
        private: Private folder; its name is the mark of the run.
        hire: Gives what runs the jobs.
    """

    crew: Crew
    private: Path
    hire: Hire


@contextmanager
def workplace(crew: Crew, date: dt.date, expected: Expected) -> Iterator[Workplace]:
    """A workplace; whatever was started there ends with the block.

    Args:
        crew: Who does the jobs.
        date: Of the wave.
        expected: What there is to do.

    Raises:
        AtcError: The cluster cannot do the jobs.
    """
    processes.sweep()
    with (
        interruptible(),
        processes.private_folder() as private,
        ready(crew, private, date, expected) as hire,
    ):
        try:
            yield Workplace(crew, private, hire)
        finally:
            processes.end(private.name)


def make(basis: Basis, target: Target, found: Survey, place: Workplace, progress: Progress) -> Made:
    """Bring the outputs of a run up to date.

    Args:
        basis: What it starts from.
        target: What it aims at.
        found: State of the chapters.
        place: Where it works.
        progress: Told how far it is.

    Returns:
        What was executed and made.

    Raises:
        NotebookFailed: A chapter failed, or shows what no page may hold.
        AtcError: A file changed meanwhile, or the cluster cannot do the jobs.
    """
    crew = place.crew
    places = target.places
    # The pages of the evaluators hold the executed notebooks of every tier.
    inside = places.carnets.is_relative_to(places.pages)
    # The manifest, which vouches for all, stands among the pages.
    with replacing(*(() if inside else (places.carnets,)), places.pages) as made:
        carnets = made[-1] / places.carnets.relative_to(places.pages) if inside else made[0]
        with place.hire(basis, target, found) as executor:
            # Its processes start while this one imports what reads notebooks.
            from atc.execution.course import Course, Site, read_sources  # noqa: PLC0415

            sources = read_sources(basis, (*found.stale, *found.reworded))
            site = Site(place.private, made[-1], carnets, crew.kernel)
            course = Course(basis, target, found, sources, site, progress)
            drain(executor, course.jobs(), crew.room(executor), progress.done)
        _conclude(basis, target, course, site)
        site.carnets.mkdir(parents=True, exist_ok=True)
        if inside:
            _keep_others(places, site)
    return course.made


def _conclude(basis: Basis, target: Target, course: Course, site: Site) -> None:
    from atc.execution.course import carry  # noqa: PLC0415

    kept = [artefact for part in course.parts for artefact in part.kept]
    _refuse_repeated([*kept, *course.artefacts])
    for artefact in kept:
        carry(target.places.pages / artefact.path, site.pages / artefact.path)
    written = manifest(basis, target, course.records, course.parts, course.artefacts)
    write(site.pages / FILE, written.to_json().encode())
    touched = changed(written.data, basis.project.root) + changed(written.code, PACKAGE.parent)
    if touched:
        raise AtcError(
            f"Des fichiers ont changé pendant l’exécution ({', '.join(touched)}) : "
            "rien n’est publié. Relancez la commande."
        )


def _refuse_repeated(artefacts: Sequence[Artefact]) -> None:
    makers: dict[str, set[str]] = {}
    for artefact in artefacts:
        makers.setdefault(artefact.path, set()).add(artefact.made_by)
    repeated = [f"{', '.join(sorted(m))} : {path}" for path, m in sorted(makers.items()) if len(m) > 1]
    if repeated:
        raise NotebookFailed(
            "\n".join(f"{line} vient de deux chapitres. Donnez-leur deux identifiants." for line in repeated)
        )


def _keep_others(places: Places, site: Site) -> None:
    """Executed notebooks of other tiers, and sheets, stay with the pages of the evaluators."""
    for folder in (places.carnets.parent, places.pages / SHEETS):
        if folder.is_dir():
            ignored = shutil.ignore_patterns(places.carnets.name)
            shutil.copytree(folder, site.pages / folder.name, ignore=ignored, dirs_exist_ok=True)
