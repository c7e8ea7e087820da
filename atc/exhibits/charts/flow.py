"""From which category to which: a band per passage, as thick as the units that went that way.

Those that stay are full, those that move are hollow: no one needs to tell the hues apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from atc.disclosure import Count
from atc.exhibits.charts import masking
from atc.exhibits.charts.canvas import LINE, Canvas, Key, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, INK, ORANGE
from atc.typography import NBSP, number

#: Thickness of one unit, blank between two categories, width of a category's block, in inches.
_UNIT, _GAP, _BLOCK = 0.17, 0.16, 0.1
#: Height of the names of moments, and blank between a block and its label, in inches.
_HEAD, _BLANK = 0.3, 0.1
_LABEL_SHARE = 0.3


@dataclass(frozen=True)
class Flow:
    """Units that went from one category to one other, or stayed.

    Attributes:
        origin: Label of the former category.
        target: Label of the latter one.
        count: How many units; a masked count makes a hatched band as thick as it may be.
    """

    origin: str
    target: str
    count: Count


@dataclass(frozen=True)
class _Side:
    """Where the categories of one side stand, in inches from the top, and what is written there."""

    tops: Mapping[str, float]
    totals: Mapping[str, int]
    texts: Mapping[str, str]
    bottom: float


def draw(
    canvas: Canvas,
    flows: Sequence[Flow],
    categories: Sequence[str],
    heads: tuple[str, str],
    keys: tuple[str, str],
) -> Figure:
    """Draw the flows between two columns of the same categories.

    Args:
        canvas: Where to draw.
        flows: One per pair of categories with at least one unit.
        categories: In order; those without any unit on a side are left out of it.
        heads: Names of the two moments.
        keys: What full and hollow bands stand for.
    """
    looks = [Key(keys[0], BLUE), Key(keys[1], ORANGE, hollow=True)]
    canvas.keys = masking.with_key(looks, (flow.count for flow in flows))
    size = canvas.layout.small if canvas.layout.narrow else canvas.layout.text
    ends = [
        {c: [f.count for f in flows if getattr(f, end) == c] for c in categories}
        for end in ("origin", "target")
    ]
    totals = [{c: sum(count.high for count in counts) for c, counts in side.items()} for side in ends]
    labels = [
        {c: _label(c, counts) for c, counts in side.items() if totals[i][c]} for i, side in enumerate(ends)
    ]
    column = _column([text for side in labels for text in side.values()], canvas.inner, size)
    sides = [_side(counts, written, column, size) for counts, written in zip(totals, labels, strict=True)]
    height = max(side.bottom for side in sides)
    axes = canvas.plot(height)
    axes.set(xlim=(0, canvas.inner), ylim=(height, 0))
    axes.set_axis_off()
    edges = (column + _BLANK, canvas.inner - column - _BLANK)
    _bands(axes, flows, categories, sides, edges, size)
    for side, edge, head, right in zip(sides, edges, heads, (False, True), strict=True):
        _blocks(axes, side, edge, right=right)
        _labels(axes, side, edge, size, right=right)
        outside = edge + (_BLANK if right else -_BLANK)
        _text(axes, outside, 0.1, head, size, right=not right, weight=600)
    return canvas.figure


def _label(category: str, counts: Sequence[Count]) -> str:
    if any(count.is_masked for count in counts):
        return category
    # The number never stands alone on a line.
    return f"{category}{NBSP}({number(sum(count.low for count in counts))})"


def _column(texts: Sequence[str], inner: float, size: float) -> float:
    """Width of the labels of one side: a share of the page, and no narrower than their longest word."""
    longest = max(text_width(word, size) for text in texts for word in text.split(" "))
    return max(longest + 0.02, inner * _LABEL_SHARE)


def _side(totals: Mapping[str, int], labels: Mapping[str, str], column: float, size: float) -> _Side:
    tops: dict[str, float] = {}
    texts: dict[str, str] = {}
    y = _HEAD
    for category, label in labels.items():
        lines = wrap(label, column, size)
        written, drawn = len(lines) * LINE * size / 10.5, totals[category] * _UNIT
        # A label taller than its block stands over it, and keeps off its neighbours.
        y += max(written - drawn, 0) / 2
        tops[category], texts[category] = y, "\n".join(lines)
        y += drawn + max(written - drawn, 0) / 2 + _GAP
    return _Side(tops, totals, texts, y)


def _bands(
    axes: Axes,
    flows: Sequence[Flow],
    categories: Sequence[str],
    sides: Sequence[_Side],
    edges: tuple[float, float],
    size: float,
) -> None:
    rank = {label: i for i, label in enumerate(categories)}
    left, right = dict(sides[0].tops), dict(sides[1].tops)
    arrivals: dict[tuple[str, str], float] = {}
    for flow in sorted(flows, key=lambda f: (rank[f.target], rank[f.origin])):
        arrivals[flow.origin, flow.target] = right[flow.target]
        right[flow.target] += flow.count.high * _UNIT
    for flow in sorted(flows, key=lambda f: (rank[f.origin], rank[f.target])):
        start, end = left[flow.origin], arrivals[flow.origin, flow.target]
        left[flow.origin] += flow.count.high * _UNIT
        _band(axes, flow, (edges[0] + _BLOCK, start), (edges[1] - _BLOCK, end), size)


def _band(axes: Axes, flow: Flow, start: tuple[float, float], end: tuple[float, float], size: float) -> None:
    (x0, y0), (x1, y1) = start, end
    thick, inset = flow.count.high * _UNIT, 0.012
    middle = (x0 + x1) / 2
    top = [(x0, y0 + inset), (middle, y0 + inset), (middle, y1 + inset), (x1, y1 + inset)]
    bottom = [(x, y + thick - 2 * inset) for x, y in reversed(top)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    stays = flow.origin == flow.target
    ink = "white" if stays else ORANGE
    look: dict[str, Any] = {
        "facecolor": BLUE if stays else "white",
        "edgecolor": BLUE if stays else ORANGE,
        "linewidth": 1.2,
        "alpha": 0.85 if stays else 1,
    }
    if flow.count.is_masked:
        ink, look = INK, masking.STYLE
    axes.add_patch(PathPatch(Path([*top, *bottom, top[0]], codes), zorder=1 if stays else 2, **look))
    # Near the start, where bands do not cross yet.
    axes.text(
        x0 + 0.1,
        y0 + thick / 2,
        flow.count.shown,
        ha="left",
        va="center",
        size=size,
        weight=600,
        color=ink,
        zorder=4,
        # On white, or hatching would cross the number.
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1} if flow.count.is_masked else None,
    )


def _blocks(axes: Axes, side: _Side, edge: float, *, right: bool) -> None:
    for label, top in side.tops.items():
        axes.barh(
            top + side.totals[label] * _UNIT / 2,
            _BLOCK,
            left=edge - _BLOCK if right else edge,
            height=side.totals[label] * _UNIT - 0.024,
            color=INK,
            zorder=3,
        )


def _labels(axes: Axes, side: _Side, edge: float, size: float, *, right: bool) -> None:
    for label, top in side.tops.items():
        middle = top + side.totals[label] * _UNIT / 2
        _text(axes, edge + (_BLANK if right else -_BLANK), middle, side.texts[label], size, right=not right)


def _text(axes: Axes, x: float, y: float, text: str, size: float, *, right: bool, weight: int = 400) -> None:
    axes.text(
        x,
        y,
        text,
        ha="right" if right else "left",
        va="center",
        multialignment="right" if right else "left",
        size=size,
        weight=weight,
        color=GREY_TEXT if weight == 600 else INK,
    )
