"""Two groups on one scale: their medians joined, and, in squares, who is higher on each territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.charts.rows import Frame, Row, lay
from atc.style.canvas import Canvas, Key
from atc.style.tokens import BLUE, GREY_TEXT, ORANGE, RULE
from atc.typography import lower_first, number

_EQUAL = "#C2CAD3"
#: Inside and edge of a square: first group higher, same score, second group higher.
_SHADES = ((BLUE, BLUE), (_EQUAL, _EQUAL), ("white", ORANGE))
_SCORES_SHARE = 0.6
_SCALE_FOOT = 0.3
_LOW, _HIGH = 1, 10


@dataclass(frozen=True)
class PairRow(Row):
    """One item.

    Attributes:
        first, second: Medians of the two groups.
        first_higher, equal, second_higher: Number of matched territories.
    """

    first: float = 0
    second: float = 0
    first_higher: int = 0
    equal: int = 0
    second_higher: int = 0


def draw(canvas: Canvas, rows: Sequence[PairRow], first: str, second: str) -> Figure:
    """Draw medians on the 1–10 scale and, beside or below, one square per matched territory.

    Args:
        canvas: Where to draw.
        rows: In reading order.
        first: Name of the first group, for the keys.
        second: Name of the second group.
    """
    canvas.keys = [
        Key(first, BLUE, "o"),
        Key(second, ORANGE, "D"),
        Key(f"1 territoire, {lower_first(first)} plus haut", BLUE),
        Key("même note", _EQUAL),
        Key(f"{lower_first(second)} plus haut", ORANGE, hollow=True),
    ]
    narrow = canvas.layout.narrow
    frame = lay(canvas, rows, 0.5 if narrow else 0.27, foot=_SCALE_FOOT)
    frame.axes.set_xlim(0, frame.width)
    scores = frame.width if narrow else frame.width * _SCORES_SHARE
    # Room for the number beside a mark at either end: there is a column of labels only on a page.
    inset = 0.24 if narrow else 0.12
    step = (scores - 2 * inset - (0 if narrow else 0.25)) / (_HIGH - _LOW)
    _scale(frame, inset, step, canvas)
    start = 0.02 if narrow else scores + 0.1
    pitch = _pitch(frame.width - start, rows)
    for row, y in zip(rows, frame.centers, strict=True):
        line = y - 0.1 if narrow else y
        _pair(frame.axes, row, line, inset, step, canvas)
        _squares(frame.axes, row, start, y + 0.2 if narrow else y, pitch)
    return canvas.figure


def _pitch(room: float, rows: Sequence[PairRow]) -> float:
    most = max(row.first_higher + row.equal + row.second_higher for row in rows) or 1
    return min(0.2, room / most)


def _scale(frame: Frame, inset: float, step: float, canvas: Canvas) -> None:
    bottom = frame.axes.get_ylim()[0]
    for score in range(_LOW, _HIGH + 1):
        x = inset + (score - _LOW) * step
        if canvas.layout.narrow:
            # The squares stand under each pair there, and have nothing to do with the scale.
            tops = [y - 0.24 for y in frame.centers]
            frame.axes.vlines(
                [x] * len(tops), tops, [y + 0.04 for y in frame.centers], color=RULE, linewidth=0.8
            )
        else:
            frame.axes.vlines(x, 0, bottom - _SCALE_FOOT, color=RULE, linewidth=0.8, zorder=0)
        frame.axes.text(
            x,
            bottom - 0.12,
            str(score),
            ha="center",
            va="center",
            size=canvas.layout.small,
            color=GREY_TEXT,
        )


def _pair(axes: Axes, row: PairRow, y: float, inset: float, step: float, canvas: Canvas) -> None:
    x1, x2 = (inset + (score - _LOW) * step for score in (row.first, row.second))
    axes.hlines(y, x1, x2, color="#B8C2CC", linewidth=4, zorder=1)
    # Equal medians: both marks must show, so they stand one above the other.
    lift = 0.065 if x1 == x2 else 0.0
    axes.plot(x1, y - lift, "o", color=BLUE, markersize=9.5, markeredgecolor="white", zorder=3)
    axes.plot(x2, y + lift, "D", color=ORANGE, markersize=8, markeredgecolor="white", zorder=3)
    for x, other, score, color, up in (
        (x1, x2, row.first, BLUE, lift),
        (x2, x1, row.second, ORANGE, -lift),
    ):
        on_left = x < other or (x == other and color == BLUE)
        axes.annotate(
            number(score, 0 if float(score).is_integer() else 1),
            (x, y - up),
            xytext=(-8 if on_left else 8, 0),
            textcoords="offset points",
            ha="right" if on_left else "left",
            va="center",
            size=canvas.layout.text,
            weight=600,
            color=color,
            zorder=4,
        )


def _squares(axes: Axes, row: PairRow, start: float, y: float, pitch: float) -> None:
    counts = (row.first_higher, row.equal, row.second_higher)
    shades = [shade for shade, count in zip(_SHADES, counts, strict=True) for _ in range(count)]
    axes.scatter(
        [start + (i + 0.5) * pitch for i in range(len(shades))],
        [y] * len(shades),
        marker="s",
        s=(pitch * 0.7 * 72) ** 2,
        facecolors=[fill for fill, _ in shades],
        edgecolors=[edge for _, edge in shades],
        linewidth=1.5,
        clip_on=False,
    )
