"""What a worker is told to do, in a form that travels: no library is imported to say it.

A task names the folder where its files go and what it reads; `replace` gives the same task elsewhere. That is
how it is done here, or on a machine that shares no disk with this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.paths import Project
from atc.run.manifest import Reads
from atc.settings import RunLimits

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class ChapterTask:
    """One notebook to execute.

    Attributes:
        slug: Its name.
        notebook: As written.
        parameters: Name -> value, checked.
        working: Folder where it works, relative to the root.
        limits: What it may use.
        kernel: ``chaud`` or ``standard``: how it is executed. What it shows is the same.
        project: Where the files are.
        folder: Where the executed copy goes.
        needs: Other files that it reads: none.
    """

    slug: str
    notebook: NotebookNode
    parameters: Mapping[str, str]
    working: str
    limits: RunLimits
    kernel: str
    project: Project
    folder: Path
    needs: tuple[Path, ...] = ()


@dataclass(frozen=True)
class PageTask:
    """What there is to render.

    Attributes:
        titles: Slug and title of each chapter to set, in order.
        navigation: Slug and title of those that a page leads to.
        cover: What the documents say of themselves: the fields of `atc.rendering.model.Cover`.
        own: Whether it is a notebook of one's own, which may show views of the desk.
        project: Where the files are.
        folder: Where the files go.
        needs: Executed notebook of each chapter.
        sheets: Slug and title of the sheets of territories that the front page leads to.
    """

    titles: tuple[tuple[str, str], ...]
    navigation: tuple[tuple[str, str], ...]
    cover: Mapping[str, Any]
    own: bool
    project: Project
    folder: Path
    needs: tuple[Path, ...]
    sheets: tuple[tuple[str, str], ...] = ()


Task = ChapterTask | PageTask


@dataclass(frozen=True)
class Executed:
    """A chapter that reached its end.

    Attributes:
        sha256: Hash of its executed copy.
        reads: What it read.
    """

    sha256: str
    reads: Reads
