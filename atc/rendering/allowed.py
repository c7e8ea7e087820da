"""What the HTML of a notebook may hold. The rest refuses the chapter: nothing is cleaned in silence.

nh3 judges, which reads as browsers do: in ``<svg><style><img onerror=…>`` lxml sees a style sheet, a browser
an image that runs code. What ships is written from what it kept, and what it took out is a refusal.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

import nh3

from atc.rendering.fragments import Element, parse
from atc.rendering.html import not_drawn
from atc.rendering.outputs import ALLOWED, REFUSED
from atc.survey.errors import shown

_LISTS = {name: frozenset(words.split()) for name, words in ALLOWED.items()}
_ATTRIBUTES = _LISTS["attributes"]
# In small letters, as lxml writes them.
_SVG = frozenset(map(str.lower, _LISTS["svg"]))
_KNOWN = frozenset(map(str.lower, chain(*_LISTS.values())))
# What libraries show of their own, of which the author wrote nothing; a parser drops what follows the end of
# a document without a word.
_WHOLE = {
    "itables|dataTable": "itables",
    r"<style\b[^>]*>[^<]*(?:\.dataframe|#T_)": "styled",
    r"(?i)</?\s*(html|head|body|frameset|plaintext)\b": "page",
}
_ALIGNMENT = re.compile(r"text-align:\s*(left|right|center);?")
_ADDRESS = re.compile(r"#[\w.-]+|https://[^\s]+|mailto:[^\s]+")
_IN_CSS = re.compile(r"url\((?!\s*['\"]?#)|@|expression|javascript", re.IGNORECASE)


def checked(markup: str, source: str = "") -> tuple[Element, list[str]]:
    """The tree of a fragment, as a browser would read it, and the first thing that no page may hold, if any.

    It is told in French, in the words of the Markdown that a person wrote for it, ``source``.
    """
    kept = parse(cleaned(markup))
    return kept, list(islice(_faults(markup, source, kept), 1))


def _faults(markup: str, source: str, kept: Element) -> Iterator[str]:
    yield from (REFUSED[told] for pattern, told in _WHOLE.items() if re.search(pattern, markup))
    yield from _unseen(source or markup)
    written = parse(markup)
    # Where an element stands may change, not whether it does.
    left = Counter((each.tag, *sorted(each.attrib.items())) for each in kept.iterdescendants())
    for element in written.iterdescendants():
        whole = (element.tag, *sorted(element.attrib.items()))
        left[whole] -= 1
        if left[whole] < 0:
            passage = re.search(rf"\S*<{element.tag}\b[^<>]*>?\S*", source, re.IGNORECASE)
            quoted = f"« {shown(passage[0])} »" if passage else f"élément <{element.tag}>"
            yield _reason(element, quoted)
    words, read = (Counter("".join(root.itertext()).split()) for root in (written, kept))
    yield from (REFUSED["unread"].format(shown(missing)) for missing in words - read)
    yield from _unseen("".join(kept.itertext()))


def _reason(element: Element, quoted: str) -> str:
    if element.tag not in _SVG | _LISTS["html"]:
        return REFUSED["element"].format(quoted)
    for name, value in element.attrib.items():
        known = name.rpartition(":")[2] in _KNOWN or name.startswith("aria-")
        if not known or _judged(element.tag, name, value) is None:
            return REFUSED[name if name in {"href", "style"} else "attribute"].format(quoted, name, value)
    return REFUSED["unread"].format(quoted)


def _unseen(text: str) -> Iterator[str]:
    """Characters that paper would show as an empty box, or not at all, with the words before them."""
    if unseen := "".join(sorted(not_drawn(text))):
        passages = dict.fromkeys(re.findall(rf".{{0,15}}[{re.escape(unseen)}]+", text))
        told = ", ".join(f"« {shown(passage)} »" for passage in passages)
        yield REFUSED["undrawn"].format(
            told, ", ".join(f"U+{ord(character):04X}" for character in unseen[:5])
        )


def cleaned(markup: str) -> str:
    """What nh3 keeps of a fragment: known elements and attributes, links of known schemes, no comment."""
    return nh3.clean(
        markup,
        tags={*_LISTS["html"], *_LISTS["svg"]},
        attributes={"*": set(_ATTRIBUTES | _LISTS["drawing"])},
        attribute_filter=_judged,
        generic_attribute_prefixes={"aria-"},
        url_schemes={"https", "mailto", "data"},
        link_rel=None,
    )


def _judged(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, if an element of that name may have it."""
    if tag.lower() in _SVG:
        linked = name in {"href", "xlink:href"}
        good = value.startswith(("#", "data:image/png;base64,")) if linked else not _IN_CSS.search(value)
    elif name in {"href", "style"}:
        good = (_ADDRESS if name == "href" else _ALIGNMENT).fullmatch(value) is not None
    else:
        good = name in _ATTRIBUTES or name.startswith("aria-")
    return value if good else None
