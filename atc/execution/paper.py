"""What is printed: the PDF of a chapter, of a territory, and of the whole report."""

from __future__ import annotations

from collections.abc import Mapping

from atc.execution.exhibits import exhibits
from atc.execution.tasks import PageTask
from atc.nbformat import NotebookNode
from atc.rendering.documents import documents
from atc.rendering.model import Chapter, Cover
from atc.rendering.notebook import read_chapter
from atc.rendering.pdf import document_pdf


def chapter_paper(chapter: Chapter, task: PageTask) -> dict[str, bytes]:
    """The PDF of one chapter."""
    return {f"pdf/{chapter.slug}.pdf": document_pdf([chapter], Cover(**task.cover))}


def sheet_paper(sheet: Chapter, task: PageTask) -> dict[str, bytes]:
    """The PDF of the sheet of one territory."""
    return {f"{sheet.slug}.pdf": document_pdf([sheet], Cover(**task.cover))}


def report_paper(notebooks: Mapping[str, NotebookNode], task: PageTask) -> dict[str, bytes]:
    """The documents of the whole report."""
    chapters = [read_chapter(notebook, slug) for slug, notebook in notebooks.items()]
    told = {slug: list(exhibits(notebook, slug, own=task.own)) for slug, notebook in notebooks.items()}
    return documents(chapters, told, Cover(**task.cover))
