"""Horizontal bars: a count, drawn inside its total when it has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from atc.charts.rows import Row, lay
from atc.style.canvas import Canvas, text_width
from atc.style.tokens import BLUE, INK, TRACK

_THICKNESS = 0.24


@dataclass(frozen=True)
class BarRow(Row):
    """One bar.

    Attributes:
        count: Its length.
        total: Length of the pale bar behind it; 0 for none.
        text: What is written at its end.
        color: Of the bar.
    """

    count: float = 0
    total: float = 0
    text: str = ""
    color: str = BLUE


def draw(canvas: Canvas, rows: Sequence[BarRow]) -> Figure:
    """Draw the bars; all start from zero."""
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room)
    longest = max(max(row.count, row.total) for row in rows) or 1
    frame.axes.set_xlim(0, longest)
    for row, y in zip(rows, frame.centers, strict=True):
        if row.total:
            frame.axes.barh(y, row.total, height=_THICKNESS, color=TRACK)
        frame.axes.barh(y, row.count, height=_THICKNESS, color=row.color)
        frame.axes.annotate(
            row.text,
            (max(row.count, row.total), y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=canvas.layout.text,
            weight=600,
            color=INK,
            annotation_clip=False,
        )
    return canvas.figure
