"""Mentions of an exhibit (« F02-02 ») become links to it."""

from __future__ import annotations

import re
from collections.abc import Callable

from atc.rendering.fragments import Element, Slot, make, slots

_ID = re.compile(r"\b(?:[FTC]\d{2}-\d{2}|X\d{2}-\d{4})\b")
_UNTOUCHED_NAMES = "a caption code h1 h2 h3 h4 h5 h6 kbd pre samp summary svg"
_UNTOUCHED = frozenset(_UNTOUCHED_NAMES.split())


def exhibit_ids(root: Element) -> frozenset[str]:
    """Ids of the exhibits that a fragment holds."""
    return frozenset(figure.get("id", "") for figure in root.iter("figure"))


def link_exhibits(root: Element, address: Callable[[str], str]) -> None:
    """Turn each mention into a link, in place, except inside the exhibit itself.

    ``address`` gives where the link of an id goes, empty when there is nowhere to go.
    """
    for slot in list(slots(root, _UNTOUCHED)):
        _link(slot, address)


def _owners(slot: Slot) -> set[str]:
    """The exhibit that the text belongs to: it would be a link to itself."""
    around = [figure.get("id") for figure in slot.element.iterancestors("figure")]
    return set(around if slot.after else [*around, slot.element.get("id")])


def _link(slot: Slot, address: Callable[[str], str]) -> None:
    owners = _owners(slot)
    position = 0
    while match := _ID.search(slot.text, position):
        text, target = slot.text, address(match[0])
        if not target or match[0] in owners:
            position = match.end()
            continue
        link = make("a", match[0], href=target, class_="reference")
        slot = slot.insert(text[: match.start()], link, text[match.end() :])
        position = 0
