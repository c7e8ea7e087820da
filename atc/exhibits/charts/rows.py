"""Rows of a horizontal chart: labels beside the marks on a page, above them on a telephone.

The vertical unit of the plot is the inch, counted from the top, so that rows keep their height. Whatever a
row is made of, one call of `seaborn.objects.Bars` draws the bars of the whole chart. What readers may not
know is a pale band from the least to the most that it can be, which seaborn does not have: nothing here sees
a masked count, only its bounds, which are public. One that is « n.c. » has no mark at all, only its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from typing import NamedTuple

import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from atc.disclosure import Count
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Point, Style, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, BLUE_MID, GREY_TEXT, INK, MASKED, MASKED_EDGE, TRACK

#: Height of a bar, and half of what is left blank between two parts of it, in inches.
THICKNESS, _APART = 0.21, 0.015
#: The most of the width that labels take beside their marks, and what is left blank between, in inches.
_LABEL_SHARE, _GAP = 0.42, 0.12


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
MASKED_KEY = Key("effectif possible", MASKED, edge=MASKED_EDGE)


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
    """A plot ready for rows, in inches, y from the top."""

    canvas: Canvas
    axes: Axes
    centers: list[float]  # middle of the marks of each row
    width: float
    height: float

    def bars(self, bars: Sequence[tuple[float, Sequence[Part]]], unit: float, start: float = 0.0) -> None:
        """Draw bars, each given by its middle and its parts, one after the other.

        ``unit`` is the width of one unit, ``start`` where all of them begin, in inches.
        """
        drawn = []
        for y, parts in bars:
            ends = accumulate((part.size * unit for part in parts), initial=start)
            for part, (x0, x1) in zip(parts, pairwise(ends), strict=True):
                look = part.look
                if part.text and text_width(part.text, self.canvas.layout.text, 600) <= x1 - x0 - 0.05:
                    style: Style = {"ha": "center", "weight": 600, "color": look.ink}
                    self.canvas.write(self.axes, ((x0 + x1) / 2, y), part.text, **style)
                if look == PALE and x1 > x0:
                    half = THICKNESS / 2
                    masked_band(self.axes, (x0 + _APART, y - half), (x1 - _APART, y + half))
                elif look != BLANK and x1 > x0:
                    drawn.append((y, x0 + _APART, x1 - _APART, look.color, look.edge))
        if drawn:
            table = pd.DataFrame(drawn, columns=["y", "start", "end", "color", "edge"])
            # Seaborn counts heights in steps between rows.
            step = min((b - a for a, b in pairwise(sorted(set(table["y"])))), default=1)
            marks = so.Bars(width=THICKNESS / step, edgewidth=1.2, alpha=1)
            plot = so.Plot(table, x="end", y="y", color="color", edgecolor="edge")
            plot = plot.add(marks, baseline="start", orient="y", legend=False)
            plot.scale(color=None, edgecolor=None).on(self.axes).plot()
            # It fits the plot to what it draws.
            self.axes.set(xlim=(0, self.width), ylim=(self.height, 0))


def draw_bars(
    canvas: Canvas,
    rows: Sequence[Row],
    bars: Sequence[Sequence[Part]],
    texts: Sequence[str],
    keys: Sequence[Key],
    *,
    widest: float = inf,
    foot: float = 0.0,
    labels: float = _LABEL_SHARE,
) -> tuple[Frame, float]:
    """Draw one bar per row, all of them from zero and on one scale, and what is written at their ends.

    No part stands where nothing may be known, which leaves words alone; the key of pale bands comes by
    itself. ``widest``, the most that a unit may take, and ``foot``, the room under the last row, are in
    inches, as is the width of a unit, given with the plot; ``labels`` take at most that share of a page.
    """
    canvas.keys = with_pale(keys, bars)
    lengths = [sum(part.size for part in parts) for parts in bars]
    beside = [text for text, length in zip(texts, lengths, strict=True) if length]
    frame = lay(canvas, rows, texts=beside, foot=foot, labels=labels)
    unit = min(frame.width / max(1, *lengths), widest)
    frame.bars(list(zip(frame.centers, bars, strict=True)), unit)
    for text, parts, length, y in zip(texts, bars, lengths, frame.centers, strict=True):
        style: Style = {"weight": 600} if parts else {"color": GREY_TEXT}
        canvas.write(frame.axes, (length * unit, y), text, shift=(6 if length else 0, 0), **style)
    return frame, unit


def lay(
    canvas: Canvas,
    rows: Sequence[Row],
    *,
    texts: Sequence[str] = (),
    foot: float = 0.0,
    tall: float = THICKNESS,
    labels: float = _LABEL_SHARE,
) -> Frame:
    """Lay rows out, with their labels and headings, and return where to draw.

    Room is kept for ``texts`` on the right of the plot, and for a scale of ``foot`` inches under the last
    row; the marks of a row are ``tall`` inches, and labels take at most a share of a page.
    """
    size, narrow = canvas.layout.text, canvas.layout.narrow
    widest = max(text_width(row.label, size) for row in rows) + 0.02
    column = canvas.inner if narrow else min(widest, canvas.inner * labels)
    left = 0.0 if narrow else column + _GAP
    right = max((text_width(text, size, 600) + 0.18 for text in texts), default=0.0)
    beside: Style = {} if narrow else {"shift": (-_GAP * 72, 0), "ha": "right"}
    written: list[tuple[float, list[str], Style]] = []
    centers: list[float] = []
    y = 0.04
    for row in rows:
        if row.heading:
            y += 0.09 if centers else 0.0
            heading = wrap(row.heading, canvas.inner, size, 600)
            style: Style = {"shift": (-left * 72, 0), "weight": 600, "color": GREY_TEXT}
            written.append((y + LINE * len(heading) / 2, heading, style))
            y += LINE * len(heading) + 0.05
        lines = wrap(row.label, column, size)
        high = LINE * len(lines)
        # Above the marks on a telephone, level with them on a page.
        above, height = (high + 0.03, tall) if narrow else (0.0, max(tall, high))
        centers.append(y + above + height / 2)
        written.append((y + high / 2 if narrow else centers[-1], lines, beside))
        y += above + height + (0.12 if narrow else 0.06)
    axes = canvas.plot(y + foot, left=left, right=right)
    for middle, lines, style in written:
        canvas.write(axes, (0, middle), lines, **style)
    return Frame(canvas, axes, centers, canvas.inner - left - right, y + foot)
