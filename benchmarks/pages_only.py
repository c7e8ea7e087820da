"""``atc`` without its PDF files, to be held against tools that make pages only."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

from atc.cli import main
from atc.execution import course, planning
from atc.manifest import PAPER


def _without_paper(*arguments: Any) -> Iterator[planning.Part]:
    return (part for part in _PARTS(*arguments) if part.kind != PAPER)


_PARTS = planning.parts
course.parts = _without_paper
# `atc.execution.run` is both a module and its function.
importlib.import_module("atc.execution.run").parts = _without_paper

if __name__ == "__main__":
    main()
