"""Horizontal bars: a count in its total, the parts of a total, a value among bands, events over years.

Labels stand beside the marks on a page, above them on a telephone. The vertical unit of a plot is the inch,
counted from the top, so that rows keep their height. Whatever a row is made of, one call of
`seaborn.objects.Bars` draws the bars of the whole chart. What readers may not know is a pale band from the
least to the most that it can be: nothing here sees a masked count, only its bounds, which are public. One
that is « n.c. » has no mark at all, only its words.
"""

import datetime as dt
from collections.abc import Sequence
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
from atc.exhibits.charts.canvas import LINE, Canvas, Key, Point, Style, rules, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, BLUE_MID, GREY_TEXT, INK, MASKED, MASKED_EDGE, TRACK
from atc.exhibits.table import out_of

#: Height of a bar, and half of what is left blank between two parts of it, in inches.
THICKNESS, _APART = 0.21, 0.015
#: The most of the width that labels take beside their marks, and what is left blank between, in inches.
_LABEL_SHARE, _GAP = 0.42, 0.12


class Look(NamedTuple):
    """How a part of a bar looks: inside, edge, and what is written on it."""

    color: str
    edge: str
    ink: str = INK


FULL, HOLLOW = Look(BLUE, BLUE, "white"), Look("white", BLUE, BLUE)
MID, LIGHT, REST = (Look(color, color) for color in (BLUE_MID, BLUE_LIGHT, TRACK))
#: Not drawn by seaborn: where a masked count can lie, and where nothing is.
PALE, BLANK = Look(MASKED, MASKED_EDGE), Look("none", "none", GREY_TEXT)

