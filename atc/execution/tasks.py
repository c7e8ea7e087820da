"""What travels between the driver and its workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.paths import Project
from atc.settings import RunLimits

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class ChapterTask:
    """One chapter to execute.

    Attributes:
        slug: Its name.
        notebook: As written.
        parameters: Name -> value, checked.
        project: Where the files are.
        limits: What it may use.
        private: Private folder of the run; its name is the mark of the run.
        token: What the last cell must repeat.
        target: Where the executed copy goes.
    """

    slug: str
    notebook: NotebookNode
    parameters: dict[str, str]
    project: Project
    limits: RunLimits
    private: Path
    token: str
    target: Path


@dataclass(frozen=True)
class Executed:
    """A chapter that reached its end.

    Attributes:
        slug: Its name.
        sha256: Hash of its executed copy.
        files: Files of the project that it opened.
        modules: Modules of ``atc`` that it reached.
    """

    slug: str
    sha256: str
    files: tuple[str, ...]
    modules: tuple[str, ...]


@dataclass(frozen=True)
class ChapterFault:
    """A chapter that did not, and why: one line each, in French."""

    slug: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class PageTask:
    """What one rendering job is given.

    Attributes:
        slugs: Chapters to set, in order.
        carnets: Folder of their executed notebooks.
        target: Folder of the pages.
        navigation: Slug and title of every chapter of the report.
        cover: What the documents say of themselves: the fields of `atc.rendering.Cover`.
    """

    slugs: tuple[str, ...]
    carnets: Path
    target: Path
    navigation: tuple[tuple[str, str], ...]
    cover: Mapping[str, Any]
