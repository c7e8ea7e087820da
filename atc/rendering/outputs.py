"""What the cells of an executed notebook may have shown, as HTML; the rest refuses the notebook."""

import re
import sys
from html import escape

from atc.survey.errors import Messages, one_line, shown

# jsonschema, which checks notebooks, brings a grammar of international addresses as soon as it finds it: a
# second of each process, for addresses that notebooks do not hold. nbformat is imported here, for all; the
# grammar is hidden meanwhile, and nobody else's process misses it afterwards.
_GRAMMAR = "rfc3987_syntax"
_hidden = sys.modules.setdefault(_GRAMMAR, None) is None  # type: ignore[arg-type]
import nbformat  # noqa: E402
from nbformat import NotebookNode  # noqa: E402

if _hidden:
    del sys.modules[_GRAMMAR]

__all__ = ["EXHIBIT_MIME", "PROSE_MIME", "NotebookNode", "is_handle", "nbformat", "place", "read_outputs"]

_said = Messages(__name__)
EXHIBIT_MIME = "application/vnd.atc.exhibits+json"
PROSE_MIME = "application/vnd.atc.prose+json"
_HTML, _DRAWING, _TEXT = "text/html", "image/svg+xml", "text/plain"
# Sentences that a cell computes: `IPython.display.Markdown`, `Math` and `Latex`.
_WRITTEN = ("text/markdown", "text/latex")
# A formula that stands alone, as IPython writes it.
_MATH = re.compile(r"\$\\displaystyle (.+)\$", re.DOTALL)
_KNOWN = frozenset({_HTML, _DRAWING, _TEXT, *_WRITTEN, EXHIBIT_MIME, PROSE_MIME})
_TRACEBACKS = ("Traceback (most recent call last)", "Exception in thread", "Exception ignored in")
# What a call that draws gives back, beside the figure that it drew.
_HANDLE = re.compile(r"matplotlib|seaborn|<Axes|<BarContainer|<Figure|^Text\(")


def place(slug: str, cell: NotebookNode) -> str:
    """A cell as messages call it: by its notebook, its id and its first line, which JupyterLab shows."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"{slug}, cellule {cell.id} ({shown(first)})"


def is_handle(output: NotebookNode) -> bool:
    """Whether an output only names what was drawn: an address in memory, which changes each time."""
    data = output.get("data", {})
    return set(data) == {_TEXT} and _HANDLE.search(data[_TEXT]) is not None


def read_outputs(cell: NotebookNode) -> tuple[list[tuple[str, bool]], list[str]]:
    """What a code cell displayed, in order, and what no page may hold, in French.

    Each display is HTML, or Markdown where it comes with ``True``. What goes to stderr (warnings of
    libraries) never leaves the notebook.
    """
    displays, faults = list[tuple[str, bool]](), list[str]()
    for output in cell.get("outputs", []):
        data = output.get("data")
        if output.output_type == "error":
            faults.append(_said("failed", error=output.ename))
        elif output.get("name") == "stdout":
            faults.append(_said("printed"))
        elif output.get("name") == "stderr" and any(sign in output.text for sign in _TRACEBACKS):
            faults.append(_said("unseen_error", error=one_line(output.text.strip().splitlines()[-1])))
        elif data is None or is_handle(output) or "remove" in cell.metadata.get("tags", []):
            continue
        elif unknown := sorted(set(data) - _KNOWN):
            faults.append(_said("content", kinds=", ".join(unknown)))
        elif _HTML in data:
            displays.append((str(data[_HTML]), False))
        elif written := next((str(data[kind]) for kind in _WRITTEN if kind in data), ""):
            displays.append((_MATH.sub(r"$$\1$$", written), True))
        elif _DRAWING in data:
            told = output.metadata.get(_DRAWING, {}).get("alt", "")
            note = "" if told else f'<p class="figure-note">{escape(_said("untold"))}</p>'
            frame = '<div class="dessin" tabindex="0" role="region" aria-label="Figure">'
            displays.append((f'<div class="figure-libre">{frame}{data[_DRAWING]}</div>{note}</div>', False))
        else:
            faults.append(_said("plain", text=shown(str(data.get(_TEXT, "")))))
    return displays, faults
