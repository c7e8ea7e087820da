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
from atc.execution.planning import CARNETS, SHEETS, Survey, Target
from atc.execution.pool import interruptible
from atc.execution.recording import manifest
from atc.execution.sources import PACKAGE, changed
from atc.execution.staging import publish, staging, write
from atc.execution.staleness import Basis
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
    with staging(target.places.wave) as folder:
        with place.hire(basis, target, found) as executor:
            # Its processes start while this one imports what reads notebooks.
            from atc.execution.course import Course, Site, read_sources  # noqa: PLC0415

            sources = read_sources(basis, (*found.stale, *found.reworded))
            site = Site(place.private, folder / "pages", folder / CARNETS, crew.kernel)
            course = Course(basis, target, found, sources, site, progress)
            drain(executor, course.jobs(), crew.room(executor), progress.done)
        _conclude(basis, target, course, site)
        publish(_moves(target, site))
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


def _moves(target: Target, site: Site) -> list[tuple[Path, Path]]:
    """The folders to replace; the manifest, which vouches for all, moves last."""
    site.carnets.mkdir(exist_ok=True)
    places = target.places
    if places.carnets.is_relative_to(places.pages):
        # The pages of the evaluators hold the sheets, and the executed notebooks of every tier: those stay.
        others = places.carnets.parent
        if others.is_dir():
            shutil.copytree(others, site.pages / CARNETS, ignore=shutil.ignore_patterns(places.carnets.name))
        if (places.pages / SHEETS).is_dir():
            shutil.copytree(places.pages / SHEETS, site.pages / SHEETS)
        shutil.move(site.carnets, site.pages / places.carnets.relative_to(places.pages))
        return [(site.pages, places.pages)]
    return [(site.carnets, places.carnets), (site.pages, places.pages)]
