"""From executed notebooks to files: each job makes, for one maker, the kinds of files that are out of date.

What lays out paper takes most of a second to import: only a job that prints pays for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from nbformat import NotebookNode

from atc.execution.notebooks import node
from atc.execution.staging import write
from atc.execution.tasks import PageTask
from atc.manifest import FILES, PAGE, PAPER, REPORT, Artefact

Files = Mapping[str, bytes]


def render_chapter(task: PageTask) -> list[Artefact]:
    """The page, the PDF, or the figures and tables of one chapter.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    (slug,) = task.slugs
    notebook = _carnet(task, slug)
    made: dict[str, Files] = {}
    if FILES in task.kinds:
        from atc.execution.exhibits import exhibit_files  # noqa: PLC0415

        made[FILES] = exhibit_files(notebook, slug, own=task.own)
    if {PAGE, PAPER} & set(task.kinds):
        from atc.rendering.notebook import read_chapter  # noqa: PLC0415

        chapter = read_chapter(notebook, slug)
    if PAGE in task.kinds:
        from atc.execution.screen import chapter_screen  # noqa: PLC0415

        made[PAGE] = chapter_screen(chapter, task)
    if PAPER in task.kinds:
        from atc.execution.paper import chapter_paper  # noqa: PLC0415

        made[PAPER] = chapter_paper(chapter, task)
    return _written(task, made, slug)


def render_sheet(task: PageTask) -> list[Artefact]:
    """The page and the PDF of the sheet of one territory: nothing of it goes into files of its own.

    Raises:
        NotebookFailed: The notebook shows what no page may hold.
    """
    from atc.rendering.notebook import read_chapter  # noqa: PLC0415

    (slug,) = task.slugs
    # Every sheet comes from one notebook: what tells them apart is the territory.
    sheet = replace(read_chapter(_carnet(task, slug), slug), title=dict(task.navigation)[slug])
    made: dict[str, Files] = {}
    if PAGE in task.kinds:
        from atc.execution.screen import sheet_screen  # noqa: PLC0415

        made[PAGE] = sheet_screen(sheet, task)
    if PAPER in task.kinds:
        from atc.execution.paper import sheet_paper  # noqa: PLC0415

        made[PAPER] = sheet_paper(sheet, task)
    return _written(task, made, slug)


def render_report(task: PageTask) -> list[Artefact]:
    """The whole report as one PDF, or the page that leads to everything.

    Raises:
        NotebookFailed: A notebook shows what no page may hold.
    """
    notebooks = {slug: _carnet(task, slug) for slug in task.slugs}
    made: dict[str, Files] = {}
    if PAGE in task.kinds:
        from atc.execution.screen import front_screen  # noqa: PLC0415

        made[PAGE] = front_screen(notebooks, task)
    if PAPER in task.kinds:
        from atc.execution.paper import report_paper  # noqa: PLC0415
        from atc.rendering.notebook import read_chapter  # noqa: PLC0415

        made[PAPER] = report_paper([read_chapter(n, slug) for slug, n in notebooks.items()], task)
    return _written(task, made, REPORT)


def _carnet(task: PageTask, slug: str) -> NotebookNode:
    return node(json.loads((task.carnets / f"{slug}.ipynb").read_text(encoding="utf-8")))


def _written(task: PageTask, made: Mapping[str, Files], maker: str) -> list[Artefact]:
    return [
        Artefact(path, write(task.target / path, content), maker, kind)
        for kind, files in made.items()
        for path, content in files.items()
    ]
