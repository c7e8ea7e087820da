"""Make what is out of date: execute, render, check, and only then replace what was there."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from atc.errors import AtcError, NotebookFailed
from atc.execution import planning, processes
from atc.execution.crew import Crew
from atc.execution.crew import executor as hired
from atc.execution.jobs import execute_chapter, render_chapter, render_report, render_sheet
from atc.execution.notebooks import BadNotebook, Source, read_source
from atc.execution.parameters import NAMES, SHEET_NAMES
from atc.execution.planning import CARNETS, SHEETS, Plan, Records, Survey, Target
from atc.execution.pool import gather, interruptible
from atc.execution.sources import PACKAGE, changed
from atc.execution.staging import publish, staging, write
from atc.execution.staleness import Basis
from atc.execution.tasks import ChapterFault, ChapterTask, Executed, PageTask
from atc.manifest import FILE, REPORT, Artefact, ChapterRecord


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
        executor: Its worker processes.
        private: Private folder of the kernels; its name is the mark of the run.
        pages: New pages.
        carnets: New executed notebooks.
        progress: Told how far it is.
    """

    executor: Executor
    private: Path
    pages: Path
    carnets: Path
    progress: Progress


def make(
    basis: Basis, target: Target, found: Survey, crew: Crew, progress: Progress
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Bring the outputs of a run up to date.

    Args:
        basis: What it starts from.
        target: What it aims at.
        found: State of the chapters.
        crew: Who does the jobs.
        progress: Told how far it is.

    Returns:
        Chapters that were executed, makers that were rendered.

    Raises:
        NotebookFailed: A chapter failed, or shows what no page may hold.
        AtcError: A file changed meanwhile, or the cluster cannot do the jobs.
    """
    sources = _sources(basis, found.stale)
    processes.sweep()
    with (
        interruptible(),
        processes.private_folder() as private,
        staging(target.places.wave) as folder,
        hired(crew, private.name, basis, target) as executor,
    ):
        site = Site(executor, private, folder / "pages", folder / CARNETS, progress)
        for slug in found.records:
            _carry(target.places.carnet(slug), site.carnets / f"{slug}.ipynb")
        records = {**found.records, **_execute(basis, target, sources, site)}
        planned = planning.plan(basis, target, records, found.outdated)
        made = _render(planned, site, render_sheet if basis.sheet else render_chapter)
        _conclude(basis, target, records, planned, made, site)
        publish(_moves(target, site))
    return found.stale, planned.stale


def _sources(basis: Basis, slugs: Sequence[str]) -> list[Source]:
    """The chapters to execute, once all of them are well-formed."""
    sources: list[Source] = []
    faults: list[str] = []
    for slug in slugs:
        try:
            names = SHEET_NAMES if basis.sheet else NAMES
            sources.append(
                replace(read_source(basis.project.notebooks, basis.notebook(slug).stem, names), slug=slug)
            )
        except BadNotebook as error:
            faults += [f"{slug} : {fault}" for fault in error.args]
    if faults:
        raise NotebookFailed("\n".join(faults))
    return sources


def _execute(basis: Basis, target: Target, sources: Sequence[Source], site: Site) -> dict[str, ChapterRecord]:
    token = secrets.token_hex(16)
    tasks = {
        source.slug: ChapterTask(
            slug=source.slug,
            notebook=source.notebook,
            parameters=basis.parameters_of(source.slug),
            project=basis.project,
            limits=target.settings.limits,
            mark=f"{site.private.name}/{source.slug}",
            # Short: the path of a socket is limited to about 100 bytes.
            private=site.private / str(position),
            token=token,
            target=site.carnets / f"{source.slug}.ipynb",
        )
        for position, source in enumerate(sources)
    }
    site.progress.begin(len(tasks))
    jobs = [(slug, execute_chapter, task) for slug, task in tasks.items()]
    results = gather(site.executor, jobs, partial(_tell_executed, site.progress))
    _raise_faults(list(results.values()))
    titles = {source.slug: target.titles.get(source.slug, source.title) for source in sources}
    return {
        result.slug: planning.executed_record(
            basis, target, result.slug, titles[result.slug], result.sha256, (result.files, result.modules)
        )
        for result in results.values()
        if isinstance(result, Executed)
    }


def _tell_executed(progress: Progress, slug: str, result: Executed | ChapterFault | None) -> None:
    progress.done(f"{slug} : {'exécuté' if isinstance(result, Executed) else 'échec'}")


def _tell_rendered(progress: Progress, maker: str, result: list[Artefact] | None) -> None:
    progress.done(f"{maker} : {'échec' if result is None else 'mis en page'}")


def _raise_faults(results: Sequence[Executed | ChapterFault]) -> None:
    failed = sorted((r for r in results if isinstance(r, ChapterFault)), key=lambda fault: fault.slug)
    if failed:
        raise NotebookFailed("\n".join(f"{r.slug}, {fault}" for r in failed for fault in r.faults))


def _render(planned: Plan, site: Site, render: Callable[[PageTask], list[Artefact]]) -> list[Artefact]:
    slugs = tuple(slug for slug, _ in planned.navigation)
    # The whole report takes longest: first in, so that it is not waited for.
    makers = sorted(planned.stale, key=lambda maker: maker != REPORT)
    jobs = [
        (
            maker,
            render_report if maker == REPORT else render,
            PageTask(
                slugs if maker == REPORT else (maker,),
                site.carnets,
                site.pages,
                planned.navigation,
                planned.cover,
            ),
        )
        for maker in makers
    ]
    site.progress.begin(len(jobs))
    results = gather(site.executor, jobs, partial(_tell_rendered, site.progress))
    return [artefact for maker in planned.stale for artefact in results[maker]]


def _conclude(
    basis: Basis, target: Target, records: Records, planned: Plan, made: Sequence[Artefact], site: Site
) -> None:
    _refuse_repeated([*planned.kept, *made])
    for artefact in planned.kept:
        _carry(target.places.pages / artefact.path, site.pages / artefact.path)
    manifest = planning.manifest(basis, target, records, planned, made)
    write(site.pages / FILE, manifest.to_json().encode())
    touched = changed(manifest.data, basis.project.root) + changed(manifest.code, PACKAGE.parent)
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


def _carry(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


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