NONE = Count.exactly(0)
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
    count: Count = NONE  # what it tells, if that is one count, and out of how many
    total: Count | None = None

    @property
    def length(self) -> float:
        """In units."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True)
class Frame:
    """A plot ready for rows, in inches, y from the top."""

    canvas: Canvas
    axes: Axes
    centers: list[float]  # middle of the marks of each row
    width: float
    height: float

    def bars(self, bars: Sequence[tuple[float, Sequence[Part]]], unit: float, start: float = 0.0) -> None:
        """Draw bars, each given by its middle and its parts, one after the other.

        ``unit`` is the width of one unit, ``start`` where all of them begin, in inches.
        """
        drawn = []
        for y, parts in bars:
            ends = accumulate((part.size * unit for part in parts), initial=start)
            for (size, look, text), (x0, x1) in zip(parts, pairwise(ends), strict=True):
                if text and text_width(text, self.canvas.layout.text, 600) <= x1 - x0 - 0.05:
                    style: Style = {"ha": "center", "weight": 600, "color": look.ink}
                    self.canvas.write(self.axes, ((x0 + x1) / 2, y), text, **style)
                if look == PALE and size > 0:
                    half = THICKNESS / 2
                    masked_band(self.axes, (x0 + _APART, y - half), (x1 - _APART, y + half))
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


def masked_band(axes: Axes, start: Point, end: Point) -> None:
    """Draw a pale band from corner to corner, whole: no line of a scale cuts it into units."""
    (x0, y0), (x1, y1) = start, end
    look: Style = {"facecolor": MASKED, "edgecolor": MASKED_EDGE, "linewidth": 0.8, "zorder": 3}
    axes.add_patch(Rectangle(start, x1 - x0, y1 - y0, **look))


def with_pale(keys: Sequence[Key], bars: Sequence[Row]) -> list[Key]:
    """Keys, and that of pale bands as soon as there is one."""
    pale = any(part.look == PALE and part.size for bar in bars for part in bar.parts)
    return [*keys, MASKED_KEY] if pale else list(keys)


def lay(
    canvas: Canvas,
    rows: Sequence[Row],
    *,
    texts: Sequence[str] = (),
    foot: float = 0.0,
    tall: float = THICKNESS,
    labels: float = _LABEL_SHARE,
) -> Frame:
    """Lay rows out, with their labels and headings, and return where to draw.

    Room is kept for ``texts`` on the right of the plot, and for a scale of ``foot`` inches under the last
    row; the marks of a row are ``tall`` inches, and labels take at most a share of a page.
    """
    size, narrow = canvas.layout.text, canvas.layout.narrow
    widest = max(text_width(row.label, size) for row in rows) + 0.02
    column = canvas.inner if narrow else min(widest, canvas.inner * labels)
    left = 0.0 if narrow else column + _GAP
    right = max((text_width(text, size, 600) + 0.18 for text in texts), default=0.0)
    beside: Style = {} if narrow else {"shift": (-_GAP * 72, 0), "ha": "right"}
    written: list[tuple[float, list[str], Style]] = []
    centers: list[float] = []
    y, opened = 0.04, ""
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
    (axes,) = canvas.plots(y + foot, left=left, right=right)
    for middle, lines, style in written:
        canvas.write(axes, (0, middle), lines, **style)
    return Frame(canvas, axes, centers, canvas.inner - left - right, y + foot)


def _draw_bars(
    canvas: Canvas, rows: Sequence[Row], keys: Sequence[Key], *, widest: float = inf, **room: float
) -> tuple[Frame, float]:
    """Draw the bars and what is written at their ends, with a key for pale bands, and give what a unit takes.

    That is at most ``widest`` inches.
    """
    canvas.keys = with_pale(keys, rows)
    frame = lay(canvas, rows, texts=[row.text for row in rows if row.length], **room)
    unit = min(frame.width / max(1, *(row.length for row in rows)), widest)
    frame.bars([(y, row.parts) for y, row in zip(frame.centers, rows, strict=True)], unit)
    for y, row in zip(frame.centers, rows, strict=True):
        style: Style = {"weight": 600} if row.parts else {"color": GREY_TEXT}
        place, shift = (row.length * unit, y), (6 if row.length else 0, 0)
        canvas.write(frame.axes, place, row.text, shift=shift, **style)
    return frame, unit


# --- a count out of its total, cut into units while they can be counted ---

#: Beyond this total, units are too many to be counted; the widest that one may be, in inches: two sites are
#: no wall.
COUNTABLE, _WIDEST = 24, 0.5


def unit_bar(
    label: str,
    heading: str = "",
    count: Count = NONE,
    total: Count | None = None,
    text: str = "",
    also: int = 0,
    color: str = BLUE,
) -> Row:
    """A count out of its total: a pale band from the least to the most that it can be where it is masked.

    ``also`` is the length of a hollow bar after it (a second, weaker belonging).
    """
    if count.is_withheld:
        return Row(label, heading, (), text, count, total)
    look = Look(color, color)
    parts = [Part(count.low, look)]
    if count.is_masked:
        # A band where it can lie, after as much as is sure.
        before = BLANK if total is None or total.is_masked else REST
        sure = look if count.solid else before
        parts = [Part(count.low, sure), Part(count.high - count.low, PALE)]
    parts += [Part(1, HOLLOW)] * also
    rest = ((total.value or 0) if total else 0) - sum(part.size for part in parts)
    return Row(label, heading, (*parts, Part(max(rest, 0), REST)), text, count, total)


def unit_bars(counts: Released | Sequence[Any], heading: str = "") -> list[Row]:
    """Those of a tidy count (``libelle``, ``effectif``, ``total``), in one group."""
    return [unit_bar(r.libelle, heading, r.effectif, r.total, out_of(r.effectif, r.total)) for r in counts]


def draw_units(canvas: Canvas, rows: Sequence[Row], keys: Sequence[Key] = ()) -> Figure:
    """Draw counts, in reading order."""
    frame, unit = _draw_bars(canvas, rows, keys, widest=_WIDEST)
    most = int(max(row.length for row in rows))
    if most <= COUNTABLE:
        # White lines between units, over the bars.
        cuts = [((i * unit, 0), (i * unit, frame.height)) for i in range(1, most)]
        rules(frame.axes, cuts, "white", linewidths=1.5, zorder=2)
    return canvas.figure


# --- the parts of a total ---

#: From favourable to unfavourable: ever paler, the last one hollow. A stack tells no more parts apart.
SCALES = {2: (FULL, HOLLOW), 3: (FULL, LIGHT, HOLLOW), 4: (FULL, MID, LIGHT, HOLLOW)}
MOST = max(SCALES)


def stack_bar(
    label: str,
    heading: str = "",
    counts: Sequence[Count] = (),
    text: str = "",
    total: Count | None = None,
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


def stack_bars(counts: Released, by: str) -> list[Row]:
    """One bar per value of a column of labels, from a tidy count (``effectif``, ``total``), in order."""
    bars = []
    for label, some in counts.frame.groupby(by, sort=False):
        total = some["total"].iloc[0]
        text = total.shown if total.is_masked else f"n = {total.shown}"
        bars.append(stack_bar(str(label), "", tuple(some["effectif"]), text, total))
    return bars


def draw_stacks(canvas: Canvas, rows: Sequence[Row], segments: Sequence[str]) -> Figure:
    """Draw each row as parts of its own total: a square centimetre is a person in all of them.

    A row has as many counts as there are segments: two, three or four labels, from favourable to
    unfavourable.
    """
    looks = zip(segments, SCALES[len(segments)], strict=True)
    _draw_bars(canvas, rows, [Key(label, look.color, edge=look.edge) for label, look in looks])
    return canvas.figure


# --- one value among bands of equal width ---

#: Largest share of a row -> look of the cell.
_LOOKS = ((0.0, REST), (0.25, LIGHT), (0.5, MID), (1.0, FULL))
#: Room for the names of bands, in inches; the most that labels take: cells are no longer for being wide.
_FOOT, _LABELS = 0.28, 0.56


def band_bar(label: str, heading: str, counts: Sequence[Count], own: int | None, text: str) -> Row:
    """How many stand in each band, the more the darker; a frame around the ``own`` one, if there is one."""
    whole, parts = sum(count.low for count in counts) or 1, []
    for i, count in enumerate(counts):
        look = next(look for most, look in _LOOKS if count.low / whole <= most)
        parts.append(Part(1, look._replace(edge=INK) if i == own else look, count.shown))
    return Row(label, heading, tuple(parts), text)


def draw_bands(canvas: Canvas, rows: Sequence[Row], bands: Sequence[str], others: str, own: str) -> Figure:
    """Draw one line of cells per row; the keys name the ``others`` that are counted, and the ``own``."""
    keys = [Key(others, BLUE_LIGHT), Key(own, INK, hollow=True)]
    frame, width = _draw_bars(canvas, rows, keys, foot=_FOOT, labels=_LABELS)
    for i, band in enumerate(bands):
        place = ((i + 0.5) * width, frame.height - 0.12)
        canvas.write(frame.axes, place, band, ha="center", **canvas.faint)
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
    first, last = min(event.start for event in events).year, max(event.end for event in events).year
    year, bottom = frame.width / (last + 1 - first), frame.height - _YEARS
    origin, inch = dt.date(first, 1, 1).toordinal(), year / _DAYS
    canvas.scale(frame.axes, {i * year: "" for i in range(last - first + 2)}, [(0.0, bottom)], bottom)
    names = {(i + 0.5) * year: str(first + i) for i in range(last - first + 1)}
    canvas.scale(frame.axes, names, [], bottom + _YEARS / 2)
    bars = []
    for event, y in zip(events, frame.centers, strict=True):
        start = (event.start.toordinal() - origin) * inch
        long = max((event.end.toordinal() + 1 - origin) * inch - start, _LEAST)
        words = text_width(event.text, canvas.layout.text, 600) + 0.1
        inside, right = words < long, start + long + words <= frame.width
        bars.append((y, (Part(start, BLANK), Part(long, FULL, event.text if inside else ""))))
        if not inside:
            place, side = (start + long, "left") if right else (start, "right")
            canvas.write(frame.axes, (place, y), event.text, shift=(5 if right else -5, 0), ha=side)
    frame.bars(bars, 1.0)
    return canvas.figure
