"""The frame of every chart: message as title, unit as subtitle, keys, plots, source and status mention.

All measures are in inches and points, so that text keeps its size whatever the height of the plot. The
same chart is drawn twice: wide for a page, narrow for a telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator

from atc.exhibits.charts.tokens import FAMILY, GREY_TEXT, INK, ORANGE, RULE, load_look
from atc.typography import number

Point = tuple[float, float]
#: What matplotlib takes to write a text or to draw a mark.
Style = dict[str, Any]
#: A text with its place from the top left corner of the page, in inches.
_Text = tuple[float, float, str, Style]

#: Height of a line of text, in inches: what matplotlib gives to one of the font's lines at 10.5 points.
LINE = 0.195
#: The same in small type, for the source.
_SMALL_LINE = 0.17
#: Width of a key's mark, what is left blank after its label, and height of a row of keys, in inches.
_KEY_MARK, _KEY_GAP, _KEY_ROW = 0.2, 0.25, 0.25


@dataclass(frozen=True)
class Layout:
    """One of the two widths in which a chart is drawn.

    Attributes:
        name: ``large`` or ``etroit``.
        width: Inches.
        title, text, small: Sizes of type, in points.
        pad: Blank on the left and right, in inches.
    """

    name: str
    width: float
    title: float
    text: float
    small: float
    pad: float

    @property
    def narrow(self) -> bool:
        """Whether labels must stand above their marks instead of beside them."""
        return self.name == "etroit"


WIDE = Layout("large", width=7.2, title=14.5, text=10.5, small=9, pad=0.14)
NARROW = Layout("etroit", width=3.5, title=13, text=10.5, small=9, pad=0.06)


@cache
def _word_width(word: str, weight: int) -> float:
    """Width of a word at a size of one point, in inches: measuring is what takes time."""
    load_look()
    font = FontProperties(family=FAMILY, size=1, weight=weight)
    return float(TextToPath().get_text_width_height_descent(word, font, ismath=False)[0]) / 72


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Width of a text in inches: no pair of letters is drawn together across a space."""
    words = text.split(" ")
    space = _word_width("n n", weight) - 2 * _word_width("n", weight)
    return size * (sum(_word_width(word, weight) for word in words) + space * (len(words) - 1))


def wrap(text: str, width: float, size: float, weight: int = 400) -> list[str]:
    """Cut a text into lines no wider than ``width`` inches, at ordinary spaces only."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def balance(text: str, width: float, size: float, weight: int = 400) -> list[str]:
    """The same, with lines as even as they can be: no word is left alone on the last one."""
    lines = wrap(text, width, size, weight)
    narrower = width
    while len(lines) > 1:
        narrower -= 0.1
        tighter = wrap(text, narrower, size, weight)
        if len(tighter) > len(lines) or narrower <= width / 2:
            break
        lines = tighter
    return lines


def ticks(values: Iterable[float]) -> dict[float, str]:
    """The round numbers of an axis that holds zero and all values, with their words."""
    low, high = min(0.0, *values), max(0.0, *values)
    found = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(low, high if high > low else 1)
    return {float(tick): number(tick, 0 if float(tick).is_integer() else 1) for tick in found}


def _stack(lines: Sequence[str], x: float, y: float, step: float, style: Style) -> list[_Text]:
    """Lines one under the other."""
    return [(x, y + i * step, line, style) for i, line in enumerate(lines)]


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a mark and what it stands for.

    Attributes:
        label: What it stands for.
        color: Of the mark; white inside an edge of it where it is ``hollow``.
        marker: Its shape, as matplotlib names it.
        edge: Colour of its edge; its own by default.
    """

    label: str
    color: str
    marker: str = "s"
    hollow: bool = False
    edge: str = ""


