"""Counts of several modalités side by side in one bar per row, in the order of the questionnaire.

Bands of equal width show where one value falls among many. Both are drawn by `seaborn.objects.Bars`, through
`rows.draw_bars`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from atc.disclosure import Count, Released
from atc.exhibits.charts.canvas import Canvas, Key
from atc.exhibits.charts.rows import BLANK, FULL, HOLLOW, LIGHT, MID, PALE, REST, Look, Part, Row, draw_bars
from atc.exhibits.charts.tokens import BLUE_LIGHT, INK

#: From favourable to unfavourable: ever paler, the last one hollow.
#: A stack tells no more parts apart.
MOST = 4
SCALES = {2: (FULL, HOLLOW), 3: (FULL, LIGHT, HOLLOW), 4: (FULL, MID, LIGHT, HOLLOW)}
#: Largest share of a row -> look of the cell.
_LOOKS = ((0.0, REST), (0.25, LIGHT), (0.5, MID), (1.0, FULL))
#: Room for the names of bands, in inches; the most that labels take: cells are no longer for being wide.
_FOOT, _LABELS = 0.28, 0.56


@dataclass(frozen=True)
class StackRow(Row):
    """One bar."""

    # One per modalité; those that are masked make one pale band, after the others.
    counts: tuple[Count, ...] = ()
    text: str = ""  # what is written at its end: its total
    total: Count | None = None  # what they add up to, which bounds the pale band; None if nothing says it

    @property
    def is_silent(self) -> bool:
        """Whether no part of it may be known: words stand there, and no bar."""
        return any(count.is_masked for count in self.counts) and not any(c.value for c in self.counts)

    def parts(self, looks: Sequence[Look]) -> list[Part]:
        """What is known, then as one what is masked: the rest of the total, or all that it can be."""
        if self.is_silent:
            return []
        known = [Part(c.value or 0, look, c.shown) for c, look in zip(self.counts, looks, strict=True)]
        masked = [count for count in self.counts if count.is_masked]
        if self.total is not None and not self.total.is_masked:
            rest = self.total.low - sum(part.size for part in known) if masked else 0
        else:
            rest = sum(count.high for count in masked if not count.is_withheld)
        return [*known, Part(rest, PALE, " + ".join(count.shown for count in masked))]


def from_counts(counts: Released, by: str) -> list[StackRow]:
    """One bar per value of a column of labels, from a tidy count (``effectif``, ``total``).

    One row = one bar × one modalité, modalités in order.
    """
    rows = []
    for label, some in counts.frame.groupby(by, sort=False):
        total = some["total"].iloc[0]
        text = total.shown if total.is_masked else f"n = {total.shown}"
        rows.append(StackRow(str(label), counts=tuple(some["effectif"]), text=text, total=total))
    return rows


def draw(canvas: Canvas, rows: Sequence[StackRow], segments: Sequence[str]) -> Figure:
    """Draw each row as parts of its own total: a square centimetre is a person in all of them.

    A row has as many counts as there are segments: two, three or four labels, from favourable to
    unfavourable.
    """
    looks = SCALES[len(segments)]
    keys = [Key(label, look.color, edge=look.edge) for label, look in zip(segments, looks, strict=True)]
    texts = [f"{row.text} : répartition non communiquée" if row.is_silent else row.text for row in rows]
    bars = [row.parts(looks) for row in rows]
    draw_bars(canvas, rows, bars, texts, keys)
    return canvas.figure


@dataclass(frozen=True)
class BandRow(Row):
    """One row of bands."""

    # How many stand in each band; a masked one has a pale cell, or words alone.
    counts: tuple[Count, ...] = ()
    own: int | None = None  # position of the band of the value; None when there is none
    text: str = ""  # what is written at the end: the value itself

    @property
    def parts(self) -> list[Part]:
        """One cell per band."""
        whole = sum(count.value or 0 for count in self.counts) or 1
        parts = []
        for i, count in enumerate(self.counts):
            look = next(look for most, look in _LOOKS if (count.value or 0) / whole <= most)
            if count.is_masked:
                # A frame would tell where the value falls.
                look = BLANK if count.is_withheld else PALE
            elif i == self.own:
                look = look._replace(edge=INK)
            parts.append(Part(1, look, count.shown))
        return parts


def draw_bands(
    canvas: Canvas, rows: Sequence[BandRow], bands: Sequence[str], others: str, own: str
) -> Figure:
    """Draw one line of cells per row, the more filled the darker, and frame the cell of the value.

    A row has as many counts as there are bands. The keys name the ``others`` that are counted, and the
    ``own`` value.
    """
    bars, texts = [row.parts for row in rows], [row.text for row in rows]
    keys = [Key(others, BLUE_LIGHT), Key(own, INK, hollow=True)]
    frame, width = draw_bars(canvas, rows, bars, texts, keys, foot=_FOOT, labels=_LABELS)
    for i, band in enumerate(bands):
        place = ((i + 0.5) * width, frame.height - 0.12)
        canvas.write(frame.axes, place, band, ha="center", **canvas.faint)
    return canvas.figure
