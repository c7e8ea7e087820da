"""Style sheets and fonts, read once."""

from __future__ import annotations

import base64
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

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


# What ours leave out: pictograms, then alphabets and signs, in a font that comes with matplotlib.
_FALLBACKS = {"Atc Emoji": "NotoEmoji-Regular.ttf", "Atc Fallback": "DejaVuSans.ttf"}
# Controls of devices and of the direction of writing: fonts may have them, and nobody sees them.
_CONTROLS = frozenset(
    map(chr, (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


@cache
def font_file(name: str) -> bytes | None:
    """The content of a font that a PDF may embed; ``None`` if there is none of this name."""
    spec = find_spec("matplotlib")
    folders = [FONTS, Path(__file__).parent / "fonts"]
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf")
    known = {f"AtcSans-{style}.ttf" for style, *_ in _FACES} | set(_FALLBACKS.values())
    paths = [folder / name for folder in folders if name in known and (folder / name).is_file()]
    return paths[0].read_bytes() if paths else None


@cache
def _drawn(*names: str) -> frozenset[str]:
    fonts = [TTFont(BytesIO(font_file(name) or b""), lazy=True) for name in names]
    return frozenset(chr(code) for font in fonts for code in font.getBestCmap())


def not_ours(text: str) -> frozenset[str]:
    """Characters of a text that the font of the report does not draw."""
    return frozenset(text) - (_drawn("AtcSans-Regular.ttf") - _CONTROLS) - frozenset("\t\n\r")


def not_drawn(text: str) -> frozenset[str]:
    """Characters of a text that no font of the project draws, or that would turn it around."""
    others = not_ours(text)
    return (others - _drawn(*_FALLBACKS.values())) | (others & _CONTROLS)


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


def fallback_links(scheme: str, text: str) -> str:
    """The same for the fonts that ours fall back on; none for a text that needs none."""
    names = _FALLBACKS if not_ours(text) else {}
    return "\n".join(_rule(400, "normal", f"url({scheme}:{name})", family) for family, name in names.items())


def _rule(weight: int, style: str, source: str, family: str = FAMILY) -> str:
    described = f"font-weight: {weight}; font-style: {style}; font-display: block"
    return f"@font-face {{ font-family: '{family}'; {described}; src: {source}; }}"


@cache
def style_sheet(name: str) -> str:
    """A style sheet of the templates folder."""
    return (TEMPLATES / name).read_text(encoding="utf-8")
