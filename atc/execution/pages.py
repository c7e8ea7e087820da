"""From executed notebooks to files: each job makes, for one maker, kinds of files that are out of date.

What lays out paper takes most of a second to import: only a job that prints pays for it. A chapter is read
once: the job that makes its page hands it on to the one that prints it, which then needs nothing to read it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from atc.execution.tasks import PageTask, Rendered
from atc.files import write
from atc.manifest import FILES, PAGE, PAPER, REPORT, Artefact

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from atc.rendering.model import Chapter

Files = Mapping[str, bytes]


def render_chapter(task: PageTask) -> Rendered:
    """The page of one chapter, or its figures and tables.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    (slug,) = task.slugs
    notebook = _carnet(task, slug)
    made: dict[str, Files] = {}
    chapter = None
    if FILES in task.kinds:
        from atc.execution.exhibits import exhibit_files  # noqa: PLC0415

        made[FILES] = exhibit_files(notebook, slug, own=task.own)
    if PAGE in task.kinds:
        from atc.execution.screen import chapter_screen  # noqa: PLC0415

        chapter = _read(notebook, slug)
        made[PAGE] = chapter_screen(chapter, task)
    return Rendered(_written(task, made, slug), chapter)


def print_chapter(task: PageTask) -> Rendered:
    """The PDF of one chapter.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    from atc.execution.paper import chapter_paper  # noqa: PLC0415

    (slug,) = task.slugs
    chapter = task.read or _read(_carnet(task, slug), slug)
    return Rendered(_written(task, {PAPER: chapter_paper(chapter, task)}, slug))


def render_sheet(task: PageTask) -> Rendered:
    """The page and the PDF of the sheet of one territory: nothing of it goes into files of its own.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    (slug,) = task.slugs
    # Every sheet comes from one notebook: what tells them apart is the territory.
    sheet = replace(_read(_carnet(task, slug), slug), title=dict(task.navigation)[slug])
    made: dict[str, Files] = {}
    if PAGE in task.kinds:
        from atc.execution.screen import sheet_screen  # noqa: PLC0415

        made[PAGE] = sheet_screen(sheet, task)
    if PAPER in task.kinds:
        from atc.execution.paper import sheet_paper  # noqa: PLC0415

        made[PAPER] = sheet_paper(sheet, task)
    return Rendered(_written(task, made, slug))


def render_report(task: PageTask) -> Rendered:
    """The page that leads to everything.

    Raises:
        NotebookFailed: A notebook shows what no page may hold.
    """
    from atc.execution.screen import front_screen  # noqa: PLC0415

    notebooks = {slug: _carnet(task, slug) for slug in task.slugs}
    return Rendered(_written(task, {PAGE: front_screen(notebooks, task)}, REPORT))


def print_report(task: PageTask) -> Rendered:
    """The whole report: PDF, slides, Word and workbook.

    Raises:
        NotebookFailed: A notebook shows what no page may hold.
    """
    from atc.execution.paper import report_paper  # noqa: PLC0415

    notebooks = {slug: _carnet(task, slug) for slug in task.slugs}
    return Rendered(_written(task, {PAPER: report_paper(notebooks, task)}, REPORT))


def _carnet(task: PageTask, slug: str) -> NotebookNode:
    from atc.execution.notebooks import node  # noqa: PLC0415

    return node(json.loads((task.carnets / f"{slug}.ipynb").read_text(encoding="utf-8")))


def _read(notebook: NotebookNode, slug: str) -> Chapter:
    from atc.rendering.notebook import read_chapter  # noqa: PLC0415

    return read_chapter(notebook, slug)


def _written(task: PageTask, made: Mapping[str, Files], maker: str) -> tuple[Artefact, ...]:
    return tuple(
        Artefact(path, write(task.target / path, content), maker, kind)
        for kind, files in made.items()
        for path, content in files.items()
    )
