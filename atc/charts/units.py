"""One square per unit: the honest form for a census of fifteen sites, where a percentage would mislead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns
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
        total: All squares: the rest is drawn pale.
        text: What is written after them: « 7 sur 14 ».
        also: Hollow squares after the filled ones (a second, weaker belonging).
        color: Of the filled squares.
    """

    count: int = 0
    total: int = 0
    text: str = ""
    also: int = 0
    color: str = BLUE


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
    """Draw rows of squares, or bars when the total is too large for squares."""
    canvas.keys = keys
    if max(row.total for row in rows) > MOST:
        as_bars = [bars.BarRow(r.label, r.heading, r.count, r.total, r.text, r.color) for r in rows]
        return bars.draw(canvas, as_bars)
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, 0.21, right=room)
    most = max(row.total for row in rows)
    pitch = min(_PITCH, frame.width / most)
    frame.axes.set_xlim(0, frame.width)
    _squares(frame, rows, pitch)
    for row, y in zip(rows, frame.centers, strict=True):
        _count(frame.axes, most * pitch + 0.08, y, row, canvas)
    return canvas.figure


def _squares(frame: Frame, rows: Sequence[UnitRow], pitch: float) -> None:
    marks = pd.DataFrame(
        [
            (
                (i + 0.5) * pitch,
                y,
                row.color if i < row.count else TRACK,
                row.count <= i < row.count + row.also,
            )
            for row, y in zip(rows, frame.centers, strict=True)
            for i in range(row.total)
        ],
        columns=["x", "y", "color", "hollow"],
    )
    # The mark is a little smaller than its cell, so that squares can be counted.
    side = (pitch * 0.78 * 72) ** 2
    for color, some in marks[~marks["hollow"]].groupby("color", sort=True):
        sns.scatterplot(some, x="x", y="y", marker="s", s=side, color=color, linewidth=0, ax=frame.axes)
    hollow = marks[marks["hollow"]]
    if len(hollow):
        frame.axes.scatter(
            hollow["x"],
            hollow["y"],
            marker="s",
            s=side * 0.86,
            facecolor="white",
            edgecolor=BLUE,
            linewidth=1.4,
        )


def _count(axes: Axes, x: float, y: float, row: UnitRow, canvas: Canvas) -> None:
    color = INK if row.color == TRACK else row.color
    axes.text(x, y, row.text, size=canvas.layout.text, weight=600, color=color, va="center_baseline")
