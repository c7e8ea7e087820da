"""What the HTML of a notebook may hold. The rest refuses the chapter: nothing is cleaned in silence."""

from __future__ import annotations

import re

from atc.rendering.assets import not_drawn
from atc.rendering.cleaning import cleaned, lost
from atc.rendering.fragments import Element, parse
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
# A parser drops what follows the end of a document without a word.
_DOCUMENT = re.compile(r"</?\s*(html|head|body|frameset|plaintext)\b", re.IGNORECASE)
_REMEDY = "Retirez-le, puis relancez."
# What libraries show of their own: the author wrote none of these elements, and is told what to show instead.
_SHOW_TABLE = "Affichez le tableau lui-même en dernière ligne de la cellule (df, ou df.style)"
_LIBRARIES = (
    (
        re.compile("itables|dataTable"),
        f"un tableau interactif (itables) ne va pas dans une page. {_SHOW_TABLE}.",
    ),
    (
        re.compile(r"<style\b[^>]*>[^<]*(?:\.dataframe|#T_)"),
        f"un tableau apporte sa propre mise en forme (élément <style>). {_SHOW_TABLE}, non son HTML.",
    ),
)
_ALIGNMENT = re.compile(r"text-align:\s*(left|right|center);?")
_ADDRESS = re.compile(r"#[\w.-]+|https://[^\s]+|mailto:[^\s]+")
_IN_CSS = re.compile(r"url\((?!\s*['\"]?#)|@|expression|javascript", re.IGNORECASE)


def checked(markup: str, place: str, source: str = "") -> Element:
    """The tree of a fragment that holds nothing but what a page may hold, as a browser would read it.

    Anything else is a `NotebookFailed` that names the first such thing, its ``place`` (chapter and cell), and
    the Markdown that a person wrote for it, ``source``.
    """
    if told := next((told for pattern, told in _LIBRARIES if pattern.search(markup)), ""):
        raise NotebookFailed(f"{place} : {told}")
    _refuse_unseen(source or markup, place)
    if _DOCUMENT.search(markup):
        raise NotebookFailed(f"{place} : le contenu est une page entière, non un fragment. {_REMEDY}")
    written, kept = parse(markup), parse(cleaned(markup, _HTML | _SVG, _ATTRIBUTES))
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
    reasons = (judge(name, value) for name, value in element.attrib.items())
    return next((reason for reason in reasons if reason), "")


def _in_html(name: str, value: str) -> str:
    if name == "href":
        return (
            ""
            if _ADDRESS.fullmatch(value)
            else f"le lien « {value} » n’est ni une ancre ni une adresse https:// entière"
        )
    if name == "style":
        return "" if _ALIGNMENT.fullmatch(value) else "un style est écrit dans la page"
    known = name in _ATTRIBUTES or name.startswith("aria-")
    return "" if known else f"l’attribut « {name} » n’est pas admis"


def _in_svg(name: str, value: str) -> str:
    if name.startswith("on"):
        return f"l’attribut « {name} » n’est pas admis"
    if name in {"href", "xlink:href"}:
        local = value.startswith(("#", "data:image/png;base64,"))
        return "" if local else "une image appelle une ressource extérieure"
    return "une image appelle une ressource extérieure" if _IN_CSS.search(value) else ""
