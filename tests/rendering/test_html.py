"""Pages as files: what they ask for, say and lead to; the stamp of images that passed no gate."""

import dataclasses
import io
import itertools
from typing import Any

import pytest
from lxml import html  # type: ignore[import-untyped]
from PIL import Image
from rendering import sample

from atc.rendering.html import UNGATED, chapter_page, stamped_html, stamped_png

_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)


@pytest.fixture(params=["page", "front"])
def markup(request):
    return str(request.getfixturevalue(request.param))


def links(markup: str) -> set[str]:
    return set(html.document_fromstring(markup).xpath("//a/@href"))


def test_policy_language_headings_and_anchors(markup):
    root = html.document_fromstring(markup)
    metas: list[Any] = [dict(meta.attrib) for meta in root.iter("meta")]
    assert root.get("lang") == "fr"
    assert metas[:2] == [{"charset": "utf-8"}, {"http-equiv": "Content-Security-Policy", "content": _POLICY}]
    (described,) = [meta["content"] for meta in metas if meta.get("name") == "description"]
    assert len(described) > 40
    levels = [int(heading.tag[1]) for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    anchors = [link[1:] for link in links(markup) if link.startswith("#")]
    told = [id_ for value in root.xpath("//@aria-labelledby | //@aria-describedby") for id_ in value.split()]
    assert anchors
    assert {*anchors, *told} <= set(ids)


@pytest.mark.parametrize(("diffusion", "count"), [("interne", 1), ("financeurs", 1), ("public", 0)])
def test_only_the_public_tier_may_be_indexed(chapter, diffusion, count):
    cover = dataclasses.replace(sample.COVER, diffusion=diffusion)
    for markup in (
        chapter_page(chapter, sample.NAVIGATION, cover),
        sample.front(cover, sample.told()),
    ):
        assert markup.count('name="robots" content="noindex') == count
        assert f"Diffusion {diffusion}" in markup


def test_mentions_and_files_of_each_exhibit_are_links(page):
    assert '<a href="#F02-01" class="reference">F02-01</a>' in page
    assert '<a href="01_methode.html#F01-02" class="reference">F01-02</a>' in page
    assert {"../figures/F02-01.svg", "../figures/F02-01.png", "../tables/F02-01.csv"} <= links(page)
    assert "../tables/T02-03.csv" in links(page)
    assert "../figures/T02-03.png" not in links(page)
    assert {"../manifest.json", "../pdf/02_feuille_de_route.pdf", "../index.html"} <= links(page)


def test_settings_are_escaped(chapter):
    hostile = '"><script>alert(1)</script>'
    cover = dataclasses.replace(
        sample.COVER, title=hostile, authors=hostile, tier_label=hostile, precaution=hostile
    )
    navigation = [(sample.SLUG, hostile), ("03_x", hostile)]
    for markup in (
        chapter_page(dataclasses.replace(chapter, title=hostile), navigation, cover),
        sample.front(cover, {sample.SLUG: [{"id": "F02-01", "title": hostile, "status": hostile}]}),
    ):
        assert "<script" not in markup


def picture(width: int, height: int, mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, (width, height), 255 if mode == "L" else (10, 20, 30)[: len(mode)]).save(written, "png")
    return written.getvalue()


def test_a_drawing_gets_taller_and_keeps_its_content():
    drawn = '<svg viewbox="0 0 500 250"><path d="M0 0"/></svg>'
    stamped = stamped_html(f"<p>avant</p>{drawn}<p>après</p>")
    assert 'viewbox="0 0 500 274"' in stamped
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
