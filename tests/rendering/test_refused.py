"""What a page may hold, judged by two readers of HTML; the rest is refused, in the words of its author."""

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from nbformat import NotebookNode, v4

from atc.rendering.chapter import read_chapter
from atc.rendering.fragments import parse
from atc.rendering.markdown import cleaned
from atc.survey.errors import NotebookFailed

RUNNING = {"script", "img", "iframe", "object", "embed", "form", "link", "meta", "base", "template"}
#: One a line. lxml reads a style sheet or a text in some; a browser leaves the drawing, and reads an image.
HOSTILE = Path(__file__).with_name("hostile.txt").read_text(encoding="utf-8").splitlines()


def _showing(markup: str) -> NotebookNode:
    return v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": markup})])


def _read(*cells: NotebookNode) -> str:
    return read_chapter(v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), *cells]), "x").body


@pytest.mark.parametrize("markup", HOSTILE)
def test_hostile_markup_is_refused_whatever_brings_it_and_cleaning_alone_would_do(markup):
    early = _showing(f"</div></div></body></html>{markup}")
    for cell in (_showing(markup), v4.new_markdown_cell(markup), early):
        with pytest.raises(NotebookFailed, match=r"x, cellule .* : "):
            _read(cell)
    # The second lock alone: nh3 leaves no element, attribute or address that runs or asks for anything.
    kept = list(parse(cleaned(markup)).iterdescendants())
    assert not {element.tag for element in kept} & RUNNING
    for name, value in (attribute for element in kept for attribute in element.attrib.items()):
        assert not name.startswith("on")
        assert name not in {"ping", "srcdoc", "target"}
        assert not value.strip().lower().startswith(("javascript:", "file:"))


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<p>a</p><script>1</script>", "« <script> » : cet élément, ou ce qu’il porte"),
        ("<p title='Léa' onclick='f()'>a</p>", "« <p title onclick> » : cet élément, ou ce qu’il porte"),
        ("<a href='../secret.csv'>a</a>", "le lien « ../secret.csv » n’est ni une ancre ni une adresse"),
        ("<svg><rect fill='url(https://x.fr)'/></svg>", "« <rect fill> » : cet élément, ou ce qu’il porte"),
        ("<table id='itables_1'></table><script>1</script>", "un tableau interactif (itables)"),
        (pd.DataFrame({"personne": ["Léa"]})._repr_html_(), "sa propre mise en forme (élément <style>)"),
    ],
)
def test_a_refusal_says_what_it_refuses(markup, told):
    with pytest.raises(NotebookFailed) as caught:
        _read(_showing(markup))
    assert told in str(caught.value)
    assert "Léa" not in str(caught.value)


def test_comments_do_not_pass():
    assert _read(_showing("<p>a<!-- Léa --></p>")).startswith("<p>a</p>")
    assert _read(v4.new_markdown_cell("<!-- Léa -->")) == ""


#: A Markdown cell, and what the refusal quotes of it.
REFUSED = tomllib.loads(Path(__file__).with_name("refused.toml").read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize(("source", "quoted"), REFUSED)
def test_what_markdown_would_lose_is_refused_in_the_author_s_words(source, quoted):
    with pytest.raises(NotebookFailed) as caught:
        _read(v4.new_markdown_cell(source, id="c7"))
    (told,) = str(caught.value).splitlines()
    assert told.startswith("x, cellule c7 (")
    assert quoted in told
    assert re.search(r"(Retirez|Mettez|Complétez|Donnez|Écrivez|Remplacez|Gardez|Reprenez|Affichez)", told)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a < b & c", "&lt;img src=x onerror=alert(1)&gt;"]
)
def test_the_words_of_a_formula_stay_words(text):
    try:
        body = _read(v4.new_markdown_cell(f"Soit $\\text{{{text}}}$ et $$a<b$$ ici."))
    except NotebookFailed:
        return
    assert not list(parse(body).iter("script", "img"))
    assert [math.get("display") for math in parse(body).iter("math")] == ["inline", "inline"]
    assert "<script" not in body
    assert "<img" not in body


def test_all_faults_of_a_notebook_are_told_at_once():
    with pytest.raises(NotebookFailed) as caught:
        _read(*(v4.new_markdown_cell(f"n{i} <b{i}>") for i in range(3)))
    assert len(str(caught.value).splitlines()) == 3
