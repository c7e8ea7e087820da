"""What is out of date, decided from contents alone: dates of files mean nothing after a clone or a copy.

A chapter rests on its notebook, its parameters, the libraries, the files it opened and the modules it
reached when it last ran. A page rests on the executed notebook and on what renders it. The report rests on
all executed notebooks. Equal keys: equal results, nothing is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from atc.execution.sources import Snapshot, reached_from
from atc.manifest import Artefact, ChapterRecord, Manifest, content_hash, file_hash
from atc.paths import Project

# What decides the bytes of executed notebooks, and of the files made from them.
EXECUTING = "atc.execution.chapter"
RENDERING = "atc.execution.pages"
# The pages read its fonts, without importing it.
FONTS = "atc.style"


def executing_modules() -> frozenset[str]:
    """Modules that decide the bytes of executed notebooks, whatever the chapter."""
    return reached_from(EXECUTING)


def rendering_modules() -> frozenset[str]:
    """Modules that decide the bytes of pages and documents."""
    return reached_from(RENDERING) | {FONTS}


@dataclass(frozen=True)
class Basis:
    """What the keys of a run have in common.

    Attributes:
        project: Where the files are.
        parameters: What the notebooks are given.
        versions: Of Python and of the libraries.
        files: Settings and data files that the chapters may rest on.
        snapshot: The files as they were when the run began.
        sheet: The notebook that is run once per territory; empty for the chapters of a report.
    """

    project: Project
    parameters: Mapping[str, str]
    versions: Mapping[str, str]
    files: tuple[str, ...]
    snapshot: Snapshot
    sheet: str = ""

    def notebook(self, slug: str) -> Path:
        """The notebook of a chapter; the same for every sheet."""
        return self.project.notebooks / f"{self.sheet or slug}.ipynb"

    def parameters_of(self, slug: str) -> dict[str, str]:
        """What the notebook of a chapter, or of the sheet of a territory, is given."""
        return {**self.parameters, "territoire": slug} if self.sheet else dict(self.parameters)


def execution_key(basis: Basis, slug: str, files: Iterable[str], modules: Iterable[str]) -> str:
    """Key of the execution of a chapter.

    Args:
        basis: What all keys have in common.
        slug: The chapter.
        files: Files that it opened.
        modules: Modules that it reached.
    """
    return content_hash(
        {
            "notebook": basis.snapshot.notebook(basis.notebook(slug)),
            "parameters": basis.parameters_of(slug),
            "versions": dict(basis.versions),
            "files": basis.snapshot.data(basis.project, files),
            "modules": basis.snapshot.code({*modules, *executing_modules()}),
        }
    )


def rendering_key(
    basis: Basis,
    carnets: Sequence[str],
    navigation: Sequence[tuple[str, str]],
    cover: Mapping[str, object],
) -> str:
    """Key of a page, or of the whole report.

    Args:
        basis: What all keys have in common.
        carnets: Hashes of the executed notebooks that it shows, in order.
        navigation: Slug and title of every chapter.
        cover: What the documents say of themselves.
    """
    return content_hash(
        {
            "carnets": list(carnets),
            "navigation": [list(entry) for entry in navigation],
            "cover": {name: str(value) for name, value in cover.items()},
            "versions": dict(basis.versions),
            "modules": basis.snapshot.code(rendering_modules()),
        }
    )


def is_executed(basis: Basis, slug: str, record: ChapterRecord | None, carnet: Path) -> bool:
    """Whether the executed notebook of a chapter is there, intact and up to date."""
    return (
        record is not None
        and file_hash(carnet) == record.carnet
        and execution_key(basis, slug, record.files, record.modules) == record.executed
    )


def intact(folder: Path, previous: Manifest | None, maker: str) -> tuple[tuple[Artefact, ...], bool]:
    """The files of one maker that are still there as it made them.

    Args:
        folder: Folder of the pages.
        previous: Manifest of the last good run.
        maker: A chapter, or `atc.manifest.REPORT`.

    Returns:
        The files, and whether they are all that it made, and some.
    """
    made = [a for a in previous.artefacts.values() if a.made_by == maker] if previous else []
    there = tuple(a for a in made if file_hash(folder / a.path) == a.sha256)
    return there, bool(made) and len(there) == len(made)
