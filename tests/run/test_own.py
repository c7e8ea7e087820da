"""Notebooks of one's own: made into pages like chapters, and no part of any report."""

import json
import re

import pytest
from clone import VAGUE
from conftest import notebook
from run.craft import Silent

from atc.cli import main
from atc.desk.keep import append
from atc.desk.view import CROSSED, View
from atc.publication.finished import read_finished
from atc.run.notebooks import own_notebook
from atc.run.run import Request, run
from atc.survey.errors import DisclosureRefused, NotebookFailed, UsageError
from atc.survey.waves import open_wave

VIEW = 'import atc\natc.explorer(atc.open_wave(vague, diffusion), "effets.type")'
PARAMETERS = f'vague: str = "{VAGUE}"\ndiffusion: str = "public"'


@pytest.fixture
def make_project(make_project, lent):
    """Projects whose only chapter shows all published figures."""

    def make(chapters):
        project = make_project(chapters)
        register = project.reference / "publie.csv"
        told = re.sub(r"\b0\d_[a-z_]+\b", "01_a", register.read_text(encoding="utf-8"))
        register.write_text(told, encoding="utf-8")
        return project

    return make


def said(capsys, *words):
    """What a command tells, whatever its end."""
    with pytest.raises(SystemExit):
        main(words)
    return "".join(capsys.readouterr())


def write_own(project, name, *cells, parameters=PARAMETERS):
    project.own_notebooks.mkdir(parents=True, exist_ok=True)
    path = project.own_notebooks / f"{name}.ipynb"
    path.write_text(json.dumps(notebook("À moi", *cells, parameters=parameters)), encoding="utf-8")


def test_a_run_is_asked_for_one_notebook_of_one_s_own_at_a_time(make_project):
    project = make_project({"01_a": notebook("A")})
    write_own(project, "mien")
    assert own_notebook(project, ("01_a",)) == ""
    assert own_notebook(project, ("perso/mien",)) == "mien"
    assert own_notebook(project, ("perso/mien.ipynb",)) == "mien"
    with pytest.raises(UsageError, match="seul"):
        own_notebook(project, ("perso/mien", "01_a"))
    for name in ("perso/autre", "perso/../01_a", "perso/"):
        with pytest.raises(UsageError, match="perso/mien"):
            own_notebook(project, (name,))


@pytest.mark.slow
def test_views_and_annexes_are_part_of_the_report_and_pass_the_gate(make_project, capsys):
    other = VIEW.replace("effets.type", "carnet_de_bord.configuration")
    project = make_project({"01_a": notebook("A", VIEW)})
    write_own(project, "01_a", other)
    settings = project.settings_file.read_text(encoding="utf-8")
    named = settings.replace("publie = true", 'publie = true\nannexes = ["perso/absent", "perso/01_a"]')
    project.settings_file.write_text(named, encoding="utf-8")
    with pytest.raises(NotebookFailed, match=r"notebooks/perso/absent\.ipynb n’existe pas.*des annexes"):
        run(project, Request(VAGUE, "financeurs", jobs=1), Silent())
    project.settings_file.write_text(named.replace('"perso/absent", ', ""), encoding="utf-8")
    write_own(project, "01_a", VIEW)
    with pytest.raises(NotebookFailed, match=r"01_a, annexe-01_a : .* Gardez-le dans un seul carnet"):
        run(project, Request(VAGUE, "financeurs", jobs=1), Silent())
    write_own(project, "01_a", other)
    run(project, Request(VAGUE, "financeurs", jobs=1), Silent())
    finished = read_finished(project, VAGUE, "financeurs")
    assert {each.chapter for each in finished.exhibits} == {"01_a", "annexe-01_a"}
    assert {"html/annexe-01_a.html", "pdf/annexe-01_a.pdf"} <= set(finished.files)
    page = finished.files["html/annexe-01_a.html"].decode()
    assert "ne pas transmettre" not in page
    assert 'class="eyebrow">Annexe<' in page
    # What a hand put in a page does not leave: the page that was made stands there again, and is looked at.
    touched = project.outputs(VAGUE, "financeurs") / "html" / "annexe-01_a.html"
    touched.write_text(page.replace("</main>", "<p>sophie@exemple.fr</p></main>"), encoding="utf-8")
    told = said(capsys, "publish", "--to", "site.zip")
    assert touched.read_text(encoding="utf-8") == page
    assert "exemple.fr" not in told
    assert "image sans texte" not in told
    assert "X" not in {line.partition(", ")[2][:1] for line in told.splitlines()}


