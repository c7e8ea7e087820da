"""Two numbers against each other: one point per row, drawn by `seaborn.scatterplot`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.exhibits.charts.canvas import LINE, Canvas, Style, text_width, ticks, wrap
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT

#: Height between the axes, room for the numbers below, blank on the right, in inches.
_HEIGHT, _BELOW, _RIGHT = 3.2, 0.34, 0.15
#: Beyond this, names hide one another: the table has them.
_MOST_NAMES = 40
#: Areas of the smallest and of the largest point, in square points, and half the width that one takes.
_SMALLEST, _LARGEST, _MARK = 70, 260, 0.09


@dataclass(frozen=True)
class Point:
    """One row."""

    name: str  # beside the point, where there is room
    x: float
    y: float


def draw(canvas: Canvas, points: Sequence[Point], right: str, up: str) -> Figure:
    """Draw points; those that fall on one place are one, as large as they are many.

    Names are placed in their order; ``right`` and ``up`` tell what the axes measure, with its unit.
    """
    across, along = ticks([point.x for point in points]), ticks([point.y for point in points])
    above, below = (wrap(text, canvas.inner, canvas.layout.text) for text in (up, right))
    left = max(text_width(text, canvas.layout.small) for text in along.values()) + 0.15
    end, top = canvas.inner - _RIGHT, LINE * len(above) + 0.12
    bottom = top + _HEIGHT
    height = bottom + _BELOW + LINE * len(below)
    axes = canvas.plot(height)
    x, y = _placed(across, left, end), _placed(along, bottom, top)
    canvas.scale(axes, {x(value): text for value, text in across.items()}, [(top, bottom)], bottom + 0.2)
    canvas.scale(axes, {y(value): text for value, text in along.items()}, [(left, end)], left - 0.08, up=True)
    canvas.write(axes, (0, 0), above, va="top", color=GREY_TEXT)
    canvas.write(axes, (end, height), below, ha="right", va="bottom", color=GREY_TEXT)
    frame = pd.DataFrame(
        [(x(point.x), y(point.y), point.name) for point in points], columns=["x", "y", "name"]
    )
    places = frame.groupby(["x", "y"], sort=False).agg(n=("name", "size"), name=("name", ", ".join))
    places = places.reset_index()
    size: Style = {"size": "n", "sizes": (_SMALLEST, _LARGEST), "legend": False}
    sns.scatterplot(places, x="x", y="y", **size, color=BLUE, zorder=3, ax=axes)
    if len(points) <= _MOST_NAMES:
        _names(canvas, axes, places, left)
    return canvas.figure


def _placed(values: Iterable[float], start: float, end: float) -> Callable[[float], float]:
    """A value -> its place, the first and the last of some values standing at both ends, in inches."""
    first, *_, last = values
    return lambda value: start + (value - first) / (last - first) * (end - start)


def _names(canvas: Canvas, axes: Axes, places: pd.DataFrame, left: float) -> None:
    """A name on the right of its point, or on its left; none where it would cover another one."""
    spots = list(zip(places["x"], places["y"], places["name"], strict=True))
    taken = [(x - _MARK, x + _MARK, y) for x, y, _ in spots]
    for x, y, name in spots:
        width = text_width(name, canvas.layout.small)
        for start in (x + 0.1, x - 0.1 - width):
            free = all(start >= b or start + width <= a or abs(y - at) >= LINE for a, b, at in taken)
            if free and left <= start and start + width <= canvas.inner:
                canvas.write(axes, (start, y), name, size=canvas.layout.small)
                taken.append((start, start + width, y))
                break
