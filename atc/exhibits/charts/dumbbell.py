"""Two groups on one scale: their medians joined and, as parts of a bar, who is higher on each territory.

Drawn by `seaborn.lineplot` (what joins two medians), `seaborn.scatterplot` (the medians) and, for the bars,
`seaborn.objects.Bars` through `rows.Frame.bars`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from atc.disclosure import Count, Measure
from atc.exhibits.charts.canvas import Canvas, Key, Style, short
from atc.exhibits.charts.rows import FULL, NONE, Frame, Look, Row, lay, with_pale
from atc.exhibits.charts.stacked import StackRow
from atc.exhibits.charts.tokens import BLUE, JOIN, LEVEL, ORANGE
from atc.indicators.scores import Scale
from atc.survey.typography import lower_first

#: Parts of a bar: first group higher, same score, second group higher.
_LOOKS = (FULL, Look(LEVEL, LEVEL), Look("white", ORANGE, ORANGE))
#: Words under both ends of that scale.
AGREEMENT = ("pas du tout d’accord", "tout à fait d’accord")
_SCORES_SHARE = 0.68
#: Height of the scale under the rows, and the widest that a territory may be, in inches.
_FOOT, _WIDEST = 0.36, 0.3
_NOWHERE = Measure(None)


@dataclass(frozen=True)
class PairRow(Row):
    """One item: medians of two groups, and the matched territories where the first is above, level, below.

    Counts that are masked make a pale band, after the others.
    """

    first: Measure = _NOWHERE  # one that is withheld has no mark
    second: Measure = _NOWHERE
    higher: Count = NONE
    same: Count = NONE
    lower: Count = NONE
    compared: Count | None = None  # what they add up to, which bounds the pale band; None if nothing says it

    @property
    def bar(self) -> StackRow:
        """Its territories."""
        return StackRow(self.label, "", (self.higher, self.same, self.lower), "", self.compared)

    def marks(self, y: float, places: Mapping[int, float]) -> Iterator[dict[str, Any]]:
        """The medians that may be known, level with y, each with the side on which its number stands."""
        scores = (self.first.known, self.second.known)
        for group, score in enumerate(scores):
            other = scores[1 - group]
            if score is not None:
                # Equal medians: both marks must show, so they stand one above the other.
                lift = 0.065 * (score == other) * (1 if group else -1)
                left = other is None or (score, group) < (other, 1 - group)
                x = float(np.interp(score, list(places), list(places.values())))
                yield {"x": x, "y": y + lift, "row": y, "group": group, "score": score, "left": left}


def draw(
    canvas: Canvas,
    rows: Sequence[PairRow],
    scale: Scale,
    first: str,
    second: str,
) -> Figure:
    """Draw medians on their scale and, beside or below, a bar of matched territories.

    The keys name the ``first`` and the ``second`` group.
    """
    territories = (
        f"Territoires : {lower_first(first)} plus haut",
        "même note",
        f"{lower_first(second)} plus haut",
    )
    keys = [Key(first, BLUE, "o"), Key(second, ORANGE, "D")]
    keys += [Key(label, look.color, edge=look.edge) for label, look in zip(territories, _LOOKS, strict=True)]
    bars = [row.bar.parts(_LOOKS) for row in rows]
    canvas.keys = with_pale(keys, bars)
    narrow = canvas.layout.narrow
    # Medians above the bars on a telephone, on their left on a page.
    frame = lay(canvas, rows, tall=0.62 if narrow else 0.25, foot=_FOOT)
    across = frame.width if narrow else frame.width * _SCORES_SHARE
    start, above, below = (0.02, -0.16, 0.14) if narrow else (across + 0.1, 0.0, 0.0)
    # Room for the number beside a mark at either end: there is a column of labels only on a page.
    inset, after = (0.24, 0.24) if narrow else (0.12, 0.37)
    scores = range(scale.low, scale.high + 1)
    places = dict(zip(scores, np.linspace(inset, across - after, len(scores)).tolist(), strict=True))
    levels, foot = [y + above for y in frame.centers], frame.height - _FOOT
    # Short lines where bars stand between the rows of medians.
    spans = [(y - 0.14, y + 0.14) for y in levels] if narrow else [(0.0, foot)]
    numbers = {x: str(score) for score, x in places.items()}
    canvas.scale(frame.axes, numbers, spans, foot + 0.1)
    ends = zip((inset, across - after), AGREEMENT, ("left", "right"), (-3, 3), strict=True)
    for x, words, side, shift in ends:
        canvas.write(frame.axes, (x, foot + 0.26), words, shift=(shift, 0), **canvas.faint, ha=side)
    _pairs(frame, [mark for row, y in zip(rows, levels, strict=True) for mark in row.marks(y, places)])
    placed = [(y + below, bar) for y, bar in zip(frame.centers, bars, strict=True)]
    unit = (frame.width - start) / max(1, *(sum(part.size for part in parts) for parts in bars))
    frame.bars(placed, min(unit, _WIDEST), start)
    for row, level, (middle, _) in zip(rows, levels, placed, strict=True):
        if row.first.known is None and row.second.known is None:
            # On white, or the lines of the scale would cross the words.
            on_white: Style = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}} | canvas.faint
            canvas.write(frame.axes, (inset, level), "médianes non communiquées", **on_white)
        if row.bar.is_silent:
            canvas.write(frame.axes, (start, middle), "n.c.", **canvas.faint)
    return canvas.figure


def _pairs(frame: Frame, marks: Sequence[Mapping[str, Any]]) -> None:
    if marks:
        table = pd.DataFrame(marks)
        joined: Style = {"units": "row", "estimator": None, "color": JOIN, "linewidth": 4, "zorder": 1}
        sns.lineplot(table, x="x", y="row", ax=frame.axes, **joined)
        groups = dict.fromkeys(("hue", "style", "size"), "group")
        looks: Style = {"palette": [BLUE, ORANGE], "markers": ["o", "D"], "sizes": [90, 62]}
        looks |= {"hue_order": [0, 1], "style_order": [0, 1], "size_order": [0, 1], "legend": False}
        sns.scatterplot(table, x="x", y="y", **groups, **looks, zorder=4, ax=frame.axes)
    for mark in marks:
        side: Style = {"shift": (-8, 0), "ha": "right"} if mark["left"] else {"shift": (8, 0)}
        ink: Style = {"weight": 600, "color": ORANGE if mark["group"] else BLUE}
        frame.canvas.write(frame.axes, (mark["x"], mark["y"]), short(mark["score"]), **side, **ink)
