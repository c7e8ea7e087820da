"""Vertical columns over ordered categories: quarters, bands. Drawn by `seaborn.barplot`.

What is too narrow for its words lies down as `units`; a `strip` may stand above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import seaborn as sns
from matplotlib.figure import Figure

from atc.disclosure import Count
from atc.exhibits.charts import strip as strips
from atc.exhibits.charts import units
from atc.exhibits.charts.canvas import LINE, Canvas, Style, text_width, wrap
from atc.exhibits.charts.rows import MASKED_KEY, masked_band
from atc.exhibits.charts.strip import Strip
from atc.exhibits.charts.tokens import BLUE, GREY_TEXT, LAND_EDGE

_HEIGHT = 1.1
#: Width of a column, as a share of its place, and the most it may be, in inches.
_WIDTH, _WIDEST = 0.72, 1.1
#: Least blank between two texts side by side, in inches.
_BLANK = 0.08


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        label: Under the column.
        count: Its height; a pale band from the least to the most that it can be where it is masked.
        group: Under the labels, spanning the columns that share it (a year); empty for none.
    """

    label: str
    count: Count
    group: str = ""

    @property
    def height(self) -> int:
        """Where its number stands."""
        return 0 if self.count.is_withheld else self.count.high

    @property
    def is_pale(self) -> bool:
        """Whether it has a band."""
        return self.count.is_masked and not self.count.is_withheld


def draw(canvas: Canvas, columns: Sequence[Column], strip: Strip | None = None) -> Figure:
    """Draw columns in order, each with its count.

    ``strip`` is the range of what the columns count in bands, which stands above. Beside it two bands are a
    sentence, and bands say less than points: then it stands alone.
    """
    if strip is not None and (strip.values or len(columns) <= 2):
        return strips.draw(canvas, strip)
    groups: dict[str, list[int]] = {}
    for i, column in enumerate(columns):
        groups.setdefault(column.group, []).append(i)
    groups.pop("", None)
    size, pitch = canvas.layout.text, canvas.inner / len(columns)
    texts = [(word, pitch) for c in columns for word in (*c.label.split(" "), c.count.shown)]
    texts += [(group, pitch * len(xs)) for group, xs in groups.items()]
    if strip is None and any(text_width(text, size, 600) > room - _BLANK for text, room in texts):
        return units.draw(canvas, [_lying(columns, i) for i in range(len(columns))])
    canvas.keys = [MASKED_KEY] if any(column.is_pale for column in columns) else []
    labels = [wrap(column.label, pitch - _BLANK, size) for column in columns]
    under = LINE * max(len(lines) for lines in labels)
    foot = 0.12 + under + (LINE + 0.02 if groups else 0)
    *above, axes = canvas.plots(*([strip.height] if strip else []), _HEIGHT + foot, gap=0.12)
    if strip is not None:
        strips.lay(canvas, above[0], strip)
    top = max(1, *(column.height for column in columns)) * 1.18
    bottom, width = -top * foot / _HEIGHT, min(_WIDTH, _WIDEST / pitch)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(bottom, top))
    known = [column.count.solid for column in columns]
    look: Style = {"color": BLUE, "saturation": 1, "linewidth": 0, "width": width}
    sns.barplot(x=range(len(columns)), y=known, native_scale=True, errorbar=None, ax=axes, **look)
    starts = [xs[0] - 0.5 for xs in groups.values() if xs[0]]
    canvas.rules(axes, [((-0.5, 0), (len(columns) - 0.5, 0))], LAND_EDGE)
    canvas.rules(axes, [((x, bottom), (x, 0)) for x in starts])
    for x, (column, lines) in enumerate(zip(columns, labels, strict=True)):
        if column.is_pale:
            masked_band(axes, (x - width / 2, column.count.low), (x + width / 2, column.height))
        style: Style = {"color": GREY_TEXT} if column.count.is_withheld else {"weight": 600}
        style |= {"ha": "center", "va": "bottom"}
        canvas.write(axes, (x, column.height), column.count.shown, shift=(0, 3), **style)
        canvas.write(axes, (x, 0), lines, shift=(0, -5), ha="center", va="top")
    for group, xs in groups.items():
        style = {"ha": "center", "va": "top", "weight": 600, "color": GREY_TEXT}
        canvas.write(axes, ((xs[0] + xs[-1]) / 2, 0), group, shift=(0, -8 - under * 72), **style)
    return canvas.figure


def _lying(columns: Sequence[Column], i: int) -> units.UnitRow:
    column = columns[i]
    heading = "" if i and columns[i - 1].group == column.group else column.group
    return units.UnitRow(column.label, heading, column.count, text=column.count.shown)
