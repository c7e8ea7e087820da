"""Two groups on one scale: their medians joined and, as parts of a bar, who is higher on each territory.

Drawn by `seaborn.lineplot` (what joins two medians), `seaborn.scatterplot` (the medians) and, for the bars,
`seaborn.objects.Bars` through `rows.Frame.bars`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from atc.disclosure import Count, Measure
from atc.exhibits.charts.canvas import Canvas, Key, Style, wrap
from atc.exhibits.charts.rows import FULL, NONE, Frame, Look, Row, lay, with_pale
from atc.exhibits.charts.stacked import APART, THICKNESS, StackRow
from atc.exhibits.charts.tokens import BLUE, JOIN, LEVEL, ORANGE
from atc.typography import lower_first, number

#: Parts of a bar: first group higher, same score, second group higher.
_LOOKS = (FULL, Look(LEVEL, LEVEL), Look("white", ORANGE, ORANGE))
_LOW, _HIGH = 1, 10
#: Words under both ends of that scale.
AGREEMENT = ("pas du tout d’accord", "tout à fait d’accord")
_SCORES_SHARE = 0.68
#: Height of the scale under the rows, and the widest that a territory may be, in inches.
_FOOT, _WIDEST = 0.55, 0.3
_NOWHERE = Measure(None)


@dataclass(frozen=True)
class PairRow(Row):
    """One item.

    Attributes:
        first, second: Medians of the two groups; one that is withheld has no mark.
        higher, same, lower: Matched territories where the first group is above, level, below; those that
            are masked make a pale band, after the others.
        compared: What they add up to, which bounds the pale band; ``None`` if nothing says it.
    """

    first: Measure = _NOWHERE
    second: Measure = _NOWHERE
    higher: Count = NONE
    same: Count = NONE
    lower: Count = NONE
    compared: Count | None = None

    @property
    def bar(self) -> StackRow:
        """Its territories."""
        return StackRow(self.label, "", (self.higher, self.same, self.lower), "", self.compared)

    def marks(self, y: float, zero: float, step: float) -> Iterator[dict[str, Any]]:
        """The medians that may be known, with the side on which each has its number."""
        first, second = self.first.known, self.second.known
        # Equal medians: both marks must show, so they stand one above the other.
        lift = 0.065 if first == second else 0.0
        first_on_left = first is None or second is None or first <= second
        for group, score in enumerate((first, second)):
            if score is not None:
                left = first_on_left if group == 0 or first is None else not first_on_left
                place = {"x": zero + score * step, "y": y + (lift if group else -lift)}
                yield place | {"group": group, "score": score, "left": left, "row": y}


def draw(
    canvas: Canvas, rows: Sequence[PairRow], first: str, second: str, ends: tuple[str, str] = AGREEMENT
) -> Figure:
    """Draw medians on the 1–10 scale and, beside or below, a bar of matched territories.

    Args:
        canvas: Where to draw.
        rows: In reading order.
        first: Name of the first group, for the keys.
        second: Name of the second group.
        ends: Words under both ends of the scale.
    """
    territories = (
        f"Territoires où {lower_first(first)} plus haut",
        "même note",
        f"{lower_first(second)} plus haut",
    )
    keys = [Key(first, BLUE, "o"), Key(second, ORANGE, "D")]
    keys += [Key(label, look.color, edge=look.edge) for label, look in zip(territories, _LOOKS, strict=True)]
    bars = [row.bar.parts(_LOOKS) for row in rows]
    canvas.keys = with_pale(keys, bars)
    narrow = canvas.layout.narrow
    frame = lay(canvas, rows, 0.62 if narrow else 0.3, foot=_FOOT)
    across = frame.width if narrow else frame.width * _SCORES_SHARE
    # Room for the number beside a mark at either end: there is a column of labels only on a page.
    inset = 0.24 if narrow else 0.12
    step = (across - 2 * inset - (0 if narrow else 0.25)) / (_HIGH - _LOW)
    start = 0.02 if narrow else across + 0.1
    above, below = (-0.16, 0.14) if narrow else (0.0, 0.0)
    levels = [y + above for y in frame.centers]
    middles = [y + below for y in frame.centers]
    unit = (frame.width - start) / max(1, *(sum(part.size for part in parts) for parts in bars))
    placed = list(zip(middles, bars, strict=True))
    marks = [m for row, y in zip(rows, levels, strict=True) for m in row.marks(y, inset - _LOW * step, step)]
    _scale(frame, [inset + i * step for i in range(_HIGH - _LOW + 1)], levels if narrow else [], ends)
    if marks:
        _pairs(frame, pd.DataFrame(marks))
    frame.bars(placed, THICKNESS, min(unit, _WIDEST), start=start, apart=APART)
    for row, level, middle in zip(rows, levels, middles, strict=True):
        if row.first.known is None and row.second.known is None:
            # On white, or the lines of the scale would cross the words.
            on_white: Style = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}} | canvas.faint
            canvas.write(frame.axes, (inset, level), "médianes non communiquées", **on_white)
        if row.bar.is_silent:
            canvas.write(frame.axes, (start, middle), "n.c.", **canvas.faint)
    return canvas.figure


def _pairs(frame: Frame, marks: pd.DataFrame) -> None:
    joined: Style = {"units": "row", "estimator": None, "color": JOIN, "linewidth": 4, "zorder": 1}
    sns.lineplot(marks, x="x", y="row", ax=frame.axes, **joined)
    groups = dict.fromkeys(("hue", "style", "size"), "group")
    looks: Style = {"palette": {0: BLUE, 1: ORANGE}, "markers": {0: "o", 1: "D"}, "sizes": {0: 90, 1: 62}}
    sns.scatterplot(marks, x="x", y="y", **groups, **looks, legend=False, zorder=4, ax=frame.axes)
    for mark in marks.to_dict("records"):
        side: Style = {"shift": (-8, 0), "ha": "right"} if mark["left"] else {"shift": (8, 0)}
        text = number(mark["score"], 0 if float(mark["score"]).is_integer() else 1)
        ink: Style = {"weight": 600, "color": ORANGE if mark["group"] else BLUE}
        frame.canvas.write(frame.axes, (mark["x"], mark["y"]), text, **side, **ink)


def _scale(frame: Frame, xs: Sequence[float], levels: Sequence[float], ends: tuple[str, str]) -> None:
    """Numbers under the last row, words under both ends, and lines: short ones where bars stand between."""
    canvas, foot = frame.canvas, frame.height - _FOOT
    spans = [(y - 0.14, y + 0.14) for y in levels] or [(0.0, foot)]
    canvas.rules(frame.axes, [((x, top), (x, bottom)) for x in xs for top, bottom in spans])
    for score, x in enumerate(xs, start=_LOW):
        canvas.write(frame.axes, (x, foot + 0.1), str(score), ha="center", **canvas.faint)
    for x, words, side in zip((xs[0], xs[-1]), ends, ("left", "right"), strict=True):
        lines = wrap(words, (xs[-1] - xs[0]) / 2, canvas.layout.small)
        shift = (-3 if side == "left" else 3, 0)
        canvas.write(frame.axes, (x, foot + 0.19), lines, shift=shift, ha=side, va="top", **canvas.faint)
