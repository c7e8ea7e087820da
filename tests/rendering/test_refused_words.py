"""What authors write in their notebooks and no page would show as they mean it: refused in their words."""

import re

import pytest
from nbformat import v4

from atc.rendering.chapter import read_chapter
from atc.rendering.fragments import parse
from atc.survey.errors import NotebookFailed

#: A Markdown cell, and what the refusal quotes of it.
REFUSED = [
    ("si a<b alors c>d", "« a<b alors c>d »"),
    ("Un <prenom> à compléter", "« <prenom> »"),
    ("fin</b> seule", "« fin</b> »"),
    ("<b>Gras</b> et <iframe></iframe>", "« <iframe></iframe> »"),
    ("| a | b |\n|--|--|\n| 1 | 2 | 3 |", "« | 1 | 2 | 3 | » a 3 cases pour 2 colonnes"),
    ("| a | b |\n|--|--|\n| $|x|$ | `c|d` |", "« | $|x|$ | `c|d` | » a 5 cases pour 2 colonnes"),
    ("> | a | b |\n> |--|--|\n> | 1 | 2 | 3 |", "« | 1 | 2 | 3 | » a 3 cases pour 2 colonnes"),
    ("| a | b |\n|--|\n| 1 | 2 |", "« | a | b | »"),
    ("Un constat[^1].", "« [^1] »"),
    ("[^seule]: Jamais appelée.", "« [^seule] »"),
    ("![photo](attachment:photo.png)", "« attachment:photo.png »"),
    ("![carte](carte.png)", "« carte.png »"),
    ("$\\frac{a}{$", "« \\frac{a}{ »"),
    ("\\begin{align}\na &= b\n\\end{align}", "« \\begin{align}"),
    ("Un signe\x08 caché", "U+0008"),
    ("Un nul\x00 caché", "U+0000"),
    ("Soit \\\\(x^2\\\\).", "« \\(x^2\\) »"),
    ("À l’envers \u202eici", "U+202E"),
    ("En chinois : 中文", "« En chinois : 中文 » (U+4E2D, U+6587)"),
    ("[lien](../secret.csv)", "« ../secret.csv »"),
    ("|" + "mot-bien-long|" * 30 + "\n|" + "--|" * 30, "trop large"),
]


@pytest.mark.parametrize(("source", "quoted"), REFUSED)
def test_what_markdown_would_lose_is_refused_in_the_author_s_words(source, quoted):
    cells = [v4.new_markdown_cell("# Titre"), v4.new_markdown_cell(source, id="c7")]
    with pytest.raises(NotebookFailed) as caught:
        read_chapter(v4.new_notebook(cells=cells), "mien")
    (told,) = str(caught.value).splitlines()
    assert told.startswith("mien, cellule c7 (")
    assert quoted in told
    assert re.search(r"(Retirez|Mettez|Complétez|Donnez|Écrivez|Remplacez|Gardez)", told)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a < b & c", "&lt;img src=x onerror=alert(1)&gt;"]
)
def test_the_words_of_a_formula_stay_words(text):
    cells = [
        v4.new_markdown_cell("# Titre"),
        v4.new_markdown_cell(f"Soit $\\text{{{text}}}$ et $$a<b$$ ici."),
    ]
    try:
        body = read_chapter(v4.new_notebook(cells=cells), "mien").body
    except NotebookFailed:
        return
    assert not list(parse(body).iter("script", "img"))
    assert [math.get("display") for math in parse(body).iter("math")] == ["inline", "inline"]
    assert "<script" not in body
    assert "<img" not in body


@pytest.mark.parametrize(
    ("markup", "quoted"),
    [
        ("<table id='itables_1'></table><script>1</script>", "itables"),
        ("<style>.dataframe td { color: red }</style><table class='dataframe'></table>", "df.style"),
    ],
)
def test_what_libraries_show_is_refused_by_their_name(markup, quoted):
    shown = v4.new_code_cell(
        "df", id="c1", outputs=[v4.new_output("display_data", data={"text/html": markup})]
    )
    with pytest.raises(NotebookFailed, match=r"mien, cellule c1 \(df\) : ") as caught:
        read_chapter(v4.new_notebook(cells=[v4.new_markdown_cell("# Titre"), shown]), "mien")
    assert quoted in str(caught.value)


def test_all_faults_of_a_notebook_are_told_at_once():
    cells = [v4.new_markdown_cell("# Titre"), *(v4.new_markdown_cell(f"n{i} <b{i}>") for i in range(3))]
    with pytest.raises(NotebookFailed) as caught:
        read_chapter(v4.new_notebook(cells=cells), "mien")
    assert len(str(caught.value).splitlines()) == 3
