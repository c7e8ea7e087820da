"""Two groups at several moments: one small panel per item, all on the same scale.

Drawn by `seaborn.lineplot`: one call draws the lines and marks of all panels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from atc.disclosure import Measure
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, short, wrap
from atc.exhibits.charts.tokens import BLUE, ORANGE
from atc.indicators.scores import Scale

_COLORS = [BLUE, ORANGE]
#: Height of the scale, of the names of moments under it, and blank between panels, in inches.
_SCALE, _FOOT, _GAP, _BETWEEN = 0.95, 0.36, 0.14, 0.3
#: Room for the numbers of the scale, between it and the first moment, and between equal marks, in inches.
_LEFT, _INSET, _APART = 0.28, 0.3, 0.045


@dataclass(frozen=True)
class Panel:
    """One item, with the values of two groups at each moment.

    One that is withheld is said to be, one that never was is left blank.
    """

    label: str
    first: tuple[Measure, ...]
    second: tuple[Measure, ...]
    note: str = ""  # under the name: how many stand behind each group


def draw(
    canvas: Canvas, panels: Sequence[Panel], scale: Scale, moments: Sequence[str], first: str, second: str
) -> Figure:
    """Draw the panels in as many columns as the width holds, in reading order.

    ``moments`` are in order; the keys name the ``first`` and the ``second`` group.
    """
    canvas.keys = [Key(first, BLUE, "o"), Key(second, ORANGE, "D")]
    columns = 1 if canvas.layout.narrow else min(len(panels), 2 if len(panels) in {2, 4} else 3)
    width = (canvas.inner - (columns - 1) * _BETWEEN) / columns
    titles = [wrap(panel.label, width, canvas.layout.text, 600) for panel in panels]
    notes = [wrap(panel.note, width, canvas.layout.small) if panel.note else [] for panel in panels]
    # Panels side by side begin on one line, and have their scales level.
    rows = [range(i, min(i + columns, len(panels))) for i in range(0, len(panels), columns)]
    heads = [LINE * max(len(titles[i] + notes[i]) for i in row) + 0.18 for row in rows]
    tops = [sum(heads[:i]) + i * (_SCALE + _FOOT + _GAP) for i in range(len(rows))]
    height = tops[-1] + heads[-1] + _SCALE + _FOOT
    axes = canvas.plot(height)
    marks: list[dict[str, Any]] = []
    for i, panel in enumerate(panels):
        x, y = i % columns * (width + _BETWEEN), tops[i // columns]
        canvas.write(axes, (x, y), titles[i], weight=600, va="top")
        canvas.write(axes, (x, y + len(titles[i]) * LINE), notes[i], va="top", **canvas.faint)
        top, start = y + heads[i // columns], x + _LEFT
        ticks = (scale.low, (scale.low + scale.high) // 2, scale.high)
        levels = {top + _level(tick, scale): str(tick) for tick in ticks}
        canvas.scale(axes, levels, [(start, x + width)], start - 0.08, up=True)
        places = np.linspace(start + _INSET, x + width - _INSET, len(moments)).tolist()
        canvas.scale(axes, dict(zip(places, moments, strict=True)), [], top + _SCALE + 0.3)
        for place, *pair in zip(places, panel.first, panel.second, strict=True):
            hidden = [color for value, color in zip(pair, _COLORS, strict=True) if value.value is None]
            # In the colour of its group when only one is withheld.
            ink = canvas.faint | ({"color": hidden[0]} if len(hidden) == 1 else {})
            canvas.write(axes, (place, top + _SCALE + 0.13), "n.c." if hidden else "", ha="center", **ink)
            marks += [mark | {"panel": i} for mark in _marks(pair, scale, place, top)]
    if marks:
        groups = {"hue": "group", "style": "group", "units": "panel", "estimator": None}
        looks: Style = {"palette": _COLORS, "markers": ["o", "D"], "dashes": False, "hue_order": [0, 1]}
        looks |= {"style_order": [0, 1], "linewidth": 2, "markersize": 8, "legend": False}
        sns.lineplot(pd.DataFrame(marks), x="x", y="y", ax=axes, **groups, **looks)
    for mark in marks:
        shift, va = ((0, 7), "bottom") if mark["above"] else ((0, -7), "top")
        style: Style = {"weight": 600, "color": _COLORS[mark["group"]], "ha": "center", "va": va}
        canvas.write(axes, (mark["x"], mark["y"]), short(mark["value"]), shift=shift, **style)
    return canvas.figure


def _level(value: float, scale: Scale) -> float:
    """Depth of a value under the top of its scale, in inches."""
    return _SCALE * (scale.high - value) / (scale.high - scale.low)


def _marks(pair: Sequence[Measure], scale: Scale, x: float, top: float) -> Iterator[dict[str, Any]]:
    """What is known of two groups at one moment: where it stands, and its number above or below."""
    known = [value.known for value in pair]
    for group, value in enumerate(known):
        other = known[1 - group]
        if value is not None:
            # Equal marks stand side by side, or one would hide the other.
            aside = _APART * (value == other) * (1 if group else -1)
            above = other is None or (value, -group) > (other, group - 1)
            place = {"x": x + aside, "y": top + _level(value, scale)}
            yield place | {"group": group, "value": value, "above": above}
