"""One value beside a banded distribution: how many stand in each band, and where the value falls.

Drawn by `seaborn.objects.Bars`, through `rows.Frame.bars`: a cell per band, the more in it the darker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from atc.disclosure import Count
from atc.exhibits.charts.canvas import Canvas, Key
from atc.exhibits.charts.rows import BLANK, FULL, LIGHT, MID, PALE, REST, Part, Row, lay, with_pale
from atc.exhibits.charts.tokens import BLUE_LIGHT, INK

#: Largest share of a row -> look of the cell.
_LOOKS = ((0.0, REST), (0.25, LIGHT), (0.5, MID), (1.0, FULL))
_THICKNESS, _FOOT = 0.28, 0.28


@dataclass(frozen=True)
class BandRow(Row):
    """One row of bands.

    Attributes:
        counts: How many stand in each band; a masked one has a pale cell, or words alone.
        own: Position of the band of the value; ``None`` when there is no value.
        text: What is written at the end: the value itself.
    """

    counts: tuple[Count, ...] = ()
    own: int | None = None
    text: str = ""

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


def draw(canvas: Canvas, rows: Sequence[BandRow], bands: Sequence[str], others: str, own: str) -> Figure:
    """Draw one line of cells per row, the more filled the darker, and frame the cell of the value.

    Args:
        canvas: Where to draw.
        rows: With as many counts as there are bands.
        bands: Names of the bands, in order.
        others: Who is counted, for the keys.
        own: Whose value is framed, for the keys.
    """
    bars = [row.parts for row in rows]
    canvas.keys = with_pale([Key(others, BLUE_LIGHT), Key(own, INK, hollow=True)], bars)
    frame = lay(canvas, rows, _THICKNESS, texts=[row.text for row in rows], foot=_FOOT)
    width = frame.width / len(bands)
    frame.bars(list(zip(frame.centers, bars, strict=True)), _THICKNESS, width, apart=0.03)
    for row, y in zip(rows, frame.centers, strict=True):
        canvas.write(frame.axes, (frame.width, y), row.text, shift=(6, 0), weight=600)
    for i, band in enumerate(bands):
        place = ((i + 0.5) * width, frame.height - 0.12)
        canvas.write(frame.axes, place, band, ha="center", **canvas.faint)
    return canvas.figure
