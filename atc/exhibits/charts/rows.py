"""Horizontal bars: a count in its total, the parts of a total, events over years.

Labels stand beside the marks on a page, above them on a telephone unless they are short. One call of
`seaborn.objects.Bars` draws the bars of a chart. What readers may not know is a pale band from the least to
the most that it can be: only its bounds are seen here. One that is « n.c. » has no mark, only its words.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from typing import Any, NamedTuple

import pandas as pd
import seaborn.objects as so
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from atc.disclosure import Count, Released
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Style, rules, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, BLUE_MID, GREY_TEXT, INK, MASKED, MASKED_EDGE, TRACK
from atc.exhibits.table import out_of

#: Height of a bar, and half of what is left blank between two parts of it, in inches.
THICKNESS, _APART = 0.21, 0.015
#: The most of the width that labels take beside their marks, what is left blank between, in inches, and the
#: labels that stand there on a telephone too.
_LABEL_SHARE, _GAP, _SHORT = 0.42, 0.12, 0.7


class Look(NamedTuple):
    """How a part of a bar looks: inside, edge, and what is written on it."""

    color: str
    edge: str
    ink: str = INK


FULL, HOLLOW = Look(BLUE, BLUE, "white"), Look("white", BLUE, BLUE)
MID, LIGHT, REST = (Look(color, color) for color in (BLUE_MID, BLUE_LIGHT, TRACK))
#: Not drawn by seaborn: where a masked count can lie, and where nothing is.
PALE, BLANK = Look(MASKED, MASKED_EDGE), Look("none", "none", GREY_TEXT)

MASKED_KEY = Key("effectif possible", MASKED, edge=MASKED_EDGE)


class Part(NamedTuple):
    """A part of a bar: how many units it is long, and what is written on it where there is room."""

    size: float
    look: Look
    text: str = ""


@dataclass(frozen=True)
class Row:
    """One row, and its bar where it has one: from zero, and on one scale with the others."""

    label: str
    heading: str = ""  # name of its group, which stands above the first row of it
    parts: tuple[Part, ...] = ()  # one after the other; none where nothing may be known: words stand alone
    text: str = ""  # what is written at its end

    @property
    def length(self) -> float:
        """In units."""
        return sum(part.size for part in self.parts)


class Frame(NamedTuple):
    """A plot ready for rows, in inches, y from the top."""

    canvas: Canvas
    axes: Axes
    centers: list[float]  # middle of the marks of each row
    width: float
    height: float

    def bars(self, rows: Sequence[Row], unit: float, start: float = 0.0, below: float = 0.0) -> None:
        """Draw the parts of the rows, from ``start`` on, so far ``below`` their middles, in inches.

        ``unit`` is the width of one unit.
        """
        drawn = []
        for row, middle in zip(rows, self.centers, strict=True):
            y, ends = middle + below, accumulate((part.size * unit for part in row.parts), initial=start)
            for (size, look, text), (x0, x1) in zip(row.parts, pairwise(ends), strict=True):
                if text and text_width(text, self.canvas.layout.text, 600) <= x1 - x0 - 0.05:
                    style: Style = {"ha": "center", "weight": 600, "color": look.ink}
                    self.canvas.write(self.axes, ((x0 + x1) / 2, y), text, **style)
                if look == PALE and size > 0:
                    # Whole: no line of a scale cuts it into units.
                    corner, wide = (x0 + _APART, y - THICKNESS / 2), x1 - x0 - 2 * _APART
                    edge: Style = {"facecolor": look.color, "edgecolor": look.edge, "linewidth": 0.8}
                    self.axes.add_patch(Rectangle(corner, wide, THICKNESS, zorder=3, **edge))
                elif look != BLANK and size > 0:
                    drawn.append((y, x0 + _APART, x1 - _APART, look.color, look.edge))
        if drawn:
            table = pd.DataFrame(drawn, columns=["y", "start", "end", "color", "edge"])
            # Seaborn counts heights in steps between rows.
            step = min((b - a for a, b in pairwise(sorted(set(table["y"])))), default=1)
            marks = so.Bars(width=THICKNESS / step, edgewidth=1.2, alpha=1)
            plot = so.Plot(table, x="end", y="y", color="color", edgecolor="edge")
            plot = plot.add(marks, baseline="start", orient="y", legend=False)
            plot.scale(color=None, edgecolor=None).on(self.axes).plot()
            # It fits the plot to what it draws.
            self.axes.set(xlim=(0, self.width), ylim=(self.height, 0))


def with_pale(keys: Sequence[Key], rows: Sequence[Row]) -> list[Key]:
    """Keys, and that of pale bands as soon as there is one."""
    pale = any(part.look == PALE and part.size for row in rows for part in row.parts)
    return [*keys, MASKED_KEY] if pale else list(keys)


def lay(
    canvas: Canvas,
    rows: Sequence[Row],
    *,
    texts: Sequence[str] = (),
    head: float = 0.0,
    foot: float = 0.0,
    tall: float = THICKNESS,
) -> Frame:
    """Lay rows out, with their labels and headings, and return where to draw.

    Room is kept for ``texts`` on the right of the plot, and for what stands over the first row (``head``) and
    under the last one (``foot``), in inches; the marks of a row are ``tall``.
    """
    size = canvas.layout.text
    widest = max((text_width(row.label, size) for row in rows), default=0.0) + 0.02
    narrow = canvas.layout.narrow and widest > _SHORT
    column = canvas.inner if narrow else min(widest, canvas.inner * _LABEL_SHARE)
    left = 0.0 if narrow else column + _GAP
    right = max((text_width(text, size, 600) + 0.18 for text in texts), default=0.0)
    beside: Style = {} if narrow else {"shift": (-_GAP * 72, 0), "ha": "right"}
    written: list[tuple[float, list[str], Style]] = []
    centers: list[float] = []
    y, opened = head + 0.04, ""
    for row in rows:
        if row.heading and row.heading != opened:
            y += 0.09 if centers else 0.0
            heading = wrap(row.heading, canvas.inner, size, 600)
            style: Style = {"shift": (-left * 72, 0), "weight": 600, "color": GREY_TEXT}
            written.append((y + LINE * len(heading) / 2, heading, style))
            y += LINE * len(heading) + 0.05
            opened = row.heading
        lines = wrap(row.label, column, size)
        high = LINE * len(lines)
        # Above the marks on a telephone, level with them on a page.
        above, height = (high + 0.03, tall) if narrow else (0.0, max(tall, high))
        centers.append(y + above + height / 2)
        written.append((y + high / 2 if narrow else centers[-1], lines, beside))
        y += above + height + (0.12 if narrow else 0.06)
    axes = canvas.plot(y + foot, left=left, right=right)
    for middle, lines, style in written:
        canvas.write(axes, (0, middle), lines, **style)
    return Frame(canvas, axes, centers, canvas.inner - left - right, y + foot)


def _draw_bars(
    canvas: Canvas, rows: Sequence[Row], keys: Sequence[Key], widest: float = inf, head: float = 0.0
) -> tuple[Frame, float]:
    """Draw the bars and what is written at their ends, and tell the inches of a unit: ``widest`` at most."""
    canvas.keys = with_pale(keys, rows)
    frame = lay(canvas, rows, texts=[row.text for row in rows if row.length], head=head)
    unit = min(frame.width / max([1, *(row.length for row in rows)]), widest)
    frame.bars(rows, unit)
    for row, y in zip(rows, frame.centers, strict=True):
        style: Style = {"weight": 600} if row.parts else {"color": GREY_TEXT}
        shift = (6 if row.length else 0, 0)
        canvas.write(frame.axes, (row.length * unit, y), row.text, shift=shift, **style)
    return frame, unit


# --- a count out of its total, cut into units while they can be counted ---

#: Beyond this total, units are too many to be counted; the widest that one may be, in inches: two sites are
#: no wall.
COUNTABLE, _WIDEST = 24, 0.5


def unit_bar(
    label: str, heading: str, count: Count, total: Count | None = None, text: str = "", color: str = BLUE
) -> Row:
    """A count out of its total: a pale band from the least to the most that it can be where it is masked."""
    if count.is_withheld:
        return Row(label, heading, (), text)
    look = Look(color, color)
    parts = [Part(count.low, look)]
    if count.is_masked:
        # A band where it can lie, after as much as is sure.
        before = BLANK if total is None or total.is_masked else REST
        sure = look if count.solid else before
        parts = [Part(count.low, sure), Part(count.high - count.low, PALE)]
    rest = ((total.value or 0) if total else 0) - sum(part.size for part in parts)
    return Row(label, heading, (*parts, Part(max(rest, 0), REST)), text)


def unit_bars(counts: Sequence[Any], heading: str) -> list[Row]:
    """Those of a tidy count (``libelle``, ``effectif``, ``total``), in one group."""
    return [unit_bar(r.libelle, heading, r.effectif, r.total, out_of(r.effectif, r.total)) for r in counts]


def draw_units(canvas: Canvas, rows: Sequence[Row], keys: Sequence[Key] = (), head: float = 0.0) -> Figure:
    """Draw counts, in reading order, under so many inches left blank."""
    frame, unit = _draw_bars(canvas, rows, keys, _WIDEST, head)
    most = int(max((row.length for row in rows), default=0))
    if most <= COUNTABLE:
        # White lines between units, over the bars.
        cuts = [((i * unit, head), (i * unit, frame.height)) for i in range(1, most)]
        rules(frame.axes, cuts, "white", linewidths=1.5, zorder=2)
    return canvas.figure


# --- the parts of a total ---

#: From favourable to unfavourable: ever paler, the last one hollow. A stack tells no more parts apart.
SCALES = {2: (FULL, HOLLOW), 3: (FULL, LIGHT, HOLLOW), 4: (FULL, MID, LIGHT, HOLLOW)}
MOST = max(SCALES)


def size(total: Count) -> str:
    """« n = 14 », or the bound of a masked total."""
    return total.shown if total.is_masked else f"n = {total.shown}"


def stack_bar(
    label: str,
    heading: str,
    counts: Sequence[Count],
    text: str,
    total: Count | None,
    looks: Sequence[Look] = (),
) -> Row:
    """What is known, then what is masked as one: the rest of the total, or all that it can be.

    ``total`` is what the counts add up to; none if nothing says it.
    """
    masked = [count for count in counts if count.is_masked]
    if masked and not any(count.value for count in counts):
        return Row(label, heading, (), f"{text} : répartition non communiquée")
    found = zip(counts, looks or SCALES[len(counts)], strict=True)
    known = [Part(count.value or 0, look, count.shown) for count, look in found]
    if total is not None and not total.is_masked:
        rest = total.low - sum(part.size for part in known) if masked else 0
    else:
        rest = sum(count.high for count in masked if not count.is_withheld)
    pale = Part(rest, PALE, " + ".join(count.shown for count in masked))
    return Row(label, heading, (*known, pale), text)


def stack_bars(counts: Released, by: str, beside: Mapping[str, str]) -> list[Row]:
    """One bar per value of a column of labels, from a tidy count (``effectif``, ``total``), in order.

    ``beside`` is what is written after the total of some of them.
    """
    bars = []
    for label, some in counts.frame.groupby(by, sort=False):
        total, told = some["total"].iloc[0], beside.get(str(label), "")
        bars.append(stack_bar(str(label), "", tuple(some["effectif"]), size(total) + told, total))
    return bars


def draw_stacks(canvas: Canvas, rows: Sequence[Row], segments: Sequence[str]) -> Figure:
    """Draw each row as parts of its own total: a square centimetre is a person in all of them.

    A row has as many counts as there are segments: two, three or four labels, from favourable to
    unfavourable.
    """
    looks = zip(segments, SCALES[len(segments)], strict=True)
    _draw_bars(canvas, rows, [Key(label, look.color, edge=look.edge) for label, look in looks])
    return canvas.figure


# --- what took place when ---

# Room for the years under the last row, and the least that a bar is wide, in inches.
_YEARS, _LEAST = 0.25, 0.07
_DAYS = 365.25


@dataclass(frozen=True, kw_only=True)
class Event(Row):
    """An event, its last day included; its text stands on its bar, or beside it."""

    start: dt.date = dt.date.min
    end: dt.date = dt.date.min


def draw_calendar(canvas: Canvas, events: Sequence[Event]) -> Figure:
    """Draw the events, the years of the first and of the last one from end to end."""
    frame = lay(canvas, events, foot=_YEARS)
    years = range(min(event.start for event in events).year, max(event.end for event in events).year + 1)
    year, bottom = frame.width / len(years), frame.height - _YEARS
    origin, inch = dt.date(years[0], 1, 1).toordinal(), year / _DAYS
    canvas.scale(frame.axes, {i * year: "" for i in range(len(years) + 1)}, [(0.0, bottom)], bottom)
    names = {(i + 0.5) * year: str(name) for i, name in enumerate(years)}
    canvas.scale(frame.axes, names, [], bottom + _YEARS / 2)
    bars = []
    for event, y in zip(events, frame.centers, strict=True):
        start = (event.start.toordinal() - origin) * inch
        long = max((event.end.toordinal() + 1 - origin) * inch - start, _LEAST)
        words = text_width(event.text, canvas.layout.text, 600) + 0.1
        inside, right = words < long, start + long + words <= frame.width
        bars.append(Row("", parts=(Part(start, BLANK), Part(long, FULL, event.text if inside else ""))))
        if not inside:
            place, side = (start + long, "left") if right else (start, "right")
            canvas.write(frame.axes, (place, y), event.text, shift=(5 if right else -5, 0), ha=side)
    frame.bars(bars, 1.0)
    return canvas.figure
