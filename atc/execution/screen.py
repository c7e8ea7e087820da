"""The pages that are read on a screen: of a chapter, of a territory, and the one that leads to everything."""

from __future__ import annotations

from collections.abc import Mapping

from atc.execution.exhibits import exhibits
from atc.execution.tasks import PageTask
from atc.nbformat import NotebookNode
from atc.rendering.essential import essential
from atc.rendering.exhibits import reported
from atc.rendering.model import Chapter, Cover
from atc.rendering.notebook import read_chapter
from atc.rendering.pages import chapter_page, index_page, sheet_page


def chapter_screen(chapter: Chapter, task: PageTask) -> dict[str, bytes]:
    """The page of one chapter."""
    page = chapter_page(chapter, task.navigation, Cover(**task.cover))
    return {f"html/{chapter.slug}.html": page.encode()}


def sheet_screen(sheet: Chapter, task: PageTask) -> dict[str, bytes]:
    """The page of the sheet of one territory."""
    return {f"{sheet.slug}.html": sheet_page(sheet, task.navigation, Cover(**task.cover)).encode()}


def front_screen(notebooks: Mapping[str, NotebookNode], task: PageTask) -> dict[str, bytes]:
    """The page that leads to every chapter and to every exhibit."""
    cover = Cover(**task.cover)
    told = {slug: list(exhibits(notebook, slug, own=task.own)) for slug, notebook in notebooks.items()}
    listed = [
        (slug, exhibit["id"], exhibit["title"], exhibit["status"])
        for slug, found in told.items()
        for exhibit in found
    ]
    chapters = [read_chapter(notebook, slug) for slug, notebook in notebooks.items()]
    shown = None if task.own else essential(chapters, list(reported(chapters, told)), cover)
    return {"index.html": index_page(task.navigation, cover, listed, shown).encode()}
