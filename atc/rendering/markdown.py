"""What a cell says, as HTML that a page may hold: Markdown, formulas, and what is refused.

Markdown is read as JupyterLab reads it (GitHub’s); what its rules would drop without a word is a fault: cells
of a row beyond the columns of its table, a note that nothing calls, ``a<b`` taken for an element. Nothing is
cleaned in silence either: nh3 judges, which reads as browsers do: in ``<svg><style><img onerror=…>`` lxml
sees a style sheet, a browser an image that runs code. What ships is written from what it kept, and what it
took out refuses the chapter.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from html import escape, unescape
from itertools import chain, islice, pairwise, zip_longest
from typing import Any
from xml.etree.ElementTree import tostring

import nh3
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.gfm import gfm_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from atc.rendering.fragments import Element, make, parse
from atc.rendering.html import not_drawn
from atc.rendering.outputs import ALLOWED, REFUSED
from atc.survey.errors import shown

# Class of the formulas: first in the source that a person wrote, then composed.
_MATHS = "formule"
# Points of the letters that are measured: sizes are then told in those of the text around.
_SIZE = 10
_DASHES = re.compile(r"[\s>]*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*|[\s>]*\|\s*:?-+:?\s*\|\s*")
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
# What the rules of Markdown leave as text.
_WRITTEN = {r"\\\(.+?\\\)|\\\[.+?\\\]": "no_formula", r"\[\^[^\s\]]+\]": "no_note"}
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


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    gfm_plugin(parser)
    parser.options["alerts"] = False
    parser.use(deflist_plugin).use(amsmath_plugin)
    # Prices in dollars are no formula.
    parser.use(
        dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True
    )
    # Each is called with the renderer, all tokens, the rank of one, options, and what the parser remembers.
    rules: dict[str, Callable[..., str]] = dict.fromkeys(
        ("math_inline", "math_inline_double", "math_block", "amsmath"), _formula
    )
    rules |= {"fence": _code, "list_item_open": _item, "footnote_anchor": _way_back}
    rules["footnote_caption"] = lambda _, tokens, rank, *__: str(tokens[rank].meta["id"] + 1)
    for rule, written in rules.items():
        parser.add_render_rule(rule, written)
    return parser


def _formula(_: Any, tokens: Sequence[Token], rank: int, *__: Any) -> str:
    tag = "pre" if tokens[rank].type in {"math_block", "amsmath"} else "code"
    return f'<{tag} class="{_MATHS}">{escape(tokens[rank].content.strip())}</{tag}>'


def _code(_: Any, tokens: Sequence[Token], rank: int, *__: Any) -> str:
    try:
        lexer = find_lexer_class_by_name(next(iter(tokens[rank].info.split()), ""))()
    except ClassNotFound:
        return f"<pre><code>{escape(tokens[rank].content)}</code></pre>\n"
    return str(highlight(tokens[rank].content, lexer, HtmlFormatter()))


def _item(renderer: Any, tokens: Sequence[Token], rank: int, options: Any, env: Any) -> str:
    """A box to tick as a sign that our fonts have: what fills in forms has no place in a page."""
    sign = {None: "", True: "✓ ", False: "□ "}[tokens[rank].meta.get("checked")]
    return str(renderer.renderToken(tokens, rank, options, env)) + sign


def _way_back(renderer: Any, tokens: Sequence[Token], rank: int, options: Any, env: Any) -> str:
    """From a note to where it is first called, by an arrow that our font has."""
    name = renderer.rules["footnote_anchor_name"](tokens, rank, options, env)
    back = f' <a href="#fnref{name}" class="footnote-backref" aria-label="Retour au texte">↑</a>'
    return "" if tokens[rank].meta["subId"] > 0 else back


def rendered(source: str, notes: str) -> tuple[str, list[str]]:
    """The HTML of a Markdown cell, and what of it would be lost, in French.

    ``notes`` is put into the ids of its footnotes, so that two cells of a page never share one.
    """
    env: dict[str, Any] = {"docId": notes}
    tokens = _parser().parse(source, env)
    faults = list(_lost_cells(tokens, source.splitlines()))
    called = env.get("footnotes", {}).get("refs", {})
    faults += [
        REFUSED["uncalled"].format(label.removeprefix(":")) for label, number in called.items() if number < 0
    ]
    for token in tokens:
        faults += _inline_faults(token.children or [])
    return _parser().renderer.render(tokens, _parser().options, env), faults


def _lost_cells(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[str]:
    columns = 0
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.type == "table_open":
            columns = 0
        columns += token.type == "th_open"
        if token.type == "tr_open" and token.map and columns:
            row = lines[token.map[0]].lstrip(" >\t").rstrip()
            edges = row.startswith("|") + (row.endswith("|") and not row.endswith("\\|"))
            if (cells := len(escapedSplit(row)) - edges) > columns:
                yield REFUSED["cells"].format(row, cells, columns)
        if token.type == "paragraph_open":
            written = following.content.split("\n")
            for title, dashes in pairwise(written):
                if "|" in title and _DASHES.fullmatch(dashes):
                    yield REFUSED["no_table"].format(title, dashes)


def _inline_faults(children: Sequence[Token]) -> Iterator[str]:
    """Elements that are not closed, pictures, formulas and notes that are none."""
    opened: list[tuple[str, int]] = []
    for rank, child in enumerate(children):
        if child.type == "html_inline" and (tag := _TAG.match(child.content)):
            closes, name = tag[1], tag[2].lower()
            if closes and opened and opened[-1][0] == name:
                opened.pop()
            elif closes or (name not in _VOID and not child.content.endswith("/>")):
                opened.append(("" if closes else name, rank))
        elif child.type == "image":
            yield REFUSED["picture"].format(child.attrs.get("src"))
        elif child.type == "text":
            found = ((told, re.search(pattern, child.content)) for pattern, told in _WRITTEN.items())
            yield from [REFUSED[told].format(match[0]) for told, match in found if match][:1]
    texts = ["", *(child.content for child in children), ""]
    for _, rank in opened:
        # With the words that touch it.
        left, element, right = texts[rank : rank + 3]
        yield REFUSED["unclosed"].format(left.rpartition(" ")[2] + element + right.partition(" ")[0])


def set_formulas(root: Element) -> Iterator[str]:
    """Compose the formulas of a fragment in place; yields, in French, why one cannot be.

    The drawing is the narrower judge: what matplotlib reads, MathML says as well.
    """
    for written in list(root.iter("code", "pre")):
        if written.get("class") != _MATHS:
            continue
        source, block = " ".join((written.text or "").split()), written.tag == "pre"
        try:
            drawn = _drawing(source)
            spoken = convert_to_element(source, display="block" if block else "inline")
        except Exception:  # noqa: BLE001 - each library has its own, and they share no class
            yield REFUSED["formula"].format(source)
            continue
        for element in spoken.iter():
            # The library mixes entities and bare signs: a word could become an element.
            element.text = unescape(element.text or "")
        formula = make("div" if block else "span", class_=_MATHS)
        drawing = make("span", class_="formule-dessin", hidden="")
        drawing.append(parse(drawn)[0])
        formula.extend((parse(tostring(spoken, encoding="unicode"))[0], drawing))
        formula.tail = written.tail
        written.getparent().replace(written, formula)


def _drawing(source: str) -> str:
    """A formula as SVG, sized in the letters around it and standing on their line."""
    # A second to import: only a page that has a formula pays for it.
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.path import Path  # noqa: PLC0415
    from matplotlib.textpath import TextToPath  # noqa: PLC0415

    font = FontProperties(size=_SIZE, math_fontfamily="stixsans")
    text = f"${source}$"
    width, height, below = TextToPath().get_text_width_height_descent(text, font, ismath=True)
    vertices, codes = TextToPath().get_text_path(font, text, ismath=True)
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
    steps = [
        "Z" if code == Path.CLOSEPOLY else letters[code] + " ".join(f"{value:.2f}" for value in points)
        for points, code in Path(vertices, codes).iter_segments(simplify=False)
    ]
    box = f"0 {below - height:.2f} {width:.2f} {height:.2f}"
    style = f"width:{width / _SIZE:.3f}em;height:{height / _SIZE:.3f}em;vertical-align:{-below / _SIZE:.3f}em"
    return (
        f'<svg role="img" viewBox="{box}" style="{style}"><title>{escape(source)}</title>'
        f'<path transform="scale({_SIZE / 100} {-_SIZE / 100})" d="{"".join(steps)}"></path></svg>'
    )


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
