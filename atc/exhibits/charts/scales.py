"""Values on a scale: the range of a number, two numbers as points, medians of two groups, or over moments.

`lineplot` and `scatterplot` of seaborn draw them; bars of `rows` count beside or below.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from atc.disclosure import Count, Measure
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, names_beside, short, text_width, wrap
from atc.exhibits.charts.rows import FULL, Look, Row, draw_units, lay, stack_bar, with_pale
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, INK, JOIN, LEVEL, ORANGE
from atc.indicators.territories import Scale
from atc.survey.typography import lower_first

# --- one number, or two ---


def ticks(values: Iterable[float]) -> dict[float, str]:
    """The round numbers of an axis that holds zero and all values, with their words."""
    low, high = min(0.0, *values), max(0.0, *values)
    found = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high if high > low else 1)
    return {float(tick): short(tick) for tick in found}


#: Where the words over a range, its line and its numbers stand, and what all of it takes, in inches.
_WORDS, _LINE, _AXIS, _HEAD = 0.1, 0.34, 0.76, 1.0


class Range(NamedTuple):
    """Smallest, mean and largest of some values, and how each is written."""

    numbers: tuple[float, float, float]
    words: tuple[str, str, str]
    unit: str = ""  # of the mean, and of the axis after its last number


def draw_range(canvas: Canvas, told: Range, bands: Sequence[Row]) -> Figure:
    """Draw a range with, under it, how many stand in each band of it: two bands are left to the sentence."""
    draw_units(canvas, bands if len(bands) > 2 else (), head=_HEAD)
    (axes,), size = canvas.figure.axes, canvas.layout.text
    scale, (low, mean, high) = ticks(told.numbers), told.words
    mean = f"moyenne {mean} {told.unit}".strip()
    (first, *_, last), (*_, end) = scale, scale.values()
    # Across the page, with room for what is written beside both ends.
    start = canvas.layout.pad - axes.get_position().x0 * canvas.layout.width
    after = text_width(end, canvas.layout.small) / 2 + 0.05
    right = max(text_width(high, size, 600) + 0.2, after + text_width(told.unit, canvas.layout.small))
    ends = start + text_width(low, size, 600) + 0.2, start + canvas.inner - right
    at = dict(zip(np.interp(list(scale), (first, last), ends).tolist(), scale.values(), strict=True))
    canvas.scale(axes, at, [(_WORDS + 0.12, _AXIS - 0.12)], _AXIS)
    canvas.write(axes, (ends[1], _AXIS), told.unit, shift=(after * 72, 0), **canvas.faint)
    x0, middle, x1 = np.interp(told.numbers, (first, last), ends).tolist()
    line: Style = {"marker": "|", "markersize": 15, "markeredgewidth": 2.5, "markeredgecolor": BLUE}
    line |= {"color": BLUE, "linewidth": 4, "estimator": None, "clip_on": False}
    sns.lineplot(x=[x0, x1], y=[_LINE, _LINE], ax=axes, **line)
    sns.scatterplot(x=[middle], y=[_LINE], marker="D", s=80, color=INK, ax=axes, zorder=4, clip_on=False)
    ink: Style = {"weight": 600, "color": BLUE}
    canvas.write(axes, (x0, _LINE), low, shift=(-9, 0), ha="right", **ink)
    canvas.write(axes, (x1, _LINE), high, shift=(9, 0), **ink)
    half = text_width(mean, size, 600) / 2
    middle = min(max(middle, start + half), start + canvas.inner - half)
    canvas.write(axes, (middle, _WORDS), mean, ha="center", weight=600)
    return canvas.figure


#: Height between the axes of points, room for the numbers below, blank on the right, in inches.
_TALL, _BELOW, _RIGHT = 3.2, 0.34, 0.15
#: Areas of the smallest and of the largest point, in square points.
_AREAS = (70, 260)


class Point(NamedTuple):
    """Two numbers, and what they are said of: written beside the point, where there is room."""

    name: str
    x: float
    y: float


def draw_points(canvas: Canvas, points: Sequence[Point], right: str, up: str) -> Figure:
    """Draw points; those that fall on one place are one, as large as they are many.

    Names are placed in their order; ``right`` and ``up`` tell what the axes measure, with its unit.
    """
    across, along = ticks([point.x for point in points]), ticks([point.y for point in points])
    above, below = (wrap(text, canvas.inner, canvas.layout.text) for text in (up, right))
    left = max(text_width(text, canvas.layout.small) for text in along.values()) + 0.15
    end, top = canvas.inner - _RIGHT, LINE * len(above) + 0.12
    bottom = top + _TALL
    height = bottom + _BELOW + LINE * len(below)
    axes = canvas.plot(height)
    places = pd.DataFrame(points)
    for name, scale, ends in (("x", across, (left, end)), ("y", along, (bottom, top))):
        (first, *_, last), up_ = scale, name == "y"
        at = dict(zip(np.interp(list(scale), (first, last), ends).tolist(), scale.values(), strict=True))
        span, beside = ((left, end), left - 0.08) if up_ else ((top, bottom), bottom + 0.2)
        canvas.scale(axes, at, [span], beside, up=up_)
        places[name] = np.interp(places[name], (first, last), ends)
    canvas.write(axes, (0, 0), above, va="top", color=GREY_TEXT)
    canvas.write(axes, (end, height), below, ha="right", va="bottom", color=GREY_TEXT)
    places = places.groupby(["x", "y"], sort=False)["name"].agg(n="size", name=", ".join).reset_index()
    size: Style = {"size": "n", "sizes": _AREAS, "legend": False}
    sns.scatterplot(places, x="x", y="y", **size, color=BLUE, zorder=3, ax=axes)
    small, spots = canvas.layout.small, list(zip(places["x"], places["y"], strict=True))
    found = names_beside(spots, list(places["name"]), small, [(0.1, 0.0)], (left, canvas.inner))
    for name, place in zip(places["name"], found, strict=True):
        if place is not None:
            canvas.write(axes, place, name, ha="center", size=small)
    return canvas.figure


# --- two groups: a row for each item with who is higher where, or a panel for each with its moments ---

_COLORS, _MARKERS = [BLUE, ORANGE], ["o", "D"]
#: By group, in the vocabulary of seaborn.
_BY_GROUP: Style = {"palette": _COLORS, "markers": _MARKERS, "legend": False}
_BY_GROUP |= {"hue": "group", "style": "group", "hue_order": [0, 1], "style_order": [0, 1]}
#: Parts of a bar: first group higher, same score, second group higher.
_LOOKS = (FULL, Look(LEVEL, LEVEL), Look("white", ORANGE, ORANGE))
#: Words under both ends of the scale.
AGREEMENT = ("pas du tout d’accord", "tout à fait d’accord")
_SCORES_SHARE = 0.68
#: Height of the scale under the rows, and the widest that a territory may be, in inches.
_FOOT, _WIDEST = 0.36, 0.3
#: Medians of both groups: one that is withheld has no value, one that nobody was asked for is not a number.
Medians = tuple[Measure, Measure]


@dataclass(frozen=True, kw_only=True)
class Pair(Row):
    """Medians of two groups, and the matched territories where the first is above, level, below.

    A median that is withheld has no mark; counts that are masked make a pale band, after the others, which
    their ``total`` bounds where something says it.
    """

    medians: Medians
    ways: tuple[Count, ...]
    total: Count | None = None


def draw_pairs(canvas: Canvas, rows: Sequence[Pair], scale: Scale, first: str, second: str) -> Figure:
    """Draw medians on their scale and, beside or below, bars of matched territories.

    The keys name the ``first`` and the ``second`` group.
    """
    higher, lower = f"Territoires : {lower_first(first)} plus haut", f"{lower_first(second)} plus haut"
    keys = [Key(*each) for each in zip((first, second), _COLORS, _MARKERS, strict=True)]
    for label, look in zip((higher, "même note", lower), _LOOKS, strict=True):
        keys.append(Key(label, look.color, edge=look.edge))
    bars = [stack_bar("", "", row.ways, "", row.total, _LOOKS) for row in rows]
    canvas.keys = with_pale(keys, bars)
    narrow = canvas.layout.narrow
    # Medians above the bars on a telephone, on their left on a page.
    frame = lay(canvas, rows, tall=0.62 if narrow else 0.25, foot=_FOOT)
    axes, across = frame.axes, frame.width if narrow else frame.width * _SCORES_SHARE
    start, above, below = (0.02, -0.16, 0.14) if narrow else (across + 0.1, 0.0, 0.0)
    # Room for the number beside a mark at either end: there is a column of labels only on a page.
    inset, after = (0.24, 0.24) if narrow else (0.12, 0.37)
    scores, foot = range(scale.low, scale.high + 1), frame.height - _FOOT
    places = np.linspace(inset, across - after, len(scores)).tolist()
    # Short lines where bars stand between the rows of medians.
    spans = [(y + above - 0.14, y + above + 0.14) for y in frame.centers] if narrow else [(0.0, foot)]
    canvas.scale(axes, dict(zip(places, map(str, scores), strict=True)), spans, foot + 0.1)
    ends = zip((places[0], places[-1]), AGREEMENT, ("left", "right"), (-3, 3), strict=True)
    for x, words, side, shift in ends:
        canvas.write(axes, (x, foot + 0.26), words, shift=(shift, 0), **canvas.faint, ha=side)
    marks = []
    for row, bar, middle in zip(rows, bars, frame.centers, strict=True):
        y, known = middle + above, list(_known(row.medians))
        for group, value, rank, aside in known:
            x, ink = float(np.interp(value, scores, places)), _ink(group)
            marks.append({"x": x, "y": y + 0.065 * aside, "row": y, "group": group})
            ink |= {"shift": (-8, 0), "ha": "right"} if rank <= 0 else {"shift": (8, 0)}
            canvas.write(axes, (x, y + 0.065 * aside), short(value), **ink)
        if not known:
            # On white, or the lines of the scale would cross the words.
            on_white: Style = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1.5}} | canvas.faint
            canvas.write(axes, (inset, y), "médianes non communiquées", **on_white)
        if not bar.parts:
            canvas.write(axes, (start, middle + below), "n.c.", **canvas.faint)
    if marks:
        table = pd.DataFrame(marks)
        joined: Style = {"units": "row", "estimator": None, "color": JOIN, "linewidth": 4, "zorder": 1}
        sns.lineplot(table, x="x", y="row", ax=axes, **joined)
        sizes: Style = {"size": "group", "sizes": [90, 62], "size_order": [0, 1], "zorder": 4}
        sns.scatterplot(table, x="x", y="y", **_BY_GROUP, **sizes, ax=axes)
    unit = min((frame.width - start) / max(1, *(bar.length for bar in bars)), _WIDEST)
    frame.bars(bars, unit, start, below)
    return canvas.figure


def _ink(group: int) -> Style:
    return {"weight": 600, "color": _COLORS[group]}


def _known(medians: Medians) -> Iterator[tuple[int, float, int, int]]:
    """What may be told of two groups: which one, its median, whether it is the lower (-1) or the higher (1).

    Then which way it makes room, as equal medians would hide one another; 0 for neither.
    """
    for group, median in enumerate(medians):
        if (value := median.known) is not None:
            other = medians[1 - group].known
            rank = 0 if other is None else 1 if (value, group) > (other, 1 - group) else -1
            yield group, value, rank, (value == other) * (1 if group else -1)


#: Room over the scale of a panel, its height, room for the names of moments under it, blank between panels,
#: and room for the numbers of the scale, in inches.
_OVER, _SCALE, _NAMES, _BETWEEN, _NUMBERS = 0.28, 1.05, 0.58, 0.35, 0.28


class Panel(NamedTuple):
    """One item at each moment, and how many stand behind it."""

    label: str
    note: str
    medians: Sequence[Medians]


def draw_moments(
    canvas: Canvas, panels: Sequence[Panel], scale: Scale, moments: Sequence[str], groups: Sequence[str]
) -> Figure:
    """Draw the panels in reading order, side by side where there is room for the names of the moments."""
    canvas.keys = [Key(*each) for each in zip(groups, _COLORS, _MARKERS, strict=True)]
    small, inner = canvas.layout.small, canvas.inner + _BETWEEN
    widest = max(text_width(name, small) for name in moments)
    inset = max(0.3, widest / 2)
    least = _NUMBERS + 2 * inset + (len(moments) - 1) * (widest + 0.1) + _BETWEEN
    most = 1 if canvas.layout.narrow else 2 if len(panels) in {1, 2, 4} else 3
    columns = max(1, min(most, int(inner / least)))
    width, bold = inner / columns - _BETWEEN, _ink(0) | {"color": INK}
    heads = [
        (wrap(p.label, width, canvas.layout.text, 600), wrap(p.note, width, small) if p.note else [])
        for p in panels
    ]
    head = LINE * max(len(title + note) for title, note in heads) + _OVER
    high = head + _SCALE + _NAMES
    axes = canvas.plot(high * -(-len(panels) // columns) - 0.1)
    at = np.linspace(_NUMBERS + inset, width - inset, len(moments))
    for i, (panel, (title, note)) in enumerate(zip(panels, heads, strict=True)):
        left, top = i % columns * (width + _BETWEEN), i // columns * high + head
        # Words stand just over their scale, and those of panels side by side are level.
        canvas.write(axes, (left, top - _OVER), note, va="bottom", **canvas.faint)
        canvas.write(axes, (left, top - _OVER - LINE * len(note)), title, va="bottom", **bold)
        ends, foot = (scale.low, scale.high), top + _SCALE
        numbers = {float(np.interp(n, ends, (foot, top))): str(n) for n in (*ends, sum(ends) // 2)}
        canvas.scale(axes, numbers, [(left + _NUMBERS, left + width)], left + _NUMBERS - 0.08, up=True)
        marks, runs = [], [0, 0]
        for x, name, medians in zip(left + at, moments, panel.medians, strict=True):
            canvas.write(axes, (x, foot + 0.37), name, ha="center", **canvas.faint)
            for group, value, rank, aside in _known(medians):
                # A line leads from a median to the next one: what is not told between them parts it.
                place = x + 0.045 * aside, float(np.interp(value, ends, (foot, top)))
                marks.append((*place, group, runs[group]))
                points, va = (7, "bottom") if rank >= 0 else (-7, "top")
                canvas.write(axes, place, short(value), (0, points), va=va, ha="center", **_ink(group))
            runs = [run + (median.known is None) for run, median in zip(runs, medians, strict=True)]
            if hidden := [group for group in (0, 1) if medians[group].value is None]:
                # In the colour of its group when only one is withheld.
                ink = canvas.faint | ({"color": _COLORS[hidden[0]]} if len(hidden) == 1 else {})
                canvas.write(axes, (x, foot + 0.13), "n.c.", ha="center", **ink)
        if marks:
            table = pd.DataFrame(marks, columns=["x", "y", "group", "run"])
            line: Style = {"units": "run", "estimator": None, "dashes": False, "linewidth": 2}
            sns.lineplot(table, x="x", y="y", ax=axes, markersize=8, **line, **_BY_GROUP)
    return canvas.figure
