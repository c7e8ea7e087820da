"""What is printed: the PDF of a chapter, of a territory, and of the whole report."""

from __future__ import annotations

from collections.abc import Sequence

from atc.execution.tasks import PageTask
from atc.rendering.model import Chapter, Cover
from atc.rendering.pdf import document_pdf


def chapter_paper(chapter: Chapter, task: PageTask) -> dict[str, bytes]:
    """The PDF of one chapter."""
    return {f"pdf/{chapter.slug}.pdf": document_pdf([chapter], Cover(**task.cover))}


def sheet_paper(sheet: Chapter, task: PageTask) -> dict[str, bytes]:
    """The PDF of the sheet of one territory."""
    return {f"{sheet.slug}.pdf": document_pdf([sheet], Cover(**task.cover))}


def report_paper(chapters: Sequence[Chapter], task: PageTask) -> dict[str, bytes]:
    """The PDF of the whole report."""
    return {"rapport.pdf": document_pdf(chapters, Cover(**task.cover))}
