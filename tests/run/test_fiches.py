"""Sheets of the territories: one notebook, one run each, in the tightest circle only."""

import json

import pytest
from conftest import notebook
from run.craft import Silent

from atc.exhibits.chapters import fiche
from atc.run import plan
from atc.run.manifest import FILE, file_hash, read_manifest
from atc.run.run import Outcome, Request, run
from atc.survey.errors import NotebookFailed, UsageError
from atc.survey.paths import Project
from atc.survey.waves import open_wave

DECLARED = 'vague: str = "2020-automne"\ndiffusion: str = "interne"\nterritoire: str = "avignon"'
SHEET = notebook(
    "Fiche",
    "from IPython.display import HTML\nfrom atc.survey.waves import open_wave\n"
    "first = open_wave(vague, diffusion).table('carnet_de_bord').iloc[0, 0]\n"
    "HTML(f'<div class=\"prose\"><p>{territoire} {first}</p></div>')",
    parameters=DECLARED,
)


def _run(project: Project, **wanted: object) -> Outcome:
    request = {"vague": "2020-automne", "diffusion": "interne", "jobs": 2, "fiches": True, **wanted}
    return run(project, Request(**request), Silent())  # type: ignore[arg-type]


@pytest.fixture
def project(make_project, monkeypatch, lent):
    made = make_project({"01_methode": notebook("Méthode")})
    (made.notebooks / "fiche_territoire.ipynb").write_text(json.dumps(SHEET), encoding="utf-8")
    titles = plan.sheet_titles
    monkeypatch.setattr(plan, "sheet_titles", lambda *where: dict(list(titles(*where).items())[:2]))
    return made


@pytest.mark.parametrize("diffusion", ["financeurs", "public"])
def test_sheets_and_each_of_their_exhibits_are_refused_outside_the_tightest_circle(project, diffusion):
    with pytest.raises(UsageError, match="interne"):
        _run(project, diffusion=diffusion)
    assert not project.outputs("2020-automne", diffusion).exists()
    for exhibit in (fiche.reponses, fiche.notes, fiche.ouverture):
        with pytest.raises(UsageError, match="interne"):
            exhibit(open_wave("2020-automne", diffusion), "avignon")


def test_an_unknown_territory_is_refused_in_french():
    with pytest.raises(UsageError, match="« atlantide » est inconnu"):
        fiche.reponses(open_wave("2020-automne", "interne"), "atlantide")


def test_the_answers_are_those_of_the_territory_and_of_no_other():
    wave = open_wave("2021-automne", "interne")
    row = wave.table("carnet_de_bord").iloc[0]
    sheet = fiche.reponses(wave, str(row["territoire"]))
    shown = sheet.table.frame.set_index("libelle")["2021"]
    assert shown["Réunions de l’instance de pilotage"].startswith(str(row["reunions_pilotage"]))
    assert str(row["repondant"]) not in sheet.table.csv()


@pytest.mark.slow
def test_one_page_and_one_pdf_per_territory_which_a_later_run_leaves_in_place(project):
    done = _run(project)
    internal = project.outputs("2020-automne", "interne")
    folder = internal / "fiches"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["aubenas.html", "aubenas.pdf", "avignon.html", "avignon.pdf", FILE]
    assert done.executed == ("aubenas", "avignon")
    page = (folder / "aubenas.html").read_text(encoding="utf-8")
    assert "<h1>Aubenas\N{NO-BREAK SPACE}: fiche de territoire</h1>" in page
    assert "aubenas hombourg_haut" in page
    assert "interne" in page
    (folder / "avignon.pdf").unlink()
    again = _run(project)
    assert (again.executed, again.rendered) == ((), ("avignon",))

    _run(project, fiches=False)
    assert read_manifest(internal).chapters.keys() == {"01_methode"}
    assert _run(project).nothing

    before = {path.name: file_hash(path) for path in folder.iterdir()}
    broken = json.loads(json.dumps(SHEET))
    broken["cells"][-1]["source"] = "assert territoire != 'avignon'"
    (project.notebooks / "fiche_territoire.ipynb").write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(NotebookFailed, match="avignon, cellule c1"):
        _run(project)
    assert {path.name: file_hash(path) for path in folder.iterdir()} == before


def test_a_notebook_that_does_not_take_the_territory_is_refused(project):
    (project.notebooks / "fiche_territoire.ipynb").write_text(json.dumps(notebook("Fiche")), encoding="utf-8")
    with pytest.raises(NotebookFailed, match=r"fiche_territoire : .*« territoire » n’y est pas déclaré"):
        _run(project)