@pytest.mark.slow
def test_its_pages_are_apart_and_no_bundle_takes_them(make_project, capsys):
    project = make_project({"01_a": notebook("A", "a = 1")})
    write_own(project, "mien", VIEW)
    said(capsys, "run", "--chapitre", "perso/mien")
    wave = project.root / "outputs" / VAGUE
    pages = wave / "perso" / "mien" / "public" / "pages"
    page = (pages / "html" / "mien.html").read_text(encoding="utf-8")
    # It passes no gate: the page and each drawing say so, and name no wider circle.
    assert "hors du rapport : non contrôlé, ne pas transmettre" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert page.count("<svg") == page.count(">Non contrôlé, ne pas transmettre</text>") == 2
    assert "Diffusion interne" in page
    assert "noindex" in page
    (drawn,) = (pages / "figures").glob("*.svg")
    assert ">Non contrôlé, ne pas transmettre</text></svg>" in drawn.read_text(encoding="utf-8")
    assert {path.suffix for path in (pages / "figures").iterdir()} == {".svg", ".png"}
    assert {path.name for path in wave.iterdir()} <= {"perso", ".verrou"}
    assert "Rien à refaire" in said(capsys, "run", "--chapitre", "perso/mien")
    run(project, Request(VAGUE, "public", jobs=1), Silent())
    # What a bundle is made of: the artefacts of the manifest, and nothing else.
    shipped = read_finished(project, VAGUE, "public").files
    assert "html/01_a.html" in shipped
    assert not [path for path in shipped if "mien" in path or "/X" in path]
    assert not [path for path, content in shipped.items() if b"mien.html" in content]
    assert (pages / "html" / "mien.html").is_file()
    with pytest.raises(DisclosureRefused):
        read_finished(project, VAGUE, "perso")


@pytest.mark.slow
def test_a_view_looked_at_inside_is_masked_in_pages_made_for_others(make_project):
    project = make_project({"01_a": notebook("A")})
    view = View((VAGUE,), "interne", CROSSED, "questionnaire_flash.repondu", "questionnaire_flash.posture")
    append(project, "mien", view, open_wave(VAGUE, "interne"))
    tables = {}
    for tier in ("interne", "public"):
        run(project, Request(VAGUE, tier, ("perso/mien",), jobs=1), Silent())
        pages = project.root / "outputs" / VAGUE / "perso" / "mien" / tier / "pages"
        (table,) = (pages / "tables").iterdir()
        tables[tier] = table.read_text(encoding="utf-8")
    assert "statut_effectif" in tables["public"]
    assert "statut_effectif" not in tables["interne"]


@pytest.mark.slow
def test_what_stands_beside_it_is_read_and_makes_it_again(make_project):
    project = make_project({"01_a": notebook("A")})
    cell = (
        "import mes_outils\nfrom IPython.display import HTML\nfrom pathlib import Path\n"
        'HTML(f\'<div class="prose"><p>{mes_outils.MOT} {Path("mes.csv").read_text()}</p></div>\')'
    )
    write_own(project, "mien", cell)
    beside = project.own_notebooks / "mes_outils.py", project.own_notebooks / "mes.csv"
    request = Request(VAGUE, "public", ("perso/mien",), jobs=1)
    page = project.root / "outputs" / VAGUE / "perso" / "mien" / "public" / "pages" / "html" / "mien.html"
    for module, table, told in (
        ("un", "deux", "un deux"),
        ("un", "dix", "un dix"),
        ("onze", "dix", "onze dix"),
    ):
        beside[0].write_text(f"MOT = '{module}'\n", encoding="utf-8")
        beside[1].write_text(table, encoding="utf-8")
        assert run(project, request, Silent()).executed == ("mien",)
        assert told in page.read_text(encoding="utf-8")
        assert run(project, request, Silent()).nothing
