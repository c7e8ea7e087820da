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
from atc.style.tokens import BLUE, BLUE_LIGHT, BLUE_MID, INK, ORANGE, ORANGE_LIGHT
from atc.typography import number

_THICKNESS = 0.28
#: Blank on both sides of a count inside its part, in inches.
_BLANK = 0.05
#: Half a blank between two parts, and half the line around them, in inches.
_EDGE = 0.017


@dataclass(frozen=True)
class _Shade:
    color: str
    ink: str
    hollow: bool = False


_FULL, _OPEN = _Shade(BLUE, "white"), _Shade(ORANGE, ORANGE, hollow=True)
#: From favourable to unfavourable: ever paler, so that no one needs to tell blue from orange.
SCALES = {
    2: (_FULL, _OPEN),
    3: (_FULL, _Shade(BLUE_LIGHT, INK), _OPEN),
    4: (_FULL, _Shade(BLUE_MID, INK), _Shade(ORANGE_LIGHT, INK), _OPEN),
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
    canvas.keys = [
        Key(label, shade.color, hollow=shade.hollow) for label, shade in zip(segments, scale, strict=True)
    ]
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room)
    # Rows of different totals keep one scale: a square centimetre is a person everywhere.
    longest = max(sum(row.counts) for row in rows) or 1
    unit = frame.width / longest
    frame.axes.set_xlim(0, frame.width)
    for row, y in zip(rows, frame.centers, strict=True):
        x = 0.0
        for count, shade in zip(row.counts, scale, strict=True):
            _part(frame.axes, x, y, count * unit, shade)
            _count(frame.axes, x, y, count, count * unit, shade.ink, canvas.layout.text)
            x += count * unit
        _total(frame.axes, x, y, row.text, canvas.layout.text)
    return canvas.figure


def _part(axes: Axes, x: float, y: float, width: float, shade: _Shade) -> None:
    if width:
        axes.barh(
            y,
            max(width - 2 * _EDGE, 0),
            left=x + _EDGE,
            height=_THICKNESS,
            facecolor="white" if shade.hollow else shade.color,
            edgecolor=shade.color,
            linewidth=1.2,
            clip_on=False,
        )


def _count(axes: Axes, x: float, y: float, count: int, width: float, ink: str, size: float) -> None:
    """Write a count inside its part; the table of the exhibit has those that do not fit."""
    text = number(count)
    if text_width(text, size, 600) + _BLANK <= width:
        axes.text(x + width / 2, y, text, ha="center", va="center", color=ink, weight=600, size=size)


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
