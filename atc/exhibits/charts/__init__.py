"""Charts, one module a form: what was released in, ink on a `Canvas` out. They know nothing of the survey."""

from atc.exhibits.charts.canvas import NARROW, WIDE, Canvas, Layout
from atc.exhibits.charts.tokens import load_look

__all__ = ["NARROW", "WIDE", "Canvas", "Layout", "load_look"]
