"""Horizontal bars: a count, drawn inside its total when it has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from atc.disclosure import Count
from atc.exhibits.charts import masking
from atc.exhibits.charts.canvas import Canvas, Key, text_width
from atc.exhibits.charts.rows import Frame, Row, lay
from atc.exhibits.charts.tokens import BLUE, INK, TRACK

_THICKNESS = 0.24


@dataclass(frozen=True)
class BarRow(Row):
    """One bar.

    Attributes:
        count: Its length; hatched as far as it may reach where it is masked.
        total: Length of the pale bar behind it; ``None`` for none.
        text: What is written at its end.
        color: Of the bar.
    """

    count: Count = masking.NONE
    total: Count | None = None
    text: str = ""
    color: str = BLUE

    @property
    def length(self) -> int:
        """Where its text stands."""
        return max(masking.reach(self.total), self.count.high)


def draw(canvas: Canvas, rows: Sequence[BarRow], keys: Sequence[Key] = ()) -> Figure:
    """Draw the bars; all start from zero.

    Args:
        canvas: Where to draw.
        rows: In reading order.
        keys: Entries of the legend; none by default.
    """
    canvas.keys = masking.with_key(keys, (count for row in rows for count in (row.count, row.total)))
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room)
    frame.axes.set_xlim(0, max(row.length for row in rows) or 1)
    for row, y in zip(rows, frame.centers, strict=True):
        _bar(frame, row, y)
        frame.axes.annotate(
            row.text,
            (row.length, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=canvas.layout.text,
            weight=600,
            color=INK,
            annotation_clip=False,
        )
    return canvas.figure


def _bar(frame: Frame, row: BarRow, y: float) -> None:
    if row.total is not None and row.total.is_masked:
        frame.axes.barh(y, row.total.high, height=_THICKNESS, **masking.STYLE)
    elif row.total is not None and row.total.low:
        frame.axes.barh(y, row.total.low, height=_THICKNESS, color=TRACK)
    if row.count.uncertain:
        frame.axes.barh(y, row.count.uncertain, left=row.count.solid, height=_THICKNESS, **masking.STYLE)
    if not row.count.is_masked or row.count.solid:
        frame.axes.barh(y, row.count.solid, height=_THICKNESS, color=row.color)
