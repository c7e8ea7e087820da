"""One value beside a banded distribution: how many stand in each band, and where the value falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Count
from atc.exhibits.charts import masking
from atc.exhibits.charts.canvas import Canvas, Key, text_width
from atc.exhibits.charts.rows import Row, lay
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, BLUE_MID, GREY_TEXT, INK, ORANGE, TRACK

#: Largest share of a row -> fill of the cell.
_FILLS = ((0.0, TRACK), (0.25, BLUE_LIGHT), (0.5, BLUE_MID), (1.0, BLUE))
_THICKNESS, _FOOT, _BLANK = 0.28, 0.28, 0.03


@dataclass(frozen=True)
class BandRow(Row):
    """One row of bands.

    Attributes:
        counts: How many stand in each band; a masked one has a hatched cell.
        own: Position of the band of the value; ``None`` when there is no value.
        text: What is written at the end: the value itself.
    """

    counts: tuple[Count, ...] = ()
    own: int | None = None
    text: str = ""


def draw(canvas: Canvas, rows: Sequence[BandRow], bands: Sequence[str], others: str, own: str) -> Figure:
    """Draw one line of cells per row, the more filled the darker, and frame the cell of the value.

    Args:
        canvas: Where to draw.
        rows: With as many counts as there are bands.
        bands: Names of the bands, in order.
        others: Who is counted, for the keys.
        own: Whose value is framed, for the keys.
    """
    keys = [Key(others, BLUE_LIGHT), Key(own, ORANGE, hollow=True)]
    canvas.keys = masking.with_key(keys, (count for row in rows for count in row.counts))
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room, foot=_FOOT)
    width = frame.width / len(bands)
    frame.axes.set_xlim(0, frame.width)
    for row, y in zip(rows, frame.centers, strict=True):
        whole = sum(count.value or 0 for count in row.counts) or 1
        for i, count in enumerate(row.counts):
            share = (count.value or 0) / whole
            _cell(frame.axes, (i * width, y), width, (count, share), canvas, framed=i == row.own)
        frame.axes.annotate(
            row.text,
            (frame.width, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=canvas.layout.text,
            weight=600,
            color=ORANGE if row.own is not None else GREY_TEXT,
            annotation_clip=False,
        )
    bottom = frame.axes.get_ylim()[0] - 0.12
    for i, band in enumerate(bands):
        frame.axes.text(
            (i + 0.5) * width, bottom, band, ha="center", va="center", size=canvas.layout.small,
            color=GREY_TEXT,
        )  # fmt: skip
    return canvas.figure


def _cell(
    axes: Axes,
    place: tuple[float, float],
    width: float,
    counted: tuple[Count, float],
    canvas: Canvas,
    *,
    framed: bool,
) -> None:
    (x, y), (count, share) = place, counted
    fill = next(color for limit, color in _FILLS if share <= limit)
    look: dict[str, Any] = {
        "facecolor": fill,
        "edgecolor": ORANGE if framed else fill,
        "linewidth": 2.2 if framed else 0.8,
    }
    if count.is_masked:
        # A frame would tell where the value falls: hatching keeps its own edge.
        look = masking.STYLE
    inside = width - 2 * _BLANK
    axes.barh(y, inside, left=x + _BLANK, height=_THICKNESS, zorder=3 if framed else 2, clip_on=False, **look)
    axes.text(
        x + width / 2, y, count.shown, ha="center", va="center", size=canvas.layout.text, weight=600,
        color="white" if fill == BLUE else INK, zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1} if count.is_masked else None,
    )  # fmt: skip
