"""Two groups on one scale: their medians joined, and, in squares, who is higher on each territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Count, Measure
from atc.exhibits.charts import masking
from atc.exhibits.charts.canvas import Canvas, Key
from atc.exhibits.charts.rows import Frame, Row, lay
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, ORANGE, RULE
from atc.typography import lower_first, number

_EQUAL = "#C2CAD3"
#: Inside and edge of a square: first group higher, same score, second group higher.
_SHADES = ((BLUE, BLUE), (_EQUAL, _EQUAL), ("white", ORANGE))
_SCORES_SHARE = 0.6
_SCALE_FOOT = 0.3
_LOW, _HIGH = 1, 10
_NOWHERE = Measure(None)
#: Stands where both medians are withheld.
_WITHHELD = "médianes non communiquées"


@dataclass(frozen=True)
class PairRow(Row):
    """One item.

    Attributes:
        first, second: Medians of the two groups; one that is withheld has no mark.
        higher, same, lower: Matched territories where the first group is above, level, below; those that
            are masked make hatched squares, after the others.
        compared: What they add up to, which bounds the hatched squares; ``None`` if nothing says it.
    """

    first: Measure = _NOWHERE
    second: Measure = _NOWHERE
    higher: Count = masking.NONE
    same: Count = masking.NONE
    lower: Count = masking.NONE
    compared: Count | None = None

    @property
    def counts(self) -> tuple[Count, ...]:
        """The three counts, in the order of the squares."""
        return self.higher, self.same, self.lower

    @property
    def hidden(self) -> int:
        """How many squares are hatched."""
        return masking.rest(self.counts, self.compared)


def draw(canvas: Canvas, rows: Sequence[PairRow], first: str, second: str) -> Figure:
    """Draw medians on the 1–10 scale and, beside or below, one square per matched territory.

    Args:
        canvas: Where to draw.
        rows: In reading order.
        first: Name of the first group, for the keys.
        second: Name of the second group.
    """
    keys = [
        Key(first, BLUE, "o"),
        Key(second, ORANGE, "D"),
        Key(f"Un territoire, {lower_first(first)} plus haut", BLUE),
        Key("même note", _EQUAL),
        Key(f"{lower_first(second)} plus haut", ORANGE, hollow=True),
    ]
    canvas.keys = masking.with_key(keys, (count for row in rows for count in row.counts))
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
    most = max(sum(count.value or 0 for count in row.counts) + row.hidden for row in rows) or 1
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
    looks = ((row.first.known, BLUE, "o"), (row.second.known, ORANGE, "D"))
    marks = [(inset + (score - _LOW) * step, score, (color, mark)) for score, color, mark in looks if score]
    if not marks:
        _nothing(axes, inset, y, canvas.layout.small)
        return
    xs = [x for x, _, _ in marks]
    axes.hlines(y, xs[0], xs[-1], color="#B8C2CC", linewidth=4, zorder=1)
    # Equal medians: both marks must show, so they stand one above the other.
    lifts = (-0.065, 0.065) if len(xs) == 2 and xs[0] == xs[1] else (0.0, 0.0)
    first_on_left = xs[0] <= xs[-1]
    for (x, score, look), lift, on_left in zip(
        marks, lifts, (first_on_left, not first_on_left), strict=False
    ):
        _mark(axes, (x, y + lift), score, look, canvas, on_left=on_left)


def _mark(
    axes: Axes,
    place: tuple[float, float],
    score: float,
    look: tuple[str, str],
    canvas: Canvas,
    *,
    on_left: bool,
) -> None:
    """One median and its number, on one side of its mark."""
    color, marker = look
    size = 9.5 if marker == "o" else 8
    axes.plot(*place, marker, color=color, markersize=size, markeredgecolor="white", zorder=3)
    axes.annotate(
        number(score, 0 if float(score).is_integer() else 1),
        place,
        xytext=(-8 if on_left else 8, 0),
        textcoords="offset points",
        ha="right" if on_left else "left",
        va="center",
        size=canvas.layout.text,
        weight=600,
        color=color,
        zorder=4,
    )


def _nothing(axes: Axes, x: float, y: float, size: float) -> None:
    # On white, or the lines of the scale would cross the words.
    axes.text(
        x, y, _WITHHELD, va="center", size=size, color=GREY_TEXT, zorder=2,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip


def _squares(axes: Axes, row: PairRow, start: float, y: float, pitch: float) -> None:
    pairs = zip(_SHADES, row.counts, strict=True)
    shades = [shade for shade, count in pairs for _ in range(count.value or 0)]
    side = (pitch * 0.7 * 72) ** 2
    axes.scatter(
        [start + (i + 0.5) * pitch for i in range(len(shades))],
        [y] * len(shades),
        marker="s",
        s=side,
        facecolors=[fill for fill, _ in shades],
        edgecolors=[edge for _, edge in shades],
        linewidth=1.5,
        clip_on=False,
    )
    if row.hidden:
        xs = [start + (len(shades) + i + 0.5) * pitch for i in range(row.hidden)]
        axes.scatter(xs, [y] * len(xs), marker="s", s=side, clip_on=False, **masking.STYLE)
