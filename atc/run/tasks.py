"""What a worker is told to do, in a form that travels: no library is imported to say it.

A task names the folder where its files go and what it reads; `replace` gives the same task elsewhere. That is
how it is done here, or on a machine that shares no disk with this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atc.run.manifest import Reads
from atc.survey.paths import Project
from atc.survey.settings import RunLimits

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class ChapterTask:
    """One notebook to execute."""

    slug: str
    notebook: NotebookNode
    parameters: Mapping[str, str]  # name -> value, checked
    working: str  # folder where it works, relative to the root
    limits: RunLimits
    kernel: str  # ``chaud`` or ``standard``: how it is executed; what it shows is the same
    project: Project
    folder: Path  # where the executed copy goes
    needs: tuple[Path, ...] = ()  # other files that it reads: none


@dataclass(frozen=True)
class PageTask:
    """What there is to render."""

    titles: tuple[tuple[str, str], ...]  # slug and title of each chapter to set, in order
    navigation: tuple[tuple[str, str], ...]  # slug and title of those that a page leads to
    cover: Mapping[str, Any]  # the fields of `atc.rendering.report.Cover`
    own: bool  # a notebook of one's own, which may show views of the desk
    project: Project
    folder: Path  # where the files go
    needs: tuple[Path, ...]  # executed notebook of each chapter
    sheets: tuple[tuple[str, str], ...] = ()  # those of territories that the front page leads to


Task = ChapterTask | PageTask


@dataclass(frozen=True)
class Executed:
    """A chapter that reached its end."""

    sha256: str  # of its executed copy
    reads: Reads  # what it read
