"""One square per unit: the honest form for a census of fifteen sites, where a percentage would mislead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Count, Ratio, Released
from atc.exhibits.charts import bars, masking
from atc.exhibits.charts.canvas import Canvas, Key, text_width
from atc.exhibits.charts.rows import Frame, Row, lay
from atc.exhibits.charts.tokens import BLUE, INK, TRACK

#: Beyond this total, squares are too many to count: bars say the same.
MOST = 24
_PITCH = 0.25


@dataclass(frozen=True)
class UnitRow(Row):
    """One row of squares.

    Attributes:
        count: Filled squares; hatched ones where it is masked.
        total: All squares: the rest is drawn pale; ``None`` for no rest.
        text: What is written after them: « 7 sur 14 ».
        also: Hollow squares after the filled ones (a second, weaker belonging).
        color: Of the filled squares.
    """

    count: Count = masking.NONE
    total: Count | None = None
    text: str = ""
    also: Count = masking.NONE
    color: str = BLUE

    @property
    def length(self) -> int:
        """How many squares are drawn."""
        return max(masking.reach(self.total), self.count.high + self.also.high)


def from_counts(counts: Released, heading: str = "") -> list[UnitRow]:
    """Rows of a tidy count (``libelle``, ``effectif``, ``total``), the first one opening a group.

    Args:
        counts: One row = one modalité.
        heading: Heading of the group; none by default.
    """
    return [
        UnitRow(
            row.libelle,
            heading if i == 0 else "",
            count=row.effectif,
            total=row.total,
            text=Ratio(row.effectif, row.total).shown,
        )
        for i, row in enumerate(counts)
    ]


def draw(canvas: Canvas, rows: Sequence[UnitRow], keys: Sequence[Key] = ()) -> Figure:
    """Draw rows of squares, or bars when the total is too large for squares.

    Args:
        canvas: Where to draw.
        rows: In reading order.
        keys: Entries of the legend; none by default.
    """
    most = max(row.length for row in rows)
    # Bars have no form for hollow squares: those stay, however small.
    if most > MOST and not any(row.also.high for row in rows):
        as_bars = [bars.BarRow(r.label, r.heading, r.count, r.total, r.text, r.color) for r in rows]
        return bars.draw(canvas, as_bars, keys)
    canvas.keys = masking.with_key(keys, (c for row in rows for c in (row.count, row.also, row.total)))
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
        x = 0.0
        for many, look in _looks(row):
            xs = [x + (i + 0.5) * pitch for i in range(many)]
            x += many * pitch
            if xs:
                area = side if look.get("linewidth") == 0 else side * 0.86
                frame.axes.scatter(xs, [y] * len(xs), marker="s", s=area, **look)


def _looks(row: UnitRow) -> Iterator[tuple[int, dict[str, Any]]]:
    """How many squares of each look, from left to right."""
    yield row.count.solid, {"color": row.color, "linewidth": 0}
    yield row.count.uncertain, masking.STYLE
    yield row.also.solid, {"facecolor": "white", "edgecolor": row.color, "linewidth": 1.4}
    yield row.also.uncertain, masking.STYLE
    left = row.length - row.count.high - row.also.high
    # What a masked total may still reach is no more certain than a masked count.
    unsure = row.total is not None and row.total.is_masked
    yield left, masking.STYLE if unsure else {"color": TRACK, "linewidth": 0}


def _count(axes: Axes, x: float, y: float, row: UnitRow, canvas: Canvas) -> None:
    color = INK if row.color == TRACK else row.color
    axes.text(x, y, row.text, size=canvas.layout.text, weight=600, color=color, va="center")
