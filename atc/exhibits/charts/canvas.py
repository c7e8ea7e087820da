"""The page around a chart: message as title, unit as subtitle, keys, plots, source and what it is worth.

All measures are in inches and points, so that text keeps its size whatever the height of the plot. The
same chart is drawn twice: wide for a page, narrow for a telephone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Bbox, offset_copy

from atc.exhibits.charts.tokens import FAMILY, GREY_TEXT, INK, ORANGE, RULE, load_look
from atc.survey.typography import french, number

Point = tuple[float, float]
#: What matplotlib takes to write a text or to draw a mark.
Style = dict[str, Any]

#: Height of a line of text, in inches: what matplotlib gives to one of the font's lines at 10.5 points.
LINE = 0.195
#: Width of a key's mark, what is left blank after its label, and height of a row of keys, in inches.
_KEY_MARK, _KEY_GAP, _KEY_ROW = 0.2, 0.25, 0.25
#: Half the room that a mark with a name takes, in inches; beyond so many, names hide one another.
_MARK, _MOST_NAMES = 0.08, 40
#: What stands around made-up values, and how far from them, in inches.
_AROUND = 0.13
_DASHES: Style = {"fill": False, "edgecolor": GREY_TEXT, "linewidth": 0.9, "linestyle": (0, (5, 3))}


class Layout(NamedTuple):
    """One of the two widths in which a chart is drawn: inches, and type in points."""

    name: str
    width: float
    title: float
    pad: float  # blank on the left and right
    narrow: bool  # labels must stand above their marks instead of beside them
    text: float = 10.5
    small: float = 9


WIDE = Layout("large", width=7.2, title=14.5, pad=0.14, narrow=False)
NARROW = Layout("etroit", width=3.5, title=13, pad=0.06, narrow=True)


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
    for word in french(text).split(" "):
        if lines and text_width(f"{lines[-1]} {word}", size, weight) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def balance(text: str, width: float, size: float, weight: int = 400) -> list[str]:
    """The same, with lines as even as they can be: no word is left alone on the last one."""
    tried = [wrap(text, width - step / 10, size, weight) for step in range(int(width * 5) + 1)]
    return [lines for lines in tried if len(lines) == len(tried[0])][-1]


def short(value: float) -> str:
    """A number of a scale: with one decimal, or none where it is whole."""
    return number(value, 0 if float(value).is_integer() else 1)


class Key(NamedTuple):
    """One entry of a legend: a mark and what it stands for."""

    label: str
    color: str
    marker: str = "s"  # as matplotlib names it
    hollow: bool = False  # white, inside an edge of its colour
    edge: str = ""  # colour of its edge; its own by default


@dataclass
class Canvas:
    """A figure under construction."""

    layout: Layout  # which of the two widths
    title: str  # the message, computed
    subtitle: str  # what is counted, in which unit
    source: str  # source, dates and n
    mention: str  # what it is worth, in a few words; empty when every value was collected
    keys: Sequence[Key] = ()  # entries of the legend, drawn under the subtitle
    made_up: bool = False  # what is drawn only illustrates: dashes stand around it
    figure: Figure = field(init=False)

    @property
    def inner(self) -> float:
        """Width between the two margins, in inches."""
        return self.layout.width - 2 * self.layout.pad

    @property
    def faint(self) -> Style:
        """Small grey words: scales, notes, what may not be told."""
        return {"size": self.layout.small, "color": GREY_TEXT}

    def plot(self, height: float, *, left: float = 0.0, right: float = 0.0) -> Axes:
        """Lay the page out, once per canvas, around an empty plot of this height.

        It has no axis of its own, and its units are inches from its top left corner: whatever seaborn draws
        in it, it keeps them. Inches too: the room kept on both sides for labels.
        """
        load_look()
        self.figure = Figure(dpi=100, facecolor="white")
        FigureCanvasAgg(self.figure)
        layout, pad, width = self.layout, self.layout.pad, self.layout.width
        # The page is set from the top down, in inches: its last line tells how high it is.
        title = balance(self.title, self.inner, layout.title, 600)
        depth = self._block(title, pad, 0.04, layout.title, weight=600, va="top")
        subtitle = wrap(self.subtitle, self.inner, layout.text)
        depth = self._block(subtitle, pad, depth, layout.text, color=GREY_TEXT, va="top") + 0.16
        top = self._legend(depth)
        end = top + height
        total = self._foot(end)
        self.figure.set_size_inches(width, total)
        if self.made_up:
            corner, high = (0.004, 1 - (end + _AROUND) / total), (height + 2 * _AROUND) / total
            frame = Rectangle(corner, 0.992, high, transform=self.figure.transFigure, **_DASHES)
            self.figure.add_artist(frame)
        inside = self.inner - left - right
        # Matplotlib hashes the place into ids, and `sum` is more exact from Python 3.12 on.
        x, y = round((pad + left) / width, 9), round(1 - end / total, 9)
        box = x, y, round(inside / width, 9), round(height / total, 9)
        # Without ticks from the start: those of a plot take longer to make than all that it shows.
        axes = self.figure.add_axes(box, xticks=(), yticks=(), xlim=(0, inside), ylim=(height, 0))
        axes.set_axis_off()
        return axes

    def _block(self, lines: Sequence[str], x: float, y: float, size: float, **style: Any) -> float:
        """Write lines one under the other, from inches of the top left corner, and tell where they end."""
        step = LINE * size / WIDE.text
        for i, line in enumerate(lines):
            place = offset_copy(self.figure.transFigure, self.figure, x, -y - i * step)
            self.figure.text(0, 1, line, size=size, transform=place, **style)
        return y + len(lines) * step

    def _legend(self, depth: float) -> float:
        """Draw the keys, as many on a line as it holds, and tell how deep they go."""
        size, pad, x, tall = self.layout.text, self.layout.pad, 0.0, 0.0
        for key in self.keys:
            lines = wrap(key.label, self.inner - _KEY_MARK, size)
            width = _KEY_MARK + max(text_width(line, size) for line in lines)
            if x and x + width > self.inner:
                x, tall, depth = 0.0, 0.0, depth + tall
            look: Style = {"marker": key.marker, "markersize": 8, "color": "none", "mew": 1.5}
            look |= {"mfc": "white" if key.hollow else key.color, "mec": key.edge or key.color}
            place = offset_copy(self.figure.transFigure, self.figure, pad + x + 0.07, -depth)
            self.figure.add_artist(Line2D([0], [1], transform=place, **look))
            ink = ORANGE if key.color == ORANGE else INK
            self._block(lines, pad + x + _KEY_MARK, depth, size, va="center", color=ink)
            x, tall = x + width + _KEY_GAP, max(tall, _KEY_ROW + LINE * (len(lines) - 1))
        return depth + tall

    def _foot(self, depth: float) -> float:
        """Write source and mention, and tell the height of the page."""
        small, right = self.layout.small, self.layout.width - self.layout.pad
        lines = wrap(self.source, self.inner, small)
        if self.mention:
            # At the end of the last line of the source if it fits there, or on its own.
            room = self.inner - text_width(lines[-1], small) - 0.25
            lines += [""] * (text_width(self.mention, small, 700) > room)
        # Clear of the dashes, where there are some.
        below = 0.29 if self.made_up else 0.22
        end = self._block(lines, self.layout.pad, depth + below, **self.faint)
        last = end - LINE * small / WIDE.text
        self._block([self.mention], right, last, small, weight=700, ha="right")
        return last + 0.06

    def write(
        self, axes: Axes, place: Point, text: str | Sequence[str], shift: Point = (0, 0), **style: Any
    ) -> None:
        """Write a line or several over a plot, in its units, then so many points from there.

        Ordinary type, centred on the place by height, unless the style of matplotlib says otherwise.
        """
        defaults = {"size": self.layout.text, "va": "center", "color": INK, "zorder": 5}
        lines, points = french(text if isinstance(text, str) else "\n".join(text)), "offset points"
        look: Style = defaults | style | {"textcoords": points, "annotation_clip": False}
        axes.annotate(lines, place, xytext=shift, **look)

    def scale(
        self, axes: Axes, ticks: Mapping[float, str], spans: Sequence[Point], at: float, *, up: bool = False
    ) -> None:
        """Draw the lines of a scale, vertical if ``up``, and write its numbers.

        ``ticks`` are places along the scale -> their words, which stand at ``at`` across it; ``spans`` tell
        from where to where each line goes, across it too.
        """
        for tick, text in ticks.items():
            ends = [(tick, end) for span in spans for end in span]
            *ends, place = [(b, a) if up else (a, b) for a, b in (*ends, (tick, at))]
            rules(axes, list(zip(ends[::2], ends[1::2], strict=True)))
            self.write(axes, place, text, ha="right" if up else "center", **self.faint)


def names_beside(
    spots: Sequence[Point], names: Sequence[str], size: float, sides: Sequence[Point], ends: Point
) -> list[Point | None]:
    """The middle of each name beside its mark, over no mark and no other name; nothing where none has room.

    ``sides`` are tried in order, on the right then on the left: how far its nearest end stands, and how high.
    All names stand between two ``ends``.
    """
    taken = [Bbox([[x - _MARK, y - _MARK], [x + _MARK, y + _MARK]]) for x, y in spots]
    found: list[Point | None] = []
    for (x0, y0), name in zip(spots, names, strict=True):
        wide, high = text_width(name, size) / 2, size / 72 * 0.475
        found.append(None)
        for (dx, dy), side in product(sides if len(names) <= _MOST_NAMES else (), (1, -1)):
            x, y = x0 + side * (dx + (dx > 0) * wide), y0 + dy
            box = Bbox([[x - wide, y - high], [x + wide, y + high]])
            if not box.count_overlaps(taken) and ends[0] < box.x0 and box.x1 < ends[1]:
                taken.append(box)
                found[-1] = x, y
                break
    return found


def rules(axes: Axes, lines: Sequence[tuple[Point, Point]], color: str = RULE, **style: Any) -> None:
    """Draw the lines of a scale, from end to end, under all that is counted."""
    look: Style = {"colors": color, "linewidths": 0.8, "zorder": 0} | style
    axes.add_collection(LineCollection(lines, **look), autolim=False)
