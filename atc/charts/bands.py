"""One value beside a banded distribution: how many stand in each band, and where the value falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.charts.rows import Row, lay
from atc.style.canvas import Canvas, Key, text_width
from atc.style.tokens import BLUE, BLUE_LIGHT, BLUE_MID, GREY_TEXT, INK, ORANGE, TRACK
from atc.typography import number

#: Largest share of a row -> fill of the cell.
_FILLS = ((0.0, TRACK), (0.25, BLUE_LIGHT), (0.5, BLUE_MID), (1.0, BLUE))
_THICKNESS, _FOOT, _BLANK = 0.28, 0.28, 0.03


@dataclass(frozen=True)
class BandRow(Row):
    """One row of bands.

    Attributes:
        counts: How many stand in each band.
        own: Position of the band of the value; ``None`` when there is no value.
        text: What is written at the end: the value itself.
    """

    counts: tuple[int, ...] = ()
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
    canvas.keys = [Key(others, BLUE_LIGHT), Key(own, ORANGE, hollow=True)]
    room = max(text_width(row.text, canvas.layout.text, 600) for row in rows) + 0.18
    frame = lay(canvas, rows, _THICKNESS, right=room, foot=_FOOT)
    width = frame.width / len(bands)
    frame.axes.set_xlim(0, frame.width)
    for row, y in zip(rows, frame.centers, strict=True):
        for i, count in enumerate(row.counts):
            share = count / (sum(row.counts) or 1)
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
    counted: tuple[int, float],
    canvas: Canvas,
    *,
    framed: bool,
) -> None:
    (x, y), (count, share) = place, counted
    fill = next(color for limit, color in _FILLS if share <= limit)
    axes.barh(
        y,
        width - 2 * _BLANK,
        left=x + _BLANK,
        height=_THICKNESS,
        facecolor=fill,
        edgecolor=ORANGE if framed else fill,
        linewidth=2.2 if framed else 0.8,
        zorder=3 if framed else 2,
        clip_on=False,
    )
    axes.text(
        x + width / 2, y, number(count), ha="center", va="center", size=canvas.layout.text, weight=600,
        color="white" if fill == BLUE else INK, zorder=4,
    )  # fmt: skip
