"""Faults D 38–42 in a real browser: eleven attacks by four ways in; nothing runs or asks, and words stay.

Answers come to a page as quotations and in computed sentences: both escape them. Cells of Markdown and HTML
never hold an answer; who put one there would be refused, and these tests show that nh3 alone, then the
Content-Security-Policy alone, would have stopped it too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import nbformat
import pytest
from chromium import Visit
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import v4
from playwright import sync_api as playwright
from rendering import hostile, sample
from rendering.hostile import Trap

from atc.exhibits.chapters import jeux_d_acteurs
from atc.exhibits.model import prose
from atc.rendering.allowed import cleaned
from atc.rendering.chapter import read_chapter
from atc.rendering.html import chapter_page
from atc.rendering.report import Chapter
from atc.survey.waves import open_wave

pytestmark = pytest.mark.browser

KINDS = tuple(hostile.payloads(""))

RAW = ("markdown cell", "html output")

CARRIERS = ("quotation", "sentence", *RAW)


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    with hostile.listening() as listener:
        yield listener


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with chromium.launched() as opened:
        yield opened


def _output(markup: str) -> nbformat.NotebookNode:
    return v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": markup})])


def _page(body: str) -> str:
    return chapter_page(Chapter(sample.SLUG, "Titre", body), sample.NAVIGATION, sample.COVER)


def _read(cell: nbformat.NotebookNode) -> str:
    return read_chapter(v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), cell]), sample.SLUG).body


def _quotations(trap: Trap, root: Path) -> str:
    project = hostile.project_with(root, list(trap.payloads.values()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATC_ROOT", str(project.root))
        shown = jeux_d_acteurs.tab_03_05(open_wave(hostile.VAGUE, "interne"))
        return _read(_output(str(shown._repr_mimebundle_()["text/html"])))


def _as_html(carrier: str, payload: str) -> str:
    if carrier == "markdown cell":
        renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
        return str(MarkdownWithMath(renderer).render(payload))
    return payload


def _around(name: str, markup: str) -> str:
    return f"<p>Avant {name}.</p>\n\n{markup}\n\n<p>Après {name}.</p>"


def _cleaned(trap: Trap, carrier: str) -> str:
    whole = "".join(_around(name, _as_html(carrier, said)) for name, said in trap.payloads.items())
    return cleaned(whole)


@pytest.fixture(scope="module")
def visits(
    browser: playwright.Browser, trap: Trap, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Visit]]:
    """The page of each carrier, opened once."""
    folder = tmp_path_factory.mktemp("injection")
    bodies = {
        "quotation": lambda: _quotations(trap, folder / "projet"),
        "sentence": lambda: _read(_output(prose(*trap.payloads.values())._repr_html_())),
        **{carrier: lambda carrier=carrier: _cleaned(trap, carrier) for carrier in RAW},
    }
    opened: dict[str, Visit] = {}
    contexts = []

    def visit(carrier: str) -> Visit:
        if carrier not in opened:
            path = folder / f"{carrier}.html"
            path.write_text(_page(bodies[carrier]()), encoding="utf-8")
            contexts.append(chromium.visited(browser, path, 1280, "light"))
            opened[carrier] = contexts[-1].__enter__()
        return opened[carrier]

    yield visit
    for context in contexts:
        context.__exit__(None, None, None)


def _ran(visit: Visit) -> list[str]:
    for link in visit.page.locator("a[href^='javascript']").all():
        link.click(timeout=2000)
        # The browser follows such a link after the click has returned, in a task of its own.
        visit.page.wait_for_timeout(200)
    return list(visit.page.evaluate("window.pirates || []"))


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_runs_nothing_is_asked_and_the_words_stay(
    kind: str, carrier: str, visits: Callable[[str], Visit], trap: Trap
) -> None:
    before = len(trap.asked)
    visit = visits(carrier)
    assert kind not in _ran(visit)
    assert kind not in trap.asked[before:]
    assert [url for url in visit.requests if not url.startswith("data:font")] == [visit.page.url]
    assert visit.messages == []
    text = hostile.squeezed(visit.page.locator("main").inner_text())
    if carrier in RAW:
        assert f"Avant{kind}." in text
        assert f"Après{kind}." in text
    else:
        assert hostile.squeezed(trap.payloads[kind]) in text


# A policy does not govern where a page goes: nothing but the two locks above stops a refresh.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "refresh"])
def test_the_policy_of_the_page_would_be_enough(
    kind: str, browser: playwright.Browser, trap: Trap, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(_page(_around(kind, _as_html("markdown cell", trap.payloads[kind]))), encoding="utf-8")
    before = len(trap.asked)
    with chromium.visited(browser, path, 1280, "light") as visit:
        assert _ran(visit) == []
        assert f"Après {kind}." in visit.page.locator("main").inner_text()
    assert trap.asked[before:] == []


@pytest.mark.parametrize("kind", KINDS)
def test_in_an_ordinary_page_it_would_have_worked(
    kind: str, browser: playwright.Browser, trap: Trap, tmp_path: Path
) -> None:
    # Without this, the tests above could be blind.
    path = tmp_path / "page.html"
    markup = _as_html("markdown cell", trap.payloads[kind])
    path.write_text(f"<!DOCTYPE html><title>a</title><main>{markup}</main>", encoding="utf-8")
    before = len(trap.asked)
    with chromium.visited(browser, path, 1280, "light") as visit:
        ran = _ran(visit)
    assert kind in {*ran, *trap.asked[before:]}
