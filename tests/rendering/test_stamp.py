"""Images that passed no gate: the picture whole, and below it what says so."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from atc.rendering.html import UNGATED, stamped_html, stamped_png


def picture(width: int, height: int, mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, (width, height), 255 if mode == "L" else (10, 20, 30)[: len(mode)]).save(written, "png")
    return written.getvalue()


def test_a_drawing_gets_taller_and_keeps_its_content():
    drawn = '<svg width="500pt" height="250pt" viewbox="0 0 500 250"><path d="M0 0"/></svg>'
    stamped = stamped_html(f"<p>avant</p>{drawn}<p>après</p>")
    assert 'viewbox="0 0 500 274"' in stamped
    assert 'height="274pt"' in stamped
    assert '<path d="M0 0"/><text x="8" y="266.8"' in stamped
    assert stamped.endswith(f">{UNGATED}</text></svg><p>après</p>")
    assert stamped_html("<p>sans image</p>") == "<p>sans image</p>"


@pytest.mark.parametrize(("size", "mode"), [((800, 400), "RGB"), ((40, 10), "L"), ((300, 900), "P")])
def test_a_picture_in_pixels_gets_a_strip_below_it(size, mode):
    content = picture(*size, mode)
    stamped = Image.open(io.BytesIO(stamped_png(content)))
    before = Image.open(io.BytesIO(content)).convert("RGBA")
    assert stamped.width == size[0]
    assert stamped.height > size[1]
    assert stamped.crop((0, 0, *size)).tobytes() == before.tobytes()
    assert len(stamped.crop((0, size[1], *stamped.size)).getcolors(100_000)) > 1
    assert stamped_png(content) == stamped_png(content)


def test_a_picture_inside_a_page_is_stamped_too():
    data = base64.b64encode(picture(200, 100)).decode()
    page = stamped_html(f'<img alt="" src="data:image/png;base64,{data}">')
    assert data not in page
    inside = base64.b64decode(page.partition("base64,")[2].partition('"')[0])
    assert Image.open(io.BytesIO(inside)).height > 100
