"""What the cells of an executed notebook may have shown, as HTML; the rest refuses the notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from atc.rendering.nbformat import NotebookNode
from atc.survey.errors import one_line, shown

EXHIBIT_MIME = "application/vnd.atc.exhibits+json"
PROSE_MIME = "application/vnd.atc.prose+json"
_HTML, _DRAWING, _TEXT = "text/html", "image/svg+xml", "text/plain"
_KNOWN = frozenset({_HTML, _DRAWING, _TEXT, EXHIBIT_MIME, PROSE_MIME})
_TRACEBACKS = ("Traceback (most recent call last)", "Exception in thread", "Exception ignored in")
# What a call that draws gives back, beside the figure that it drew.
_HANDLE = re.compile(r"matplotlib|seaborn|<Axes|<BarContainer|<Figure|^Text\(")
_UNTOLD = (
    'Figure sans texte de remplacement. Donnez-lui un titre, plt.title("…"), ou une phrase, '
    'plt.gcf().set_label("…") : c’est ce qu’entendent les personnes qui ne la voient pas.'
)
_REMEDY = "affichez une figure, un tableau (df) ou une phrase calculée"


def place(slug: str, cell: NotebookNode) -> str:
    """A cell as messages call it: by its notebook, its id and its first line, which JupyterLab shows."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"{slug}, cellule {cell.id} ({shown(first)})"


def is_handle(output: NotebookNode) -> bool:
    """Whether an output only names what was drawn: an address in memory, which changes each time."""
    data = output.get("data", {})
    return set(data) == {_TEXT} and _HANDLE.search(data[_TEXT]) is not None


def read_outputs(cell: NotebookNode) -> tuple[list[str], list[str]]:
    """The HTML that a code cell displayed, in order, and what no page may hold, in French.

    What goes to stderr (warnings of libraries) never leaves the notebook.
    """
    markups: list[str] = []
    faults = list(_failures(cell))
    for output in cell.get("outputs", []):
        if "data" not in output or is_handle(output) or "remove" in cell.metadata.get("tags", []):
            continue
        unknown = sorted(set(output.data) - _KNOWN)
        if unknown:
            faults.append(f"elle montre un contenu qui n’est pas admis ({', '.join(unknown)}) : {_REMEDY}")
        elif _HTML in output.data:
            markups.append(str(output.data[_HTML]))
        elif _DRAWING in output.data:
            alternative = output.metadata.get(_DRAWING, {}).get("alt", "")
            note = "" if alternative else f'<p class="figure-note">{escape(_UNTOLD)}</p>'
            frame = '<div class="dessin" tabindex="0" role="region" aria-label="Figure">'
            markups.append(f'<div class="figure-libre">{frame}{output.data[_DRAWING]}</div>{note}</div>')
        else:
            text = shown(str(output.data.get(_TEXT, "")))
            faults.append(
                f"elle montre un texte brut (« {text} ») : {_REMEDY}, ou finissez la ligne par « ; »"
            )
    return markups, faults


def _failures(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield f"elle a échoué ({output.ename})"
        elif output.get("name") == "stdout":
            yield f"elle écrit du texte (print) : {_REMEDY}"
        elif output.get("name") == "stderr" and any(sign in output.text for sign in _TRACEBACKS):
            yield f"une erreur est passée inaperçue : {one_line(output.text.strip().splitlines()[-1])}"
