"""The HTML of a cell as a browser reads it, cleaned by nh3 against an allow-list.

`atc.rendering.allowed` refuses what must not be there, but reads with lxml, which is no browser: in
``<svg><style><img onerror=…>`` it sees a style sheet, where a browser sees an image that runs code. nh3 reads
as browsers do, and what ships is written from what it kept. Had it anything to take out, the chapter is
refused all the same: nothing is cleaned in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet

import nh3

from atc.rendering.fragments import Element

# As drawings write them, prefixes left out but for the declaration of one (``xmlns:xlink``).
_DRAWING_NAMES = (
    "clip-path clip-rule color cx cy d dx dy fill fill-opacity fill-rule font-family font-size font-style "
    "font-weight fx fy gradientTransform gradientUnits height letter-spacing marker-end marker-mid "
    "marker-start markerHeight markerUnits markerWidth offset opacity orient overflow patternContentUnits "
    "patternTransform patternUnits points preserveAspectRatio r refX refY rx ry spreadMethod stop-color "
    "stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin "
    "stroke-miterlimit stroke-opacity stroke-width style text-anchor textLength transform type version "
    "viewBox visibility width word-spacing x x1 x2 xlink xmlns y y1 y2"
)
_DRAWING = frozenset(_DRAWING_NAMES.split())
# lxml writes the names of elements in small letters: these have capitals.
_CAPITALS = {"clippath": "clipPath", "lineargradient": "linearGradient", "radialgradient": "radialGradient"}


def cleaned(markup: str, tags: AbstractSet[str], attributes: AbstractSet[str]) -> str:
    """What nh3 keeps of a fragment: known elements and attributes, links of known schemes, no comment.

    Elements are in small letters; ``aria-*`` and the attributes of drawings are kept besides.
    """
    return nh3.clean(
        markup,
        tags={_CAPITALS.get(tag, tag) for tag in tags},
        attributes={"*": set(attributes | _DRAWING)},
        generic_attribute_prefixes={"aria-"},
        url_schemes={"https", "mailto", "data"},
        link_rel=None,
    )


def lost(written: Element, kept: Element) -> str:
    """The first thing that a fragment holds and its cleaned form does not; empty if nothing."""
    missing = _inventory(written) - _inventory(kept)
    return next(iter(missing), "")


def _inventory(root: Element) -> Counter[str]:
    """Elements with their attributes, and words: where they stand may change, not whether they do."""
    elements = (
        " ".join(
            (f"<{element.tag}>", *(f'{name}="{value}"' for name, value in sorted(element.attrib.items())))
        )
        for element in root.iterdescendants()
    )
    return Counter([*elements, *"".join(root.itertext()).split()])
