"""Vertical columns over ordered categories: quarters, bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from atc.disclosure import Count
from atc.exhibits.charts import bars, masking
from atc.exhibits.charts.canvas import LINE, Canvas, text_width, wrap
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, GREY_TEXT, INK, LAND_EDGE, ORANGE, RULE

_HEIGHT = 1.75
#: Width of a column, as a share of its place, and the most it may be, in inches.
_WIDTH, _WIDEST = 0.72, 1.1
#: Height of the line of extremes, in inches, and where it runs, from -1 to 1.
_STRIP, _LEVEL = 0.62, -0.25
#: Least blank between two texts side by side, in inches.
_BLANK = 0.08


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        label: Under the column.
        count: Its height; hatched as far as it may reach where it is masked.
        group: Under the labels, spanning the columns that share it (a year); empty for none.
        strong: Whether the message is about it.
    """

    label: str
    count: Count
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
    """Draw columns, each with its count, under a line of extremes when there is one.

    Columns too narrow for what is written above or below them lie down as bars.
    """
    groups = _by_group(columns)
    if span is None and not _fit(canvas, columns, groups):
        return bars.draw(canvas, [_lying(column, i, groups) for i, column in enumerate(columns)])
    canvas.keys = masking.with_key((), (column.count for column in columns))
    size, room = canvas.layout.text, canvas.inner / len(columns) - _BLANK
    labels = [wrap(column.label, room, size) for column in columns]
    under = LINE * max(len(lines) for lines in labels)
    foot = 0.12 + under + (LINE + 0.02 if groups else 0)
    if span is None:
        axes = canvas.plot(_HEIGHT + foot)
    else:
        strip, axes = canvas.plots(_STRIP, _HEIGHT + foot, gap=0.12)
        _span(strip, span, canvas)
    _columns(axes, columns, size, foot / _HEIGHT, min(_WIDTH, _WIDEST / (room + _BLANK)))
    _labels(axes, labels, size)
    _groups(axes, groups, 8 + under * 72, size)
    return canvas.figure


def _by_group(columns: Sequence[Column]) -> dict[str, list[int]]:
    """Positions of the columns of each group, in order."""
    groups: dict[str, list[int]] = {}
    for x, column in enumerate(columns):
        if column.group:
            groups.setdefault(column.group, []).append(x)
    return groups


def _fit(canvas: Canvas, columns: Sequence[Column], groups: Mapping[str, Sequence[int]]) -> bool:
    pitch, size = canvas.inner / len(columns), canvas.layout.text
    texts = [(word, pitch) for column in columns for word in column.label.split(" ")]
    texts += [(column.count.shown, pitch) for column in columns]
    texts += [(group, pitch * len(xs)) for group, xs in groups.items()]
    return all(text_width(text, size, 600) <= room - _BLANK for text, room in texts)


def _lying(column: Column, x: int, groups: Mapping[str, Sequence[int]]) -> bars.BarRow:
    opens = column.group and groups[column.group][0] == x
    return bars.BarRow(
        column.label,
        column.group if opens else "",
        column.count,
        text=column.count.shown,
        color=BLUE if column.strong else BLUE_LIGHT,
    )


def _columns(axes: Axes, columns: Sequence[Column], size: float, below: float, width: float) -> None:
    top = max(1, *(column.count.high for column in columns)) * 1.18
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(-top * below, top))
    axes.set_axis_off()
    axes.hlines(0, -0.5, len(columns) - 0.5, color=LAND_EDGE, linewidth=0.8)
    for x, column in enumerate(columns):
        count, color = column.count, BLUE if column.strong else BLUE_LIGHT
        if not count.is_masked or count.solid:
            axes.bar(x, count.solid, width=width, color=color)
        if count.uncertain:
            axes.bar(x, count.uncertain, bottom=count.solid, width=width, **masking.STYLE)
        axes.text(x, count.high + top * 0.02, count.shown, ha="center", va="bottom", weight=600, size=size)


def _labels(axes: Axes, labels: Sequence[Sequence[str]], size: float) -> None:
    for x, lines in enumerate(labels):
        axes.annotate(
            "\n".join(lines),
            (x, 0),
            xytext=(0, -5),
            textcoords="offset points",
            ha="center",
            va="top",
            size=size,
            color=INK,
        )


def _groups(axes: Axes, groups: Mapping[str, Sequence[int]], below: float, size: float) -> None:
    for group, xs in groups.items():
        axes.annotate(
            group,
            ((xs[0] + xs[-1]) / 2, 0),
            xytext=(0, -below),
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
    axes.set(xlim=(0, span.end), ylim=(-1, 1))
    axes.set_axis_off()
    axes.hlines(_LEVEL, 0, span.end, color=RULE, linewidth=1)
    axes.hlines(_LEVEL, span.low, span.high, color=BLUE, linewidth=4)
    for value in (span.low, span.high):
        axes.plot(value, _LEVEL, "|", color=BLUE, markersize=14, markeredgewidth=2.5, clip_on=False)
    axes.plot(span.mean, _LEVEL, "D", color=ORANGE, markersize=9, markeredgewidth=0, clip_on=False)
    size = canvas.layout.text
    inch = span.end / canvas.inner
    low, high = _extremes(span, inch, canvas)
    _beside(axes, low, span.low_text, BLUE, size)
    if span.high > span.low:
        _beside(axes, high, span.high_text, BLUE, size)
    mean = _inside(span.mean, text_width(span.mean_text, size, 600) * inch, span.end)
    _beside(axes, mean, span.mean_text, ORANGE, size, above=True)


def _inside(x: float, width: float, end: float) -> float:
    """Middle of a text of some width, as near ``x`` as the plot allows."""
    return min(max(x, width / 2), end - width / 2)


def _extremes(span: Span, inch: float, canvas: Canvas) -> tuple[float, float]:
    """Middles of the two texts below: under their marks, unless they would touch or leave the plot."""
    size = canvas.layout.text
    first, second = (text_width(text, size, 600) * inch for text in (span.low_text, span.high_text))
    low, high = _inside(span.low, first, span.end), _inside(span.high, second, span.end)
    apart = (first + second) / 2 + _BLANK * inch
    if span.low == span.high or high - low >= apart:
        return low, high
    low = min(max((low + high - apart) / 2, first / 2), span.end - second / 2 - apart)
    return low, low + apart


def _beside(axes: Axes, x: float, text: str, color: str, size: float, *, above: bool = False) -> None:
    axes.annotate(
        text,
        (x, _LEVEL),
        xytext=(0, 8 if above else -8),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        size=size,
        weight=600,
        color=color,
    )
