"""Rows of a horizontal chart: labels beside the marks on a page, above them on a telephone.

The vertical unit of the plot is the inch, counted from the top, so that rows keep their height. Whatever a
row is made of, one call of `seaborn.objects.Bars` draws the bars of the whole chart. What readers may not
know is a pale band from the least to the most that it can be, which seaborn does not have: nothing here sees
a masked count, only its bounds, which are public. One that is « n.c. » has no mark at all, only its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from atc.disclosure import Count
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Point, Style, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, BLUE_MID, GREY_TEXT, INK, MASKED, MASKED_EDGE, TRACK

_LABEL_SHARE = 0.42
_GAP = 0.12


class Look(NamedTuple):
    """How a part of a bar looks: inside, edge, and what is written on it."""

    color: str
    edge: str
    ink: str = INK


FULL, HOLLOW = Look(BLUE, BLUE, "white"), Look("white", BLUE, BLUE)
MID, LIGHT, REST = (Look(color, color) for color in (BLUE_MID, BLUE_LIGHT, TRACK))
#: Not drawn by seaborn: where a masked count can lie, and where nothing is.
PALE, BLANK = Look(MASKED, MASKED_EDGE), Look("none", "none", GREY_TEXT)


NONE = Count.exactly(0)
MASKED_KEY = Key("effectif masqué", MASKED, edge=MASKED_EDGE)


def masked_band(axes: Axes, start: Point, end: Point) -> None:
    """Draw a pale band from corner to corner, whole: no line of a scale cuts it into units."""
    (x0, y0), (x1, y1) = start, end
    drawn = Rectangle(start, x1 - x0, y1 - y0, facecolor=MASKED, edgecolor=MASKED_EDGE, linewidth=0.8)
    axes.add_patch(drawn).set_zorder(3)


class Part(NamedTuple):
    """A part of a bar: how many units it is long, and what is written on it where there is room."""

    size: float
    look: Look
    text: str = ""


def with_pale(keys: Sequence[Key], bars: Sequence[Sequence[Part]]) -> list[Key]:
    """Keys, and that of pale bands as soon as there is one."""
    pale = any(part.look == PALE and part.size for parts in bars for part in parts)
    return [*keys, MASKED_KEY] if pale else list(keys)


@dataclass(frozen=True)
class Row:
    """What every row has.

    Attributes:
        label: Its name.
        heading: Heading of the group that it opens; empty inside a group.
    """

    label: str
    heading: str = ""


@dataclass(frozen=True)
class Frame:
    """A plot ready for rows.

    Attributes:
        canvas: What it is part of.
        axes: x and y are in inches, y from the top.
        centers: Middle of the marks of each row.
        width, height: Of the plot, in inches.
    """

    canvas: Canvas
    axes: Axes
    centers: list[float]
    width: float
    height: float

    def fit(self) -> None:
        """Give the plot back its units, which seaborn fits to what it draws, and no axis."""
        self.axes.set(xlim=(0, self.width), ylim=(self.height, 0), xlabel="", ylabel="")
        self.axes.set_axis_off()

    def bars(
        self,
        bars: Sequence[tuple[float, Sequence[Part]]],
        thickness: float,
        unit: float,
        *,
        start: float = 0.0,
        apart: float = 0.0,
    ) -> None:
        """Draw bars, the parts of each one after the other.

        Args:
            bars: Middle of each, and its parts.
            thickness: Height of all of them, in inches.
            unit: Width of one unit, in inches.
            start: Where all of them begin, in inches.
            apart: Half of what is left blank between two parts, in inches.
        """
        drawn = []
        for y, parts in bars:
            ends = [start + unit * sum(part.size for part in parts[:i]) for i in range(len(parts) + 1)]
            for part, (x0, x1) in zip(parts, pairwise(ends), strict=True):
                look, room = part.look, x1 - x0 - 0.05
                if part.text and text_width(part.text, self.canvas.layout.text, 600) <= room:
                    style: Style = {"ha": "center", "weight": 600, "color": look.ink}
                    self.canvas.write(self.axes, ((x0 + x1) / 2, y), part.text, **style)
                if look == PALE and x1 > x0:
                    half = thickness / 2
                    masked_band(self.axes, (x0 + apart, y - half), (x1 - apart, y + half))
                elif look != BLANK and x1 > x0:
                    drawn.append((y, x0 + apart, x1 - apart, look.color, look.edge))
        if drawn:
            table = pd.DataFrame(drawn, columns=["y", "start", "end", "color", "edge"])
            # Seaborn counts heights in steps between rows.
            step = min((b - a for a, b in pairwise(sorted(set(table["y"])))), default=1)
            marks = so.Bars(width=thickness / step, edgewidth=1.2, alpha=1)
            plot = so.Plot(table, x="end", y="y", color="color", edgecolor="edge")
            plot = plot.add(marks, baseline="start", orient="y", legend=False)
            plot.scale(color=None, edgecolor=None).on(self.axes).plot()
        self.fit()


def lay(
    canvas: Canvas, rows: Sequence[Row], thickness: float, *, texts: Sequence[str] = (), foot: float = 0.0
) -> Frame:
    """Lay rows out, with their labels and headings, and return where to draw.

    Args:
        canvas: Where to draw; its title, keys and source are drawn too.
        rows: In reading order.
        thickness: Height of the marks, in inches.
        texts: What will stand on the right of the plot, for which room is kept.
        foot: Room kept under the last row, for a scale, in inches.
    """
    size, narrow = canvas.layout.text, canvas.layout.narrow
    widest = max(text_width(row.label, size) for row in rows) + 0.02
    column = canvas.inner if narrow else min(widest, canvas.inner * _LABEL_SHARE)
    left = 0.0 if narrow else column + _GAP
    right = max((text_width(text, size, 600) + 0.18 for text in texts), default=0.0)
    written: list[tuple[float, list[str], Style]] = []
    centers: list[float] = []
    y = 0.04
    for row in rows:
        if row.heading:
            y += 0.12 if centers else 0.0
            heading = wrap(row.heading, canvas.inner, size, 600)
            style: Style = {"shift": (-left * 72, 0), "weight": 600, "color": GREY_TEXT}
            written.append((y + LINE * len(heading) / 2, heading, style))
            y += LINE * len(heading) + 0.08
        lines = wrap(row.label, column, size)
        if narrow:
            written.append((y + LINE * len(lines) / 2, lines, {}))
            y += LINE * len(lines) + 0.03
        height = max(thickness, 0 if narrow else LINE * len(lines))
        centers.append(y + height / 2)
        if not narrow:
            written.append((centers[-1], lines, {"shift": (-_GAP * 72, 0), "ha": "right"}))
        y += height + (0.13 if narrow else 0.09)
    axes = canvas.plot(y + foot, left=left, right=right)
    frame = Frame(canvas, axes, centers, canvas.inner - left - right, y + foot)
    frame.fit()
    for middle, lines, style in written:
        canvas.write(axes, (0, middle), lines, **style)
    return frame
