"""From which category to which: a band per passage, as thick as the units that went that way.

Drawn by matplotlib, for seaborn has no such form. Those that stay are full, those that move are hollow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from atc.disclosure import Count
from atc.exhibits.charts.canvas import LINE, WIDE, Canvas, Key, Point, Style, text_width, wrap
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
    tall = LINE * size / WIDE.text
    tops = [_tops(count, text, tall) for count, text in zip(totals, texts, strict=True)]
    axes = canvas.plot(max(side.pop("") for side in tops))
    edges = (column + _BLANK, canvas.inner - column - _BLANK)
    for flow, y0, y1 in _placed(flows, categories, *tops):
        band = _band((edges[0] + _BLOCK, y0), (edges[1] - _BLOCK, y1), flow.count.low * _UNIT)
        stays = flow.origin == flow.target
        band.set(facecolor=BLUE if stays else "white", edgecolor=BLUE, zorder=1 if stays else 2)
        axes.add_patch(band)
        # Near the start, where bands do not cross yet.
        place = (edges[0] + _BLOCK + 0.1, y0 + flow.count.low * _UNIT / 2)
        style: Style = {"size": size, "weight": 600, "color": "white" if stays else BLUE}
        canvas.write(axes, place, flow.count.shown, **style)
    for i, (edge, outwards, side) in enumerate(zip(edges, (-1, 1), ("right", "left"), strict=True)):
        # Blocks inside the edge, labels outside.
        x, style = edge + outwards * _BLANK, {"ha": side, "multialignment": side, "size": size}
        canvas.write(axes, (x, 0.1), heads[i], weight=600, color=GREY_TEXT, **style)
        for category, top in tops[i].items():
            thick = totals[i][category] * _UNIT
            canvas.write(axes, (x, top + thick / 2), texts[i][category], **style)
            corner = min(edge, edge - outwards * _BLOCK), top + _INSET
            axes.add_patch(Rectangle(corner, _BLOCK, thick - 2 * _INSET, color=INK, linewidth=0))
    return canvas.figure


def _tops(totals: Mapping[str, int], texts: Mapping[str, Sequence[str]], tall: float) -> dict[str, float]:
    """Where the block of each category of one moment begins and, under no name, where the last one ends."""
    tops, y = {}, _HEAD
    for category, n in totals.items():
        # A label taller than its block stands over it, and keeps off its neighbours.
        over = max(len(texts[category]) * tall - n * _UNIT, 0) / 2
        tops[category] = y + over
        y += n * _UNIT + 2 * over + _GAP
    return {**tops, "": y}


def _placed(
    flows: Sequence[Flow], categories: Sequence[str], left: Mapping[str, float], right: Mapping[str, float]
) -> Iterator[tuple[Flow, float, float]]:
    """Each flow, where it leaves and where it arrives: after those that did so on the same blocks."""
    starts, ends, arrivals = dict(left), dict(right), {}
    for flow in sorted(flows, key=lambda f: (categories.index(f.target), categories.index(f.origin))):
        arrivals[flow.origin, flow.target] = ends[flow.target]
        ends[flow.target] += flow.count.low * _UNIT
    for flow in sorted(flows, key=lambda f: (categories.index(f.origin), categories.index(f.target))):
        yield flow, starts[flow.origin], arrivals[flow.origin, flow.target]
        starts[flow.origin] += flow.count.low * _UNIT


def _band(start: Point, end: Point, thick: float) -> PathPatch:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    top = [(x0, y0), (middle, y0), (middle, y1), (x1, y1)]
    outline = [(x, y + _INSET) for x, y in top] + [(x, y + thick - _INSET) for x, y in reversed(top)]
    return PathPatch(Path([*outline, outline[0]], _CURVE), linewidth=1.2)
