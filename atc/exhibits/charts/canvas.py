"""The frame of every chart: message as title, unit as subtitle, plot, source and status mention.

All measures are in inches and points, so that text keeps its size whatever the height of the plot. The
same chart is drawn twice: wide for a page, narrow for a telephone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextToPath

from atc.exhibits.charts.tokens import FAMILY, GREY_TEXT, HATCH, INK, MASKED, ORANGE, load_look

_POINT = 1 / 72
#: Height of a line of text, in inches: what matplotlib gives to one of the font's lines at 10.5 points.
LINE = 0.195
#: Width of a letter on average, in inches by point of size: only a guess, made before measuring.
_LETTER = 0.49 / 72
#: Width of a key's mark, and what is left blank after its label, in inches.
_KEY_MARK, _KEY_GAP = 0.2, 0.25
#: Width and height of a hatched key: wide enough for its lines to be seen, in inches.
_HATCHED = (0.15, 0.12)


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


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: int = 400) -> float:
    """Width of a text in inches."""
    load_look()
    font = FontProperties(family=FAMILY, size=size, weight=weight)
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width) * _POINT


def wrap(text: str, width: float, size: float, weight: int = 400) -> list[str]:
    """Cut a text into lines no wider than ``width`` inches, at ordinary spaces only."""
    words = text.split(" ")
    lines = []
    while words:
        count = _fitting(words, width, size, weight)
        lines.append(" ".join(words[:count]))
        del words[:count]
    return lines


def _fitting(words: Sequence[str], width: float, size: float, weight: int) -> int:
    """How many words stand on a line; one at least."""

    def fits(count: int) -> bool:
        return text_width(" ".join(words[:count]), size, weight) <= width

    # Measuring is what takes time: from a guess, most lines are measured twice instead of at each word.
    count, length = 1, len(words[0])
    while count < len(words) and (length := length + 1 + len(words[count])) * _LETTER * size <= width:
        count += 1
    while count < len(words) and fits(count + 1):
        count += 1
    while count > 1 and not fits(count):
        count -= 1
    return count


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


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a mark and what it stands for."""

    label: str
    color: str
    marker: str = "s"
    hollow: bool = False
    hatched: bool = False


@dataclass(frozen=True)
class _PlacedKey:
    key: Key
    x: float
    lines: list[str]


