"""Numbers on an axis: the range of one, its mean and how many stand in each band; two as points.

`lineplot` and `scatterplot` of seaborn draw them.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from atc.exhibits.charts.canvas import LINE, Canvas, Style, names_beside, short, text_width, wrap
from atc.exhibits.charts.rows import Row, draw_units
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, INK


def ticks(values: Iterable[float]) -> dict[float, str]:
    """The round numbers of an axis that holds zero and all values, with their words."""
    low, high = min(0.0, *values), max(0.0, *values)
    found = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high if high > low else 1)
    return {float(tick): short(tick) for tick in found}


#: Where the words over a range, its line and its numbers stand, and what all of it takes, in inches.
_WORDS, _LINE, _AXIS, _HEAD = 0.1, 0.34, 0.76, 1.0


class Range(NamedTuple):
    """Smallest, mean and largest of some values, and how each is written."""

    numbers: tuple[float, float, float]
    words: tuple[str, str, str]
    unit: str = ""  # of the mean, and of the axis after its last number


def draw_range(canvas: Canvas, told: Range, bands: Sequence[Row]) -> Figure:
    """Draw a range with, under it, how many stand in each band of it: two bands are left to the sentence."""
    draw_units(canvas, bands if len(bands) > 2 else (), head=_HEAD)
    (axes,), size = canvas.figure.axes, canvas.layout.text
    scale, (low, mean, high) = ticks(told.numbers), told.words
    mean = f"moyenne {mean} {told.unit}".strip()
    (first, *_, last), (*_, end) = scale, scale.values()
    # Across the page, with room for what is written beside both ends.
    start = canvas.layout.pad - axes.get_position().x0 * canvas.layout.width
    after = text_width(end, canvas.layout.small) / 2 + 0.05
    right = max(text_width(high, size, 600) + 0.2, after + text_width(told.unit, canvas.layout.small))
    ends = start + text_width(low, size, 600) + 0.2, start + canvas.inner - right
    at = dict(zip(np.interp(list(scale), (first, last), ends).tolist(), scale.values(), strict=True))
    canvas.scale(axes, at, [(_WORDS + 0.12, _AXIS - 0.12)], _AXIS)
    canvas.write(axes, (ends[1], _AXIS), told.unit, shift=(after * 72, 0), **canvas.faint)
    x0, middle, x1 = np.interp(told.numbers, (first, last), ends).tolist()
    line: Style = {"marker": "|", "markersize": 15, "markeredgewidth": 2.5, "markeredgecolor": BLUE}
    line |= {"color": BLUE, "linewidth": 4, "estimator": None, "clip_on": False}
    sns.lineplot(x=[x0, x1], y=[_LINE, _LINE], ax=axes, **line)
    sns.scatterplot(x=[middle], y=[_LINE], marker="D", s=80, color=INK, ax=axes, zorder=4, clip_on=False)
    ink: Style = {"weight": 600, "color": BLUE}
    canvas.write(axes, (x0, _LINE), low, shift=(-9, 0), ha="right", **ink)
    canvas.write(axes, (x1, _LINE), high, shift=(9, 0), **ink)
    half = text_width(mean, size, 600) / 2
    middle = min(max(middle, start + half), start + canvas.inner - half)
    canvas.write(axes, (middle, _WORDS), mean, ha="center", weight=600)
    return canvas.figure


#: Height between the axes of points, room for the numbers below, blank on the right, in inches.
_TALL, _BELOW, _RIGHT = 3.2, 0.34, 0.15
#: Areas of the smallest and of the largest point, in square points.
_AREAS = (70, 260)


class Point(NamedTuple):
    """Two numbers, and what they are said of: written beside the point, where there is room."""

    name: str
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
    axes = canvas.plot(height)
    places = pd.DataFrame(points)
    for name, scale, ends in (("x", across, (left, end)), ("y", along, (bottom, top))):
        (first, *_, last), up_ = scale, name == "y"
        at = dict(zip(np.interp(list(scale), (first, last), ends).tolist(), scale.values(), strict=True))
        span, beside = ((left, end), left - 0.08) if up_ else ((top, bottom), bottom + 0.2)
        canvas.scale(axes, at, [span], beside, up=up_)
        places[name] = np.interp(places[name], (first, last), ends)
    canvas.write(axes, (0, 0), above, va="top", color=GREY_TEXT)
    canvas.write(axes, (end, height), below, ha="right", va="bottom", color=GREY_TEXT)
    places = places.groupby(["x", "y"], sort=False)["name"].agg(n="size", name=", ".join).reset_index()
    size: Style = {"size": "n", "sizes": _AREAS, "legend": False}
    sns.scatterplot(places, x="x", y="y", **size, color=BLUE, zorder=3, ax=axes)
    small, spots = canvas.layout.small, list(zip(places["x"], places["y"], strict=True))
    found = names_beside(spots, list(places["name"]), small, [(0.1, 0.0)], (left, canvas.inner))
    for name, place in zip(places["name"], found, strict=True):
        if place is not None:
            canvas.write(axes, place, name, ha="center", size=small)
    return canvas.figure
