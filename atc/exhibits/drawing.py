"""A figure as SVG (text kept as text, readable aloud) and as PNG; the same bytes on every run."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Collection
from functools import cache
from html import escape

from matplotlib.figure import Figure

from atc.exhibits.charts.tokens import FAMILY, FONTS

_DPI = 200
# A hundredth of a point is finer than any screen or printer.
_DECIMALS = re.compile(r"(-?\d+\.\d{2})\d+")
# The only style sheet that matplotlib writes. Inside a page it would be the page's too: what it says goes to
# the drawing itself, whose elements inherit it.
_SHEET = re.compile(r"<defs>\s*<style[^>]*>\*\{[^}]*\}</style>\s*</defs>\s*")
_STROKES = 'stroke-linejoin="round" stroke-linecap="butt"'
# The name inside url(#name) or href="#name".
_REFERENCE = re.compile(r"(?:(?<=url\(#)|(?<=href=\"#))([^)\"]+)")


def svg(figure: Figure, prefix: str, title: str, description: str) -> str:
    """An ``<svg role="img">`` to put in a page.

    Args:
        figure: What to draw.
        prefix: Put before every id, so that two charts of one page never share one.
        title: Name of the image, read aloud first.
        description: Its message, read aloud next.
    """
    buffer = io.StringIO()
    # With none of these, matplotlib writes no <metadata> at all.
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    drawn = buffer.getvalue()
    drawn = _SHEET.sub("", drawn[drawn.index("<svg") :])
    used = set(_REFERENCE.findall(drawn))
    # Inside tags only: what is written on the chart is nobody's id and no coordinate.
    drawn = re.sub(r"<[^>]+>", lambda tag: _own_ids(_DECIMALS.sub(r"\1", tag[0]), used, prefix), drawn)
    head = (
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(description)}</desc>'
    )
    # JupyterLab does not know our font: it takes another one without serifs.
    drawn = drawn.replace(f"font-family: '{FAMILY}'", f"font-family: '{FAMILY}', sans-serif")
    opening = f'<svg role="img" aria-labelledby="{prefix}-title {prefix}-desc" {_STROKES}'
    drawn = drawn.replace("<svg", opening, 1)
    return drawn.replace(">", f">{head}", 1).strip()


def _own_ids(tag: str, used: Collection[str], prefix: str) -> str:
    """Drop the ids that nothing refers to, and make the others the chart's own."""

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}-{match[1]}"' if match[1] in used else ""

    return _REFERENCE.sub(rf"{prefix}-\1", re.sub(r' id="([^"]+)"', rename, tag))


@cache
def font_faces() -> str:
    """A style sheet with our fonts inside: without it, a page measures our text in another one."""
    faces = (("Regular", 400), ("Semibold", 600), ("Bold", 700))
    rules = []
    for name, weight in faces:
        data = base64.b64encode((FONTS / f"AtcSans-{name}.woff2").read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{data})"
        rules.append(f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};src:{source}}}")
    return f"<style>{''.join(rules)}</style>"


def standalone(drawn: str) -> str:
    """The same SVG as a file of its own, with its fonts inside."""
    before, after = drawn.split("</desc>", 1)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{before}</desc>{font_faces()}{after}\n'


def png(figure: Figure) -> bytes:
    """The figure in 200 dots per inch, without metadata."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()
