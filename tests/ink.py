"""Where the ink of a chart really falls, asked of the renderer itself, for the tests of charts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from atc.exhibits.charts.tokens import FAMILY

#: A hair: less than half a pixel of a screen, in inches.
HAIR = 0.006


@dataclass(frozen=True)
class Line:
    """One line of text as drawn; its box holds the ink only, in inches from the bottom left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    size: float

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    def meets(self, other: Line) -> bool:
        across = min(self.x1, other.x1) - max(self.x0, other.x0)
        along = min(self.y1, other.y1) - max(self.y0, other.y0)
        return across > HAIR and along > HAIR


@cache
def _ink(text: str, size: float, weight: str) -> tuple[float, float, float, float]:
    font = FontProperties(family=FAMILY, size=size, weight=weight)
    # Flattened outlines: the exact extremes of each curve take three times as long as drawing the chart.
    points = np.concatenate(TextPath((0, 0), text, prop=font).to_polygons()) / 72
    return (*points.min(axis=0), *points.max(axis=0))


@lru_cache(maxsize=4)
def lines(figure: Figure) -> list[Line]:
    """Every line of text of a figure, wherever it belongs."""
    found: list[Line] = []
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    height = figure.bbox.height

    def note(gc, x, y, text, font, angle, ismath=False, mtext=None):
        if not text.strip():
            return
        assert not angle, "turned text is hard to read"
        left, base, size = x / figure.dpi, (height - y) / figure.dpi, font.get_size_in_points()
        x0, y0, x1, y1 = _ink(text, size, str(font.get_weight()))
        found.append(Line(text, left + x0, base + y0, left + x1, base + y1, base, size))

    renderer.draw_text = note
    figure.draw(renderer)
    return found


def outside(figure: Figure) -> list[str]:
    """Texts that leave the image, be it by a hair."""
    width, height = figure.get_size_inches()
    return [
        line.text
        for line in lines(figure)
        if line.x0 < -HAIR or line.y0 < -HAIR or line.x1 > width + HAIR or line.y1 > height + HAIR
    ]


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts whose ink meets."""
    return [(a.text, b.text) for a, b in combinations(lines(figure), 2) if a.meets(b)]
