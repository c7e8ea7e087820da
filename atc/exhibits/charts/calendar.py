"""What happened when: one row an event, a bar from its first day to its last, over the years."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from atc.exhibits.charts.canvas import Canvas, text_width
from atc.exhibits.charts.rows import BLANK, FULL, Part, Row, lay

# Room for the years under the last row, and the least that a bar is wide, in inches.
_FOOT, _LEAST = 0.25, 0.07
_YEAR = 365.25


@dataclass(frozen=True)
class Event(Row):
    """An event."""

    start: dt.date = dt.date.min
    end: dt.date = dt.date.min  # last day
    when: str = ""  # as it is written beside the bar


def draw(canvas: Canvas, events: Sequence[Event]) -> Figure:
    """Draw the events, the years of the first and of the last one from end to end."""
    frame = lay(canvas, events, foot=_FOOT)
    first = min(event.start for event in events).year
    last = max(event.end for event in events).year + 1
    inch = frame.width / ((last - first) * _YEAR)
    origin = dt.date(first, 1, 1).toordinal()
    years = {(year - first) * _YEAR * inch: "" for year in range(first, last + 1)}
    ends = [(0.0, frame.height - _FOOT)]
    canvas.scale(frame.axes, years, ends, frame.height)
    for year in range(first, last):
        middle = (year - first + 0.5) * _YEAR * inch
        canvas.write(frame.axes, (middle, frame.height - _FOOT / 2), str(year), ha="center", **canvas.faint)
    bars = []
    for event, y in zip(events, frame.centers, strict=True):
        start = (event.start.toordinal() - origin) * inch
        long = max((event.end.toordinal() + 1 - origin) * inch - start, _LEAST)
        words = text_width(event.when, canvas.layout.text, 600) + 0.1
        inside = words < long
        bars.append((y, (Part(start, BLANK), Part(long, FULL, event.when if inside else ""))))
        if not inside:
            right = start + long + words <= frame.width
            place, side = (start + long, "left") if right else (start, "right")
            shift = (5 if right else -5, 0)
            canvas.write(frame.axes, (place, y), event.when, shift=shift, ha=side)
    frame.bars(bars, 1.0)
    return canvas.figure
