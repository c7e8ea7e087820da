"""Labels of charts, set whole on paper; `atc.rendering.engine` sees to it.

WeasyPrint sets the text of an SVG code point by code point, whether or not its letters are placed one by
one: kerning is lost, an accent written apart from its letter (e, then U+0301) falls beside it, and the sixty
labels of a chapter are three thousand layouts, a seventh of the time that its PDF takes. The way round is
the one that its maintainer names (Kozea/WeasyPrint, issue 2249): the whole text, unless a letter is placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weasyprint import svg

_by_letter = svg.text
# What places letters, or the space between them.
_PLACED = frozenset({"dx", "dy", "rotate", "letter-spacing", "textLength"})


class _Whole(str):
    """A label, whose only letter is itself."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        return iter((str(self),))


class _Label:
    """A node of an SVG, but for its text."""

    def __init__(self, node: Any) -> None:
        vars(self).update(_node=node, text=_Whole(node.text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._node, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._node, name, value)


def _text(image: Any, node: Any, font_size: float) -> None:
    """Draw a text node, as WeasyPrint would if it had one letter."""
    places = (node.get(axis, "").replace(",", " ").split() for axis in "xy")
    placed = _PLACED & node.attrib.keys() or any(len(each) > 1 for each in places)
    _by_letter(image, _Label(node) if node.text and not placed else node, font_size)


def set_whole() -> None:
    """Have WeasyPrint set labels whole, from now on in this process."""
    svg.TAGS.update({tag: _text for tag, drawn in svg.TAGS.items() if drawn is _by_letter})
    # It compares with its own function to know what is text.
    svg.text = _text
