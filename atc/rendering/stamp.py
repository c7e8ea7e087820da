"""What passed no gate says so: on every image, in a strip below it, for images leave without their page."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image, ImageDraw, ImageFont

from atc.rendering.assets import FAMILY, FONTS

UNGATED = "Non contrôlé, ne pas transmettre"
_COLOUR = "#A94A08"
# A twentieth of the width, up to a line and a half of text.
_PART, _MOST = 0.05, 24.0
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_VIEW = re.compile(r'(viewbox="0 0) ([\d.]+) ([\d.]+)"', re.IGNORECASE)
_HEIGHT = re.compile(r'(?<=\sheight=")[\d.]+(?=(?:pt|px)?")')
_PNG = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\s]+")


def stamped_html(markup: str) -> str:
    """A page, or a drawing by itself, with the stamp below each of its images."""
    return _PNG.sub(_stamped_data, _SVG.sub(lambda found: _stamped_svg(found[0]), markup))


def _stamped_svg(drawn: str) -> str:
    head, rest = drawn.split(">", 1)
    view = _VIEW.search(head)
    if view is None:
        return drawn
    width, height = float(view[2]), float(view[3])
    strip = min(width * _PART, _MOST)
    head = head.replace(view[0], f'{view[1]} {view[2]} {height + strip:g}"')
    head = _HEIGHT.sub(lambda tall: f"{float(tall[0]) * (height + strip) / height:g}", head, count=1)
    text = (
        f'<text x="{strip / 3:g}" y="{height + strip * 0.7:g}" font-size="{strip * 0.55:g}" '
        f'font-family="{FAMILY}, sans-serif" font-weight="600" fill="{_COLOUR}">{UNGATED}</text>'
    )
    return f"{head}>{rest.removesuffix('</svg>')}{text}</svg>"


def _stamped_data(found: re.Match[str]) -> str:
    return base64.b64encode(stamped_png(base64.b64decode(found[0]))).decode()


def stamped_png(content: bytes) -> bytes:
    """An image in pixels with the stamp below it."""
    image = Image.open(io.BytesIO(content)).convert("RGBA")
    strip = max(24, round(image.width * _PART * 0.75))
    made = Image.new("RGBA", (image.width, image.height + strip), "white")
    made.paste(image)
    font = ImageFont.truetype(FONTS / "AtcSans-Semibold.ttf", strip * 0.55)
    ImageDraw.Draw(made).text((strip / 3, image.height + strip / 6), UNGATED, _COLOUR, font)
    written = io.BytesIO()
    made.save(written, format="png")
    return written.getvalue()
