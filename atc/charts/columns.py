"""Vertical columns over ordered categories: quarters, bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.style.canvas import Canvas, wrap
from atc.style.tokens import BLUE, BLUE_LIGHT, GREY_TEXT, INK, LAND_EDGE, ORANGE, RULE


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        label: Under the column.
        count: Its height.
        group: Under the labels, spanning the columns that share it (a year); empty for none.
        strong: Whether the message is about it.
    """

    label: str
    count: int
    group: str = ""
    strong: bool = True


@dataclass(frozen=True)
class Span:
    """Smallest, largest and mean value, on a line of their own above columns of bands.

    Attributes:
        low, mean, high: Values.
        low_text, mean_text, high_text: As they are written.
        end: Right end of the scale.
    """

    low: float
    mean: float
    high: float
    low_text: str
    mean_text: str
    high_text: str
    end: float


def draw(canvas: Canvas, columns: Sequence[Column], span: Span | None = None) -> Figure:
    """Draw columns, each with its count, under a line of extremes when there is one."""
    grouped = any(column.group for column in columns)
    room = canvas.inner / len(columns) - 0.08
    labels = [wrap(column.label, room, canvas.layout.text) for column in columns]
    foot = 0.5 if grouped else 0.12 + 0.18 * max(len(lines) for lines in labels)
    height = 1.75
    if span is None:
        axes = canvas.plot(height + foot)
    else:
        strip, axes = canvas.plots(0.62, height + foot, gap=0.12)
        _span(strip, span, canvas)
    _columns(axes, columns, canvas, foot / height)
    _labels(axes, labels, canvas.layout.text)
    _groups(axes, columns, canvas.layout.text)
    return canvas.figure


def _columns(axes: Axes, columns: Sequence[Column], canvas: Canvas, below: float) -> None:
    frame = pd.DataFrame({"x": range(len(columns)), "count": [column.count for column in columns]})
    sns.barplot(frame, x="x", y="count", width=0.72, color=BLUE, saturation=1, ax=axes)
    top = max(frame["count"].max(), 1) * 1.18
    axes.set_ylim(-top * below, top)
    axes.set_axis_off()
    axes.hlines(0, -0.5, len(columns) - 0.5, color=LAND_EDGE, linewidth=0.8)
    size = canvas.layout.text
    for x, (column, bar) in enumerate(zip(columns, axes.patches, strict=True)):
        bar.set_facecolor(BLUE if column.strong else BLUE_LIGHT)
        axes.text(
            x,
            column.count + top * 0.02,
            str(column.count),
            ha="center",
            va="bottom",
            weight=600,
            size=size,
        )


def _labels(axes: Axes, labels: Sequence[Sequence[str]], size: float) -> None:
    for x, lines in enumerate(labels):
        axes.annotate(
            "\n".join(lines),
            (x, 0),
            xytext=(0, -6),
            textcoords="offset points",
            ha="center",
            va="top",
            size=size,
            color=INK,
            linespacing=1.05,
        )


def _groups(axes: Axes, columns: Sequence[Column], size: float) -> None:
    groups: dict[str, list[int]] = {}
    for x, column in enumerate(columns):
        groups.setdefault(column.group, []).append(x)
    for group, xs in groups.items():
        if group:
            axes.annotate(
                group,
                ((xs[0] + xs[-1]) / 2, 0),
                xytext=(0, -22),
                textcoords="offset points",
                ha="center",
                va="top",
                size=size,
                weight=600,
                color=GREY_TEXT,
            )
            if xs[0]:
                axes.vlines(xs[0] - 0.5, axes.get_ylim()[0], 0, color=RULE, linewidth=0.8)


def _span(axes: Axes, span: Span, canvas: Canvas) -> None:
    axes.set_xlim(0, span.end)
    axes.set_ylim(-1, 1)
    axes.set_axis_off()
    axes.hlines(-0.25, 0, span.end, color=RULE, linewidth=1)
    axes.hlines(-0.25, span.low, span.high, color=BLUE, linewidth=4)
    size = canvas.layout.text
    for value, text, marker, color, above in (
        (span.low, span.low_text, "|", BLUE, False),
        (span.high, span.high_text, "|", BLUE, False),
        (span.mean, span.mean_text, "D", ORANGE, True),
    ):
        axes.plot(
            value,
            -0.25,
            marker=marker,
            color=color,
            markersize=9 if marker == "D" else 14,
            markeredgewidth=2.5 if marker == "|" else 0,
        )
        axes.annotate(
            text,
            (value, -0.25),
            xytext=(0, 9 if above else -9),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            size=size,
            weight=600,
            color=color,
        )
