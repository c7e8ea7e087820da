"""Horizontal bars: a count inside its total, cut into units while they are few enough to be counted.

Drawn by `seaborn.objects.Bars`, through `rows.draw_bars`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from atc.disclosure import Count, Released
from atc.exhibits.charts.canvas import Canvas, Key
from atc.exhibits.charts.rows import BLANK, HOLLOW, NONE, PALE, REST, Look, Part, Row, draw_bars
from atc.exhibits.charts.tokens import BLUE
from atc.exhibits.table import out_of

#: Beyond this total, units are too many to be counted: the bar is whole.
MOST = 24
#: The widest that a unit may be, in inches: two sites are no wall.
_WIDEST = 0.5


@dataclass(frozen=True)
class UnitRow(Row):
    """One bar."""

    # Its length; where masked, a pale band from the least to the most that it can be, nothing where it is
    # « n.c. ».
    count: Count = NONE
    total: Count | None = None  # length of the pale bar behind it
    text: str = ""  # what is written at its end: « 7 sur 14 »
    also: Count = NONE  # length of a hollow bar after it (a second, weaker belonging)
    color: str = BLUE

    @property
    def parts(self) -> list[Part]:
        """The count, what is beside it, and the rest of the total; nothing where the count is « n.c. »."""
        if self.count.is_withheld:
            return []
        before = BLANK if self.total is None or self.total.is_masked else REST
        parts: list[Part] = []
        for count, look in ((self.count, Look(self.color, self.color)), (self.also, HOLLOW)):
            if count.is_masked and not count.is_withheld:
                # A band where it can lie, after as much as is sure.
                parts += [
                    Part(count.low, look if count.solid else before),
                    Part(count.high - count.low, PALE),
                ]
            elif not count.is_masked:
                parts += [Part(1, look)] * count.low if look == HOLLOW else [Part(count.low, look)]
        rest = ((self.total.value or 0) if self.total else 0) - sum(part.size for part in parts)
        return [*parts, Part(rest, REST)] if rest > 0 else parts


def from_counts(counts: Released | Sequence[Any], heading: str = "") -> list[UnitRow]:
    """Rows of a tidy count (``libelle``, ``effectif``, ``total``), the first one opening a group."""
    heads = [heading, *[""] * len(counts)]
    return [
        UnitRow(row.libelle, head, row.effectif, row.total, out_of(row.effectif, row.total))
        for head, row in zip(heads, counts, strict=False)
    ]


def draw(canvas: Canvas, rows: Sequence[UnitRow], keys: Sequence[Key] = ()) -> Figure:
    """Draw the bars, in reading order."""
    bars, texts = [row.parts for row in rows], [row.text for row in rows]
    frame, unit = draw_bars(canvas, rows, bars, texts, keys, widest=_WIDEST)
    most = int(max(sum(part.size for part in parts) for parts in bars))
    if most <= MOST:
        # White lines between units, over the bars.
        cuts = [((i * unit, 0), (i * unit, frame.height)) for i in range(1, most)]
        canvas.rules(frame.axes, cuts, "white", linewidths=1.5, zorder=2)
    return canvas.figure
