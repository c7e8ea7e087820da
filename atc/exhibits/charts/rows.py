"""Rows of a horizontal chart: labels beside the marks on a page, above them on a telephone.

The vertical unit of the axes is the inch, counted from the top, so that rows keep their height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from atc.exhibits.charts.canvas import LINE, Canvas, text_width, wrap
from atc.exhibits.charts.tokens import GREY_TEXT, INK

_LABEL_SHARE = 0.42
_GAP = 0.12


@dataclass(frozen=True)
class Row:
    """What every row has.

    Attributes:
        label: Its name.
        heading: Heading of the group that it opens; empty inside a group.
    """

    label: str
    heading: str = ""


@dataclass(frozen=True)
class Frame:
    """An axes ready for rows.

    Attributes:
        axes: x is free, y is in inches from the top.
        centers: Middle of the marks of each row.
        width: Width of the plot, in inches.
    """

    axes: Axes
    centers: list[float]
    width: float


def lay(
    canvas: Canvas, rows: Sequence[Row], thickness: float, *, right: float = 0.0, foot: float = 0.0
) -> Frame:
    """Lay rows out, with their labels and headings, and return where to draw.

    Args:
        canvas: Where to draw; its title, keys and source are drawn too.
        rows: In reading order.
        thickness: Height of the marks, in inches.
        right: Room kept on the right of the plot, in inches.
        foot: Room kept under the last row, for a scale, in inches.
    """
    size, narrow = canvas.layout.text, canvas.layout.narrow
    column = canvas.inner if narrow else _label_column(canvas, rows)
    wrapped = [wrap(row.label, column, size) for row in rows]
    centers: list[float] = []
    labels: list[float] = []
    headings: list[tuple[list[str], float]] = []
    y = 0.04
    for row, lines in zip(rows, wrapped, strict=True):
        if row.heading:
            y += 0.12 if centers else 0.0
            heading = wrap(row.heading, canvas.inner, size, 600)
            headings.append((heading, y + LINE * len(heading) / 2))
            y += LINE * len(heading) + 0.08
        if narrow:
            labels.append(y + LINE * len(lines) / 2)
            y += LINE * len(lines) + 0.03
        height = max(thickness, 0 if narrow else LINE * len(lines))
        centers.append(y + height / 2)
        y += height + (0.13 if narrow else 0.09)
    left = 0.0 if narrow else column + _GAP
    axes = canvas.plot(y + foot, left=left, right=right)
    axes.set_ylim(y + foot, 0)
    axes.axis("off")
    _write(axes, wrapped, labels or centers, canvas)
    _head(axes, headings, canvas.layout.text, left)
    return Frame(axes, centers, canvas.inner - left - right)


def _label_column(canvas: Canvas, rows: Sequence[Row]) -> float:
    widest = max(text_width(row.label, canvas.layout.text) for row in rows)
    return min(widest + 0.02, canvas.inner * _LABEL_SHARE)


def _write(axes: Axes, wrapped: list[list[str]], ys: list[float], canvas: Canvas) -> None:
    for lines, y in zip(wrapped, ys, strict=True):
        axes.annotate(
            "\n".join(lines),
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(0 if canvas.layout.narrow else -_GAP * 72, 0),
            textcoords="offset points",
            ha="left" if canvas.layout.narrow else "right",
            va="center",
            size=canvas.layout.text,
            color=INK,
            annotation_clip=False,
        )


def _head(axes: Axes, headings: list[tuple[list[str], float]], size: float, left: float) -> None:
    for lines, y in headings:
        axes.annotate(
            "\n".join(lines),
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(-left * 72, 0),
            textcoords="offset points",
            va="center",
            size=size,
            weight=600,
            color=GREY_TEXT,
            annotation_clip=False,
        )
