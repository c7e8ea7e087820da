"""From which category to which: a band per passage, as thick as the units that went that way.

Drawn by matplotlib, for seaborn has no such form. Those that stay are full, those that move are hollow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
_LABEL_SHARE = 0.3
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
    totals = [
        {c: n for c in categories if (n := sum(f.count.low for f in flows if getattr(f, end) == c))}
        for end in ("origin", "target")
    ]
    # The number never stands alone on a line.
    labels = [{c: f"{c}{NBSP}({number(n)})" for c, n in side.items()} for side in totals]
    words = [word for side in labels for text in side.values() for word in text.split(" ")]
    # A share of the page, and no narrower than the longest word.
    column = max(*(text_width(word, size) + 0.02 for word in words), canvas.inner * _LABEL_SHARE)
    texts = [{c: wrap(text, column, size) for c, text in side.items()} for side in labels]
    # Where the block of each category begins, and where the last one ends.
    tops: list[dict[str, float]] = [{}, {}]
    ends = [_HEAD, _HEAD]
    for i, side in enumerate(totals):
        for category, n in side.items():
            # A label taller than its block stands over it, and keeps off its neighbours.
            tall = len(texts[i][category]) * LINE * size / WIDE.text
            tops[i][category] = ends[i] + max(tall - n * _UNIT, 0) / 2
            ends[i] += max(tall, n * _UNIT) + _GAP
    (axes,) = canvas.plots(max(ends))
    edges = (column + _BLANK, canvas.inner - column - _BLANK)
    for i, (edge, outwards, beside) in enumerate(zip(edges, (-1, 1), ("right", "left"), strict=True)):
        # Blocks inside the edge, labels outside.
        x = edge + outwards * _BLANK
        style: Style = {"ha": beside, "multialignment": beside, "size": size}
        canvas.write(axes, (x, 0.1), heads[i], weight=600, color=GREY_TEXT, **style)
        for category, top in tops[i].items():
            thick = totals[i][category] * _UNIT
            canvas.write(axes, (x, top + thick / 2), texts[i][category], **style)
            corner = min(edge, edge - outwards * _BLOCK), top + _INSET
            axes.add_patch(Rectangle(corner, _BLOCK, thick - 2 * _INSET, color=INK, linewidth=0))
    _bands(canvas, axes, flows, categories, tops, (edges[0] + _BLOCK, edges[1] - _BLOCK), size)
    return canvas.figure


def _bands(
    canvas: Canvas,
    axes: Axes,
    flows: Sequence[Flow],
    categories: Sequence[str],
    tops: Sequence[Mapping[str, float]],
    ends: tuple[float, float],
    size: float,
) -> None:
    """Draw each flow where it leaves and arrives: after those that did so on the same blocks."""
    starts, arrivals, rank = dict(tops[0]), dict(tops[1]), categories.index
    arrive: dict[Flow, float] = {}
    for flow in sorted(flows, key=lambda f: (rank(f.target), rank(f.origin))):
        arrive[flow] = arrivals[flow.target]
        arrivals[flow.target] += flow.count.low * _UNIT
    (x0, x1), middle = ends, sum(ends) / 2
    for flow in sorted(flows, key=lambda f: (rank(f.origin), rank(f.target))):
        y0, y1, thick = starts[flow.origin], arrive[flow], flow.count.low * _UNIT
        starts[flow.origin] += thick
        above = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
        outline = [(x, y + _INSET) for x, y in above]
        outline += [(x, y + thick - _INSET) for x, y in reversed(above)]
        stays = flow.origin == flow.target
        look: Style = {"facecolor": BLUE if stays else "white", "zorder": 1 if stays else 2}
        band = Path([*outline, outline[0]], _CURVE)
        axes.add_patch(PathPatch(band, edgecolor=BLUE, linewidth=1.2, **look))
        # Near the start, where bands do not cross yet.
        ink: Style = {"size": size, "weight": 600, "color": "white" if stays else BLUE}
        canvas.write(axes, (x0 + 0.1, y0 + thick / 2), flow.count.shown, **ink)
