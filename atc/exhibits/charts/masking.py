"""What readers may not know, drawn: a pale band from the least to the most that it can be.

Seaborn has no such mark. Nothing here sees a masked count, only its bounds, which are public; one that is
« n.c. » has no mark at all, only its words.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from atc.disclosure import Count
from atc.exhibits.charts.canvas import Key, Point
from atc.exhibits.charts.tokens import MASKED, MASKED_EDGE

KEY = Key("effectif masqué", MASKED, edge=MASKED_EDGE)
NONE = Count.exactly(0)


def band(axes: Axes, start: Point, end: Point) -> None:
    """Draw a pale band from corner to corner, whole: no line of a scale cuts it into units."""
    (x0, y0), (x1, y1) = start, end
    drawn = Rectangle(start, x1 - x0, y1 - y0, facecolor=MASKED, edgecolor=MASKED_EDGE, linewidth=0.8)
    axes.add_patch(drawn).set_zorder(3)


def is_pale(count: Count) -> bool:
    """Whether a count has a band."""
    return count.is_masked and not count.is_withheld
