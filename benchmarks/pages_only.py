"""``atc`` without its PDF files, to be held against tools that make pages only."""

from atc.rendering.report import PageTask


def main() -> None:
    """The command line, of which no part is a PDF."""
    # In here: the processes that a run starts import this module too, and need none of it.
    from atc.cli import main as command  # noqa: PLC0415
    from atc.run import plan  # noqa: PLC0415

    plan._RENDER = f"{main.__module__.replace('__main__', 'benchmarks.pages_only')}:render"  # noqa: SLF001
    command()


def render(task: PageTask) -> dict[str, str]:
    """See `atc.rendering.files.render`; nothing but an empty file for the documents of the report."""
    from atc.rendering import documents, files  # noqa: PLC0415

    files.document_pdf = lambda *_, **__: b""
    documents.documents = lambda *_: {files.PAPER: b""}
    return files.render(task)


if __name__ == "__main__":
    main()