@dataclass
class Canvas:
    """A figure under construction.

    Attributes:
        layout: Which of the two widths.
        title: The message, computed.
        subtitle: What is counted, in which unit.
        source: Source, dates and n.
        mention: « DONNÉES SIMULÉES »; empty when every value was observed or published.
        keys: Entries of the legend, drawn under the subtitle.
    """

    layout: Layout
    title: str
    subtitle: str
    source: str
    mention: str
    keys: Sequence[Key] = ()
    figure: Figure = field(init=False)

    @property
    def inner(self) -> float:
        """Width between the two margins, in inches."""
        return self.layout.width - 2 * self.layout.pad

    @property
    def faint(self) -> Style:
        """Small grey words: scales, notes, what may not be told."""
        return {"size": self.layout.small, "color": GREY_TEXT}

    def plot(self, height: float, left: float = 0.0, right: float = 0.0) -> Axes:
        """Lay the page out and give one empty plot: see `plots`."""
        return self.plots(height, left=left, right=right)[0]

    def plots(self, *heights: float, gap: float = 0.3, left: float = 0.0, right: float = 0.0) -> list[Axes]:
        """Lay the page out and give one empty plot per height, one above the other: once per canvas.

        Args:
            heights: Height of each plot, in inches.
            gap: Blank between two plots, in inches.
            left: Room kept on the left for labels, in inches.
            right: The same on the right.
        """
        load_look()
        # The page is set from the top down, in inches: its height is known at the end.
        words, depth = self._head()
        marks, keys, depth = self._legend(depth)
        tops = [depth + sum(heights[:i]) + i * gap for i in range(len(heights))]
        foot, total = self._foot(tops[-1] + heights[-1])
        width = self.layout.width
        self.figure = Figure(figsize=(width, total), dpi=100, facecolor="white")
        FigureCanvasAgg(self.figure)
        for x, y, text, style in (*words, *keys, *foot):
            self.figure.text(x / width, 1 - y / total, text, **style)
        for x, y, style in marks:
            self.figure.add_artist(Line2D([x / width], [1 - y / total], **style))
        x0, across = (self.layout.pad + left) / width, (self.inner - left - right) / width
        boxes = [(x0, 1 - (top + h) / total, across, h / total) for top, h in zip(tops, heights, strict=True)]
        # Without ticks from the start: those of a plot take longer to make than all that it shows.
        return [self.figure.add_axes(box, xticks=(), yticks=()) for box in boxes]

    def _head(self) -> tuple[list[_Text], float]:
        """Title and subtitle, and how deep they go."""
        size, text, pad = self.layout.title, self.layout.text, self.layout.pad
        title, subtitle = balance(self.title, self.inner, size, 600), wrap(self.subtitle, self.inner, text)
        below = 0.08 + len(title) * size * 1.22 / 72
        look: Style = {"size": text, "color": GREY_TEXT, "va": "top"}
        words = _stack(title, pad, 0.04, size * 1.22 / 72, {"size": size, "weight": 600, "va": "top"})
        words += _stack(subtitle, pad, below, text * 1.3 / 72, look)
        return words, below + len(subtitle) * text * 1.3 / 72 + 0.2

    def _legend(self, depth: float) -> tuple[list[tuple[float, float, Style]], list[_Text], float]:
        """Marks and labels of the keys, as many on a line as it holds, and how deep they go."""
        size, pad, x, tall = self.layout.text, self.layout.pad, 0.0, 0.0
        marks, words = [], []
        for key in self.keys:
            lines = wrap(key.label, self.inner - _KEY_MARK, size)
            width = _KEY_MARK + max(text_width(line, size) for line in lines)
            if x and x + width > self.inner:
                x, tall, depth = 0.0, 0.0, depth + tall
            look: Style = {"marker": key.marker, "markersize": 8, "color": "none", "mew": 1.5}
            look |= {"mfc": "white" if key.hollow else key.color, "mec": key.edge or key.color}
            marks.append((pad + x + 0.07, depth, look))
            style: Style = {"size": size, "va": "center", "color": ORANGE if key.color == ORANGE else INK}
            words += _stack(lines, pad + x + _KEY_MARK, depth, LINE, style)
            x, tall = x + width + _KEY_GAP, max(tall, _KEY_ROW + LINE * (len(lines) - 1))
        return marks, words, depth + tall

    def _foot(self, depth: float) -> tuple[list[_Text], float]:
        """Source and mention, and the height of the page."""
        pad, small = self.layout.pad, self.layout.small
        lines = wrap(self.source, self.inner, small)
        words = _stack(lines, pad, depth + 0.31, _SMALL_LINE, self.faint)
        last = words[-1][1]
        if self.mention:
            # At the end of the last line of the source if it fits there, or on its own.
            room = self.inner - text_width(lines[-1], small) - 0.25
            last += 0 if text_width(self.mention, small, 700) <= room else _SMALL_LINE
            style: Style = {"size": small, "weight": 700, "ha": "right"}
            words.append((self.layout.width - pad, last, self.mention, style))
        return words, last + 0.06

    def write(
        self, axes: Axes, place: Point, text: str | Sequence[str], *, shift: Point = (0, 0), **style: Any
    ) -> None:
        """Write on a plot, over what is drawn there.

        Args:
            axes: The plot.
            place: Where, in its units.
            text: One line, or several.
            shift: How far from there, in points.
            style: What matplotlib takes; ordinary type, centred on the place by height, by default.
        """
        defaults = {"size": self.layout.text, "va": "center", "color": INK, "zorder": 5}
        lines, points = text if isinstance(text, str) else "\n".join(text), "offset points"
        look: Style = defaults | style | {"textcoords": points, "annotation_clip": False}
        axes.annotate(lines, place, xytext=shift, **look)

    @staticmethod
    def rules(axes: Axes, lines: Sequence[tuple[Point, Point]], color: str = RULE, **style: Any) -> None:
        """Draw the lines of a scale, from end to end, under all that is counted."""
        look: Style = {"colors": color, "linewidths": 0.8, "zorder": 0} | style
        axes.add_collection(LineCollection(lines, **look), autolim=False)
