"""Charts: what was released in, ink on a `Canvas` out. They know nothing of the survey.

A form has rows of its own and ``draw_…(canvas, …)``, which gives the figure back. seaborn draws all of them
but the map and the band of a masked count, which it does not have: those are matplotlib's.
"""

from atc.exhibits.charts.canvas import NARROW, WIDE, Canvas, Layout
from atc.exhibits.charts.tokens import load_look

__all__ = ["NARROW", "WIDE", "Canvas", "Layout", "load_look"]
