"""A range and its mean on one axis, with every value where readers may know them all.

Drawn by `seaborn.stripplot` (the values), `seaborn.lineplot` (the range), `seaborn.scatterplot` (the mean).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.exhibits.charts.canvas import Canvas, Key, Style, text_width, ticks
from atc.exhibits.charts.tokens import BLUE, BLUE_MID, INK

#: Heights in inches: of the words over the range, of the axis under it, of a value that stands on others,
#: and the most that values may take together.
_HEAD, _FOOT, _STEP, _MOST = 0.34, 0.5, 0.13, 1.2


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
    def keys(self) -> list[Key]:
        """What the points stand for, if there are any."""
        return [Key(self.one, BLUE_MID, "o")] if self.values else []

    @property
    def piled(self) -> float:
        """Height of the values, those that are equal one above the other, in inches."""
        return min(max(Counter(self.values).values(), default=0) * _STEP, _MOST)

    @property
    def height(self) -> float:
        """Of its plot, in inches."""
        return _HEAD + self.piled + _FOOT


def draw(canvas: Canvas, strip: Strip) -> Figure:
    """Draw the strip alone."""
    canvas.keys = strip.keys
    lay(canvas, canvas.plot(strip.height), strip)
    return canvas.figure


def lay(canvas: Canvas, axes: Axes, strip: Strip) -> None:
    """Draw the strip on a plot as wide as the page and as high as it asks."""
    size, small = canvas.layout.text, canvas.layout.small
    scale = ticks((strip.low, strip.high))
    (first, *_, last), (*_, end_text) = scale, scale.values()
    # Room for what is written beside both ends.
    left = text_width(strip.low_text, size, 600) + 0.2
    after = text_width(end_text, small) / 2 + 0.05
    right = max(text_width(strip.high_text, size, 600) + 0.2, after + text_width(strip.unit, small))
    inch = (last - first) / (canvas.inner - left - right)
    start, end, level = first - left * inch, last + right * inch, strip.height - _FOOT
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
