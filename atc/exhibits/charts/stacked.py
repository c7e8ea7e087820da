"""Counts of several modalités side by side in one bar per row, in the order of the questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Count, Released
from atc.exhibits.charts import masking
from atc.exhibits.charts.canvas import Canvas, Key, text_width
from atc.exhibits.charts.rows import Row, lay
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, BLUE_MID, INK, ORANGE, ORANGE_LIGHT

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
        counts: One count per modalité. Those that are masked make one hatched part, after the others.
        text: What is written at its end: its total.
        total: What they add up to, which bounds the hatched part; ``None`` if nothing says it.
    """

    counts: tuple[Count, ...] = ()
    text: str = ""
    total: Count | None = None

    @property
    def hidden(self) -> int:
        """Length of the hatched part."""
        return masking.rest(self.counts, self.total)

    @property
    def length(self) -> int:
        """Length of the bar."""
        return sum(count.value or 0 for count in self.counts) + self.hidden


def from_counts(counts: Released, by: str) -> list[StackRow]:
    """One bar per value of a column of labels, from a tidy count (``effectif``, ``total``).

    Args:
        counts: One row = one bar × one modalité, modalités in order.
        by: Column of the labels.
    """
    bars: dict[str, list[tuple[Count, Count]]] = {}
    for row in counts:
        bars.setdefault(str(getattr(row, by)), []).append((row.effectif, row.total))
    return [
        StackRow(label, counts=tuple(count for count, _ in some), text=_size(some[0][1]), total=some[0][1])
        for label, some in bars.items()
    ]


def _size(total: Count) -> str:
    return total.shown if total.is_masked else f"n = {total.shown}"


def draw(canvas: Canvas, rows: Sequence[StackRow], segments: Sequence[str]) -> Figure:
    """Draw each row as parts of its own total.

    Args:
        canvas: Where to draw.
        rows: With as many counts as there are segments.
        segments: Labels, from favourable to unfavourable: two, three or four.
    """
    scale = SCALES[len(segments)]
    keys = [
        Key(label, shade.color, hollow=shade.hollow) for label, shade in zip(segments, scale, strict=True)
    ]
    canvas.keys = masking.with_key(keys, (count for row in rows for count in row.counts))
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room)
    # Rows of different totals keep one scale: a square centimetre is a person everywhere.
    unit = frame.width / (max(row.length for row in rows) or 1)
    frame.axes.set_xlim(0, frame.width)
    for row, y in zip(rows, frame.centers, strict=True):
        x = 0.0
        for count, shade in zip(row.counts, scale, strict=True):
            width = (count.value or 0) * unit
            _part(frame.axes, x, y, width, shade)
            if not count.is_masked:
                _count(frame.axes, x, y, count, width, shade.ink, canvas.layout.text)
            x += width
        _hidden(frame.axes, x, y, row.hidden * unit)
        _total(frame.axes, x + row.hidden * unit, y, row.text, canvas.layout.text)
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


def _hidden(axes: Axes, x: float, y: float, width: float) -> None:
    if width:
        inside = max(width - 2 * _EDGE, 0)
        axes.barh(y, inside, left=x + _EDGE, height=_THICKNESS, clip_on=False, **masking.STYLE)


def _count(axes: Axes, x: float, y: float, count: Count, width: float, ink: str, size: float) -> None:
    """Write a count inside its part; the table of the exhibit has those that do not fit."""
    text = count.shown
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
