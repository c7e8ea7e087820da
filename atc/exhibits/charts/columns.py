"""Vertical columns over ordered categories, drawn by `seaborn.barplot`, and the range of what they band.

What is too narrow for its words lies down as `units`. A range and its mean, with every value where readers
may know them all, are drawn by `seaborn.lineplot`, `scatterplot` and `stripplot`, above columns or alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Count
from atc.exhibits.charts import units
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, text_width, ticks, wrap
from atc.exhibits.charts.rows import MASKED_KEY, masked_band
from atc.exhibits.charts.tokens import BLUE, BLUE_MID, GREY_TEXT, INK, LAND_EDGE

_HEIGHT = 1.1
#: Width of a column, as a share of its place, and the most it may be, in inches.
_WIDTH, _WIDEST = 0.72, 1.1
#: Least blank between two texts side by side, in inches.
_BLANK = 0.08


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        label: Under the column.
        count: Its height; a pale band from the least to the most that it can be where it is masked.
        group: Under the labels, spanning the columns that share it (a year); empty for none.
    """

    label: str
    count: Count
    group: str = ""

    @property
    def height(self) -> int:
        """Where its number stands."""
        return 0 if self.count.is_withheld else self.count.high

    @property
    def is_pale(self) -> bool:
        """Whether it has a band."""
        return self.count.is_masked and not self.count.is_withheld


def draw(canvas: Canvas, columns: Sequence[Column], strip: Strip | None = None) -> Figure:
    """Draw columns in order, each with its count.

    ``strip`` is the range of what the columns count in bands, which stands above. Beside it two bands are a
    sentence, and bands say less than points: then it stands alone.
    """
    if strip is not None and (strip.values or len(columns) <= 2):
        return draw_strip(canvas, strip)
    groups: dict[str, list[int]] = {}
    for i, column in enumerate(columns):
        groups.setdefault(column.group, []).append(i)
    groups.pop("", None)
    size, pitch = canvas.layout.text, canvas.inner / len(columns)
    texts = [(word, pitch) for c in columns for word in (*c.label.split(" "), c.count.shown)]
    texts += [(group, pitch * len(xs)) for group, xs in groups.items()]
    if strip is None and any(text_width(text, size, 600) > room - _BLANK for text, room in texts):
        return units.draw(canvas, [_lying(columns, i) for i in range(len(columns))])
    canvas.keys = [MASKED_KEY] if any(column.is_pale for column in columns) else []
    labels = [wrap(column.label, pitch - _BLANK, size) for column in columns]
    under = LINE * max(len(lines) for lines in labels)
    foot = 0.12 + under + (LINE + 0.02 if groups else 0)
    *above, axes = canvas.plots(*([strip.height] if strip else []), _HEIGHT + foot, gap=0.3)
    if strip is not None:
        _lay_strip(canvas, above[0], strip)
    top = max(1, *(column.height for column in columns)) * 1.18
    bottom, width = -top * foot / _HEIGHT, min(_WIDTH, _WIDEST / pitch)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(bottom, top))
    known = [column.count.solid for column in columns]
    look: Style = {"color": BLUE, "saturation": 1, "linewidth": 0, "width": width}
    sns.barplot(x=range(len(columns)), y=known, native_scale=True, errorbar=None, ax=axes, **look)
    starts = [xs[0] - 0.5 for xs in groups.values() if xs[0]]
    canvas.rules(axes, [((-0.5, 0), (len(columns) - 0.5, 0))], LAND_EDGE)
    canvas.rules(axes, [((x, bottom), (x, 0)) for x in starts])
    for x, (column, lines) in enumerate(zip(columns, labels, strict=True)):
        if column.is_pale:
            masked_band(axes, (x - width / 2, column.count.low), (x + width / 2, column.height))
        style: Style = {"color": GREY_TEXT} if column.count.is_withheld else {"weight": 600}
        style |= {"ha": "center", "va": "bottom"}
        canvas.write(axes, (x, column.height), column.count.shown, shift=(0, 3), **style)
        canvas.write(axes, (x, 0), lines, shift=(0, -5), ha="center", va="top")
    for group, xs in groups.items():
        style = {"ha": "center", "va": "top", "weight": 600, "color": GREY_TEXT}
        canvas.write(axes, ((xs[0] + xs[-1]) / 2, 0), group, shift=(0, -8 - under * 72), **style)
    return canvas.figure


def _lying(columns: Sequence[Column], i: int) -> units.UnitRow:
    column = columns[i]
    heading = "" if i and columns[i - 1].group == column.group else column.group
    return units.UnitRow(column.label, heading, column.count, text=column.count.shown)


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
        return _HEAD + self.piled + _SCALE


def draw_strip(canvas: Canvas, strip: Strip) -> Figure:
    """Draw the strip alone."""
    canvas.keys = strip.keys
    _lay_strip(canvas, canvas.plot(strip.height), strip)
    return canvas.figure


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
