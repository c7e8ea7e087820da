"""What a cell says, as HTML that a page may hold: Markdown, formulas, and what is refused.

Markdown is read as JupyterLab reads it (GitHub’s); what its rules would drop without a word is a fault: cells
of a row beyond the columns of its table, a note that nothing calls, ``a<b`` taken for an element. Nothing is
cleaned in silence either: nh3 judges, which reads as browsers do: in ``<svg><style><img onerror=…>`` lxml
sees a style sheet, a browser an image that runs code. What ships is written from what it kept, and what it
took out refuses the chapter.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape, unescape
from itertools import pairwise, zip_longest
from typing import Any
from unicodedata import bidirectional
from urllib.parse import unquote
from xml.etree.ElementTree import tostring

import nh3
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote.index import footnote_inline
from mdit_py_plugins.gfm import gfm_plugin

from atc.rendering.fragments import Element, make, parse
from atc.rendering.html import not_drawn
from atc.survey.errors import Messages, shown
from atc.survey.paths import read_toml

_said = Messages(__name__)
# Class of the formulas: first in the source that a person wrote, then composed.
_MATHS = "formule"
# Points of the letters that are measured: sizes are then told in those of the text around.
_SIZE = 10
_DASHES = re.compile(r"[\s>]*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*|[\s>]*\|\s*:?-+:?\s*\|\s*")
# A row between bars, which reads as words where no line of dashes makes it one.
_ROW = re.compile(r"\|(\s[^|]*\s\|){2,}")
_DEFINED = re.compile(r"^[ >]{0,3}\[\^([^\s\]]+)\]:", re.MULTILINE)
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
# Formulas, and notes, which the rules of Markdown leave as text.
_WRITTEN = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]|\[\^[^\s\]]+\]")
# Names of elements and attributes, in small letters too, as lxml writes them.
_LISTS = read_toml(__file__, "allowed.toml")
_HTML, _SVG, _ATTRIBUTES, _DRAWING = (
    frozenset({*_LISTS[name].split(), *_LISTS[name].lower().split()})
    for name in ("html", "svg", "attributes", "drawing")
)
_ALIGNMENT = re.compile(r"text-align:\s*(left|right|center);?")
_ADDRESS = re.compile(r"(#|https://|mailto:)[^\s]+")
_IN_CSS = re.compile(r"url\((?!\s*['\"]?#)|@|expression|javascript", re.IGNORECASE)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    gfm_plugin(parser)
    parser.options["alerts"] = False
    # A site named without https:// stays words: its link would be http://.
    parser.disable("gfm_autolink_www").inline.ruler.after("image", "footnote_inline", footnote_inline)
    # Prices in dollars are no formula.
    prices = {"allow_labels": False, "allow_space": False, "allow_digits": False, "double_inline": True}
    parser.use(deflist_plugin).use(amsmath_plugin).use(dollarmath_plugin, **prices)

    # Each is called with the renderer, all tokens, the rank of one, options, and what the parser remembers.
    def formula(_: Any, tokens: Sequence[Token], rank: int, *__: Any) -> str:
        tag = "pre" if tokens[rank].type in {"math_block", "amsmath"} else "code"
        return f'<{tag} class="{_MATHS}">{escape(tokens[rank].content.strip())}</{tag}>'

    def item(renderer: Any, tokens: Sequence[Token], rank: int, options: Any, env: Any) -> str:
        # A box to tick as a sign that our fonts have: what fills in forms has no place in a page.
        sign = {None: "", True: "✓ ", False: "□ "}[tokens[rank].meta.get("checked")]
        return str(renderer.renderToken(tokens, rank, options, env)) + sign

    def way_back(renderer: Any, tokens: Sequence[Token], rank: int, options: Any, env: Any) -> str:
        # From a note to where it is first called, by an arrow that our font has.
        name = renderer.rules["footnote_anchor_name"](tokens, rank, options, env)
        back = f' <a href="#fnref{name}" class="footnote-backref" aria-label="Retour au texte">↑</a>'
        return "" if tokens[rank].meta["subId"] > 0 else back

    for rule in ("math_inline", "math_inline_double", "math_block", "amsmath"):
        parser.add_render_rule(rule, formula)
    parser.add_render_rule("list_item_open", item)
    parser.add_render_rule("footnote_anchor", way_back)
    parser.add_render_rule("footnote_caption", lambda _, tokens, rank, *__: str(tokens[rank].meta["id"] + 1))
    return parser


def rendered(source: str, notes: str) -> tuple[str, list[str]]:
    """The HTML of a Markdown cell, and what of it would be lost, in French.

    ``notes`` is put into the ids of its footnotes, so that two cells of a page never share one.
    """
    env: dict[str, Any] = {"docId": notes}
    tokens = _parser().parse(source, env)
    called, written = env.get("footnotes", {}).get("refs", {}), _DEFINED.findall(source)
    faults = list(_lost_cells(tokens, source.splitlines()))
    faults += [_said("uncalled", note=label.removeprefix(":")) for label, rank in called.items() if rank < 0]
    faults += [_said("note_twice", note=n) for n in dict.fromkeys(written) if written.count(n) > 1]
    faults += [fault for token in tokens for fault in _inline_faults(token.children or [])]
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
                yield _said("cells", row=row, cells=cells, columns=columns)
        if token.type == "paragraph_open":
            rows = following.content.split("\n")
            told = [_said("no_dashes", row=row) for row in rows if _ROW.fullmatch(row.strip())][:1]
            for title, dashes in pairwise(rows):
                if "|" in title and _DASHES.fullmatch(dashes):
                    told = [_said("no_table", title=title, dashes=dashes)]
            yield from told


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
            yield _said("picture", address=shown(str(child.attrs["src"])))
        elif child.type == "text" and (found := _WRITTEN.search(child.content)):
            is_note = found[0].startswith("[")
            yield _said("no_note" if is_note else "no_formula", text=found[0])
    texts = ["", *(child.content for child in children), ""]
    for _, rank in opened:
        # With the words that touch it.
        left, element, right = texts[rank : rank + 3]
        yield _said("unclosed", text=left.rpartition(" ")[2] + element + right.partition(" ")[0])


def set_formulas(root: Element) -> Iterator[str]:
    """Compose the formulas of a fragment in place; yields, in French, why one cannot be.

    The drawing is the narrower judge: what matplotlib reads, MathML says as well.
    """
    for written in root.xpath(f".//*[self::code or self::pre][@class='{_MATHS}']"):
        source, block = " ".join((written.text or "").split()), written.tag == "pre"
        try:
            drawn = _drawing(source)
            spoken = convert_to_element(source, display="block" if block else "inline")
        except Exception:  # noqa: BLE001 - each library has its own, and they share no class
            yield _said("formula", source=source)
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
    from matplotlib.textpath import TextPath, TextToPath  # noqa: PLC0415

    known = re.sub(r"\\([A-Za-z]+)", lambda found: _LISTS["synonyms"].get(found[1], found[0]), source)
    font, text = FontProperties(math_fontfamily="stixsans"), f"${known}$"
    font.set_size(_SIZE)
    width, height, below = TextToPath().get_text_width_height_descent(text, font, ismath=True)
    letters = {TextPath.MOVETO: "M", TextPath.LINETO: "L", TextPath.CURVE3: "Q", TextPath.CURVE4: "C"}
    steps = [
        "Z" if code == TextPath.CLOSEPOLY else letters[code] + " ".join(f"{value:.3f}" for value in points)
        for points, code in TextPath((0, 0), text, prop=font).iter_segments(simplify=False)
    ]
    box = f"0 {below - height:.2f} {width:.2f} {height:.2f}"
    style = f"width:{width / _SIZE:.3f}em;height:{height / _SIZE:.3f}em;vertical-align:{-below / _SIZE:.3f}em"
    return (
        f'<svg role="img" viewBox="{box}" style="{style}"><title>{escape(source)}</title>'
        f'<path transform="scale(1 -1)" d="{"".join(steps)}"></path></svg>'
    )


def checked(markup: str, source: str = "") -> tuple[Element, list[str]]:
    """The tree of a fragment, as a browser would read it, and the first thing that no page may hold, if any.

    It is told in French, in the words of the Markdown that a person wrote for it, ``source``.
    """
    kept = parse(cleaned(markup))
    first = next(_faults(markup, source, kept), "")
    return kept, [first] if first else []


def _faults(markup: str, source: str, kept: Element) -> Iterator[str]:
    yield from (_said(name) for name, pattern in _LISTS["whole"].items() if re.search(pattern, markup))
    written = parse(markup)
    # Of what a program wrote, the words are quoted, and no element.
    yield from _unseen(source or re.sub(r'[<>"]', "\n", markup))
    # The letters of a drawing are set one by one, from left to right.
    turned = (text for text in kept.xpath(".//svg//text()") if {"R", "AL"} & {*map(bidirectional, text)})
    yield from (_said("turned", text=shown(text)) for text in turned)
    # Where an element stands may change, not whether it does.
    left = Counter((each.tag, *sorted(each.attrib.items())) for each in kept.iterdescendants())
    for element in written.iterdescendants():
        whole = (element.tag, *sorted(element.attrib.items()))
        left[whole] -= 1
        if left[whole] < 0:
            link = element.get("href")
            if link and element.tag not in _SVG and _judged(element.tag, "href", link) is None:
                yield _said("href", address=shown(unquote(link)))
            passage = re.search(rf"\S*<{element.tag}\b[^<>]*>?\S*", source, re.IGNORECASE)
            # An element that a program wrote is told without its values, which may be anybody's.
            quoted = passage[0] if passage else f"<{' '.join([element.tag, *element.attrib])}>"
            yield _said("markup", quoted=shown(quoted))
    words, read = (Counter("".join(root.itertext()).split()) for root in (written, kept))
    yield from (_said("unread", quoted=shown(missing)) for missing in words - read)
    yield from _unseen("".join(kept.itertext()))


def _unseen(text: str) -> Iterator[str]:
    """Characters that paper would show as an empty box, or not at all, with the words before them."""
    if unseen := "".join(sorted(not_drawn(text))):
        passages = dict.fromkeys(re.findall(rf".{{0,15}}[{re.escape(unseen)}]+", text))
        told = ", ".join(f"« {shown(passage)} »" for passage in passages)
        codes = ", ".join(f"U+{ord(character):04X}" for character in unseen[:5])
        yield _said("undrawn", passages=told, codes=codes)


def cleaned(markup: str) -> str:
    """What nh3 keeps of a fragment: known elements and attributes, links of known schemes, no comment."""
    return nh3.clean(
        markup,
        tags={*_HTML, *_SVG},
        attributes={"*": {*_ATTRIBUTES, *_DRAWING}},
        attribute_filter=_judged,
        generic_attribute_prefixes={"aria-"},
        url_schemes={"https", "mailto", "data"},
        link_rel=None,
    )


def _judged(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, if an element of that name may have it."""
    if tag in _SVG:
        linked = name in {"href", "xlink:href"}
        good = value.startswith(("#", "data:image/png;base64,")) if linked else not _IN_CSS.search(value)
    elif name in {"href", "style"}:
        good = (_ADDRESS if name == "href" else _ALIGNMENT).fullmatch(value) is not None
    else:
        good = name in _ATTRIBUTES or name.startswith("aria-")
    return value if good else None
