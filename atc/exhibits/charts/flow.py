"""From which category to which: a band per passage, as thick as the units that went that way.

Drawn by matplotlib, for seaborn has no such form. Those that stay are full, those that move are hollow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from atc.disclosure import Count
from atc.exhibits.charts.canvas import LINE, WIDE, Canvas, Key, Style, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, INK
from atc.survey.typography import NBSP, number

#: Thickness of one unit, blank between two categories, width of a category's block, in inches.
_UNIT, _GAP, _BLOCK = 0.17, 0.16, 0.1
#: Height of the names of moments, blank between a block and its label, and around a band, in inches.
_HEAD, _BLANK, _INSET = 0.3, 0.1, 0.012
_LABEL_SHARE, _ENDS = 0.3, ("origin", "target")
_CURVE = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]


@dataclass(frozen=True)
class Flow:
    """Units that went from one category to one other, or stayed."""

    origin: str  # label of the former category
    target: str  # label of the latter one
    count: Count  # one that readers may know


def draw(
    canvas: Canvas,
    flows: Sequence[Flow],
    categories: Sequence[str],
    heads: tuple[str, str],
    keys: tuple[str, str],
) -> Figure:
    """Draw the flows between two columns of the same categories, in order.

    One flow per pair of categories with at least one unit; a category without any on a side is left out of
    it. ``heads`` name the two moments, ``keys`` what full and hollow bands stand for. A masked count is a
    `ValueError`: neither its band nor the blocks that it joins have a thickness.
    """
    if any(flow.count.is_masked for flow in flows):
        raise ValueError("a flow is drawn of counts that readers may know")
    canvas.keys = [Key(keys[0], BLUE), Key(keys[1], BLUE, hollow=True)]
    size = canvas.layout.small if canvas.layout.narrow else canvas.layout.text
    ranks = pd.CategoricalDtype(list(categories), ordered=True)
    moved = pd.DataFrame([(f.origin, f.target, f.count.low) for f in flows], columns=[*_ENDS, "n"])
    moved = moved.astype(dict.fromkeys(_ENDS, ranks)).sort_values(list(_ENDS))
    totals = [moved.groupby(end, observed=True)["n"].sum() for end in _ENDS]
    # The number never stands alone on a line.
    labels = [[f"{label}{NBSP}({number(n)})" for label, n in side.items()] for side in totals]
    words = [word for side in labels for text in side for word in text.split(" ")]
    # A share of the page, and no narrower than the longest word.
    column = max(*(text_width(word, size) + 0.02 for word in words), canvas.inner * _LABEL_SHARE)
    texts = [[wrap(text, column, size) for text in side] for side in labels]
    # A label taller than its block stands over it, and keeps off its neighbours.
    tall = [np.array([len(lines) * LINE * size / WIDE.text for lines in side]) for side in texts]
    high = [np.maximum(lines, side * _UNIT) for lines, side in zip(tall, totals, strict=True)]
    ends = [_HEAD + (each + _GAP).cumsum() for each in high]
    (axes,) = canvas.plots(max(end.iloc[-1] for end in ends))
    edges = (column + _BLANK, canvas.inner - column - _BLANK)
    for i, (edge, outwards, beside) in enumerate(zip(edges, (-1, 1), ("right", "left"), strict=True)):
        # Blocks inside the edge, labels outside; each flow leaves and arrives after the others of its blocks.
        x, tops = edge + outwards * _BLANK, ends[i] - _GAP - (high[i] + totals[i] * _UNIT) / 2
        style: Style = {"ha": beside, "multialignment": beside, "size": size}
        canvas.write(axes, (x, 0.1), heads[i], weight=600, color=GREY_TEXT, **style)
        for top, n, lines in zip(tops, totals[i], texts[i], strict=True):
            canvas.write(axes, (x, top + n * _UNIT / 2), lines, **style)
            corner = min(edge, edge - outwards * _BLOCK), top + _INSET
            axes.add_patch(Rectangle(corner, _BLOCK, n * _UNIT - 2 * _INSET, color=INK, linewidth=0))
        ordered = moved.sort_values(_ENDS[i], kind="stable")
        before = ordered.groupby(_ENDS[i], observed=True)["n"].cumsum() - ordered["n"]
        moved[f"y{i}"] = ordered[_ENDS[i]].map(tops).astype(float) + before * _UNIT
    for row in moved.itertuples():
        _band(canvas, axes, row, (edges[0] + _BLOCK, edges[1] - _BLOCK), size)
    return canvas.figure


def _band(canvas: Canvas, axes: Axes, row: Any, ends: tuple[float, float], size: float) -> None:
    (x0, x1), middle, thick, stays = ends, sum(ends) / 2, row.n * _UNIT, row.origin == row.target
    above = [(x0, row.y0), (middle, row.y0), (middle, row.y1), (x1, row.y1)]
    outline = [(x, y + _INSET) for x, y in above]
    outline += [(x, y + thick - _INSET) for x, y in reversed(above)]
    look: Style = {"facecolor": BLUE if stays else "white", "zorder": 1 if stays else 2}
    band = Path([*outline, outline[0]], _CURVE)
    axes.add_patch(PathPatch(band, edgecolor=BLUE, linewidth=1.2, **look))
    # Near the start, where bands do not cross yet.
    ink: Style = {"size": size, "weight": 600, "color": "white" if stays else BLUE}
    canvas.write(axes, (x0 + 0.1, row.y0 + thick / 2), number(row.n), **ink)
