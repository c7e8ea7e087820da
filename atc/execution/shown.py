"""What each kind of file shows of an executed notebook, as hashes: what shows the same is not made again.

A page folds the code away, paper has none of it: a comment added to a cell makes no PDF anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atc.execution.carnets import EXHIBIT_MIME
from atc.manifest import FILES, LISTED, PAGE, PAPER, content_hash
from atc.nbformat import NotebookNode


def digests(notebook: NotebookNode) -> dict[str, str]:
    """Kind of file -> hash of what it shows.

    Args:
        notebook: As executed and cleaned.
    """
    cells = [cell for cell in notebook.cells if "remove" not in cell.metadata.get("tags", [])]
    exhibits = [exhibit for cell in notebook.cells for exhibit in _exhibits(cell)]
    return {
        PAGE: content_hash([[cell.cell_type, cell.source, _displays(cell)] for cell in cells]),
        PAPER: content_hash([_on_paper(cell) for cell in cells]),
        FILES: content_hash([[exhibit.get("id"), exhibit.get("files")] for exhibit in exhibits]),
        LISTED: content_hash(
            [[exhibit.get(name) for name in ("id", "title", "status")] for exhibit in exhibits]
        ),
    }


def _displays(cell: NotebookNode) -> list[Any]:
    return [output.get("data", {}).get("text/html") for output in cell.get("outputs", [])]


def _on_paper(cell: NotebookNode) -> list[Any]:
    return [cell.cell_type, "" if cell.cell_type == "code" else cell.source, _displays(cell)]


def _exhibits(cell: NotebookNode) -> Iterator[dict[str, Any]]:
    for output in cell.get("outputs", []):
        exhibit = output.get("data", {}).get(EXHIBIT_MIME)
        if exhibit is not None:
            yield exhibit
