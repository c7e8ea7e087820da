"""What a run leaves in writing: the record of each chapter, and the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from atc.execution.planning import Part, Records, Target
from atc.execution.staleness import (
    KINDS,
    Basis,
    Used,
    executing_modules,
    execution_key,
    rendering_code,
)
from atc.manifest import REPORT, Artefact, ChapterRecord, Manifest


def executed_record(
    basis: Basis, slug: str, title: str, carnet: str, shown: Mapping[str, str], used: Used
) -> ChapterRecord:
    """The record of a chapter that was just executed.

    Args:
        basis: What the run starts from.
        slug: The chapter.
        title: Its title.
        carnet: Hash of its executed notebook.
        shown: Kind of file -> hash of what such a file shows of it.
        used: What it used.
    """
    return ChapterRecord(
        title=title,
        carnet=carnet,
        executed=execution_key(basis, slug, used),
        words=basis.words(slug),
        shown=shown,
        rendered={},
        files=used.files,
        columns=used.columns,
        modules=used.modules,
    )


def manifest(
    basis: Basis, target: Target, records: Records, parts: Sequence[Part], made: Iterable[Artefact]
) -> Manifest:
    """The manifest that a run ends with.

    Args:
        basis: What the run started from.
        target: What it aimed at.
        records: Every chapter that has an executed notebook.
        parts: What there was to make.
        made: Files that were made; those that were kept are added.
    """
    previous = target.previous
    outdated = tuple(slug for slug, record in records.items() if not _is_current(basis, slug, record))
    modules = {name for record in records.values() for name in record.modules}
    keys: dict[str, dict[str, str]] = {}
    for part in parts:
        keys.setdefault(part.maker, {})[part.kind] = part.key
    artefacts = [*(artefact for part in parts for artefact in part.kept), *made]
    code = basis.snapshot.code(modules | executing_modules())
    for kind in KINDS:
        code |= rendering_code(basis.snapshot, kind)
    return Manifest(
        vague=basis.parameters["vague"],
        diffusion=basis.parameters["diffusion"],
        date=target.settings.wave(basis.parameters["vague"]).date.isoformat(),
        versions=basis.versions,
        parameters=basis.parameters,
        data=basis.snapshot.data(basis.project, basis.files),
        code=code,
        notebooks={
            slug: previous.notebooks[slug] if previous and slug in outdated else basis.words(slug)
            for slug in records
        },
        chapters={slug: replace(record, rendered=keys.get(slug, {})) for slug, record in records.items()},
        report=keys.get(REPORT, {}),
        outdated=outdated,
        artefacts={artefact.path: artefact for artefact in artefacts},
    )


def _is_current(basis: Basis, slug: str, record: ChapterRecord) -> bool:
    return execution_key(basis, slug, record) == record.executed and basis.words(slug) == record.words
