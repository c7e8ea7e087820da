"""What a notebook says of itself: `start` is called in a cell before its first, `sign` in one after its last.

So it is known, in an ordinary kernel as well as in ours, that it reached its end, which files it rests on and
what failed unseen: a thread or a task that dies is silent, unless someone listens.
"""

import gc
import itertools
import logging
import re
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atc.survey import trace

MIME = "application/vnd.atc.witness+json"
_INLINE = "module://matplotlib_inline.backend_inline"
_faults: list[str] = []
_drawn = itertools.count(1)
# What pandas writes of its own look.
_LOOK = re.compile(r' (?:border|halign|valign|style|id)="[^"]*"')


class _Listener(logging.Handler):
    """Notes the tasks of asyncio that fail unseen: asyncio tells it to its log only."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        _faults.append(f"{type(error).__name__} : {error}" if error else record.getMessage())


def _note(unseen: Any) -> None:
    _faults.append(f"{type(unseen.exc_value).__name__} : {unseen.exc_value}")


def start(root: str) -> None:
    """Listen to threads, tasks and finalisers, trace the files that are opened, and show every figure."""
    threading.excepthook = sys.unraisablehook = _note
    logging.getLogger("asyncio").addHandler(_Listener(logging.ERROR))
    from IPython.core.getipython import get_ipython  # noqa: PLC0415 - a driver imports this for `MIME`

    shell: Any = get_ipython()
    # exit() stops a kernel a moment later, when the cells that follow may have run or not.
    shell.ask_exit = sys.exit
    _show_figures(shell)
    _show_tables(shell)
    trace.start(Path(root))


def sign(token: str) -> None:
    """Show, under our own MIME type, the run's token, what was used and what failed unseen."""
    from IPython.display import display  # noqa: PLC0415

    gc.collect()
    said = {"token": token, "files": trace.files(), "columns": trace.columns(), "faults": _faults}
    display({MIME: said}, raw=True)  # type: ignore[no-untyped-call]


def _show_figures(shell: Any) -> None:
    """Have every figure of pyplot shown once, as SVG in our look: by name, by ``plt.show()``, left open."""
    import matplotlib as mpl  # noqa: PLC0415
    from IPython.core.pylabtools import activate_matplotlib  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib_inline.backend_inline import configure_inline_support  # noqa: PLC0415

    from atc.exhibits.charts.tokens import load_look  # noqa: PLC0415

    activate_matplotlib(_INLINE)  # type: ignore[no-untyped-call]
    configure_inline_support(shell, _INLINE)  # type: ignore[no-untyped-call]
    load_look()
    # Ours have no axes of their own; a plot by hand needs two.
    mpl.rcParams |= {"axes.spines.left": True, "axes.spines.bottom": True}
    formatters = shell.display_formatter.formatters
    formatters["image/png"].pop(Figure, None)
    formatters["image/svg+xml"].for_type(Figure, _svg)


def _svg(figure: Any) -> tuple[str, dict[str, str]] | None:
    from matplotlib import pyplot as plt  # noqa: PLC0415
    from matplotlib import rc_context  # noqa: PLC0415

    from atc.exhibits.model import svg  # noqa: PLC0415

    told = alternative(figure)
    # Else it would be shown once more at the end of the cell.
    plt.close(figure)
    if not figure.axes and not figure.texts:
        return None
    number = next(_drawn)
    with rc_context({"savefig.bbox": "tight"}):
        return svg(figure, f"dessin-{number}", told or f"Figure {number}", ""), {"alt": told}


def alternative(figure: Any) -> str:
    """What a figure says to those who do not see it: its label (``figure.set_label("…")``) or its titles."""
    titles: Sequence[str] = (figure.get_suptitle(), *(axes.get_title() for axes in figure.axes))
    return str(figure.get_label()) or ". ".join(title for title in titles if title)


def _show_tables(shell: Any) -> None:
    """Have tables of pandas shown without a look of their own: pages give them ours."""
    import pandas as pd  # noqa: PLC0415

    pd.set_option("styler.format.decimal", ",", "styler.format.na_rep", "")
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(pd.DataFrame, _table)
    formatter.for_type(pd.Series, lambda series: _table(series.to_frame()))
    formatter.for_type_by_name("pandas.io.formats.style", "Styler", _styled)


def _table(frame: Any) -> str:
    """A table as HTML: cut where a notebook cuts it, and then told so."""
    from pandas import get_option  # noqa: PLC0415

    rows, columns = get_option("display.max_rows"), get_option("display.max_columns")
    markup = frame.to_html(decimal=",", na_rep="", max_rows=rows, max_cols=columns)
    if len(frame) > (rows or len(frame)) or len(frame.columns) > (columns or len(frame.columns)):
        said = f"Extrait d’un tableau plus grand (lignes : {len(frame)}, colonnes : {len(frame.columns)})"
        markup = markup.replace(">", f"><caption>{said}</caption>", 1)
    return _bare(markup)


def _styled(styler: Any) -> str:
    # What is not escaped there would be read as an element, and lost.
    if "<" in styler.to_string(delimiter=" "):
        return _table(styler.data)
    return _bare(styler.to_html(exclude_styles=True).replace("<table", '<table class="dataframe"', 1))


def _bare(markup: str) -> str:
    return re.sub(r"<[^>]+>", lambda tag: _LOOK.sub("", tag[0]), markup)
