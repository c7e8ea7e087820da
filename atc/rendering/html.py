"""Self-contained HTML pages: no script, no request, readable from a disk or an e-mail attachment.

With the fonts and templates that paper shares, and the stamp of images that passed no gate.
"""

import base64
import re
from collections.abc import Sequence
from functools import cache
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont, ImageOps

from atc.rendering.fragments import inner, link_exhibits, parse, text_of
from atc.rendering.report import PROOFS, Chapter, Cover, is_proof
from atc.survey.typography import day, french, lower_first, number

Navigation = Sequence[tuple[str, str]]

TEMPLATES = Path(__file__).parent / "templates"
# Named by path: importing atc.exhibits.charts, or matplotlib, would load what pages do not need.
_OURS = Path(__file__).parent.parent / "exhibits" / "charts" / "fonts"
_OTHERS = Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))
FAMILY = "Atc Sans"
# File -> its folder, family, weight and style.
_FONTS = {
    "AtcSans-Regular": (_OURS, FAMILY, 400, "normal"),
    "AtcSans-Italic": (_OURS, FAMILY, 400, "italic"),
    "AtcSans-Semibold": (_OURS, FAMILY, 600, "normal"),
    "AtcSans-Bold": (_OURS, FAMILY, 700, "normal"),
}
# On paper alone, for what ours leave out: pictograms; alphabets.
_FALLBACKS = {
    "NotoEmoji-Regular": (TEMPLATES.with_name("fonts"), "Atc Emoji", 400, "normal"),
    "DejaVuSans": (_OTHERS, "Atc Fallback", 400, "normal"),
}
# Controls of devices and of the direction of writing: fonts may have them, and nobody sees them.
_CONTROLS = frozenset(
    map(chr, (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)


@cache
def font_file(name: str) -> bytes | None:
    """The content of a font that a PDF may embed; ``None`` if there is none of this name."""
    found = (_FONTS | _FALLBACKS).get(name.removesuffix(".ttf"))
    return (found[0] / name).read_bytes() if found and name.endswith(".ttf") else None


@cache
def _drawn(*names: str) -> frozenset[str]:
    fonts = [TTFont(BytesIO(font_file(f"{name}.ttf") or b""), lazy=True) for name in names]
    return frozenset(chr(code) for font in fonts for code in font.getBestCmap())


def not_drawn(text: str) -> frozenset[str]:
    """Characters of a text that no font of the project draws, or that would turn it around."""
    others = frozenset(text) - (_drawn("AtcSans-Regular") - _CONTROLS) - frozenset("\t\n\r")
    return (others - _drawn(*_FALLBACKS)) | (others & _CONTROLS)


@cache
def font_faces(scheme: str = "") -> Markup:
    """``@font-face`` rules that hold our fonts themselves, for a page that asks nobody for anything.

    With a scheme, rules that name ``scheme:file``, for a fetcher that knows them; with the fallbacks.
    """
    rules = []
    for file, (folder, family, weight, style) in (_FONTS | _FALLBACKS if scheme else _FONTS).items():
        source = f"url({scheme}:{file}.ttf)"
        if not scheme:
            data = base64.b64encode((folder / f"{file}.woff2").read_bytes()).decode()
            source = f"url(data:font/woff2;base64,{data}) format('woff2')"
        described = f"font-weight: {weight}; font-style: {style}; font-display: block"
        rules.append(f"@font-face {{ font-family: '{family}'; {described}; src: {source}; }}")
    return Markup("\n".join(rules))  # noqa: S704 -- files of this package


_TEMPLATES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"font_faces": font_faces}
_TEMPLATES.tests |= {"proof": is_proof, "comparison": PROOFS.__contains__}
_TEMPLATES.filters |= {
    "jour": day,
    "francais": french,
    "lower_first": lower_first,
    "nombre": number,
    # Every character that is not a letter, digit or space is written as its code: nothing can end the string.
    "css_code": lambda text: re.sub(r"[^\w ]|_", lambda c: f"\\{ord(c[0]):x} ", text),
}


def filled(template: str, **values: object) -> Markup:
    """A template of ours with these values, escaped unless they are declared to be HTML."""
    return Markup(_TEMPLATES.get_template(template).render(**values))  # noqa: S704


def chapter_page(chapter: Chapter, navigation: Navigation, cover: Cover, *, sheet: bool = False) -> str:
    """One chapter as a complete HTML file of the folder ``html/``; or the ``sheet`` of one territory.

    ``navigation`` is the slug and title of every chapter of the report, or of every sheet, in order. The only
    addresses of a page are anchors, files of the same run beside it, and https links of the prose.
    """
    root = parse(chapter.body)
    here = {figure.get("id") for figure in root.iter("figure")}
    slugs = [slug for slug, _ in navigation]

    def address(id_: str) -> str:
        """In this page, else in the page of the chapter whose number the exhibit bears."""
        others = (slug for slug in slugs if slug.startswith(f"{id_[1:3]}_") and not sheet)
        file = "" if id_ in here else next((f"{slug}.html" for slug in others), None)
        return "" if file is None else f"{file}#{id_}"

    link_exhibits(root, address)
    for caption in root.xpath(".//figure[@id]/figcaption") if not sheet else ():
        # A sheet has no files of its own.
        figure = caption.getparent()
        drawn = figure.find(".//svg") is not None
        caption.append(parse(filled("files.html.j2", id=figure.get("id"), drawn=drawn))[0])
    sections = root.xpath(".//*[self::h2 or self::h3][not(ancestor::figure or ancestor::details)]")
    return filled(
        "chapter.html.j2",
        cover=cover,
        base="" if sheet else "../",
        chapter=chapter,
        sheet=sheet,
        body=inner(root),
        contents=[(int(each.tag[1]), each.get("id"), text_of(each)) for each in sections],
        navigation=navigation,
        rank=slugs.index(chapter.slug) if chapter.slug in slugs else None,
    )


#: What passed no gate says so on every image, in a strip below it: images leave without their page.
UNGATED = "Non contrôlé, ne pas transmettre"
_COLOUR = "#A94A08"
# A twentieth of the width, up to a line and a half of text.
_PART, _MOST = 0.05, 24.0
_DRAWING = re.compile(r'(<svg\b[^>]*viewbox="0 0) ([\d.]+) ([\d.]+)"(.*?)</svg>', re.DOTALL | re.IGNORECASE)
_PNG = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\s]+")


