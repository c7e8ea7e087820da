"""From an executed notebook to a chapter, and its tables."""

import re
from collections.abc import Callable

import pytest
from nbformat import NotebookNode, v4

from atc.rendering.chapter import read_chapter
from atc.rendering.fragments import Element, inner, link_exhibits, parse, set_in_french
from atc.survey.errors import NotebookFailed
from atc.survey.typography import NARROW, NBSP


def _notebook(*cells: NotebookNode) -> NotebookNode:
    return v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), *cells])


def _showing(data: dict[str, str], kind: str = "display_data") -> NotebookNode:
    return v4.new_code_cell("montrer()", outputs=[v4.new_output(kind, data=data)])


def test_code_is_folded_with_the_silent_cells_before_it(chapter):
    folded = parse(chapter.body).xpath(".//details[@class='code']")
    assert all(details.find("summary").text == "Code" and "open" not in details.attrib for details in folded)
    first = "".join(folded[0].itertext())
    assert 'vague: str = "2020-automne"' in first
    assert "notices.precaution(donnees)" in first
    assert len(folded) == 7
    # The last silent cells go with the cells of the run.
    assert "sentinel" not in chapter.body
    assert "atc.survey.trace" not in chapter.body


def test_prose_is_set_anchored_and_its_tables_framed(chapter):
    assert "ensemble\N{NO-BREAK SPACE}: <strong>pourquoi</strong>\N{NARROW NO-BREAK SPACE}?" in chapter.body
    assert "<code>chapitre : oui ?</code>" in chapter.body
    assert 'href="https://www.centres-sociaux.fr/a?b=1"' in chapter.body
    root = parse(chapter.body)
    assert [heading.get("id") for heading in root.iter("h2", "h3")] == [
        "des-demarrages-echelonnes",
        "le-calendrier",
        "qui-anime",
        "le-calendrier-2",
        "les-instances",
    ]
    table = next(root.iter("table"))
    assert table.getparent().get("class") == "table-scroll"
    assert [(th.get("scope"), th.get("class")) for th in table.iter("th")] == [("col", None), ("col", "num")]
    assert "text-align" not in re.sub(r"<svg.*?</svg>", "", chapter.body, flags=re.DOTALL)


def test_proofs_stand_at_the_end_with_their_code():
    cells = [
        _showing({"text/html": f'<figure id="{id_}"></figure>'}) for id_ in ("T07-01", "F07-02", "C07-00")
    ]
    root = parse(read_chapter(_notebook(*cells), "x").body)
    assert [each.get("id") for each in root.iter("figure")] == ["F07-02", "T07-01", "C07-00"]
    (section,) = root.xpath("./section[@class='proofs']")
    assert [each.tag for each in section] == ["h2", "figure", "details", "figure", "details"]


@pytest.mark.parametrize(
    ("source", "told"),
    [("Texte", "Carnet x : il n’a pas de titre"), ("# Un\n\n# Deux", r"x, cellule .*« Deux »")],
)
def test_one_title_and_one_only(source, told):
    with pytest.raises(NotebookFailed, match=told):
        read_chapter(v4.new_notebook(cells=[v4.new_markdown_cell(source)]), "x")


