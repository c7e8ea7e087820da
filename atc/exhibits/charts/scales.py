"""Values on a scale: the range of a number, two numbers as points, medians of two groups.

`lineplot` and `scatterplot` of seaborn draw them; bars of `rows` count beside or below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from atc.disclosure import Count, Measure
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, names_beside, short, text_width, wrap
from atc.exhibits.charts.rows import FULL, Frame, Look, Row, draw_units, lay, stack_bar, with_pale
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


# --- two groups: a row for each item, or for each moment of it, with who is higher where ---

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
    their ``total`` bounds where something says it.
    """

    medians: tuple[Measure, Measure]
    ways: tuple[Count, ...] = ()
    total: Count | None = None


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
