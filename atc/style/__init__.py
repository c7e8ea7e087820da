"""The look of charts: colours and type, and the frame that every chart stands in."""

from atc.style.canvas import NARROW, WIDE, Canvas, Layout
from atc.style.tokens import load_look

__all__ = ["NARROW", "WIDE", "Canvas", "Layout", "load_look"]
