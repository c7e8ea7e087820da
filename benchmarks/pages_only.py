"""``atc`` without its PDF files, to be held against tools that make pages only."""

from atc.run.steps import PageTask


def main() -> None:
    """The command line, of which no part is a PDF."""
    # In here: the processes that a run starts import this module too, and need none of it.
    from atc.cli import main as command  # noqa: PLC0415
    from atc.run import plan  # noqa: PLC0415

    plan._RENDER = f"{main.__module__.replace('__main__', 'benchmarks.pages_only')}:render_"  # noqa: SLF001
    command()


def _without_paper(name: str, task: PageTask) -> dict[str, str]:
    from atc.run import render  # noqa: PLC0415

    render.document_pdf = lambda *_: b""
    made: dict[str, str] = getattr(render, name)(task)
    return made


def render_chapter(task: PageTask) -> dict[str, str]:
    """See `atc.run.render.render_chapter`."""
    return _without_paper("render_chapter", task)


def render_sheet(task: PageTask) -> dict[str, str]:
    """See `atc.run.render.render_sheet`."""
    return _without_paper("render_sheet", task)


def render_index(task: PageTask) -> dict[str, str]:
    """See `atc.run.render.render_index`."""
    return _without_paper("render_index", task)


def render_report(task: PageTask) -> dict[str, str]:
    """Nothing but an empty file."""
    return _without_paper("render_report", task)


if __name__ == "__main__":
    main()
