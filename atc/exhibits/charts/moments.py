"""Two groups at several moments: one small panel per item, all on the same 1–10 scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Measure
from atc.exhibits.charts.canvas import LINE, Canvas, Key, wrap
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, INK, ORANGE, RULE
from atc.typography import number

_LOW, _HIGH = 1, 10
#: Height of the scale, of the names of moments under it, and blank between panels, in inches.
_SCALE, _FOOT, _GAP = 1.1, 0.4, 0.16
_TICKS = (1, 5, 10)
#: Room for the numbers of the scale, and between it and the first moment, in inches.
_LEFT, _INSET = 0.28, 0.3


@dataclass(frozen=True)
class Panel:
    """One item.

    Attributes:
        label: Its name.
        first, second: Values of the two groups at each moment: one that is withheld is said to be, one that
            never was is left blank.
        note: Under the name: how many stand behind each group.
    """

    label: str
    first: tuple[Measure, ...]
    second: tuple[Measure, ...]
    note: str = ""


def draw(canvas: Canvas, panels: Sequence[Panel], moments: Sequence[str], first: str, second: str) -> Figure:
    """Draw the panels in as many columns as the width holds.

    Args:
        canvas: Where to draw.
        panels: In reading order.
        moments: Names of the moments, in order.
        first: Name of the first group, for the keys.
        second: Name of the second group.
    """
    canvas.keys = [Key(first, BLUE, "o"), Key(second, ORANGE, "D", hollow=True)]
    columns = _columns(len(panels), narrow=canvas.layout.narrow)
    width = (canvas.inner - (columns - 1) * 0.3) / columns
    rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
    heads = [max(_head_lines(p, width, canvas) for p in row) * LINE + 0.18 for row in rows]
    height = sum(heads) + len(rows) * (_SCALE + _FOOT) + (len(rows) - 1) * _GAP
    axes = canvas.plot(height)
    axes.set(xlim=(0, canvas.inner), ylim=(height, 0))
    axes.set_axis_off()
    y = 0.0
    for row, head in zip(rows, heads, strict=True):
        for i, panel in enumerate(row):
            _panel(axes, panel, (i * (width + 0.3), y), (width, head), moments, canvas)
        y += head + _SCALE + _FOOT + _GAP
    return canvas.figure


def _columns(panels: int, *, narrow: bool) -> int:
    if narrow:
        return 1
    return min(panels, 3 if panels not in {2, 4} else 2)


def _head_lines(panel: Panel, width: float, canvas: Canvas) -> int:
    lines = len(wrap(panel.label, width, canvas.layout.text, 600))
    return lines + (len(wrap(panel.note, width, canvas.layout.small)) if panel.note else 0)


def _panel(
    axes: Axes,
    panel: Panel,
    corner: tuple[float, float],
    size: tuple[float, float],
    moments: Sequence[str],
    canvas: Canvas,
) -> None:
    (x, y), (width, head) = corner, size
    text, small = canvas.layout.text, canvas.layout.small
    title = wrap(panel.label, width, text, 600)
    axes.text(x, y, "\n".join(title), size=text, weight=600, va="top", color=INK)
    if panel.note:
        note = "\n".join(wrap(panel.note, width, small))
        axes.text(x, y + len(title) * LINE, note, size=small, va="top", color=GREY_TEXT)
    top = y + head
    _scale(axes, x, top, width, small)
    xs = _places(x, width, len(moments))
    for place, moment in zip(xs, moments, strict=True):
        axes.text(place, top + _SCALE + 0.3, moment, ha="center", va="center", size=small, color=GREY_TEXT)
    _line(axes, xs, panel.first, panel.second, top, BLUE, "o", text)
    _line(axes, xs, panel.second, panel.first, top, ORANGE, "D", text)
    _withheld(axes, xs, panel, top, small)


def _level(top: float, value: float) -> float:
    return top + _SCALE * (1 - (value - _LOW) / (_HIGH - _LOW))


def _places(x: float, width: float, moments: int) -> list[float]:
    step = (width - _LEFT - 2 * _INSET) / max(moments - 1, 1)
    return [x + _LEFT + _INSET + i * step for i in range(moments)]


def _scale(axes: Axes, x: float, top: float, width: float, small: float) -> None:
    for tick in _TICKS:
        level = _level(top, tick)
        axes.hlines(level, x + _LEFT, x + width, color=RULE, linewidth=0.8, zorder=0)
        axes.text(x + _LEFT - 0.08, level, str(tick), ha="right", va="center", size=small, color=GREY_TEXT)


def _line(
    axes: Axes,
    xs: Sequence[float],
    values: Sequence[Measure],
    others: Sequence[Measure],
    top: float,
    color: str,
    marker: str,
    size: float,
) -> None:
    marks = zip(xs, values, others, strict=True)
    known = [(x, mine.known, other.known) for x, mine, other in marks if mine.known is not None]
    hollow = marker == "D"
    for (x0, v0, _), (x1, v1, _) in pairwise(known):
        axes.plot([x0, x1], [_level(top, v0), _level(top, v1)], color=color, linewidth=2, zorder=2)
    for x, value, other in known:
        axes.plot(
            x,
            _level(top, value),
            marker,
            color=color,
            markersize=7 if hollow else 8.5,
            markerfacecolor="white" if hollow else color,
            markeredgewidth=1.6,
            zorder=3,
        )
        above = other is None or value > other or (value == other and not hollow)
        axes.annotate(
            number(value, 0 if float(value).is_integer() else 1),
            (x, _level(top, value)),
            xytext=(0, 7 if above else -7),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            size=size,
            weight=600,
            color=color,
            zorder=4,
            annotation_clip=False,
        )


def _withheld(axes: Axes, xs: Sequence[float], panel: Panel, top: float, size: float) -> None:
    """Say where a value is withheld; in the colour of its group when only one is."""
    for x, first, second in zip(xs, panel.first, panel.second, strict=True):
        hidden = [color for value, color in ((first, BLUE), (second, ORANGE)) if value.value is None]
        if hidden:
            color = hidden[0] if len(hidden) == 1 else GREY_TEXT
            axes.text(x, top + _SCALE + 0.13, "n.c.", ha="center", va="center", size=size, color=color)