def _key_height(row: Sequence[_PlacedKey]) -> float:
    return 0.25 + LINE * (max(len(placed.lines) for placed in row) - 1)


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

    def plots(self, *heights: float, gap: float = 0.3, left: float = 0.0, right: float = 0.0) -> list[Axes]:
        """Lay the page out and give one empty plot per height, one above the other.

        Call it once per canvas.

        Args:
            heights: Height of each plot, in inches.
            gap: Blank between two plots, in inches.
            left: Room kept on the left for labels, in inches.
            right: The same on the right.
        """
        load_look()
        head, foot = self._head_lines(), self._foot_lines()
        keys = self._key_rows()
        top = self._head_height(head) + sum(_key_height(row) for row in keys)
        bottom = 0.17 * (len(foot) + self._mention_alone(foot)) + 0.2
        total = top + sum(heights) + gap * (len(heights) - 1) + bottom
        self.figure = Figure(figsize=(self.layout.width, total), dpi=100, facecolor="white")
        FigureCanvasAgg(self.figure)
        self._draw_head(head, total)
        self._draw_keys(keys, total - self._head_height(head))
        self._draw_foot(foot)
        axes, y = [], total - top
        for height in heights:
            y -= height
            axes.append(self._axes(y, height, left, right, total))
            y -= gap
        return axes

    def plot(self, height: float, left: float = 0.0, right: float = 0.0) -> Axes:
        """The same for a single plot."""
        return self.plots(height, left=left, right=right)[0]

    @property
    def inner(self) -> float:
        """Width between the two margins, in inches."""
        return self.layout.width - 2 * self.layout.pad

    def _axes(self, y: float, height: float, left: float, right: float, total: float) -> Axes:
        width = self.layout.width
        x0, x1 = self.layout.pad + left, width - self.layout.pad - right
        return self.figure.add_axes((x0 / width, y / total, (x1 - x0) / width, height / total))

    def _head_lines(self) -> tuple[list[str], list[str]]:
        title = balance(self.title, self.inner, self.layout.title, 600)
        return title, wrap(self.subtitle, self.inner, self.layout.text)

    def _foot_lines(self) -> list[str]:
        return wrap(self.source, self.inner, self.layout.small)

    def _mention_alone(self, foot: list[str]) -> bool:
        """Whether the mention needs a line of its own below the source."""
        room = self.inner - text_width(foot[-1], self.layout.small) - 0.25
        return bool(self.mention) and text_width(self.mention, self.layout.small, 700) > room

    def _head_height(self, head: tuple[list[str], list[str]]) -> float:
        title, subtitle = head
        return (
            len(title) * self.layout.title * 1.22 * _POINT
            + len(subtitle) * self.layout.text * 1.3 * _POINT
            + 0.28
        )

    def _text(self, x: float, y: float, text: str, **style: object) -> None:
        width, height = self.figure.get_size_inches()
        self.figure.text(x / width, y / height, text, **style)  # type: ignore[arg-type]

    def _draw_head(self, head: tuple[list[str], list[str]], top: float) -> None:
        y, pad = top - 0.04, self.layout.pad
        for line in head[0]:
            self._text(pad, y, line, size=self.layout.title, weight=600, va="top")
            y -= self.layout.title * 1.22 * _POINT
        y -= 0.04
        for line in head[1]:
            self._text(pad, y, line, size=self.layout.text, color=GREY_TEXT, va="top")
            y -= self.layout.text * 1.3 * _POINT

    def _draw_foot(self, foot: list[str]) -> None:
        size, pad = self.layout.small, self.layout.pad
        y = 0.06 + 0.17 * (len(foot) - 1 + self._mention_alone(foot))
        for line in foot:
            self._text(pad, y, line, size=size, color=GREY_TEXT)
            y -= 0.17
        if self.mention:
            x = self.layout.width - pad
            self._text(x, 0.06, self.mention, size=size, weight=700, color=ORANGE, ha="right")

    def _key_rows(self) -> list[list[_PlacedKey]]:
        rows: list[list[_PlacedKey]] = []
        size, x = self.layout.text, 0.0
        for key in self.keys:
            lines = wrap(key.label, self.inner - _KEY_MARK, size)
            width = _KEY_MARK + max(text_width(line, size) for line in lines)
            if not rows or x + width > self.inner:
                rows.append([])
                x = 0.0
            rows[-1].append(_PlacedKey(key, self.layout.pad + x, lines))
            x += width + _KEY_GAP
        return rows

    def _draw_keys(self, rows: list[list[_PlacedKey]], y: float) -> None:
        for row in rows:
            for placed in row:
                self._draw_key(placed, y)
            y -= _key_height(row)

    def _draw_key(self, placed: _PlacedKey, y: float) -> None:
        key = placed.key
        self.figure.add_artist(self._hatched(placed.x, y) if key.hatched else self._mark(key, placed.x, y))
        ink = ORANGE if key.color == ORANGE else INK
        for i, line in enumerate(placed.lines):
            x, below = placed.x + _KEY_MARK, y - i * LINE
            self._text(x, below, line, size=self.layout.text, va="center", color=ink)

    def _mark(self, key: Key, x: float, y: float) -> Line2D:
        width, height = self.figure.get_size_inches()
        return Line2D(
            [(x + 0.07) / width],
            [y / height],
            marker=key.marker,
            markersize=8,
            color="none",
            markerfacecolor="white" if key.hollow else key.color,
            markeredgecolor=key.color,
            markeredgewidth=1.5,
        )

    def _hatched(self, x: float, y: float) -> Rectangle:
        width, height = self.figure.get_size_inches()
        wide, high = _HATCHED
        corner = (x / width, (y - high / 2) / height)
        return Rectangle(
            corner,
            wide / width,
            high / height,
            facecolor="white",
            edgecolor=MASKED,
            hatch=HATCH,
            linewidth=0.8,
        )
