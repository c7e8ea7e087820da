"""What somebody could write in an answer to have it run: plain text in the page and the PDF.

Answers come to a page as quotations and in computed sentences: both escape them. Cells of Markdown and HTML
never hold an answer, and who put one there would be refused: nh3 alone, or the policy of the page alone,
would have stopped it too.
"""

import io
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import chromium
import pandas as pd
import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from nbformat import NotebookNode, v4
from rendering import sample
from weasyprint import HTML

from atc.exhibits.model import prose
from atc.exhibits.table import Column, DataTable
from atc.rendering.chapter import read_chapter
from atc.rendering.html import chapter_page
from atc.rendering.markdown import cleaned
from atc.rendering.paper import document_pdf
from atc.rendering.report import Chapter
from atc.survey.errors import AtcError


@dataclass(frozen=True)
class Trap:
    """Somebody who listens, and what was asked of them."""

    address: str
    asked: list[str]


@pytest.fixture(scope="module")
def trap():
    """A server of this machine, which notes each path that it is asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path.strip("/"))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Trap(f"http://127.0.0.1:{server.server_port}", asked)
        server.shutdown()
        thread.join()


def payloads(address: str) -> dict[str, str]:
    """Eleven kinds of attack: each runs « hit » with its name, or asks for its own path at an address."""

    def hit(name: str) -> str:
        return f"(top.pirates=top.pirates||[]).push('{name}')"

    return {
        "script": f"<script>{hit('script')}</script><script src='{address}/script'></script>",
        "image": f'<img src="{address}/image" onerror="{hit("image")}">',
        "drawing": f'<svg onload="{hit("drawing")}"><circle r="9"></circle></svg>',
        "frame": f'<iframe srcdoc="<script>{hit("frame")}</script>"></iframe>',
        "details": f'<details open ontoggle="{hit("details")}"><summary>s</summary>d</details>',
        "link": f'<a href="javascript:{hit("link")}">lien</a>',
        "style": f"<style>body {{ background: url({address}/style) }}</style>",
        "hidden": f'<svg><style><img src="{address}/hidden" onerror="{hit("hidden")}"></style></svg>',
        "object": f'<object data="{address}/object"></object><embed src="{address}/object">',
        "markdown": f"![a]({address}/markdown) **b** [c](javascript:{hit('markdown')})",
        "refresh": f'<meta http-equiv="refresh" content="0; url={address}/refresh">',
    }


def squeezed(text: str) -> str:
    """Text without its spaces, whose apostrophes are plain: French typography changes nothing else."""
    return re.sub(r"\s+", "", text).replace("’", "'")


# A spreadsheet would run them.
FORMULAS = ("=HYPERLINK(A1)", "+cmd|' /C calc'!A0", "-2+3+SUM(A1:A2)", "@SUM(A1:A2)")
MARKDOWN = ("# Un titre", "**gras** et `code`", "| a | b | |---|---|", "{{ 7*7 }} ${7*7} <%= 7 %>")


@pytest.fixture(scope="module")
def said(trap):
    return (*payloads(trap.address).values(), *FORMULAS, *MARKDOWN)


@pytest.fixture(scope="module")
def shown(said):
    """A table whose cells hold all of them."""
    frame = pd.DataFrame({"idee": [f"Idée {rank}" for rank, _ in enumerate(said)], "texte": said})
    table = DataTable(sample.released(frame), [Column("idee", "Idée"), Column("texte", "Propos")])
    return sample.exhibit("T02-05", "Ce qui s’est dit", table)


def read(markup: str) -> Chapter:
    output = v4.new_output("display_data", data={"text/html": markup})
    cells: list[NotebookNode] = [v4.new_markdown_cell("# Titre"), v4.new_code_cell("x", outputs=[output])]
    return read_chapter(v4.new_notebook(cells=cells), sample.SLUG)


@pytest.fixture(scope="module")
def chapter(shown):
    return read(str(shown._repr_mimebundle_()["text/html"]))


def test_the_pdf_shows_them_as_they_were_said_and_calls_nothing(chapter, said, trap):
    before = len(trap.asked)
    pdf = document_pdf([chapter], sample.COVER)
    assert trap.asked[before:] == []
    with pypdfium2.PdfDocument(pdf) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
    # Lines are cut at hyphens, which the text of a PDF then loses.
    flat = squeezed(text).replace("-", "").replace("\ufffe", "").replace("\xad", "")
    for each in said:
        assert squeezed(each).replace("-", "") in flat, each
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.attachments) == 0
        assert "/JavaScript" not in opened.Root.get("/Names", {})
        assert "/AA" not in opened.Root
        links = [link.get("/A", {}) for page in opened.pages for link in page.get("/Annots", [])]
        assert not [link for link in links if "/URI" in link or "/JS" in link]


# Ways of asking the network, which the layout would all follow.
ASKING = [
    "<img src='{url}/a.png' alt='a'>",
    "<p style='background-image: url({url}/a.png)'>a</p>",
    "<link rel='stylesheet' href='{url}/a.css'>",
    "<style>@import '{url}/a.css';</style>",
    "<style>@font-face {{ font-family: X; src: url({url}/a.ttf) }}</style><p>a</p>",
    "<object data='{url}/a.svg'></object>",
]


@pytest.mark.parametrize("markup", ASKING)
def test_the_pdf_maker_asks_nobody(markup, trap):
    written, before = markup.format(url=trap.address), len(trap.asked)
    with pytest.raises(AtcError, match="Le PDF n’a pas pu être composé"):
        document_pdf([Chapter("x", "Titre", written)], sample.COVER)
    assert trap.asked[before:] == []
    # Left to itself it would have: the trap is not blind.
    HTML(string=f"<body>{written}</body>").write_pdf()
    assert trap.asked[before:] != []


def page_of(body: str) -> str:
    return chapter_page(Chapter(sample.SLUG, "Titre", body), sample.NAVIGATION, sample.COVER)


def all_of(trap: Trap, *left_out: str) -> str:
    """Each payload between words, as a cell of HTML would give it to the page."""
    told = payloads(trap.address).items()
    return "".join(f"<p>Avant {n}.</p>{said}<p>Après {n}.</p>" for n, said in told if n not in left_out)


def ran(visit: chromium.Visit, trap: Trap, before: int) -> set[str]:
    """What ran in a page, and what it asked the trap for."""
    for link in visit.page.locator("a[href^='javascript']").all():
        link.click(timeout=2000)
        # The browser follows such a link after the click has returned, in a task of its own.
        visit.page.wait_for_timeout(200)
    return {*visit.page.evaluate("window.pirates || []"), *trap.asked[before:]}


@pytest.mark.browser
@pytest.mark.parametrize("carrier", ["quotation", "sentence", "html"])
def test_nothing_runs_nothing_is_asked_and_the_words_stay(carrier, chapter, browser, trap, tmp_path):
    said = payloads(trap.address)
    if carrier == "quotation":
        body, words = chapter.body, list(said.values())
    elif carrier == "sentence":
        body, words = read(prose(*said.values())._repr_html_()).body, list(said.values())
    else:
        # The second lock alone.
        body = cleaned(all_of(trap))
        words = [f"{place} {name}." for name in said for place in ("Avant", "Après")]
    path, before = tmp_path / "page.html", len(trap.asked)
    path.write_text(page_of(body), encoding="utf-8")
    with chromium.visited(browser, path, 1280, "light") as visit:
        assert ran(visit, trap, before) == set()
        assert [url for url in visit.requests if not url.startswith("data:font")] == [visit.page.url]
        assert visit.messages == []
        text = squeezed(visit.page.locator("main").inner_text())
    assert [each for each in words if squeezed(each) not in text] == []


@pytest.mark.browser
def test_the_policy_of_the_page_would_be_enough_where_an_ordinary_page_runs_all_of_it(
    browser, trap, tmp_path
):
    # A policy does not govern where a page goes: nothing but the locks above stops a refresh.
    path, before = tmp_path / "page.html", len(trap.asked)
    path.write_text(page_of(all_of(trap, "refresh")), encoding="utf-8")
    with chromium.visited(browser, path, 1280, "light") as visit:
        assert ran(visit, trap, before) == set()
        assert "Après markdown." in visit.page.locator("main").inner_text()
    # Without this, the tests above could be blind.
    body = all_of(trap)
    path.write_text(f"<!DOCTYPE html><title>a</title><main>{body}</main>", encoding="utf-8")
    with chromium.visited(browser, path, 1280, "light") as visit:
        assert ran(visit, trap, before) >= set(payloads("")) - {"markdown"}
