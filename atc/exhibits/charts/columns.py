"""Numbers on an axis: counts as columns, the range of what they band above them, two numbers as points.

Drawn by `seaborn.barplot`; `stripplot`, `lineplot` and `scatterplot` for a range, its mean and, where readers
may know them all, every value; `scatterplot` for points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from atc.disclosure import Count
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, names_beside, rules, short, text_width, wrap
from atc.exhibits.charts.rows import MASKED_KEY, draw_units, masked_band, unit_bar
from atc.exhibits.charts.tokens import BLUE, BLUE_MID, GREY_TEXT, INK, LAND_EDGE

_HEIGHT = 1.1
#: Width of a column, as a share of its place, and the most it may be, in inches.
_WIDTH, _WIDEST = 0.72, 1.1
#: Least blank between two texts side by side, in inches.
_BLANK = 0.08


def ticks(values: Iterable[float]) -> dict[float, str]:
    """The round numbers of an axis that holds zero and all values, with their words."""
    low, high = min(0.0, *values), max(0.0, *values)
    found = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high if high > low else 1)
    return {float(tick): short(tick) for tick in found}


@dataclass(frozen=True)
class Column:
    """One column: a pale band from the least to the most that its count can be where it is masked."""

    label: str  # under the column
    count: Count
    group: str = ""  # under the labels, spanning the columns that share it (a year); empty for none


def draw(canvas: Canvas, columns: Sequence[Column], strip: Strip | None = None) -> Figure:
    """Draw columns in order, each with its count; what is too narrow for its words lies down.

    ``strip`` is the range of what the columns count in bands, which stands above. Beside it two bands are a
    sentence, and bands say less than points: then it stands alone.
    """
    if strip is not None and (strip.values or len(columns) <= 2):
        canvas.keys = [Key(strip.one, BLUE_MID, "o")] if strip.values else []
        _lay_strip(canvas, canvas.plots(strip.height)[0], strip)
        return canvas.figure
    groups: dict[str, list[int]] = {}
    for i, column in enumerate(columns):
        groups.setdefault(column.group, []).append(i)
    groups.pop("", None)
    size, pitch = canvas.layout.text, canvas.inner / len(columns)
    texts = [(word, pitch) for c in columns for word in (*c.label.split(" "), c.count.shown)]
    texts += [(group, pitch * len(xs)) for group, xs in groups.items()]
    if strip is None and any(text_width(text, size, 600) > room - _BLANK for text, room in texts):
        return draw_units(canvas, [unit_bar(c.label, c.group, c.count, text=c.count.shown) for c in columns])
    heights = [0 if column.count.is_withheld else column.count.high for column in columns]
    pale = [column.count.is_masked and not column.count.is_withheld for column in columns]
    canvas.keys = [MASKED_KEY] if any(pale) else []
    labels = [wrap(column.label, pitch - _BLANK, size) for column in columns]
    under = LINE * max(len(lines) for lines in labels)
    foot = 0.12 + under + (LINE + 0.02 if groups else 0)
    *above, axes = canvas.plots(*([strip.height] if strip else []), _HEIGHT + foot)
    if strip is not None:
        _lay_strip(canvas, above[0], strip)
    top = max(1, *heights) * 1.18
    bottom, width = -top * foot / _HEIGHT, min(_WIDTH, _WIDEST / pitch)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(bottom, top))
    known = [column.count.solid for column in columns]
    look: Style = {"color": BLUE, "saturation": 1, "linewidth": 0, "width": width}
    sns.barplot(x=range(len(columns)), y=known, native_scale=True, errorbar=None, ax=axes, **look)
    rules(axes, [((-0.5, 0), (len(columns) - 0.5, 0))], LAND_EDGE)
    rules(axes, [((xs[0] - 0.5, bottom), (xs[0] - 0.5, 0)) for xs in groups.values() if xs[0]])
    for x, (column, height, lines) in enumerate(zip(columns, heights, labels, strict=True)):
        if pale[x]:
            masked_band(axes, (x - width / 2, column.count.low), (x + width / 2, height))
        style: Style = {"color": GREY_TEXT} if column.count.is_withheld else {"weight": 600}
        canvas.write(axes, (x, height), column.count.shown, shift=(0, 3), ha="center", va="bottom", **style)
        canvas.write(axes, (x, 0), lines, shift=(0, -5), ha="center", va="top")
    for group, xs in groups.items():
        style = {"ha": "center", "va": "top", "weight": 600, "color": GREY_TEXT}
        canvas.write(axes, ((xs[0] + xs[-1]) / 2, 0), group, shift=(0, -8 - under * 72), **style)
    return canvas.figure


#: Heights in inches: of the words over the range, of the axis under it, of a value that stands on others,
#: and the most that values may take together.
_HEAD, _SCALE, _STEP, _MOST = 0.34, 0.5, 0.13, 1.2


@dataclass(frozen=True)
class Strip:
    """Smallest, mean and largest of some values, and how they are written."""

    low: float
    mean: float
    high: float
    low_text: str
    mean_text: str
    high_text: str
    unit: str = ""  # of the axis, after its last number
    values: tuple[float, ...] = ()  # all of them, where readers may know each; none otherwise
    one: str = ""  # what one value is, for the keys: « un territoire »

    @property
    def piled(self) -> float:
        """Height of the values, those that are equal one above the other, in inches."""
        return min(max(Counter(self.values).values(), default=0) * _STEP, _MOST)

    @property
    def height(self) -> float:
        """Of its plot, in inches."""
        return _HEAD + self.piled + _SCALE


def _lay_strip(canvas: Canvas, axes: Axes, strip: Strip) -> None:
    """Draw the strip on a plot as wide as the page and as high as it asks."""
    size, small = canvas.layout.text, canvas.layout.small
    scale = ticks((strip.low, strip.high))
    (first, *_, last), (*_, end_text) = scale, scale.values()
    # Room for what is written beside both ends.
    left = text_width(strip.low_text, size, 600) + 0.2
    after = text_width(end_text, small) / 2 + 0.05
    right = max(text_width(strip.high_text, size, 600) + 0.2, after + text_width(strip.unit, small))
    inch = (last - first) / (canvas.inner - left - right)
    start, end, level = first - left * inch, last + right * inch, strip.height - _SCALE
    axes.set(xlim=(start, end))
    canvas.scale(axes, scale, [(0.22, strip.height - 0.2)], strip.height - 0.08)
    canvas.write(axes, (last, strip.height - 0.08), strip.unit, shift=(after * 72, 0), **canvas.faint)
    if strip.values:
        values = pd.DataFrame({"x": strip.values})
        piles = values.groupby("x")["x"]
        values["y"] = level - 0.03 - (piles.cumcount() + 1) * strip.piled / piles.size().max()
        points: Style = {"orient": "y", "native_scale": True, "jitter": False, "size": 7, "color": BLUE_MID}
        sns.stripplot(values, x="x", y="y", ax=axes, **points)
    ends: Style = {"marker": "|", "markersize": 15, "markeredgewidth": 2.5, "markeredgecolor": BLUE}
    x, y = [strip.low, strip.high], [level, level]
    sns.lineplot(x=x, y=y, color=BLUE, linewidth=4, estimator=None, ax=axes, **ends)
    sns.scatterplot(x=[strip.mean], y=[level], marker="D", s=80, color=INK, ax=axes, zorder=4)
    ink: Style = {"weight": 600, "color": BLUE}
    canvas.write(axes, (strip.low, level), strip.low_text, shift=(-9, 0), ha="right", **ink)
    if strip.high > strip.low:
        canvas.write(axes, (strip.high, level), strip.high_text, shift=(9, 0), **ink)
    half = text_width(strip.mean_text, size, 600) / 2 * inch
    middle = min(max(strip.mean, start + half), end - half)
    canvas.write(axes, (middle, 0.1), strip.mean_text, ha="center", weight=600)


#: Height between the axes of points, room for the numbers below, blank on the right, in inches.
_TALL, _BELOW, _RIGHT = 3.2, 0.34, 0.15
#: Areas of the smallest and of the largest point, in square points.
_SMALLEST, _LARGEST = 70, 260


@dataclass(frozen=True)
class Point:
    """Two numbers, and what they are said of."""

    name: str  # beside the point, where there is room
    x: float
    y: float


def draw_points(canvas: Canvas, points: Sequence[Point], right: str, up: str) -> Figure:
    """Draw points; those that fall on one place are one, as large as they are many.

    Names are placed in their order; ``right`` and ``up`` tell what the axes measure, with its unit.
    """
    across, along = ticks([point.x for point in points]), ticks([point.y for point in points])
    above, below = (wrap(text, canvas.inner, canvas.layout.text) for text in (up, right))
    left = max(text_width(text, canvas.layout.small) for text in along.values()) + 0.15
    end, top = canvas.inner - _RIGHT, LINE * len(above) + 0.12
    bottom = top + _TALL
    height = bottom + _BELOW + LINE * len(below)
    (axes,) = canvas.plots(height)
    (x0, *_, x1), (y0, *_, y1) = across, along
    xs, ys = ((x0, x1), (left, end)), ((y0, y1), (bottom, top))
    at = dict(zip(np.interp(list(across), *xs).tolist(), across.values(), strict=True))
    canvas.scale(axes, at, [(top, bottom)], bottom + 0.2)
    at = dict(zip(np.interp(list(along), *ys).tolist(), along.values(), strict=True))
    canvas.scale(axes, at, [(left, end)], left - 0.08, up=True)
    canvas.write(axes, (0, 0), above, va="top", color=GREY_TEXT)
    canvas.write(axes, (end, height), below, ha="right", va="bottom", color=GREY_TEXT)
    frame = pd.DataFrame(points).assign(
        x=lambda f: np.interp(f["x"], *xs), y=lambda f: np.interp(f["y"], *ys)
    )
    places = frame.groupby(["x", "y"], sort=False)["name"].agg(n="size", name=", ".join).reset_index()
    size: Style = {"size": "n", "sizes": (_SMALLEST, _LARGEST), "legend": False}
    sns.scatterplot(places, x="x", y="y", **size, color=BLUE, zorder=3, ax=axes)
    small, spots = canvas.layout.small, list(zip(places["x"], places["y"], strict=True))
    found = names_beside(spots, list(places["name"]), small, [(0.1, 0.0)], (left, canvas.inner))
    for name, place in zip(places["name"], found, strict=True):
        if place is not None:
            canvas.write(axes, place, name, ha="center", size=small)
    return canvas.figure
