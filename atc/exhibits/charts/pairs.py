"""Two groups on one scale: a row for each item, or for each moment of it, with who is higher where.

`seaborn.lineplot` joins two medians, `scatterplot` marks them, and a bar of `rows` counts the territories.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from atc.disclosure import Count, Measure
from atc.exhibits.charts.canvas import Canvas, Key, Style, short
from atc.exhibits.charts.rows import FULL, Frame, Look, Row, lay, stack_bar, with_pale
from atc.exhibits.charts.tokens import BLUE, JOIN, LEVEL, ORANGE
from atc.indicators.territories import Scale
from atc.survey.typography import lower_first

_COLORS, _MARKERS = [BLUE, ORANGE], ["o", "D"]
#: Parts of a bar: first group higher, same score, second group higher.
_LOOKS = (FULL, Look(LEVEL, LEVEL), Look("white", ORANGE, ORANGE))
#: Words under both ends of the scale.
AGREEMENT = ("pas du tout d’accord", "tout à fait d’accord")
_SCORES_SHARE = 0.68
#: Height of the scale under the rows, and the widest that a territory may be, in inches.
_FOOT, _WIDEST = 0.36, 0.3


@dataclass(frozen=True, kw_only=True)
class Pair(Row):
    """Medians of two groups, and the matched territories where the first is above, level, below.

    A median that is withheld has no mark; counts that are masked make a pale band, after the others, which
    the row's ``total`` bounds where something says it.
    """

    medians: tuple[Measure, Measure]
    ways: tuple[Count, ...] = ()


def draw_pairs(canvas: Canvas, rows: Sequence[Pair], scale: Scale, first: str, second: str) -> Figure:
    """Draw medians on their scale and, beside or below where they are counted, bars of matched territories.

    The keys name the ``first`` and the ``second`` group.
    """
    keys = [Key(*each) for each in zip((first, second), _COLORS, _MARKERS, strict=True)]
    bars = [replace(r, parts=stack_bar("", "", r.ways, "", r.total, _LOOKS).parts) for r in rows if r.ways]
    if bars:
        higher, lower = f"Territoires : {lower_first(first)} plus haut", f"{lower_first(second)} plus haut"
        for label, look in zip((higher, "même note", lower), _LOOKS, strict=True):
            keys.append(Key(label, look.color, edge=look.edge))
    canvas.keys = with_pale(keys, bars)
    narrow = canvas.layout.narrow
    # Medians above the bars on a telephone, on their left on a page.
    frame = lay(canvas, rows, tall=0.62 if narrow and bars else 0.25, foot=_FOOT)
    across = frame.width * (1 if narrow or not bars else _SCORES_SHARE)
    start, above, below = (0.02, -0.16, 0.14) if narrow else (across + 0.1, 0.0, 0.0)
    above *= bool(bars)
    # Room for the number beside a mark at either end: there is a column of labels only on a page.
    inset, after = (0.24, 0.24) if narrow else (0.12, 0.37)
    scores, foot = range(scale.low, scale.high + 1), frame.height - _FOOT
    places = np.linspace(inset, across - after, len(scores)).tolist()
    # Short lines where labels, headings and bars stand between the rows of medians.
    parted = narrow or any(row.heading for row in rows)
    spans = [(y + above - 0.14, y + above + 0.14) for y in frame.centers] if parted else [(0.0, foot)]
    canvas.scale(frame.axes, dict(zip(places, map(str, scores), strict=True)), spans, foot + 0.1)
    ends = zip((places[0], places[-1]), AGREEMENT, ("left", "right"), (-3, 3), strict=True)
    for x, words, side, shift in ends:
        canvas.write(frame.axes, (x, foot + 0.26), words, shift=(shift, 0), **canvas.faint, ha=side)
    _mark(frame, rows, above, dict(zip(scores, places, strict=True)))
    if bars:
        unit = min((frame.width - start) / max(1, *(bar.length for bar in bars)), _WIDEST)
        frame.bars(bars, unit, start, below)
        for bar, y in zip(bars, frame.centers, strict=True):
            if not bar.parts:
                canvas.write(frame.axes, (start, y + below), "n.c.", **canvas.faint)
    return canvas.figure


def _mark(frame: Frame, rows: Sequence[Pair], above: float, places: dict[int, float]) -> None:
    """The medians of each row, so far from its middle, where scores have their ``places``."""
    marks, canvas = [], frame.canvas
    for row, middle in zip(rows, frame.centers, strict=True):
        y, known = middle + above, [median.known for median in row.medians]
        for group, value in enumerate(known):
            if value is not None:
                x, other = float(np.interp(value, [*places], [*places.values()])), known[1 - group]
                # Equal values would hide one another: each makes room.
                aside = 0.065 * (value == other) * (1 if group else -1)
                marks.append({"x": x, "y": y + aside, "row": y, "group": group})
                ink: Style = {"weight": 600, "color": _COLORS[group]}
                before = other is None or (value, group) < (other, 1 - group)
                ink |= {"shift": (-8, 0), "ha": "right"} if before else {"shift": (8, 0)}
                canvas.write(frame.axes, (x, y + aside), short(value), **ink)
        if known == [None, None]:
            # On white, or the lines of the scale would cross the words.
            on_white: Style = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}} | canvas.faint
            canvas.write(frame.axes, (min(places.values()), y), "médianes non communiquées", **on_white)
    if marks:
        table = pd.DataFrame(marks)
        joined: Style = {"units": "row", "estimator": None, "color": JOIN, "linewidth": 4, "zorder": 1}
        sns.lineplot(table, x="x", y="row", ax=frame.axes, **joined)
        look: Style = {"palette": _COLORS, "markers": _MARKERS, "sizes": [90, 62], "zorder": 4}
        look |= {f"{way}_order": [0, 1] for way in ("hue", "style", "size")}
        look |= dict.fromkeys(("hue", "style", "size"), "group")
        sns.scatterplot(table, x="x", y="y", legend=False, **look, ax=frame.axes)
