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
_BRACKETED = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]")
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})


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
    if tokens[index].meta["subId"] > 0:
        return ""
    name = renderer.rules["footnote_anchor_name"](tokens, index, options, env)
    return f' <a href="#fnref{name}" class="footnote-backref" aria-label="Retour au texte">↑</a>'


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
    for start, end in _tables(_parser().parse(source), lines):
        lines[start:end] = [_WHOLE.sub(_with_bars_kept, line) for line in lines[start:end]]
    env: dict[str, Any] = {"docId": notes}
    tokens = _parser().parse("\n".join(lines), env)
    faults = [*_lost_cells(tokens, lines), *_lost_notes(env)]
    for token in tokens:
        faults += _inline_faults(token)
    return _parser().renderer.render(tokens, _parser().options, env), faults


def _with_bars_kept(match: re.Match[str]) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", match[0])


def _tables(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From which line to which one a table is, or is meant to be."""
    for token in tokens:
        if token.map and token.type in {"table_open", "paragraph_open"}:
            start, end = token.map
            if any(_DASHES.fullmatch(line) for line in lines[start + 1 : end]):
                yield start, end


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


def _lost_notes(env: dict[str, Any]) -> Iterator[str]:
    for label, number in env.get("footnotes", {}).get("refs", {}).items():
        if number < 0:
            name = label.removeprefix(":")
            yield (
                f"rien n’appelle la note « [^{name}] » dans cette cellule. Écrivez « [^{name}] » là où elle "
                "s’applique, ou retirez-la"
            )


def _inline_faults(token: Token) -> Iterator[str]:
    """Elements that are not closed, pictures, notes without words."""
    opened: list[tuple[str, str]] = []
    children = token.children or []
    for index, child in enumerate(children):
        if child.type == "html_inline" and (tag := _TAG.match(child.content)):
            passage = _around(children, index)
            if not tag[1]:
                if tag[2].lower() not in _VOID and not child.content.endswith("/>"):
                    opened.append((tag[2].lower(), passage))
            elif opened and opened[-1][0] == tag[2].lower():
                opened.pop()
            else:
                opened.append(("", passage))
        elif child.type == "image":
            yield (
                f"l’image « {child.attrs.get('src')} » ne va pas dans une page : ce qu’elle montre ne peut "
                "pas être contrôlé. Retirez-la, ou dites-le en une phrase"
            )
        elif child.type == "text" and (formula := _BRACKETED.search(child.content)):
            yield f"la formule « {formula[0]} » n’est pas reconnue. Écrivez-la entre deux signes « $ »"
        elif child.type == "text" and (note := re.search(r"\[\^[^\s\]]+\]", child.content)):
            yield (
                f"la note « {note[0]} » n’a pas de texte. Écrivez « {note[0]}: … » dans la même cellule, "
                "après une ligne vide"
            )
    for _, passage in opened:
        yield (
            f"« {passage} » se lit comme une balise. Mettez des espaces autour des signes « < » et « > », "
            "ou refermez la balise"
        )


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
            drawn, spoken = _drawing(source), _mathml(source, "block" if block else "inline")
        except Exception:  # noqa: BLE001 - each library has its own, and they share no class
            yield (
                f"la formule « {source} » ne peut pas être composée : le PDF ne sait pas la dessiner. "
                "Écrivez-la plus simplement (\\frac, \\sqrt, \\sum, indices, exposants), ou en toutes lettres"
            )
            continue
        formula = make("div" if block else "span", class_=_MATHS)
        drawing = make("span", class_="formule-dessin", hidden="")
        drawing.append(parse(drawn)[0])
        formula.extend((parse(spoken)[0], drawing))
        formula.tail = written.tail
        written.getparent().replace(written, formula)


def _mathml(source: str, display: str) -> str:
    """A formula as MathML. The library mixes entities and bare signs: a word could become an element."""
    formula = convert_to_element(source, display=display)
    for element in formula.iter():
        element.text = unescape(element.text or "")
    return tostring(formula, encoding="unicode")


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
