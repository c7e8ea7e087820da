"""The pages in a real browser: what they ask for, whether they fit, whether they can be used by everyone."""

import chromium
import pytest
from rendering import sample

pytestmark = pytest.mark.browser

_PAGES = ("index.html", f"html/{sample.SLUG}.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory, page, front):
    folder = tmp_path_factory.mktemp("site")
    (folder / "html").mkdir()
    for name, content in zip(_PAGES, (front, page), strict=True):
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_fonts_charts_and_keyboard_of_a_chapter(browser, site):
    with chromium.visited(browser, site / _PAGES[1], 1280, "light") as visit:
        page = visit.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        assert page.evaluate("document.fonts.check('600 16px \"Atc Sans\"')")
        family = page.evaluate("getComputedStyle(document.querySelector('svg text')).fontFamily")
        assert family.strip("\"'").startswith("Atc Sans")
        charts = page.locator("#F02-01")
        for width, wide in ((601, True), (600, False), (320, False)):
            page.set_viewport_size({"width": width, "height": 900})
            assert charts.locator(".chart-wide").is_visible() is wide
            assert charts.locator(".chart-narrow").is_visible() is not wide


def test_charts_keep_a_white_card_in_the_dark_and_paper_shows_the_wide_one_and_no_control(browser, site):
    background = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    with chromium.visited(browser, site / _PAGES[1], 1280, "dark") as visit:
        assert visit.page.evaluate(background.format(".chart")) == "rgb(255, 255, 255)"
        assert visit.page.evaluate(background.format("body")) != "rgb(255, 255, 255)"
        visit.page.emulate_media(media="print", color_scheme="dark")
        for selector in (".sidebar", ".menu", "details.code", ".exhibit-data", ".turn", ".skip"):
            assert not visit.page.locator(selector).first.is_visible()
        assert visit.page.locator("#F02-01 .chart-wide").is_visible()
        assert visit.page.evaluate(background.format("body")) == "rgb(255, 255, 255)"
