"""What a run has to make, and the manifest that it should end with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from atc.execution.staleness import (
    Basis,
    executing_modules,
    execution_key,
    intact,
    is_executed,
    rendering_key,
    rendering_modules,
)
from atc.manifest import REPORT, Artefact, ChapterRecord, Manifest
from atc.paths import Project
from atc.settings import Settings
from atc.typography import french

# Executed notebooks may show rows: they stay in the tightest circle, whatever the tier of the pages.
INTERNAL = "interne"
CARNETS = "carnets"
SHEETS = "fiches"

Navigation = tuple[tuple[str, str], ...]
Records = Mapping[str, ChapterRecord]


@dataclass(frozen=True)
class Places:
    """Where the results of one wave and tier stand.

    Attributes:
        wave: Folder of the wave.
        pages: What is shown: pages, documents, figures, tables, manifest.
        carnets: Executed notebooks.
    """

    wave: Path
    pages: Path
    carnets: Path

    @classmethod
    def of(cls, project: Project, vague: str, diffusion: str) -> Places:
        """The places of one wave and tier."""
        pages = project.outputs(vague, diffusion)
        return cls(pages.parent, pages, project.outputs(vague, INTERNAL) / CARNETS / diffusion)

    @classmethod
    def of_sheets(cls, project: Project, vague: str) -> Places:
        """The places of the sheets of the territories of one wave."""
        internal = project.outputs(vague, INTERNAL)
        return cls(internal.parent, internal / SHEETS, internal / CARNETS / SHEETS)

    def carnet(self, slug: str) -> Path:
        """The executed notebook of a chapter."""
        return self.carnets / f"{slug}.ipynb"


@dataclass(frozen=True)
class Target:
    """What a run aims at.

    Attributes:
        settings: report.toml.
        places: Where the results go.
        chapters: All those of the report, in order; or the territories, for their sheets.
        chosen: Chapters to bring up to date, in the order of the report.
        force: Whether to make again what is up to date.
        previous: Manifest of the last good run.
        titles: Title of each sheet, by territory; none for chapters, which bear their own.
    """

    settings: Settings
    places: Places
    chapters: tuple[str, ...]
    chosen: tuple[str, ...]
    force: bool
    previous: Manifest | None
    titles: Mapping[str, str] = field(default_factory=dict)

    def record(self, slug: str) -> ChapterRecord | None:
        """What the last good run knew of a chapter."""
        return self.previous.chapters.get(slug) if self.previous else None


@dataclass(frozen=True)
class Survey:
    """The state of the chapters before anything runs.

    Attributes:
        stale: Chosen chapters that must be executed.
        records: Chapters whose executed notebook is kept.
        outdated: Chapters that were not chosen, and that are missing or out of date.
    """

    stale: tuple[str, ...]
    records: Records
    outdated: tuple[str, ...]


def survey(basis: Basis, target: Target) -> Survey:
    """Find which chapters are out of date.

    Args:
        basis: What the run starts from.
        target: What it aims at.
    """
    stale: list[str] = []
    outdated: list[str] = []
    records: dict[str, ChapterRecord] = {}
    for slug in target.chapters:
        record, carnet = target.record(slug), target.places.carnet(slug)
        chosen = slug in target.chosen
        current = is_executed(basis, slug, record, carnet) and not (chosen and target.force)
        if not current:
            (stale if chosen else outdated).append(slug)
        there = record is not None and basis.snapshot.file(carnet) == record.carnet
        if record is not None and (current or (there and not chosen)):
            records[slug] = record
    return Survey(tuple(stale), records, tuple(outdated))


@dataclass(frozen=True)
class Plan:
    """What is to be rendered, once the chapters are executed.

    Attributes:
        navigation: Slug and title of each chapter that has a page.
        cover: Fields of `atc.rendering.Cover`.
        keys: Maker of files (a chapter, or the report) -> key of what it shows in the end; empty if unknown.
        stale: Makers to be run.
        kept: Files of the others, as they are.
    """

    navigation: Navigation
    cover: Mapping[str, Any]
    keys: Mapping[str, str]
    stale: tuple[str, ...]
    kept: tuple[Artefact, ...]


def plan(basis: Basis, target: Target, records: Records, outdated: Iterable[str]) -> Plan:
    """Find which files are out of date.

    Args:
        basis: What the run starts from.
        target: What it aims at.
        records: Every chapter that has an executed notebook, new or kept.
        outdated: Chapters that keep the report from being made: it would mix two states.
    """
    slugs = [slug for slug in target.chapters if slug in records]
    navigation = tuple((slug, records[slug].title) for slug in slugs)
    cover = cover_fields(target.settings, basis.parameters)
    keys = {
        slug: rendering_key(basis, [records[slug].carnet], navigation, cover)
        for slug in slugs
        if slug in target.chosen
    }
    if not list(outdated) and not basis.sheet:
        keys[REPORT] = rendering_key(basis, [records[s].carnet for s in slugs], navigation, cover)
    before = {slug: record.rendered for slug, record in records.items()}
    before[REPORT] = target.previous.report if target.previous else ""
    files = {maker: intact(target.places.pages, target.previous, maker) for maker in (*slugs, REPORT)}
    stale = tuple(
        maker for maker, key in keys.items() if target.force or before[maker] != key or not files[maker][1]
    )
    kept = tuple(a for maker, (there, _) in files.items() if maker not in stale for a in there)
    # Left aside although a file of theirs is gone: the next run that looks after them makes it again.
    keys |= {maker: "" for maker, (_, whole) in files.items() if maker not in keys and not whole}
    return Plan(navigation, cover, keys, stale, kept)


def cover_fields(settings: Settings, parameters: Mapping[str, str]) -> dict[str, Any]:
    """What every document of a run says of itself.

    Args:
        settings: report.toml.
        parameters: Wave and tier of the run.

    Returns:
        Fields of `atc.rendering.Cover`.
    """
    wave, diffusion = settings.wave(parameters["vague"]), parameters["diffusion"]
    return {
        "title": settings.title,
        "subtitle": settings.subtitle,
        "wave_label": wave.label,
        "report_label": wave.report,
        "diffusion": diffusion,
        "tier_label": settings.tier(diffusion),
        "date": wave.date,
        "authors": settings.authors,
        "precaution": french(wave.precaution),
    }


def executed_record(
    basis: Basis,
    target: Target,
    slug: str,
    title: str,
    carnet: str,
    used: tuple[Iterable[str], Iterable[str]],
) -> ChapterRecord:
    """The record of a chapter that was just executed.

    Args:
        basis: What the run starts from.
        target: What it aims at.
        slug: The chapter.
        title: Its title.
        carnet: Hash of its executed notebook.
        used: Files that it opened, modules that it reached.
    """
    files, modules = (tuple(sorted(names)) for names in used)
    before = target.record(slug)
    key = execution_key(basis, slug, files, modules)
    # Equal results need no new page.
    return ChapterRecord(title, carnet, key, before.rendered if before else "", files, modules)


def manifest(
    basis: Basis, target: Target, records: Records, planned: Plan, made: Iterable[Artefact]
) -> Manifest:
    """The manifest that a run ends with.

    Args:
        basis: What the run started from.
        target: What it aimed at.
        records: Every chapter that has an executed notebook.
        planned: What was to be rendered.
        made: Files that were made; those that the plan keeps are added.
    """
    previous = target.previous
    outdated = tuple(
        slug
        for slug, record in records.items()
        if execution_key(basis, slug, record.files, record.modules) != record.executed
    )
    modules = {name for record in records.values() for name in record.modules}
    artefacts = {artefact.path: artefact for artefact in (*planned.kept, *made)}
    return Manifest(
        vague=basis.parameters["vague"],
        diffusion=basis.parameters["diffusion"],
        date=target.settings.wave(basis.parameters["vague"]).date.isoformat(),
        versions=basis.versions,
        parameters=basis.parameters,
        data=basis.snapshot.data(basis.project, basis.files),
        code=basis.snapshot.code(modules | executing_modules() | rendering_modules()),
        notebooks={
            slug: previous.notebooks[slug]
            if previous and slug in outdated
            else basis.snapshot.notebook(basis.notebook(slug))
            for slug in records
        },
        chapters={
            slug: replace(record, rendered=planned.keys.get(slug, record.rendered))
            for slug, record in records.items()
        },
        report=planned.keys.get(REPORT, previous.report if previous else ""),
        outdated=outdated,
        artefacts=artefacts,
    )
