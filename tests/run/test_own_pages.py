"""What authors write and draw in notebooks of their own: there in HTML and PDF, or refused in their words."""

import json
import re
from urllib.parse import unquote

import pypdfium2
import pytest
from clone import VAGUE
from conftest import notebook, write_project
from nbformat import v4
from run.craft import Silent

from atc.rendering.fragments import parse, text_of
from atc.run.run import Request, run
from atc.survey.errors import NotebookFailed

NAME = "Carnet n°1 & 2 (50 %) #3 été"
PARAMETERS = f'vague: str = "{VAGUE}"\ndiffusion: str = "interne"'
ADDRESS = "https://exemple.org/" + "chemin" * 40
CODE = " + ".join(f"colonne_{i}" for i in range(60))
DRAW = "import matplotlib.pyplot as plt\nimport seaborn as sns\n"
ROWS = "{'site': ['A', '<b>B</b>'], 'n': [10, 20], 'part': [0.5, None]}"
FRAME = f"import pandas as pd\ndf = pd.DataFrame({ROWS})\n"

#: Kind -> a Markdown cell, and the words that must be read in the page and on paper.
WRITTEN = {
    "ragged": ("Nom | Valeur | Note\n--|--|--\nun | deux\ntrois", "un deux", "trois"),
    "bars": ("| a | b |\n|--|--|\n| $\\|x\\|$ | `c\\|d` |", "c|d"),
    "twenty": (
        "\n".join(
            f"|{'|'.join(cells)}|"
            for cells in ([f"Colonne {i}" for i in range(20)], ["--"] * 20, [f"v{i}" for i in range(20)])
        ),
        "v19",
    ),
    "notes": (
        "Un constat[^1], puis[^b], encore[^1].\n\n[^1]: Source lue.\n[^b]: *Autre*.",
        "Source lue.",
        "Autre",
    ),
    "anchors": ("[La suite](#À-venir-été), www.a.fr^[dite ici].\n\n### À venir été", "www.a.fr", "dite ici"),
    "tasks": ("- [x] fait\n- [ ] à faire", "✓ fait", "□ à faire"),
    "prices": ("De 5 $ à 10 $, n<5, AT&T, ~5 et x_1_y.", "De 5 $ à 10 $, n<5, AT&T, ~5 et x_1_y."),
    "signs": ("😀 ✅ 👩‍👩‍👧‍👦 🇫🇷 ⚠️ дом ∑ ☐", "дом"),
    "code": (f"```python\ny = {CODE}\n```", "colonne_59"),
    "address": (f"<{ADDRESS}>\n\n| a | b |\n|--|--|\n| {ADDRESS}fin | c |", "cheminfin"),
}
#: Kind -> the end of a code cell, and how many drawings it shows.
DRAWN = {
    "show": (DRAW + "plt.plot([1, 2]); plt.title('Titre un'); plt.show()", 1),
    "name": (DRAW + "fig, ax = plt.subplots(); ax.plot([1, 2]); ax.set_title('Titre deux')\nfig", 1),
    "objects": ("import seaborn.objects as so\nso.Plot(x=[1], y=[2]).add(so.Dots()).label(title='Trois')", 1),
    "seaborn": (DRAW + FRAME + "sns.barplot(data=df, x='site', y='n')", 1),
}


def cell(kind, source, id_, **more):
    made = getattr(v4, f"new_{kind}_cell")(source, id=id_, **more)
    return json.loads(json.dumps(made))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("pages") / "projet", {"01_a": notebook("A")})


def made(project, name, cells, monkeypatch):
    """The page and the text of the PDF of a notebook of one's own."""
    monkeypatch.chdir(project.root)
    monkeypatch.delenv("ATC_ROOT", raising=False)
    content = notebook("À moi 😀", parameters=PARAMETERS)
    content["cells"] += cells
    project.own_notebooks.mkdir(parents=True, exist_ok=True)
    (project.own_notebooks / f"{name}.ipynb").write_text(json.dumps(content), encoding="utf-8")
    run(project, Request(VAGUE, "interne", (f"perso/{name}",), jobs=1), Silent())
    pages = project.root / "outputs" / VAGUE / "perso" / name / "interne" / "pages"
    page = parse((pages / "html" / f"{name}.html").read_text(encoding="utf-8").split("<body>")[1])
    with pypdfium2.PdfDocument(pages / "pdf" / f"{name}.pdf") as document:
        texts = [sheet.get_textpage().get_text_bounded() for sheet in document]
    return pages, page, texts


def squeezed(text):
    return re.sub(r"\s|\N{SOFT HYPHEN}|\ufffe|-(?=\s)", "", text)


