"""Pages in a real browser: what they ask for, what they say, whether they fit and can be used by everyone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api as playwright

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Only a frame made to scroll may be wider than the screen, and not the caption of what scrolls in it.
_CUT = """[...document.querySelectorAll('body *')]
    .filter(e => !e.closest('.visually-hidden, svg, .skip'))
    .filter(e => e.matches('caption') || !e.closest('.table-scroll'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 80))"""


@dataclass
class Visit:
    """A page on screen, and what it did while it loaded."""

    page: playwright.Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@contextmanager
def launched() -> Iterator[playwright.Browser]:
    """Chromium, without a window."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=_FLAGS)
        yield opened
        opened.close()


@contextmanager
def visited(browser: playwright.Browser, path: Path, width: int, scheme: str) -> Iterator[Visit]:
    """A page of a folder, loaded."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    # axe-core is injected by the test; the page's own policy is tested by what it does not ask for.
    visit = Visit(context.new_page())
    visit.page.on("request", lambda r: visit.requests.append(r.url))
    visit.page.on("console", lambda m: visit.messages.append(m.text))
    visit.page.on("pageerror", lambda e: visit.messages.append(str(e)))
    visit.page.goto(path.as_uri())
    visit.page.wait_for_load_state("networkidle")
    yield visit
    context.close()


def check_nothing_asked_said_or_cut(visit: Visit) -> None:
    """No request but the page itself, no word in the console, nothing wider than the screen."""
    asked = [url for url in visit.requests if not url.startswith("data:font/woff2")]
    assert asked == [visit.page.url]
    assert visit.messages == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.evaluate(_CUT) == []


def check_no_barrier(visit: Visit) -> None:
    """No violation that axe-core finds, everything unfolded."""
    visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    results = Axe().run(visit.page)
    found = [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in results.response["violations"]]
    assert found == []
    assert len(results.response["passes"]) > 15
