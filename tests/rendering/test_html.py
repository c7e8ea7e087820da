"""Pages as files: what they ask for, say and lead to; the stamp of images that passed no gate."""

from __future__ import annotations

import dataclasses
import io
import itertools
import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from PIL import Image
from rendering import sample

from atc.exhibits.charts import tokens
from atc.rendering.fragments import parse
from atc.rendering.html import UNGATED, chapter_page, index_page, stamped_html, stamped_png, style_sheet
from atc.rendering.report import Chapter
from atc.survey.typography import french

_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)

_VOID = {"meta", "link", "br", "hr", "img", "input", "col"}


class _Seen(HTMLParser):
    """Every tag and attribute of a page, as written."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(params=["page", "front"])
def seen(request: pytest.FixtureRequest) -> _Seen:
    return _Seen(request.getfixturevalue(request.param))


def test_tags_are_balanced_and_nothing_is_asked_from_anywhere(seen: _Seen, page: str, front: str) -> None:
    allowed = re.compile(
        r"#|https://www\.centres-sociaux\.fr/|(\.\./)?[\w/.-]+$|(html/)?[\w-]+\.html(#[\w-]+)?$|data:font/woff2;base64,"
    )
    assert seen.open == []
    for tag, attributes in seen.tags:
        for name in ("href", "src", "srcset", "xlink:href", "action", "data", "poster", "background"):
            value = attributes.get(name)
            assert value is None or allowed.match(value), (tag, name, value)
        assert not [name for name in attributes if name.startswith("on")]
        for value in attributes.values():
            assert all(url.startswith("#") for url in re.findall(r"url\(([^)]*)\)", value or ""))
    assert not seen.named("script", "link", "img", "iframe", "base", "object", "form")
    for markup in (page, front):
        addresses = re.findall(r"url\(([^)]{0,40})", markup.split("</head>")[0])
        assert len(addresses) == 4
        assert all(address.startswith("data:font/woff2;base64,") for address in addresses)
        assert "@import" not in markup


def test_policy_language_and_description(seen: _Seen) -> None:
    assert seen.named("html")[0]["lang"] == "fr"
    metas = seen.named("meta")
    assert metas[0] == {"charset": "utf-8"}
    assert {"http-equiv": "Content-Security-Policy", "content": _POLICY} in metas
    described = [meta["content"] for meta in metas if meta.get("name") == "description"]
    assert len(described) == 1
    assert len(described[0] or "") > 40


@pytest.mark.parametrize(("diffusion", "count"), [("interne", 1), ("financeurs", 1), ("public", 0)])
def test_only_the_public_tier_may_be_indexed(chapter: Chapter, diffusion: str, count: int) -> None:
    cover = dataclasses.replace(sample.COVER, diffusion=diffusion)
    for markup in (
        chapter_page(chapter, sample.NAVIGATION, cover),
        index_page(sample.NAVIGATION, cover, sample.told()),
    ):
        assert markup.count('name="robots" content="noindex') == count
        assert f"Diffusion {diffusion}" in markup


def test_one_title_and_no_level_skipped(seen: _Seen) -> None:
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_ids_are_unique_and_anchors_exist(seen: _Seen) -> None:
    ids = Counter(attributes["id"] for _, attributes in seen.tags if "id" in attributes)
    assert {id_: n for id_, n in ids.items() if n > 1} == {}
    anchors = [a["href"] or "" for a in seen.named("a") if (a.get("href") or "").startswith("#")]
    assert anchors
    assert {anchor[1:] for anchor in anchors} <= set(ids)
    for _, attributes in seen.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set((attributes.get(name) or "").split()) <= set(ids)


def test_current_chapter_and_its_neighbours(page: str) -> None:
    root = parse(page[page.index("<main") : page.index("</main>") + 7])
    assert [a.get("href") for a in root.xpath(".//nav[@class='turn']/a")] == [
        "01_methode.html",
        "03_jeux_d_acteurs.html",
    ]
    current = _Seen(page)
    marked = [a for a in current.named("a") if a.get("aria-current") == "page"]
    # Once in the sidebar, once in the menu of narrow screens.
    assert len(marked) == 2
    assert "Chapitre 2 sur 3" in page


def test_a_page_turns_to_its_neighbours_if_it_has_some() -> None:
    pages = [*sample.NAVIGATION, ("fiche_avignon", "Avignon")]
    markups = [
        chapter_page(Chapter(*each, "<p>F02-01</p>"), sample.NAVIGATION, sample.COVER) for each in pages
    ]
    turns = [len(re.findall(r'<a class="(?:previous|following)"', markup)) for markup in markups]
    assert turns == [1, 2, 1, 0]
    assert "Chapitre " not in markups[-1].split("<main")[1].split("</main>")[0]


def test_mentions_and_files_of_each_exhibit_are_links(page: str) -> None:
    assert '<a href="#F02-01" class="reference">F02-01</a>' in page
    assert '<a href="01_methode.html#F01-02" class="reference">F01-02</a>' in page
    links = {a["href"] for a in _Seen(page).named("a")}
    assert {"../figures/F02-01.svg", "../figures/F02-01.png", "../tables/F02-01.csv"} <= links
    assert "../tables/T02-03.csv" in links
    assert "../figures/T02-03.png" not in links
    assert {"../manifest.json", "../pdf/02_feuille_de_route.pdf", "../index.html"} <= links


def test_front_page_leads_everywhere(front: str) -> None:
    links = {a["href"] for a in _Seen(front).named("a")}
    assert {"rapport.pdf", "manifest.json"} <= links
    for slug, _ in sample.NAVIGATION:
        assert {f"html/{slug}.html", f"pdf/{slug}.pdf"} <= links
    for each in sample.told()[sample.SLUG]:
        assert {f"html/{sample.SLUG}.html#{each['id']}", f"tables/{each['id']}.csv"} <= links
        assert each["title"] in front
    assert front.count('<span class="mark">illustration</span>') == 2
    assert front.count('<span class="mark">reconstitué</span>') == 1
    assert "Comment lire" in front
    assert french(sample.COVER.precaution) in front


def test_front_page_without_exhibits_or_precaution() -> None:
    cover = dataclasses.replace(sample.COVER, precaution="", made_up="", provenance="")
    front = index_page(sample.NAVIGATION, cover, {})
    assert "<aside" not in front
    assert "tables/" not in front


def test_settings_are_escaped(chapter: Chapter) -> None:
    hostile = '"><script>alert(1)</script>'
    cover = dataclasses.replace(
        sample.COVER, title=hostile, authors=hostile, tier_label=hostile, precaution=hostile
    )
    navigation = [(sample.SLUG, hostile), ("03_x", hostile)]
    for markup in (
        chapter_page(dataclasses.replace(chapter, title=hostile), navigation, cover),
        index_page(navigation, cover, {sample.SLUG: [{"id": "F02-01", "title": hostile, "status": hostile}]}),
    ):
        assert "<script" not in markup


@pytest.mark.parametrize("name", ["screen.css", "paper.css"])
def test_colours_are_those_of_the_charts(name: str) -> None:
    text = style_sheet(name)
    for colour in (tokens.INK, tokens.GREY_TEXT, tokens.RULE, tokens.BLUE, tokens.ORANGE):
        assert colour in text
    assert tokens.FAMILY in text


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