def stamped_html(markup: str) -> str:
    """A page, or a drawing by itself, with the stamp below each of its images."""

    def stamped(drawn: re.Match[str]) -> str:
        width, height = float(drawn[2]), float(drawn[3])
        strip = min(width * _PART, _MOST)
        text = (
            f'<text x="{strip / 3:g}" y="{height + strip * 0.7:g}" font-size="{strip * 0.55:g}" '
            f'font-family="{FAMILY}, sans-serif" font-weight="600" fill="{_COLOUR}">{UNGATED}</text>'
        )
        return f'{drawn[1]} {drawn[2]} {height + strip:g}"{drawn[4]}{text}</svg>'

    drawn = _DRAWING.sub(stamped, markup)
    return _PNG.sub(lambda found: base64.b64encode(stamped_png(base64.b64decode(found[0]))).decode(), drawn)


def stamped_png(content: bytes) -> bytes:
    """An image in pixels with the stamp below it."""
    image = Image.open(BytesIO(content)).convert("RGBA")
    strip = max(24, round(image.width * _PART * 0.75))
    made = ImageOps.expand(image, (0, 0, 0, strip), "white")
    font = ImageFont.truetype(_OURS / "AtcSans-Semibold.ttf", strip * 0.55)
    ImageDraw.Draw(made).text((strip / 3, image.height + strip / 6), UNGATED, _COLOUR, font)
    written = BytesIO()
    made.save(written, format="png")
    return written.getvalue()
