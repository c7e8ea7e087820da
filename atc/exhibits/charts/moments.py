"""Two groups on one scale: item by item with who is higher on each territory, or moment by moment.

Items are rows: `seaborn.lineplot` joins two medians, `scatterplot` marks them, and a bar of `rows` counts the
territories beside or below. Moments are small panels, one per item: one `lineplot` draws all of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from atc.disclosure import Count, Measure
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, short, wrap
from atc.exhibits.charts.rows import FULL, NONE, Look, Row, lay, stack_bar, with_pale
from atc.exhibits.charts.tokens import BLUE, JOIN, LEVEL, ORANGE
from atc.indicators.territories import Scale
from atc.survey.typography import lower_first

_COLORS, _MARKERS = [BLUE, ORANGE], ["o", "D"]
#: By group, in the vocabulary of seaborn.
_BY_GROUP: Style = {"palette": _COLORS, "markers": _MARKERS, "legend": False}
_BY_GROUP |= {"hue": "group", "style": "group", "hue_order": [0, 1], "style_order": [0, 1]}


def _marks(pair: Sequence[Measure], place: Callable[[float], float]) -> Iterator[dict[str, Any]]:
    """What is known of two groups: where along a line, and whether its number stands before it.

    Equal values would hide one another: ``aside`` tells which way each makes room.
    """
    for group, value in enumerate(measure.known for measure in pair):
        if value is not None:
            other, at = pair[1 - group].known, float(place(value))
            before = other is None or (at, group) < (float(place(other)), 1 - group)
            aside = (value == other) * (1 if group else -1)
            yield {"group": group, "value": value, "at": at, "aside": aside, "before": before}


# --- items, as rows ---

#: Parts of a bar: first group higher, same score, second group higher.
_LOOKS = (FULL, Look(LEVEL, LEVEL), Look("white", ORANGE, ORANGE))
#: Words under both ends of that scale.
AGREEMENT = ("pas du tout d’accord", "tout à fait d’accord")
_SCORES_SHARE = 0.68
#: Height of the scale under the rows, and the widest that a territory may be, in inches.
_FOOT, _WIDEST = 0.36, 0.3
_NOWHERE = Measure(None)


@dataclass(frozen=True, kw_only=True)
class PairRow(Row):
    """One item: medians of two groups, and the matched territories where the first is above, level, below.

    A median that is withheld has no mark; counts that are masked make a pale band, after the others.
    """

    first: Measure = _NOWHERE
    second: Measure = _NOWHERE
    higher: Count = NONE
    same: Count = NONE
    lower: Count = NONE
    compared: Count | None = None  # what they add up to, which bounds the pale band; None if nothing says it


def draw_pairs(canvas: Canvas, rows: Sequence[PairRow], scale: Scale, first: str, second: str) -> Figure:
    """Draw medians on their scale and, beside or below, a bar of matched territories.

    The keys name the ``first`` and the ``second`` group.
    """
    higher, lower = f"Territoires : {lower_first(first)} plus haut", f"{lower_first(second)} plus haut"
    keys = [Key(*each) for each in zip((first, second), _COLORS, _MARKERS, strict=True)]
    for label, look in zip((higher, "même note", lower), _LOOKS, strict=True):
        keys.append(Key(label, look.color, edge=look.edge))
    bars = [stack_bar("", "", (r.higher, r.same, r.lower), "", r.compared, _LOOKS) for r in rows]
    canvas.keys = with_pale(keys, bars)
    narrow = canvas.layout.narrow
    # Medians above the bars on a telephone, on their left on a page.
    frame = lay(canvas, rows, tall=0.62 if narrow else 0.25, foot=_FOOT)
    across = frame.width if narrow else frame.width * _SCORES_SHARE
    start, above, below = (0.02, -0.16, 0.14) if narrow else (across + 0.1, 0.0, 0.0)
    # Room for the number beside a mark at either end: there is a column of labels only on a page.
    inset, after = (0.24, 0.24) if narrow else (0.12, 0.37)
    scores, foot = range(scale.low, scale.high + 1), frame.height - _FOOT
    places = np.linspace(inset, across - after, len(scores)).tolist()
    # Short lines where bars stand between the rows of medians.
    spans = [(y + above - 0.14, y + above + 0.14) for y in frame.centers] if narrow else [(0.0, foot)]
    canvas.scale(frame.axes, dict(zip(places, map(str, scores), strict=True)), spans, foot + 0.1)
    ends = zip((places[0], places[-1]), AGREEMENT, ("left", "right"), (-3, 3), strict=True)
    for x, words, side, shift in ends:
        canvas.write(frame.axes, (x, foot + 0.26), words, shift=(shift, 0), **canvas.faint, ha=side)
    marks = []
    for row, bar, y in zip(rows, bars, frame.centers, strict=True):
        known = list(_marks((row.first, row.second), lambda score: np.interp(score, scores, places)))
        marks += [m | {"x": m["at"], "y": y + above + 0.065 * m["aside"], "row": y + above} for m in known]
        if not known:
            # On white, or the lines of the scale would cross the words.
            on_white: Style = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}} | canvas.faint
            canvas.write(frame.axes, (inset, y + above), "médianes non communiquées", **on_white)
        if not bar.parts:
            canvas.write(frame.axes, (start, y + below), "n.c.", **canvas.faint)
    if marks:
        table = pd.DataFrame(marks)
        joined: Style = {"units": "row", "estimator": None, "color": JOIN, "linewidth": 4, "zorder": 1}
        sns.lineplot(table, x="x", y="row", ax=frame.axes, **joined)
        sizes: Style = {"size": "group", "sizes": [90, 62], "size_order": [0, 1], "zorder": 4}
        sns.scatterplot(table, x="x", y="y", **_BY_GROUP, **sizes, ax=frame.axes)
    for mark in marks:
        ink: Style = {"weight": 600, "color": _COLORS[mark["group"]]}
        ink |= {"shift": (-8, 0), "ha": "right"} if mark["before"] else {"shift": (8, 0)}
        canvas.write(frame.axes, (mark["x"], mark["y"]), short(mark["value"]), **ink)
    unit = min((frame.width - start) / max(1, *(bar.length for bar in bars)), _WIDEST)
    frame.bars([(y + below, bar.parts) for y, bar in zip(frame.centers, bars, strict=True)], unit, start)
    return canvas.figure


# --- moments, as panels ---

#: Height of the scale, of the names of moments under it, and blank between panels, in inches.
_SCALE, _NAMES, _GAP, _BETWEEN = 0.95, 0.36, 0.14, 0.3
#: Room for the numbers of the scale, between it and the first moment, and between equal marks, in inches.
_LEFT, _INSET, _APART = 0.28, 0.3, 0.045


@dataclass(frozen=True)
class Panel:
    """One item, with the values of two groups at each moment: « n.c. » for one that is withheld."""

    label: str
    first: tuple[Measure, ...]
    second: tuple[Measure, ...]
    note: str = ""  # under the name: how many stand behind each group


def draw_moments(
    canvas: Canvas, panels: Sequence[Panel], scale: Scale, moments: Sequence[str], first: str, second: str
) -> Figure:
    """Draw the panels in as many columns as the width holds, in reading order.

    ``moments`` are in order; the keys name the ``first`` and the ``second`` group.
    """
    canvas.keys = [Key(*each) for each in zip((first, second), _COLORS, _MARKERS, strict=True)]
    columns = 1 if canvas.layout.narrow else min(len(panels), 2 if len(panels) in {2, 4} else 3)
    width = (canvas.inner - (columns - 1) * _BETWEEN) / columns
    titles = [wrap(panel.label, width, canvas.layout.text, 600) for panel in panels]
    notes = [wrap(panel.note, width, canvas.layout.small) if panel.note else [] for panel in panels]
    # Panels side by side begin on one line, and have their scales level.
    rows = [range(i, min(i + columns, len(panels))) for i in range(0, len(panels), columns)]
    heads = [LINE * max(len(titles[i] + notes[i]) for i in row) + 0.18 for row in rows]
    tops = [sum(heads[:i]) + i * (_SCALE + _NAMES + _GAP) for i in range(len(rows))]
    (axes,) = canvas.plots(tops[-1] + heads[-1] + _SCALE + _NAMES)
    marks: list[dict[str, Any]] = []
    for i, panel in enumerate(panels):
        x, y = i % columns * (width + _BETWEEN), tops[i // columns]
        canvas.write(axes, (x, y), titles[i], weight=600, va="top")
        canvas.write(axes, (x, y + len(titles[i]) * LINE), notes[i], va="top", **canvas.faint)
        top, start = y + heads[i // columns], x + _LEFT

        def level(value: float, top: float = top) -> float:
            return top + _SCALE * (scale.high - value) / (scale.high - scale.low)

        ticks = (scale.low, (scale.low + scale.high) // 2, scale.high)
        levels = {level(tick): str(tick) for tick in ticks}
        canvas.scale(axes, levels, [(start, x + width)], start - 0.08, up=True)
        places = np.linspace(start + _INSET, x + width - _INSET, len(moments)).tolist()
        canvas.scale(axes, dict(zip(places, moments, strict=True)), [], top + _SCALE + 0.3)
        for place, *pair in zip(places, panel.first, panel.second, strict=True):
            hidden = [color for value, color in zip(pair, _COLORS, strict=True) if value.value is None]
            # In the colour of its group when only one is withheld.
            ink = canvas.faint | ({"color": hidden[0]} if len(hidden) == 1 else {})
            canvas.write(axes, (place, top + _SCALE + 0.13), "n.c." if hidden else "", ha="center", **ink)
            some = list(_marks(pair, level))
            marks += [m | {"panel": i, "x": place + _APART * m["aside"], "y": m["at"]} for m in some]
    if marks:
        lines: Style = {"units": "panel", "estimator": None, "dashes": False, "linewidth": 2, "markersize": 8}
        sns.lineplot(pd.DataFrame(marks), x="x", y="y", ax=axes, **lines, **_BY_GROUP)
    for mark in marks:
        shift, va = ((0, 7), "bottom") if mark["before"] else ((0, -7), "top")
        style: Style = {"weight": 600, "color": _COLORS[mark["group"]], "ha": "center", "va": va}
        canvas.write(axes, (mark["x"], mark["y"]), short(mark["value"]), shift=shift, **style)
    return canvas.figure
