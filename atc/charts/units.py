"""One square per unit: the honest form for a census of fifteen sites, where a percentage would mislead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.charts import bars
from atc.charts.rows import Frame, Row, lay
from atc.indicators.lignes import lignes
from atc.style.canvas import Canvas, Key, text_width
from atc.style.tokens import BLUE, INK, TRACK
from atc.typography import number

#: Beyond this total, squares are too many to count: bars say the same.
MOST = 24
_PITCH = 0.25


@dataclass(frozen=True)
class UnitRow(Row):
    """One row of squares.

    Attributes:
        count: Filled squares.
        total: All squares: the rest is drawn pale; 0 for no rest.
        text: What is written after them: « 7 sur 14 ».
        also: Hollow squares after the filled ones (a second, weaker belonging).
        color: Of the filled squares.
    """

    count: int = 0
    total: int = 0
    text: str = ""
    also: int = 0
    color: str = BLUE

    @property
    def length(self) -> int:
        """How many squares are drawn."""
        return max(self.total, self.count + self.also)


def from_counts(counts: pd.DataFrame, heading: str = "") -> list[UnitRow]:
    """Rows of a tidy count (``libelle``, ``effectif``, ``total``), the first one opening a group.

    Args:
        counts: One row = one modalité.
        heading: Heading of the group; none by default.
    """
    return [
        UnitRow(
            row.libelle,
            heading if i == 0 else "",
            count=int(row.effectif),
            total=int(row.total),
            text=f"{number(row.effectif)} sur {number(row.total)}",
        )
        for i, row in enumerate(lignes(counts))
    ]


def draw(canvas: Canvas, rows: Sequence[UnitRow], keys: Sequence[Key] = ()) -> Figure:
    """Draw rows of squares, or bars when the total is too large for squares.

    Args:
        canvas: Where to draw.
        rows: In reading order.
        keys: Entries of the legend; none by default.
    """
    canvas.keys = keys
    most = max(row.length for row in rows)
    # Bars have no form for hollow squares: those stay, however small.
    if most > MOST and not any(row.also for row in rows):
        as_bars = [bars.BarRow(r.label, r.heading, r.count, r.total, r.text, r.color) for r in rows]
        return bars.draw(canvas, as_bars)
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, 0.21, right=room)
    pitch = min(_PITCH, frame.width / max(most, 1))
    frame.axes.set_xlim(0, frame.width)
    _squares(frame, rows, pitch)
    for row, y in zip(rows, frame.centers, strict=True):
        _count(frame.axes, most * pitch + 0.08, y, row, canvas)
    return canvas.figure


def _squares(frame: Frame, rows: Sequence[UnitRow], pitch: float) -> None:
    # The mark is a little smaller than its cell, so that squares can be counted.
    side = (pitch * 0.78 * 72) ** 2
    for row, y in zip(rows, frame.centers, strict=True):
        middles = [(i + 0.5) * pitch for i in range(row.length)]
        filled, hollow, pale = np.split(middles, [row.count, row.count + row.also])
        for xs, fill in ((filled, row.color), (pale, TRACK)):
            frame.axes.scatter(xs, [y] * len(xs), marker="s", s=side, color=fill, linewidth=0)
        frame.axes.scatter(
            hollow,
            [y] * len(hollow),
            marker="s",
            s=side * 0.86,
            facecolor="white",
            edgecolor=row.color,
            linewidth=1.4,
        )


def _count(axes: Axes, x: float, y: float, row: UnitRow, canvas: Canvas) -> None:
    color = INK if row.color == TRACK else row.color
    axes.text(x, y, row.text, size=canvas.layout.text, weight=600, color=color, va="center")
