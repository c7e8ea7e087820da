"""Style sheets and fonts, read once."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
# Named by path: importing atc.exhibits.charts would load matplotlib, which pages do not need.
FONTS = Path(__file__).parent.parent / "exhibits" / "charts" / "fonts"
FAMILY = "Atc Sans"
_FACES = (
    ("Regular", 400, "normal"),
    ("Italic", 400, "italic"),
    ("Semibold", 600, "normal"),
    ("Bold", 700, "normal"),
)


@cache
def font_files() -> Mapping[str, bytes]:
    """Name -> content of the fonts that a PDF embeds."""
    return {path.name: path.read_bytes() for path in sorted(FONTS.glob("*.ttf"))}


@cache
def font_faces() -> str:
    """``@font-face`` rules that hold the fonts themselves, for a page that asks nobody for anything."""
    rules = []
    for name, weight, style in _FACES:
        data = base64.b64encode((FONTS / f"AtcSans-{name}.woff2").read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{data}) format('woff2')"
        rules.append(_rule(weight, style, source))
    return "\n".join(rules)


def font_links(scheme: str) -> str:
    """``@font-face`` rules that name the fonts as ``scheme:file``, for a fetcher that knows them."""
    return "\n".join(
        _rule(weight, style, f"url({scheme}:AtcSans-{name}.ttf)") for name, weight, style in _FACES
    )


def _rule(weight: int, style: str, source: str) -> str:
    described = f"font-weight: {weight}; font-style: {style}; font-display: block"
    return f"@font-face {{ font-family: '{FAMILY}'; {described}; src: {source}; }}"


@cache
def style_sheet(name: str) -> str:
    """A style sheet of the templates folder."""
    return (TEMPLATES / name).read_text(encoding="utf-8")
