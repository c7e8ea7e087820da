"""French typography in the text of a page, never in its code, its drawings or its attributes."""

from __future__ import annotations

import re

from atc.rendering.fragments import Element, Slot, slots
from atc.survey.typography import french

_VERBATIM = frozenset({"code", "kbd", "pre", "samp", "svg"})
_INLINE_NAMES = "a abbr b cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var"
_INLINE = frozenset(_INLINE_NAMES.split())
# Stands for the tags that cut a sentence (« <b>Qui</b> ? »), and looks like one; nobody's text holds it.
_SEAM = "<\ue000>"
_APOSTROPHE = re.compile(rf"(?<=\w)'(?={_SEAM}\w)|(?<=\w{_SEAM})'(?=\w)")


def set_in_french(root: Element) -> None:
    """Apply `atc.survey.typography.french` to each paragraph, heading, item or cell, in place."""
    sentences: list[list[Slot]] = []
    for slot in slots(root, _VERBATIM):
        # The own text of a block, or the text after it: either way a new sentence begins.
        if slot.element.tag not in _INLINE or not sentences:
            sentences.append([])
        sentences[-1].append(slot)
    for sentence in sentences:
        _rewrite(sentence)


def _rewrite(sentence: list[Slot]) -> None:
    whole = _SEAM.join(slot.text for slot in sentence)
    texts = french(_APOSTROPHE.sub("’", whole)).split(_SEAM)
    for slot, text in zip(sentence, texts, strict=True):
        slot.write(text)
