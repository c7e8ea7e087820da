"""What travels between the driver and its workers.

A task can be moved: it names the files that it needs and the folder where it leaves its own, and `settled`
gives the same task elsewhere. That is how a job runs here, or on a machine that shares no disk with this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from atc.kernels import WARM
from atc.manifest import REPORT, Artefact
from atc.paths import Project
from atc.settings import RunLimits

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from atc.rendering.model import Chapter


@dataclass(frozen=True)
class Place:
    """Where a task that was moved is done.

    Attributes:
        project: The files of the project that were sent along.
        given: The files that the task needs besides.
        made: Those that it makes.
        private: For its sockets, still to be made.
        mark: Mark of its processes.
    """

    project: Project
    given: Path
    made: Path
    private: Path
    mark: str


class Task(Protocol):
    """What a worker is given."""

    @property
    def label(self) -> str:
        """What messages call it."""

    @property
    def needs(self) -> tuple[Path, ...]:
        """Files, besides those of the project, that must be there before it begins; no two of one name."""

    @property
    def folder(self) -> Path:
        """Where it leaves its files."""

    def settled(self, place: Place) -> Self:
        """The same task, elsewhere."""


@dataclass(frozen=True)
class ChapterTask:
    """One chapter to execute.

    Attributes:
        slug: Its name.
        notebook: As written.
        parameters: Name -> value, checked.
        project: Where the files are.
        limits: What it may use.
        mark: Mark of its processes.
        private: Folder for its sockets, still to be made.
        token: What the last cell must repeat.
        target: Where the executed copy goes.
        kernel: ``chaud`` or ``standard``: how its kernel starts. What it shows is the same.
    """

    slug: str
    notebook: NotebookNode
    parameters: dict[str, str]
    project: Project
    limits: RunLimits
    mark: str
    private: Path
    token: str
    target: Path
    kernel: str = WARM

    @property
    def label(self) -> str:
        """See `Task`."""
        return self.slug

    @property
    def needs(self) -> tuple[Path, ...]:
        """See `Task`."""
        return ()

    @property
    def folder(self) -> Path:
        """See `Task`."""
        return self.target.parent

    def settled(self, place: Place) -> Self:
        """See `Task`."""
        target = place.made / self.target.name
        mark = f"{place.mark}/{self.slug}"
        return replace(self, project=place.project, mark=mark, private=place.private, target=target)


@dataclass(frozen=True)
class Executed:
    """A chapter that reached its end.

    Attributes:
        slug: Its name.
        sha256: Hash of its executed copy.
        shown: Kind of file -> hash of what such a file shows of it.
        files: Files of the project that it opened.
        columns: Table file -> the only columns of it that were read.
        modules: Modules of ``atc`` that it reached.
    """

    slug: str
    sha256: str
    shown: Mapping[str, str]
    files: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
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
        kinds: Kinds of files to make of them (see `atc.manifest.Artefact`).
        carnets: Folder of their executed notebooks.
        target: Folder of the pages.
        navigation: Slug and title of every chapter of the report.
        cover: What the documents say of themselves: the fields of `atc.rendering.Cover`.
        read: The chapter, when another job has read its notebook already.
        own: Whether it is a notebook of one's own, which may show views of the desk.
    """

    slugs: tuple[str, ...]
    kinds: tuple[str, ...]
    carnets: Path
    target: Path
    navigation: tuple[tuple[str, str], ...]
    cover: Mapping[str, Any]
    read: Chapter | None = None
    own: bool = False

    @property
    def label(self) -> str:
        """See `Task`."""
        return self.slugs[0] if len(self.slugs) == 1 else REPORT

    @property
    def needs(self) -> tuple[Path, ...]:
        """See `Task`."""
        return () if self.read else tuple(self.carnets / f"{slug}.ipynb" for slug in self.slugs)

    @property
    def folder(self) -> Path:
        """See `Task`."""
        return self.target

    def settled(self, place: Place) -> Self:
        """See `Task`."""
        return replace(self, carnets=place.given, target=place.made)


@dataclass(frozen=True)
class Rendered:
    """What a rendering job made.

    Attributes:
        artefacts: Its files.
        read: The chapter, for the job that prints it.
    """

    artefacts: tuple[Artefact, ...]
    read: Chapter | None = None
