"""HTML fragments as trees, with lxml: what is done alike to every chapter, anchors, links, French.

What ships is written from the tree that was checked, never from the text that came in. lxml writes the
names of SVG in lower case (``viewbox``); browsers and WeasyPrint put the capitals back as HTML5 says.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from lxml import html  # type: ignore[import-untyped]
from markupsafe import Markup

from atc.survey.typography import fold, french

# lxml ships no types.
Element = Any

#: What has an anchor.
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_ID = re.compile(r"\b([FTC]\d{2}-\d{2}|X\d{2}-\d{4})\b")
_VERBATIM = frozenset({"code", "kbd", "pre", "samp", "svg"})
_UNLINKED = _VERBATIM | {"a", "caption", "h1", *HEADINGS, "summary"}
_INLINE_NAMES = "a abbr b cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var"
_INLINE = frozenset(_INLINE_NAMES.split())
# Stands for the tags that cut a sentence (« <b>Qui</b> ? »), and looks like one; nobody's text holds it.
_SEAM = "<\ue000>"
_APOSTROPHE = re.compile(rf"(?<=\w)'(?={_SEAM}\w)|(?<=\w{_SEAM})'(?=\w)")


def parse(markup: str) -> Element:
    """The tree of a fragment, under a ``div`` that is not part of it. Comments are dropped."""
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    return html.fragment_fromstring(markup, create_parent="div", parser=parser)


def inner(element: Element) -> Markup:
    """What an element holds, as HTML that a template takes as it is: `atc.rendering.markdown` checked it."""
    children = (html.tostring(child, encoding="unicode") for child in element)
    return Markup(escape(element.text or "", quote=False) + "".join(children))  # noqa: S704


def text_of(element: Element) -> str:
    """The words of an element, with single spaces (no-break ones are kept)."""
    words = "".join(element.itertext()).split(" ")
    return " ".join(filter(None, words)).replace("\n", " ").strip()


def make(tag: str, text: str = "", **attributes: str) -> Element:
    """A new element; ``class_`` stands for ``class``."""
    element = html.Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    element.text = text or None
    return element


def _slots(element: Element, skipped: frozenset[str]) -> Iterator[tuple[Element, str]]:
    """Where the text of a tree is, in reading order: an element, and ``text`` or ``tail``."""
    if element.tag not in skipped:
        yield element, "text"
        for child in list(element):
            yield from _slots(child, skipped)
            yield child, "tail"


def slugify(text: str) -> str:
    """``Qui siège au comité ?`` -> ``qui-siege-au-comite``."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or "section"


def link_exhibits(root: Element, address: Callable[[str], str]) -> None:
    """Turn each mention of an exhibit (« F02-02 ») into a link, in place, except inside the exhibit itself.

    ``address`` gives where the link of an id goes, empty when there is nowhere to go.
    """
    for element, where in list(_slots(root, _UNLINKED)):
        within = [element] if where == "text" else []
        owners = {each.get("id") for each in (*within, *element.iterancestors("figure"))}
        # Of a text that is cut there, every other part is an id.
        parts = _ID.split(getattr(element, where) or "")
        links = {
            id_: f'<a href="{escape(to)}" class="reference">{id_}</a>'
            for id_ in parts[1::2]
            if id_ not in owners and (to := address(id_))
        }
        if links:
            made = parse("".join(links.get(part, escape(part)) for part in parts))
            setattr(element, where, made.text)
            parent = element if where == "text" else element.getparent()
            at = 0 if where == "text" else parent.index(element) + 1
            parent[at:at] = list(made)


def set_in_french(root: Element) -> None:
    """Typography of each paragraph, heading, item or cell, in place; never in code, drawings, attributes."""
    sentences: list[list[tuple[Element, str]]] = []
    for element, where in _slots(root, _VERBATIM):
        # The own text of a block, or the text after it: either way a new sentence begins.
        if element.tag not in _INLINE or not sentences:
            sentences.append([])
        sentences[-1].append((element, where))
    for sentence in sentences:
        whole = _SEAM.join(getattr(element, where) or "" for element, where in sentence)
        texts = french(_APOSTROPHE.sub("’", whole)).split(_SEAM)
        for (element, where), text in zip(sentence, texts, strict=True):
            setattr(element, where, text)
