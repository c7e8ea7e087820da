"""HTML fragments as trees, with lxml: the only module that knows it.

What ships is written from the tree that was checked, never from the text that came in. lxml writes the
names of SVG in lower case (``viewbox``); browsers and WeasyPrint put the capitals back as HTML5 says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from lxml import html  # type: ignore[import-untyped]

# lxml ships no types.
Element = Any


def parse(markup: str) -> Element:
    """The tree of a fragment, under a ``div`` that is not part of it. Comments are dropped."""
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    return html.fragment_fromstring(markup, create_parent="div", parser=parser)


def inner(element: Element) -> str:
    """What an element holds, as HTML."""
    children = (html.tostring(child, encoding="unicode") for child in element)
    return escape(element.text or "", quote=False) + "".join(children)


def text_of(element: Element) -> str:
    """The words of an element, with single spaces (no-break ones are kept)."""
    return (
        " ".join(word for word in "".join(element.itertext()).split(" ") if word).replace("\n", " ").strip()
    )


def make(tag: str, text: str = "", **attributes: str) -> Element:
    """A new element; ``class_`` stands for ``class``."""
    element = html.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.text = text or None
    return element


def remove(element: Element) -> None:
    """Take an element out and leave the text that follows it."""
    element.drop_tree()


@dataclass(frozen=True)
class Slot:
    """A run of text: before the first child of ``element``, or after ``element`` itself."""

    element: Element
    after: bool

    @property
    def text(self) -> str:
        """The characters."""
        return (self.element.tail if self.after else self.element.text) or ""

    def write(self, text: str) -> None:
        """Replace the characters."""
        if self.after:
            self.element.tail = text
        else:
            self.element.text = text

    def insert(self, before: str, link: Element, rest: str) -> Slot:
        """Make of the run: ``before``, the element ``link``, ``rest``; returns the slot of ``rest``."""
        self.write(before)
        link.tail = rest
        if self.after:
            parent = self.element.getparent()
            parent.insert(parent.index(self.element) + 1, link)
        else:
            self.element.insert(0, link)
        return Slot(link, after=True)


def slots(element: Element, skipped: frozenset[str]) -> Iterator[Slot]:
    """Runs of text of a tree in reading order, outside the elements named in ``skipped``."""
    if element.tag not in skipped:
        yield Slot(element, after=False)
        for child in list(element):
            yield from slots(child, skipped)
            yield Slot(child, after=True)
