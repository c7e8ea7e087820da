"""``atc`` without its PDF files, to be held against tools that make pages only."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any


def main() -> None:
    """The command line, of which no part is a PDF."""
    # In here: the processes that a run starts import this module too, and need none of it.
    from atc.cli import main as command  # noqa: PLC0415
    from atc.execution import course, planning  # noqa: PLC0415
    from atc.manifest import PAPER  # noqa: PLC0415

    parts = planning.parts

    def without_paper(*arguments: Any) -> Iterator[planning.Part]:
        return (part for part in parts(*arguments) if part.kind != PAPER)

    course.parts = without_paper
    # `atc.execution.run` is both a module and its function.
    importlib.import_module("atc.execution.run").parts = without_paper
    command()


if __name__ == "__main__":
    main()
