"""What the HTML of a notebook may hold. The rest refuses the chapter: nothing is cleaned in silence.

Two readers judge. lxml is no browser: in ``<svg><style><img onerror=…>`` it sees a style sheet, where a
browser sees an image that runs code. nh3 reads as browsers do, and what ships is written from what it kept.
"""

from __future__ import annotations

import re
from collections import Counter

import nh3

from atc.rendering.fragments import Element, parse
from atc.rendering.html import not_drawn
from atc.survey.errors import NotebookFailed, shown

_HTML_NAMES = (
    "a abbr aside b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp section small span strong sub summary "
    "sup table tbody td tfoot th thead time tr u ul var"
)
_SVG_NAMES = (
    "svg circle clippath defs desc ellipse g image line lineargradient marker path pattern polygon polyline "
    "radialgradient rect stop text title tspan use"
)
_ATTRIBUTE_NAMES = (
    "class colspan data-status datetime dir headers hidden href id lang open role rowspan scope "
    "span start tabindex title value"
)
_HTML, _SVG = frozenset(_HTML_NAMES.split()), frozenset(_SVG_NAMES.split())
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split())
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
# A parser drops what follows the end of a document without a word.
_DOCUMENT = re.compile(r"</?\s*(html|head|body|frameset|plaintext)\b", re.IGNORECASE)
_REMEDY = "Retirez-le, puis relancez."
# What libraries show of their own: the author wrote none of these elements, and is told what to show instead.
_SHOW_TABLE = "Affichez le tableau lui-même en dernière ligne de la cellule (df, ou df.style)"
_LIBRARIES = {
    "itables|dataTable": f"un tableau interactif (itables) ne va pas dans une page. {_SHOW_TABLE}.",
    r"<style\b[^>]*>[^<]*(?:\.dataframe|#T_)": (
        f"un tableau apporte sa propre mise en forme (élément <style>). {_SHOW_TABLE}, non son HTML."
    ),
}
_ALIGNMENT = re.compile(r"text-align:\s*(left|right|center);?")
_ADDRESS = re.compile(r"#[\w.-]+|https://[^\s]+|mailto:[^\s]+")
_IN_CSS = re.compile(r"url\((?!\s*['\"]?#)|@|expression|javascript", re.IGNORECASE)


def checked(markup: str, place: str, source: str = "") -> Element:
    """The tree of a fragment that holds nothing but what a page may hold, as a browser would read it.

    Anything else is a `NotebookFailed` that names the first such thing, its ``place`` (chapter and cell), and
    the Markdown that a person wrote for it, ``source``.
    """
    for pattern, told in _LIBRARIES.items():
        if re.search(pattern, markup):
            raise NotebookFailed(f"{place} : {told}")
    _refuse_unseen(source or markup, place)
    if _DOCUMENT.search(markup):
        raise NotebookFailed(f"{place} : le contenu est une page entière, non un fragment. {_REMEDY}")
    written, kept = parse(markup), parse(cleaned(markup))
    for element in (*written.iterdescendants(), *kept.iterdescendants()):
        if reason := _refusal(element):
            passage = re.search(rf"\S*<{element.tag}\b[^<>]*>?\S*", source, re.IGNORECASE)
            quoted = f"« {shown(passage[0])} »" if passage else f"élément <{element.tag}>"
            raise NotebookFailed(f"{place} : {reason} ({quoted}). {_REMEDY}")
    if missing := lost(written, kept):
        raise NotebookFailed(
            f"{place} : un navigateur ne lirait pas tout ce contenu ({shown(missing)}). {_REMEDY}"
        )
    _refuse_unseen("".join(kept.itertext()), place)
    return kept


def cleaned(markup: str) -> str:
    """What nh3 keeps of a fragment: known elements and attributes, links of known schemes, no comment."""
    return nh3.clean(
        markup,
        tags={_CAPITALS.get(tag, tag) for tag in _HTML | _SVG},
        attributes={"*": set(_ATTRIBUTES | _DRAWING)},
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
        " ".join([f"<{each.tag}>", *(f'{name}="{value}"' for name, value in sorted(each.attrib.items()))])
        for each in root.iterdescendants()
    )
    return Counter([*elements, *"".join(root.itertext()).split()])


def _refuse_unseen(text: str, place: str) -> None:
    """Refuse characters that paper would show as an empty box, or not at all, with the words before them."""
    unseen = "".join(sorted(not_drawn(text)))
    if not unseen:
        return
    passages = dict.fromkeys(re.findall(rf".{{0,15}}[{re.escape(unseen)}]+", text))
    told = ", ".join(f"« {shown(passage)} »" for passage in passages)
    codes = ", ".join(f"U+{ord(character):04X}" for character in unseen[:5])
    raise NotebookFailed(
        f"{place} : aucune police du projet ne dessine un caractère de {told} ({codes}). "
        "Remplacez-le par un mot ou par un signe courant, puis relancez."
    )


def _refusal(element: Element) -> str:
    in_svg = element.tag == "svg" or any(True for _ in element.iterancestors("svg"))
    if element.tag not in (_SVG if in_svg else _HTML):
        return "cet élément n’est pas admis dans une page"
    judge = _in_svg if in_svg else _in_html
    return next(filter(None, (judge(name, value) for name, value in element.attrib.items())), "")


def _in_html(name: str, value: str) -> str:
    known = name in _ATTRIBUTES or name.startswith("aria-")
    if name == "href" and not _ADDRESS.fullmatch(value):
        return f"le lien « {value} » n’est ni une ancre ni une adresse https:// entière"
    if name == "style":
        return "" if _ALIGNMENT.fullmatch(value) else "un style est écrit dans la page"
    return "" if known else f"l’attribut « {name} » n’est pas admis"


def _in_svg(name: str, value: str) -> str:
    if name.startswith("on"):
        return f"l’attribut « {name} » n’est pas admis"
    linked = name in {"href", "xlink:href"}
    local = value.startswith(("#", "data:image/png;base64,")) if linked else not _IN_CSS.search(value)
    return "" if local else "une image appelle une ressource extérieure"
