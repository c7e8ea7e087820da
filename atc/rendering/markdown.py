"""Markdown as JupyterLab reads it (GitHub's), with formulas and footnotes, and not one word lost.

What the rules of Markdown would drop without a word is a fault: the cells of a row beyond the columns of its
table, a note that nothing calls, a mark ``a<b`` taken for an element that is never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape, unescape
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import tostring

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

# Class of the formulas: first in the source that a person wrote, then composed.
_MATHS = "formule"
# Points of the letters that are measured: sizes are then told in those of the text around.
_SIZE = 10
_DASHES = re.compile(r"[\s>]*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)+\|?\s*|[\s>]*\|\s*:?-+:?\s*\|\s*")
# Code and formulas, inside which a bar parts no cells.
_WHOLE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|(?<![\\$])\$(?! )[^$\n]+?(?<![ \\])\$(?!\d)")
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
_PICTURE = (
    "l’image « {} » ne va pas dans une page : ce qu’elle montre ne peut pas être contrôlé. Retirez-la, ou "
    "dites-le en une phrase"
)
_UNCLOSED = (
    "« {} » se lit comme une balise. Mettez des espaces autour des signes « < » et « > », "
    "ou refermez la balise"
)
_UNCALLED = (
    "rien n’appelle la note « [^{0}] » dans cette cellule. Écrivez « [^{0}] » là où elle s’applique, ou "
    "retirez-la"
)
# What the rules of Markdown leave as text.
_WRITTEN = {
    re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]"): (
        "la formule « {} » n’est pas reconnue. Écrivez-la entre deux signes « $ »"
    ),
    re.compile(r"\[\^[^\s\]]+\]"): (
        "la note « {0} » n’a pas de texte. Écrivez « {0}: … » dans la même cellule, après une ligne vide"
    ),
}


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
    for rule in ("math_inline", "math_inline_double", "math_block", "amsmath"):
        parser.add_render_rule(rule, _formula("pre" if rule in {"math_block", "amsmath"} else "code"))
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("list_item_open", _item)
    parser.add_render_rule("footnote_caption", lambda _, tokens, i, *__: str(tokens[i].meta["id"] + 1))
    parser.add_render_rule("footnote_anchor", _way_back)
    return parser


def _formula(tag: str) -> Any:
    def written(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
        return f'<{tag} class="{_MATHS}">{escape(tokens[index].content.strip())}</{tag}>'

    return written


def _item(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A box to tick as a sign that our fonts have: what fills in forms has no place in a page."""
    checked = tokens[index].meta.get("checked")
    sign = "" if checked is None else "✓ " if checked else "□ "
    return str(renderer.renderToken(tokens, index, options, env)) + sign


def _way_back(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """From a note to where it is first called, by an arrow that our font has."""
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    back = f' <a href="#fnref{name}" class="footnote-backref" aria-label="Retour au texte">↑</a>'
    return "" if tokens[index].meta["subId"] > 0 else back


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    language = next(iter(tokens[index].info.split()), "")
    try:
        lexer = find_lexer_class_by_name(language)()
    except ClassNotFound:
        return f"<pre><code>{escape(tokens[index].content)}</code></pre>\n"
    return str(highlight(tokens[index].content, lexer, HtmlFormatter()))


def rendered(source: str, notes: str) -> tuple[str, list[str]]:
    """The HTML of a Markdown cell, and what of it would be lost, in French.

    ``notes`` is put into the ids of its footnotes, so that two cells of a page never share one.
    """
    lines = source.splitlines()
    for token in _parser().parse(source):
        if token.map and token.type in {"table_open", "paragraph_open"}:
            start, end = token.map
            # A table, or what is meant to be one.
            if any(_DASHES.fullmatch(line) for line in lines[start + 1 : end]):
                lines[start:end] = [_WHOLE.sub(_with_bars_kept, line) for line in lines[start:end]]
    env: dict[str, Any] = {"docId": notes}
    tokens = _parser().parse("\n".join(lines), env)
    faults = list(_lost_cells(tokens, lines))
    for label, number in env.get("footnotes", {}).get("refs", {}).items():
        if number < 0:
            faults.append(_UNCALLED.format(label.removeprefix(":")))
    for token in tokens:
        faults += _inline_faults(token.children or [])
    return _parser().renderer.render(tokens, _parser().options, env), faults


def _with_bars_kept(match: re.Match[str]) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", match[0])


def _lost_cells(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[str]:
    columns = 0
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.type == "table_open":
            columns = 0
        columns += token.type == "th_open"
        if token.type == "tr_open" and token.map and columns:
            row = lines[token.map[0]].lstrip(" >\t").rstrip()
            cells = (
                len(escapedSplit(row)) - row.startswith("|") - (row.endswith("|") and not row.endswith("\\|"))
            )
            if cells > columns:
                yield (
                    f"la ligne de tableau « {row} » a {cells} cases pour {columns} colonnes. Complétez la "
                    "ligne de titres et celle des tirets, ou écrivez « \\| » une barre qui n’est pas un bord"
                )
        if token.type == "paragraph_open":
            _, *rest = following.content.split("\n")
            for title, dashes in zip(following.content.split("\n"), rest, strict=False):
                if "|" in title and _DASHES.fullmatch(dashes):
                    yield (
                        f"le tableau « {title} » n’en est pas un. Donnez à la ligne des tirets « {dashes} » "
                        "autant de cases qu’à celle des titres, et laissez une ligne vide avant"
                    )


def _inline_faults(children: Sequence[Token]) -> Iterator[str]:
    """Elements that are not closed, pictures, formulas and notes that are none."""
    opened: list[tuple[str, str]] = []
    for index, child in enumerate(children):
        if child.type == "html_inline" and (tag := _TAG.match(child.content)):
            closes, name = tag[1], tag[2].lower()
            if closes and opened and opened[-1][0] == name:
                opened.pop()
            elif closes or (name not in _VOID and not child.content.endswith("/>")):
                opened.append(("" if closes else name, _around(children, index)))
        elif child.type == "image":
            yield _PICTURE.format(child.attrs.get("src"))
        elif child.type == "text":
            found = ((told, pattern.search(child.content)) for pattern, told in _WRITTEN.items())
            yield from [told.format(match[0]) for told, match in found if match][:1]
    for _, passage in opened:
        yield _UNCLOSED.format(passage)


def _around(children: Sequence[Token], index: int) -> str:
    """A piece of HTML with the words that touch it."""
    before = children[index - 1].content if index else ""
    after = children[index + 1].content if index + 1 < len(children) else ""
    left, right = re.search(r"\S*$", before), re.match(r"\S*", after)
    return f"{left[0] if left else ''}{children[index].content}{right[0] if right else ''}"


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
            yield (
                f"la formule « {source} » ne peut pas être composée : le PDF ne sait pas la dessiner. "
                "Écrivez-la plus simplement (\\frac, \\sqrt, \\sum, indices, exposants), ou en toutes lettres"
            )
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
