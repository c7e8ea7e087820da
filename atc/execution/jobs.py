"""What workers do, by name: the driver sends these without importing papermill, nbconvert or WeasyPrint."""

from __future__ import annotations

from atc.execution.tasks import ChapterFault, ChapterTask, Executed, PageTask
from atc.manifest import Artefact


def execute_chapter(task: ChapterTask) -> Executed | ChapterFault:
    """See `atc.execution.chapter.execute_chapter`."""
    from atc.execution import chapter  # noqa: PLC0415

    return chapter.execute_chapter(task)


def render_chapter(task: PageTask) -> list[Artefact]:
    """See `atc.execution.pages.render_chapter`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.render_chapter(task)


def render_sheet(task: PageTask) -> list[Artefact]:
    """See `atc.execution.pages.render_sheet`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.render_sheet(task)


def render_report(task: PageTask) -> list[Artefact]:
    """See `atc.execution.pages.render_report`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.render_report(task)