@pytest.mark.slow
@pytest.mark.usefixtures("lent")
def test_what_an_author_writes_and_draws_is_in_the_page_and_on_paper(project, monkeypatch):
    project.own_notebooks.mkdir(parents=True, exist_ok=True)
    (project.own_notebooks / "mes_données.csv").write_text("a,b\n1,deux_lu\n", encoding="utf-8")
    (project.own_notebooks / "outils.py").write_text("MOT = 'mot_lu'\n", encoding="utf-8")
    cells = [cell("markdown", f"## {kind}\n\n{source}", kind) for kind, (source, *_) in WRITTEN.items()]
    cells += [cell("code", source, kind) for kind, (source, _) in DRAWN.items()]
    cells += [
        cell("markdown", "La part $p = \\frac{a}{b}$.\n\n$$\\bar{x} = \\sum_{i=1}^{n} x_i$$", "formules"),
        cell("raw", "Brut <i>tel quel</i>", "brut"),
        cell("code", FRAME + "import outils\ndf['site'] = outils.MOT\ndf.head()", "head"),
        cell("code", "df.describe()", "describe"),
        cell("code", "df['n'].value_counts()", "serie"),
        cell("code", "df.assign(n=[77, 77], site='A').set_index(['site', 'part'])", "index"),
        cell("code", "df.style.highlight_max(subset=['n']).format(precision=1)", "style"),
        cell("code", "pd.read_csv('mes_données.csv')", "csv"),
        cell("code", "pd.DataFrame({'rang': range(500)})", "long"),
    ]
    pages, page, texts = made(project, NAME, cells, monkeypatch)
    paper = squeezed("".join(texts))
    body = squeezed("".join(page.itertext()))
    for kind, (_, *words) in WRITTEN.items():
        for word in words:
            assert squeezed(word) in body, kind
            assert squeezed(word) in paper, kind
    for word in ("Brut<i>telquel</i>", "mot_lu", "deux_lu", "25%", "0,5", "lignes:500"):
        assert word in body
        assert word in paper
    drawings = page.xpath(".//div[@class='dessin']/svg")
    assert len(drawings) == sum(count for _, count in DRAWN.values())
    told = [text_of(drawing.find("title")) for drawing in drawings]
    assert {"Titre un", "Titre deux", "Trois"} <= set(told)
    # No title, colours that are not taken up: words are asked for.
    asked = [text_of(note)[:11] for note in page.xpath(".//p[@class='figure-note']")]
    assert asked == ["Figure sans", "Les couleur"]
    assert page.xpath(".//a[text()='La suite']/@href") == ["#a-venir-ete"]
    assert len(page.xpath(".//table//tr/td[last()][@class='num' and text()='77']")) == 2, "under one heading"
    assert [math.get("display") for math in page.iter("math")] == ["inline", "inline", "block"]
    assert "\\frac" not in paper
    assert not page.xpath(".//td[@style] | .//th[@style] | .//input | .//img")
    ids = page.xpath(".//@id")
    assert len(ids) == len(set(ids))
    # Nothing is lost beyond the edge of the paper.
    with pypdfium2.PdfDocument(pages / "pdf" / f"{NAME}.pdf") as document:
        for sheet in document:
            width, _ = sheet.get_size()
            text = sheet.get_textpage()
            boxes = [text.get_charbox(i) for i in range(text.count_chars())]
            assert max((right for _, _, right, _ in boxes), default=0) < width - 20
    links = [f"html/{link}" for link in page.xpath(".//p[@class='editions']/a/@href")]
    links += parse((pages / "index.html").read_text(encoding="utf-8")).xpath(".//main//a/@href")
    assert len(links) == 5
    for link in links:
        assert "#" not in link
        assert (pages / unquote(link)).is_file()


@pytest.mark.slow
@pytest.mark.usefixtures("lent")
def test_what_a_code_cell_may_not_show_is_told_once_with_its_cell_and_a_way(project, monkeypatch):
    cells = [
        cell("code", "len([1, 2])", "texte"),
        cell("code", "print('vu')", "dit"),
        cell("code", "from IPython.display import HTML, Image\nImage(b'\\x89PNG', format='png')", "image"),
    ]
    with pytest.raises(NotebookFailed) as caught:
        made(project, "refus", cells, monkeypatch)
    lines = str(caught.value).splitlines()
    assert [line.split(" (")[0] for line in lines] == [
        f"refus, cellule {id_}" for id_ in ("texte", "dit", "image")
    ]
    assert "« 2 »" in lines[0]
    assert all("affichez une figure, un tableau (df)" in line for line in lines)
    (project.own_notebooks / "avis.csv").write_text("avis\nLéa a dit non\n", encoding="utf-8")
    for source, said in (
        ("nom = input('Nom ?')", r"elle pose une question \(input\)"),
        ("open('absent.csv')", "le fichier « absent.csv » est introuvable. Posez-le"),
        ("import plotly", "le module « plotly » n’est pas installé"),
        (FRAME + "pd.read_csv('avis.csv')['avis'].astype(int)", r"ValueError : .* base 10: « … »$"),
        (DRAW + "plt.title('שלום')", "« שלום » s’écrit de droite à gauche"),
    ):
        with pytest.raises(NotebookFailed, match=rf"cellule q \(.*{said}"):
            made(project, "question", [cell("code", source, "q")], monkeypatch)
    with pytest.raises(NotebookFailed, match="« perso/index »"):
        made(project, "index", [], monkeypatch)
