"""What the cells of an executed notebook may have shown; the rest refuses the chapter."""

from __future__ import annotations

from collections.abc import Sequence

from atc.errors import NotebookFailed
from atc.nbformat import NotebookNode

EXHIBIT_MIME = "application/vnd.atc.exhibits+json"
PROSE_MIME = "application/vnd.atc.prose+json"
_SHOWN = "text/html"
_KNOWN = frozenset({_SHOWN, "text/plain", EXHIBIT_MIME, PROSE_MIME})


def displays(cell: NotebookNode, place: str) -> Sequence[str]:
    """The HTML that a code cell displayed, in order.

    What goes to stderr (warnings of libraries) never leaves the notebook.

    Args:
        cell: A code cell.
        place: Chapter and cell, for the message.

    Raises:
        NotebookFailed: The cell failed, printed, or displayed something that is not of the report.
    """
    return [
        _display(output, place)
        for output in cell.get("outputs", [])
        if not (output.output_type == "stream" and output.name == "stderr")
    ]


def _display(output: NotebookNode, place: str) -> str:
    if output.output_type == "error":
        raise NotebookFailed(f"{place} : la cellule a échoué ({output.ename}). Corrigez-la, puis relancez.")
    if output.output_type == "stream":
        raise NotebookFailed(
            f"{place} : la cellule écrit du texte brut avec print(), qui n’a pas sa place dans le rapport. "
            "Affichez plutôt un exhibit ou une phrase calculée, ou marquez la cellule « remove »."
        )
    unknown = sorted(set(output.data) - _KNOWN)
    if unknown or _SHOWN not in output.data:
        found = ", ".join(unknown or sorted(output.data)) or "rien"
        raise NotebookFailed(
            f"{place} : la cellule affiche un contenu que le rapport n’admet pas ({found}). "
            "Affichez un exhibit ou une phrase calculée, ou marquez la cellule « remove »."
        )
    return str(output.data[_SHOWN])
