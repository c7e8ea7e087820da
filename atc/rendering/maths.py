"""Formulas, as MathML for a screen and as a drawing for paper, which has no layout for MathML."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape, unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element

from atc.rendering.fragments import Element, make, parse
from atc.rendering.markdown import MATHS

# Points of the letters that are measured: sizes are then told in those of the text around.
_SIZE = 10


def set_formulas(root: Element) -> Iterator[str]:
    """Compose the formulas of a fragment in place; yields, in French, why one cannot be.

    The drawing is the narrower judge: what matplotlib reads, MathML says as well.
    """
    for written in list(root.iter("code", "pre")):
        if written.get("class") != MATHS:
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
        formula = make("div" if block else "span", class_=MATHS)
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
