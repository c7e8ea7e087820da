"""Anchors of headings, and the contents that they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count

from atc.rendering.fragments import Element, text_of
from atc.survey.spelling import fold

#: What opens a section of a chapter.
HEADINGS = frozenset({"h2", "h3"})


@dataclass(frozen=True)
class Entry:
    """One line of the contents.

    Attributes:
        level: 2 for a section, 3 for a subsection.
        anchor: Id of the heading.
        text: Its words.
    """

    level: int
    anchor: str
    text: str


def slugify(text: str) -> str:
    """``Qui siège au comité ?`` -> ``qui-siege-au-comite``."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-") or "section"


def anchor_headings(root: Element) -> None:
    """Give each heading an id made of its words; a second one of the same words gets ``-2``."""
    taken: set[str] = set()
    for heading in root.iter("h2", "h3", "h4", "h5", "h6"):
        base = slugify(text_of(heading))
        numbered = (f"{base}-{n}" for n in count(2))
        anchor = next(name for name in chain([base], numbered) if name not in taken)
        taken.add(anchor)
        heading.set("id", anchor)


def prefix_anchors(root: Element, prefix: str) -> None:
    """Keep the headings of several chapters apart in one document; links to them follow."""
    renamed: dict[str, str] = {}
    for heading in root.iter("h2", "h3", "h4", "h5", "h6"):
        renamed[f"#{heading.get('id')}"] = f"#{prefix}-{heading.get('id')}"
        heading.set("id", f"{prefix}-{heading.get('id')}")
    for link in root.iter("a"):
        link.set("href", renamed.get(link.get("href"), link.get("href", "")))


def contents(root: Element) -> Sequence[Entry]:
    """Sections and subsections, in order; headings inside exhibits are not part of it."""
    return [
        Entry(int(heading.tag[1]), heading.get("id"), text_of(heading))
        for heading in root.iter(*HEADINGS)
        if not any(True for _ in heading.iterancestors("figure", "details"))
    ]