@pytest.mark.parametrize(
    "data",
    [
        {"text/plain": "   nom\n0 Léa"},
        {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"},
        {"application/javascript": "alert(1)"},
        {"text/vnd.mermaid": "graph LR"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/html": "<p>x</p>"},
        {"application/vnd.plotly.v1+json": {"customdata": ["Léa"]}, "text/html": "<p>x</p>"},
        {},
    ],
)
def test_other_contents_are_refused(data):
    with pytest.raises(NotebookFailed, match=r"02_x, cellule \S+ \(montrer\(\)\) : elle montre"):
        read_chapter(_notebook(v4.new_code_cell("import atc"), _showing(data)), "02_x")


def test_printed_text_and_failures_are_refused_without_data_and_warnings_stay_behind():
    said = v4.new_code_cell("print(1)", outputs=[v4.new_output("stream", name="stdout", text="Léa")])
    error = v4.new_output("error", ename="KeyError", evalue="Léa", traceback=["Léa"])
    for cell, told in ((said, "print"), (v4.new_code_cell("x", outputs=[error]), "KeyError")):
        with pytest.raises(NotebookFailed, match=told) as caught:
            read_chapter(_notebook(cell), "x")
        assert "Léa" not in str(caught.value)
    warned = v4.new_code_cell("x", outputs=[v4.new_output("stream", name="stderr", text="/home/lea/atc")])
    assert "lea" not in read_chapter(_notebook(warned), "x").body


def test_raw_cells_show_what_is_written_in_them_and_nothing_runs():
    raw = v4.new_raw_cell("<script>alert(1)</script>", metadata={"raw_mimetype": "text/html"})
    assert read_chapter(_notebook(raw), "x").body == "<pre>&lt;script&gt;alert(1)&lt;/script&gt;</pre>"


def test_sentences_that_a_cell_computes_are_prose():
    said = v4.new_code_cell(
        "compter()",
        outputs=[
            v4.new_output(
                "display_data", data={"text/markdown": "**trois** sites : oui ?", "text/plain": "<M>"}
            ),
            v4.new_output(
                "display_data", data={"text/latex": "$\\displaystyle \\frac{a}{b}$", "text/plain": "<M>"}
            ),
        ],
    )
    body = read_chapter(_notebook(said), "essai").body
    assert "<strong>trois</strong> sites\N{NO-BREAK SPACE}: oui\N{NARROW NO-BREAK SPACE}?" in body
    assert "<mfrac>" in body
    with pytest.raises(NotebookFailed, match="se lit comme une balise"):
        read_chapter(_notebook(_showing({"text/markdown": "a<b>c"})), "essai")


def _set(change: Callable[[Element], object], markup: str) -> str:
    root = parse(markup)
    change(root)
    return inner(root)


def _linked(markup: str, *known: str) -> str:
    return _set(lambda root: link_exhibits(root, lambda id_: f"#{id_}" if id_ in known else ""), markup)


def _link(id_: str) -> str:
    return f'<a href="#{id_}" class="reference">{id_}</a>'


def test_each_known_mention_becomes_a_link():
    made = _linked("<p>F02-01, <b>T02-02</b> et F09-09 puis F02-01.</p>", "F02-01", "T02-02")
    assert made == f"<p>{_link('F02-01')}, <b>{_link('T02-02')}</b> et F09-09 puis {_link('F02-01')}.</p>"


@pytest.mark.parametrize(
    "markup",
    [
        "<p><code>F02-01</code></p>",
        '<p><a href="#x">F02-01</a></p>',
        "<h2>F02-01</h2>",
        '<svg aria-label="F02-01"><text>F02-01</text></svg>',
        '<figure id="F02-01"><figcaption><p>Figure F02-01</p> F02-01</figcaption></figure>',
        "<p>XF02-01 F02-011</p>",
        '<p id="F02-01">rien</p>',
    ],
)
def test_what_is_left_alone(markup):
    assert _linked(markup, "F02-01") == markup


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Qui ?</p>", f"<p>Qui{NARROW}?</p>"),
        ("<p><b>Qui</b> ?</p>", f"<p><b>Qui</b>{NARROW}?</p>"),
        ("<p><em>Qui ?</em></p>", f"<p><em>Qui{NARROW}?</em></p>"),
        ("<p>Le <code>if a : b ?</code> : oui</p>", f"<p>Le <code>if a : b ?</code>{NBSP}: oui</p>"),
        ("<p>«<i>oui</i>»</p>", f"<p>«{NBSP}<i>oui</i>{NBSP}»</p>"),
        ("<p>l'<em>animation</em> d'ici</p>", "<p>l’<em>animation</em> d’ici</p>"),
        ("<p>A</p>\n<p>? seul</p>", "<p>A</p>\n<p>? seul</p>"),
        ("<ul><li>a ;</li><li>b !</li></ul>", f"<ul><li>a{NARROW};</li><li>b{NARROW}!</li></ul>"),
        ('<p title="a ?">n < 5</p>', '<p title="a ?">n &lt; 5</p>'),
        ("<pre>a ? b</pre>", "<pre>a ? b</pre>"),
        ("<svg><text>a ?</text></svg>", "<svg><text>a ?</text></svg>"),
        ("", ""),
    ],
)
def test_spaces_and_apostrophes(before, after):
    assert _set(set_in_french, before) == after
