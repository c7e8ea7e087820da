"""What is out of date, decided from contents alone: dates of files mean nothing after a clone or a copy.

A chapter rests on the code of its notebook, its parameters, the libraries, the columns and files that it read
and the modules that it reached when it last ran. A file made from it rests on what it shows of the executed
notebook, and on what makes files of its kind. Equal keys: equal results, nothing is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from atc.execution.slices import data_slice
from atc.execution.sources import Snapshot, reached_from
from atc.manifest import FILES, PAGE, PAPER, Artefact, ChapterRecord, Manifest, content_hash, file_hash
from atc.paths import Project

# What decides the bytes of executed notebooks.
EXECUTING = "atc.execution.chapter"
# What calls the makers of each kind: it decides their bytes too, and reaches all of them.
RENDERING = "atc.execution.pages"


@dataclass(frozen=True)
class Kind:
    """What makes files of one kind.

    Attributes:
        entries: Modules that make them; those that they reach count too.
        resources: Templates, styles and fonts that they are made of, as patterns of paths below ``atc``.
    """

    entries: tuple[str, ...]
    resources: tuple[str, ...] = ()


# What reads an executed notebook, for pages and for paper.
_READING = "atc.rendering.notebook"
_TEMPLATES = "rendering/templates"
_CELLS = f"{_TEMPLATES}/cells.html.j2"
_SCREEN = (
    "page.html.j2",
    "chapter.html.j2",
    "sheet.html.j2",
    "index.html.j2",
    "dictionary.html.j2",
    "screen.css",
)
_PAPER = ("document.html.j2", "paper.css")
KINDS: Mapping[str, Kind] = {
    PAGE: Kind(
        ("atc.execution.screen", _READING),
        (_CELLS, "exhibits/charts/fonts/*.woff2", *(f"{_TEMPLATES}/{name}" for name in _SCREEN)),
    ),
    PAPER: Kind(
        ("atc.execution.paper", _READING),
        (_CELLS, "exhibits/charts/fonts/*.ttf", *(f"{_TEMPLATES}/{name}" for name in _PAPER)),
    ),
    FILES: Kind(("atc.execution.exhibits",)),
}


def executing_modules() -> frozenset[str]:
    """Modules that decide the bytes of executed notebooks, whatever the chapter."""
    return reached_from(EXECUTING)


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
        own: Whether the chapter is a notebook of one's own, which is no part of the report.
    """

    project: Project
    parameters: Mapping[str, str]
    versions: Mapping[str, str]
    files: tuple[str, ...]
    snapshot: Snapshot
    sheet: str = ""
    own: bool = False

    def notebook(self, slug: str) -> Path:
        """The notebook of a chapter; the same for every sheet."""
        folder = self.project.own_notebooks if self.own else self.project.notebooks
        return folder / f"{self.sheet or slug}.ipynb"

    def words(self, slug: str) -> str:
        """Hash of all that the notebook of a chapter says."""
        return self.snapshot.notebook(self.notebook(slug)).whole

    def parameters_of(self, slug: str) -> dict[str, str]:
        """What the notebook of a chapter, or of the sheet of a territory, is given."""
        return {**self.parameters, "territoire": slug} if self.sheet else dict(self.parameters)


@dataclass(frozen=True)
class Used:
    """What the execution of a chapter used.

    Attributes:
        files: Files that it opened.
        columns: Table file -> the only columns of it that were read.
        modules: Modules that it reached.
    """

    files: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    modules: tuple[str, ...]


def execution_key(basis: Basis, slug: str, used: Used | ChapterRecord) -> str:
    """Key of the execution of a chapter: of its outputs, whatever its text says around them.

    Args:
        basis: What all keys have in common.
        slug: The chapter.
        used: What it used.
    """
    return content_hash(
        {
            "notebook": basis.snapshot.notebook(basis.notebook(slug)).code,
            "parameters": basis.parameters_of(slug),
            "versions": dict(basis.versions),
            "data": data_slice(basis.snapshot, basis.project, used.files, used.columns),
            "modules": basis.snapshot.code_key({*used.modules, *executing_modules()}),
        }
    )


def rendering_code(snapshot: Snapshot, kind: str) -> dict[str, str]:
    """Hashes of the modules, templates, styles and fonts that decide the bytes of files of one kind."""
    modules = frozenset({RENDERING}).union(*(reached_from(entry) for entry in KINDS[kind].entries))
    return snapshot.rendering(modules, KINDS[kind].resources)


def rendering_key(basis: Basis, kind: str, content: Mapping[str, object]) -> str:
    """Key of files of one kind.

    Args:
        basis: What all keys have in common.
        kind: One of `KINDS`.
        content: What they show.
    """
    code = rendering_code(basis.snapshot, kind)
    return content_hash({"content": content, "versions": dict(basis.versions), "code": code})


def is_executed(basis: Basis, slug: str, record: ChapterRecord | None, carnet: Path) -> bool:
    """Whether the executed notebook of a chapter is there, intact, and has the outputs of today."""
    return (
        record is not None
        and basis.snapshot.file(carnet) == record.carnet
        and execution_key(basis, slug, record) == record.executed
    )


def intact(
    folder: Path, previous: Manifest | None, maker: str, kind: str
) -> tuple[tuple[Artefact, ...], bool]:
    """The files of one maker and kind that are still there as they were made.

    Args:
        folder: Folder of the pages.
        previous: Manifest of the last good run.
        maker: A chapter, or `atc.manifest.REPORT`.
        kind: Kind of file.

    Returns:
        The files, and whether none is missing.
    """
    made = [a for a in previous.made(maker) if a.kind == kind] if previous else []
    there = tuple(a for a in made if file_hash(folder / a.path) == a.sha256)
    return there, len(there) == len(made)


def used(files: Iterable[str], columns: Mapping[str, Iterable[str]], modules: Iterable[str]) -> Used:
    """What the witness of a chapter said, in order; names that a thousand sheets repeat are kept once."""
    return Used(
        _unique(files),
        {sys.intern(name): _unique(read) for name, read in sorted(columns.items())},
        _unique(modules),
    )


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sys.intern(name) for name in sorted(set(names)))
