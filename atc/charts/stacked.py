"""Counts of several modalités side by side in one bar per row, in the order of the questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.charts.rows import Row, lay
from atc.indicators.lignes import premiere
from atc.style.canvas import Canvas, Key, text_width
from atc.style.tokens import BLUE, BLUE_LIGHT, INK, ORANGE, ORANGE_LIGHT
from atc.typography import number

_THICKNESS = 0.3
#: Blank on both sides of a count inside its part, in inches.
_BLANK = 0.05
#: From favourable to unfavourable: two hues, and a lightness that differs on either side.
SCALES = {
    2: ((BLUE, "white"), (ORANGE, "white")),
    3: ((BLUE, "white"), (BLUE_LIGHT, INK), (ORANGE, "white")),
    4: ((BLUE, "white"), (BLUE_LIGHT, INK), (ORANGE_LIGHT, INK), (ORANGE, "white")),
}


@dataclass(frozen=True)
class StackRow(Row):
    """One bar.

    Attributes:
        counts: One count per modalité.
        text: What is written at its end: its total.
    """

    counts: tuple[int, ...] = ()
    text: str = ""


def from_counts(counts: pd.DataFrame, by: str) -> list[StackRow]:
    """One bar per value of a column of labels, from a tidy count (``effectif``, ``total``).

    Args:
        counts: One row = one bar × one modalité, modalités in order.
        by: Column of the labels.
    """
    return [
        StackRow(
            str(label),
            counts=tuple(int(count) for count in some["effectif"]),
            text=f"n = {premiere(some).total}",
        )
        for label, some in counts.groupby(by, sort=False)
    ]


def draw(canvas: Canvas, rows: Sequence[StackRow], segments: Sequence[str]) -> Figure:
    """Draw each row as parts of its own total.

    Args:
        canvas: Where to draw.
        rows: With as many counts as there are segments.
        segments: Labels, from favourable to unfavourable: two, three or four.
    """
    scale = SCALES[len(segments)]
    canvas.keys = [Key(label, fill) for label, (fill, _) in zip(segments, scale, strict=True)]
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room)
    # Rows of different totals keep one scale: a square centimetre is a person everywhere.
    longest = max(sum(row.counts) for row in rows) or 1
    frame.axes.set_xlim(0, longest)
    for row, y in zip(rows, frame.centers, strict=True):
        start = 0
        for count, (fill, ink) in zip(row.counts, scale, strict=True):
            frame.axes.barh(
                y, count, left=start, height=_THICKNESS, color=fill, edgecolor="white", linewidth=1.2
            )
            if _fits(count, frame.width * count / longest, canvas.layout.text):
                _count(frame.axes, start + count / 2, y, count, ink, canvas.layout.text)
            start += count
        _total(frame.axes, start, y, row.text, canvas.layout.text)
    return canvas.figure


def _fits(count: int, width: float, size: float) -> bool:
    """Whether a count can be written inside its part; the table of the exhibit has those that cannot."""
    return text_width(number(count), size, 600) + _BLANK <= width


def _count(axes: Axes, x: float, y: float, count: int, ink: str, size: float) -> None:
    axes.text(x, y, number(count), ha="center", va="center", color=ink, weight=600, size=size)


def _total(axes: Axes, x: float, y: float, text: str, size: float) -> None:
    axes.annotate(
        text,
        (x, y),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        size=size,
        color=INK,
        annotation_clip=False,
    )
