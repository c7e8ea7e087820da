"""What workers do, by name: who sends these imports no papermill, nbconvert or WeasyPrint for it."""

from __future__ import annotations

from importlib import import_module

from atc.execution.tasks import ChapterFault, ChapterTask, Executed, PageTask, Rendered

# What executes chapters, makes their pages and prints them.
LIBRARIES = (
    "atc.execution.chapter",
    "atc.execution.screen",
    "atc.execution.paper",
    "atc.rendering.notebook",
)


def execute_chapter(task: ChapterTask) -> Executed | ChapterFault:
    """See `atc.execution.chapter.execute_chapter`."""
    from atc.execution import chapter  # noqa: PLC0415

    return chapter.execute_chapter(task)


def render_chapter(task: PageTask) -> Rendered:
    """See `atc.execution.pages.render_chapter`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.render_chapter(task)


def print_chapter(task: PageTask) -> Rendered:
    """See `atc.execution.pages.print_chapter`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.print_chapter(task)


def render_sheet(task: PageTask) -> Rendered:
    """See `atc.execution.pages.render_sheet`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.render_sheet(task)


def render_report(task: PageTask) -> Rendered:
    """See `atc.execution.pages.render_report`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.render_report(task)


def print_report(task: PageTask) -> Rendered:
    """See `atc.execution.pages.print_report`."""
    from atc.execution import pages  # noqa: PLC0415

    return pages.print_report(task)


def get_ready() -> None:
    """Import all that the other jobs take."""
    for name in LIBRARIES:
        import_module(name)


def get_ready_to_print() -> None:
    """See `atc.rendering.pdf.rehearse`."""
    from atc.execution import paper  # noqa: F401, PLC0415
    from atc.rendering.pdf import rehearse  # noqa: PLC0415

    rehearse()


# What needs a process that is ready to print.
PRINTING = frozenset({print_chapter, print_report})
