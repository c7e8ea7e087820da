"""Figures of pyplot and tables of pandas, as a notebook shows them: in our look, and read aloud."""

import itertools
import re
from typing import Any

import matplotlib as mpl
import pandas as pd
from IPython.core.pylabtools import activate_matplotlib
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import configure_inline_support

from atc.exhibits.charts.tokens import load_look
from atc.exhibits.model import svg

_INLINE = "module://matplotlib_inline.backend_inline"
# What pandas writes of its own look.
_LOOK = re.compile(r' (?:border|halign|valign|style|id)="[^"]*"')
# Not everybody sees colours and bars, and paper is often grey.
_PLAIN = "Les couleurs et barres de ce tableau ne sont pas reprises\u00a0: dites ce qu’elles montrent."
_drawn = itertools.count(1)


def show_inline(shell: Any) -> None:
    """Have tables, and each figure of pyplot once, shown: by name, by ``plt.show()``, left open."""
    activate_matplotlib(_INLINE)  # type: ignore[no-untyped-call]
    configure_inline_support(shell, _INLINE)  # type: ignore[no-untyped-call]
    load_look()
    # Ours have no axes of their own; a plot by hand needs two.
    mpl.rcParams |= {"axes.spines.left": True, "axes.spines.bottom": True}
    # As many columns as JupyterLab shows: pandas was imported before there was a kernel.
    pd.set_option("styler.format.decimal", ",", "styler.format.na_rep", "", "display.max_columns", 20)
    formatters = shell.display_formatter.formatters
    formatters["image/png"].pop(Figure, None)
    formatters["image/svg+xml"].for_type(Figure, _figure)
    # seaborn shows its plots as pixels.
    formatters["image/png"].for_type_by_name("seaborn._core.plot", "Plot", lambda _: None)
    formatters["image/svg+xml"].for_type_by_name("seaborn._core.plot", "Plot", _plot)
    markup = formatters["text/html"]
    markup.for_type(pd.DataFrame, _table)
    markup.for_type(pd.Series, lambda s: _table(s.to_frame("" if s.name is None else s.name)))
    markup.for_type_by_name("pandas.io.formats.style", "Styler", _styled)


def _figure(figure: Any) -> tuple[str, dict[str, str]] | None:
    # What it says to those who do not see it: its label (``figure.set_label("…")``), or its titles.
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    told = str(figure.get_label()) or ". ".join(title for title in titles if title)
    # Else it would be shown once more at the end of the cell.
    plt.close(figure)
    if not figure.axes and not figure.texts:
        return None
    number = next(_drawn)
    with mpl.rc_context({"savefig.bbox": "tight"}):
        return svg(figure, f"dessin-{number}", told or f"Figure {number}", ""), {"alt": told}


def _plot(plot: Any) -> tuple[str, dict[str, str]] | None:
    figure = plt.figure()
    plot.theme(dict(mpl.rcParams)).on(figure).plot()
    return _figure(figure)


def _table(frame: Any) -> str:
    """A table as HTML: cut where a notebook cuts it, and then told so."""
    rows, columns = pd.get_option("display.max_rows"), pd.get_option("display.max_columns")
    markup = frame.to_html(decimal=",", na_rep="", max_rows=rows, max_cols=columns)
    if len(frame) > (rows or len(frame)) or len(frame.columns) > (columns or len(frame.columns)):
        said = f"Extrait d’un tableau plus grand (lignes : {len(frame)}, colonnes : {len(frame.columns)})"
        markup = markup.replace(">", f"><caption>{said}</caption>", 1)
    return _bare(markup)


def _styled(styler: Any) -> str:
    # What is not escaped there would be read as an element, and lost.
    if "<" in styler.to_string(delimiter=" "):
        return _table(styler.data)
    markup = _bare(styler.to_html(exclude_styles=True).replace("<table", '<table class="dataframe"', 1))
    return markup + f'<p class="figure-note">{_PLAIN}</p>' * bool(styler.export()["apply"])


def _bare(markup: str) -> str:
    return re.sub(r"<[^>]+>", lambda tag: _LOOK.sub("", tag[0]), markup)
