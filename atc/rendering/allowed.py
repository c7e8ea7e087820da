"""What the HTML of a notebook may hold. The rest refuses the chapter: nothing is cleaned in silence.

nh3 judges, which reads as browsers do: in ``<svg><style><img onerror=…>`` lxml sees a style sheet, a browser
an image that runs code. What ships is written from what it kept, and what it took out is a refusal.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import nh3

from atc.rendering.fragments import Element, parse
from atc.rendering.html import not_drawn
from atc.survey.errors import shown

_LISTS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
_ATTRIBUTES = _LISTS["attributes"]
# In small letters, as lxml writes them.
_SVG = frozenset(map(str.lower, _LISTS["svg"]))
_KNOWN = frozenset(map(str.lower, chain(*_LISTS.values())))
_REMEDY = "Retirez-le, puis relancez"
_SHOW_TABLE = "Affichez le tableau lui-même en dernière ligne de la cellule (df, ou df.style)"
_WHOLE = {
    # What libraries show of their own: the author wrote none of it, and is told what to show instead.
    "itables|dataTable": f"un tableau interactif (itables) ne va pas dans une page. {_SHOW_TABLE}",
    r"<style\b[^>]*>[^<]*(?:\.dataframe|#T_)": (
        f"un tableau apporte sa propre mise en forme (élément <style>). {_SHOW_TABLE}, non son HTML"
    ),
    # A parser drops what follows the end of a document without a word.
    r"(?i)</?\s*(html|head|body|frameset|plaintext)\b": (
        f"le contenu est une page entière, non un fragment. {_REMEDY}"
    ),
}
_UNREAD = "un navigateur ne lirait pas tout ce contenu"
_REASONS = {
    "href": "le lien « {} » n’est ni une ancre ni une adresse https:// entière",
    "style": "un style est écrit dans la page",
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
    for pattern, told in _WHOLE.items():
        if re.search(pattern, markup):
            yield told
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
            yield f"{_reason(element)} ({quoted}). {_REMEDY}"
    words, read = (Counter("".join(root.itertext()).split()) for root in (written, kept))
    for missing in words - read:
        yield f"{_UNREAD} ({shown(missing)}). {_REMEDY}"
    yield from _unseen("".join(kept.itertext()))


def _reason(element: Element) -> str:
    if element.tag not in _SVG | _LISTS["html"]:
        return "cet élément n’est pas admis dans une page"
    for name, value in element.attrib.items():
        known = name.rpartition(":")[2] in _KNOWN or name.startswith("aria-")
        if not known or _judged(element.tag, name, value) is None:
            return _REASONS.get(name, f"l’attribut « {name} » n’est pas admis").format(value)
    return _UNREAD


def _unseen(text: str) -> Iterator[str]:
    """Characters that paper would show as an empty box, or not at all, with the words before them."""
    if unseen := "".join(sorted(not_drawn(text))):
        passages = dict.fromkeys(re.findall(rf".{{0,15}}[{re.escape(unseen)}]+", text))
        told = ", ".join(f"« {shown(passage)} »" for passage in passages)
        codes = ", ".join(f"U+{ord(character):04X}" for character in unseen[:5])
        yield (
            f"aucune police du projet ne dessine un caractère de {told} ({codes}). "
            "Remplacez-le par un mot ou par un signe courant, puis relancez"
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
