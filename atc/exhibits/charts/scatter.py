"""Two numbers against each other: one point per row, drawn by `seaborn.scatterplot`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.exhibits.charts.canvas import LINE, Canvas, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, INK, RULE
from atc.typography import number

#: Height of the plot, room for the numbers on the left and below, in inches.
_HEIGHT, _LEFT, _BELOW = 3.2, 0.4, 0.24
#: Beyond this, names hide one another: the table has them.
_MOST_NAMES = 40
_SMALLEST, _LARGEST = 70, 260


@dataclass(frozen=True)
class Point:
    """One row.

    Attributes:
        name: Beside the point, where there is room.
        x, y: Values.
    """

    name: str
    x: float
    y: float


def draw(canvas: Canvas, points: Sequence[Point], right: str, up: str) -> Figure:
    """Draw points; those that fall on one place are one, as large as they are many.

    Args:
        canvas: Where.
        points: Any number of them, in the order in which names are placed.
        right: What the horizontal axis measures, with its unit.
        up: The same for the vertical one.
    """
    size = canvas.layout.text
    above, below = (wrap(text, canvas.inner, size) for text in (up, right))
    head, axes, foot = canvas.plots(
        LINE * len(above), _HEIGHT, _BELOW + LINE * len(below), gap=0.08, left=_LEFT, right=0.1
    )
    for part, lines, x in ((head, above, 0.0), (foot, below, 1.0)):
        part.set_axis_off()
        side = "right" if x else "left"
        part.text(x, 0, "\n".join(lines), size=size, color=GREY_TEXT, ha=side, va="bottom")
    frame = pd.DataFrame([vars(point) for point in points])
    places = frame.groupby(["x", "y"], sort=False).agg(n=("name", "size"), name=("name", ", ".join))
    places = places.reset_index()
    sns.scatterplot(
        places, x="x", y="y", size="n", sizes=(_SMALLEST, _LARGEST), color=BLUE, legend=False, ax=axes
    )
    axes.set(xlabel="", ylabel="", xlim=_ends(frame["x"]), ylim=_ends(frame["y"]))
    axes.grid(color=RULE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=canvas.layout.small, labelcolor=GREY_TEXT)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: number(value, 0 if float(value).is_integer() else 1))
    if len(points) <= _MOST_NAMES:
        _names(axes, places, canvas)
    return canvas.figure


def _ends(values: pd.Series) -> tuple[float, float]:
    """From zero, or below, to somewhat more than the largest value: no point is cut."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.08 * (high - low) or 1.0
    return low - room / 2, high + room


def _names(axes: Axes, places: pd.DataFrame, canvas: Canvas) -> None:
    """A name on the right of its point, or on its left; none where it would cover another one."""
    size, (left, right), (bottom, top) = canvas.layout.small, axes.get_xlim(), axes.get_ylim()
    wide = (right - left) / (canvas.inner - _LEFT - 0.1)
    tall, away = (top - bottom) / _HEIGHT * LINE, 0.1 * wide
    taken = [(x - 0.9 * away, x + 0.9 * away, y) for x, y in zip(places["x"], places["y"], strict=True)]
    for x, y, name in zip(places["x"], places["y"], places["name"], strict=True):
        width = text_width(name, size) * wide
        for start in (x + away, x - away - width):
            free = all(start >= b or start + width <= a or abs(y - at) >= tall for a, b, at in taken)
            if free and left <= start and start + width <= right:
                axes.annotate(name, (start, y), size=size, color=INK, va="center", annotation_clip=False)
                taken.append((start, start + width, y))
                break
