"""The pages in a real browser: what they ask for, whether they fit, whether they can be used by everyone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import chromium
import pytest
from chromium import Visit
from playwright import sync_api as playwright
from rendering import sample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with chromium.launched() as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, page: str, front: str) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "html").mkdir()
    (folder / "index.html").write_text(front, encoding="utf-8")
    (folder / "html" / f"{sample.SLUG}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser: playwright.Browser, site: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    name, width, scheme = request.param
    with chromium.visited(browser, site / name, width, scheme) as visited:
        yield visited


_PAGES = ("index.html", f"html/{sample.SLUG}.html")
_EVERYWHERE = [(name, width, "light") for name in _PAGES for width in (1280, 700, 360, 320)]
_EVERYWHERE += [(name, 1280, "dark") for name in _PAGES]


@pytest.mark.parametrize("visit", _EVERYWHERE, indirect=True, ids=str)
def test_nothing_is_asked_said_or_cut_and_axe_finds_no_barrier(visit: Visit) -> None:
    chromium.check_nothing_asked_said_or_cut(visit)
    chromium.check_no_barrier(visit)


@pytest.mark.parametrize("visit", [(_PAGES[1], 1280, "light")], indirect=True, ids=str)
def test_text_is_set_in_our_font(visit: Visit) -> None:
    assert visit.page.evaluate("document.fonts.check('600 16px \"Atc Sans\"')")
    assert (
        visit.page.evaluate("getComputedStyle(document.querySelector('svg text')).fontFamily")
        .strip("\"'")
        .startswith("Atc Sans")
    )


@pytest.mark.parametrize(
    ("visit", "wide", "narrow"),
    [
        ((_PAGES[1], 601, "light"), True, False),
        ((_PAGES[1], 600, "light"), False, True),
        ((_PAGES[1], 320, "light"), False, True),
    ],
    indirect=["visit"],
    ids=["601", "600", "320"],
)
def test_one_chart_of_the_two_shows(visit: Visit, wide: bool, narrow: bool) -> None:
    charts = visit.page.locator("#F02-01")
    assert charts.locator(".chart-wide").is_visible() is wide
    assert charts.locator(".chart-narrow").is_visible() is narrow


@pytest.mark.parametrize("visit", [(_PAGES[1], 1280, "dark")], indirect=True, ids=str)
def test_charts_keep_a_white_card_in_the_dark(visit: Visit) -> None:
    background = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    assert visit.page.evaluate(background.format(".chart")) == "rgb(255, 255, 255)"
    assert visit.page.evaluate(background.format("body")) != "rgb(255, 255, 255)"


@pytest.mark.parametrize("visit", [(_PAGES[1], 1280, "light")], indirect=True, ids=str)
def test_keyboard_skips_to_the_content(visit: Visit) -> None:
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    visit.page.keyboard.press("Enter")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("visit", [(_PAGES[1], 1280, "dark")], indirect=True, ids=str)
def test_paper_shows_the_wide_chart_and_no_control(visit: Visit) -> None:
    visit.page.emulate_media(media="print", color_scheme="dark")
    for selector in (".sidebar", ".menu", "details.code", ".exhibit-data", ".turn", ".skip"):
        assert not visit.page.locator(selector).first.is_visible()
    assert visit.page.locator("#F02-01 .chart-wide").is_visible()
    assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
