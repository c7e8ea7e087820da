"""What is kept: files that nothing replaces, and cells in a notebook of one's own."""

import shutil
from dataclasses import replace

import nbformat
import pytest
from views import NOW, REPOSITORY, THEN, answered, opened

from atc.desk.keep import append, keep
from atc.desk.view import FLAT, LENSES, SHEET, View
from atc.survey.errors import UsageError

VIEW = View((THEN, NOW), "financeurs", LENSES, "scores.score")


def added(project, name, view=VIEW):
    return append(project, name, view, opened(view.vagues[-1], view.diffusion))


def test_a_view_is_kept_as_figure_table_and_code(elsewhere):
    exhibit = answered(VIEW)
    files = {path.suffix: path for path in keep(elsewhere, VIEW, exhibit)}
    assert set(files) == {".svg", ".png", ".csv", ".py"}
    assert {path.parent for path in files.values()} == {elsewhere.own_notebooks / "vues"}
    assert files[".csv"].read_bytes().startswith(b"\xef\xbb\xbfPhrase;")
    assert files[".svg"].read_text(encoding="utf-8").startswith("<?xml")
    assert files[".png"].read_bytes().startswith(b"\x89PNG")
    code = files[".py"].read_text(encoding="utf-8")
    compile(code, "vue.py", "exec")
    assert code.endswith(f"import atc\n\n{VIEW.code()}\n")
    assert exhibit.reading.splitlines()[0] in code
    # Who may read it is in the name.
    assert "financeurs" in files[".png"].name


def test_nothing_is_ever_replaced(elsewhere):
    exhibit = answered(VIEW)
    first = keep(elsewhere, VIEW, exhibit)
    for path in first:
        path.write_text("à moi", encoding="utf-8")
    second, third = keep(elsewhere, VIEW, exhibit), keep(elsewhere, VIEW, exhibit)
    assert len({*first, *second, *third}) == 12
    assert {path.read_text(encoding="utf-8") for path in first} == {"à moi"}


def test_views_follow_one_another_in_a_notebook(elsewhere):
    path = added(elsewhere, "Mes Écarts")
    assert path == elsewhere.own_notebooks / "mes_ecarts.ipynb"
    assert (
        added(elsewhere, "perso/mes_ecarts.ipynb", replace(VIEW, variable="scores.item=cooperation")) == path
    )
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds == ["markdown", "code", "code", "markdown", "code", "markdown", "code"]
    assert len({cell.id for cell in notebook.cells}) == 7
    # Its tier is that of the run, not that of who looked first.
    assert "financeurs" not in "".join(cell.source for cell in notebook.cells[2:])


def test_the_wave_before_is_asked_through_the_wave_of_the_notebook_under_one_s_own_title(elsewhere):
    path = added(elsewhere, "a", replace(VIEW, titre="Ce qui se resserre"))
    told, call = nbformat.read(path, 4).cells[-2:]
    assert told.source.startswith("## Ce qui se resserre\n")
    assert 'titre="Ce qui se resserre"' in call.source
    added(elsewhere, "a", View((THEN,), "financeurs", FLAT, "effets.type"))
    assert "donnees.previous()" in nbformat.read(path, 4).cells[-1].source


@pytest.mark.parametrize("name", ["", "  ", "explorer", "Explorer.ipynb", "///", "…"])
def test_a_name_that_is_none_or_taken_is_refused(elsewhere, name):
    with pytest.raises(UsageError, match="mon_carnet"):
        added(elsewhere, name)
    assert not elsewhere.own_notebooks.exists()


def test_no_name_leads_outside_the_folder(elsewhere):
    for name in ("../../dehors", "/etc/mot", "a/b"):
        assert added(elsewhere, name).parent == elsewhere.own_notebooks


def test_the_same_view_twice_another_wave_or_a_broken_notebook_is_told(elsewhere):
    path = added(elsewhere, "a", View((THEN,), "financeurs", FLAT, "effets.type"))
    with pytest.raises(UsageError, match="déjà dans"):
        added(elsewhere, "a", View((THEN,), "financeurs", FLAT, "effets.type"))
    with pytest.raises(UsageError, match="porte sur « 2020-automne »"):
        added(elsewhere, "a")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="ne se lit plus"):
        added(elsewhere, "a")
    assert path.read_text(encoding="utf-8") == "{"


def test_what_is_kept_for_excel_reads_as_french_excel_reads():
    wave = View((THEN,), "financeurs", FLAT, "questionnaire_flash.repondu")
    assert answered(wave).table.for_excel("\t").split("\r\n") == [
        "A répondu\tPersonnes\tSur\tPart",
        "Oui\t17\t30\t57%",
        "Non\t13\t30\t43%",
        "",
    ]
    medians = answered(VIEW).table.for_excel(";")
    assert medians.startswith("Phrase;Médiane 2020, acteurs institutionnels;")
    assert ";7,5;4,0;" in medians
    masked = answered(View((THEN,), "financeurs", FLAT, "carnet_de_bord.contrat"))
    assert "CDI;n < 5;13" in masked.table.for_excel(";")
    bold = View((THEN,), "interne", FLAT, "carnet_de_bord.contrat", regrouper={"=1+1": ("cdd", "cdi")})
    assert "\n'=1+1;" in answered(bold).table.for_excel(";")


def test_a_view_goes_into_a_chapter_before_its_controls(elsewhere):
    chapter = elsewhere.notebooks / "03_jeux_d_acteurs.ipynb"
    shutil.copy(REPOSITORY / "notebooks" / chapter.name, chapter)
    before = nbformat.read(chapter, 4).cells
    view = View((THEN,), "financeurs", FLAT, "questionnaire_flash.posture")
    assert added(elsewhere, "03_jeux_d_acteurs", view) == chapter
    cells = nbformat.read(chapter, 4).cells
    assert [cell for cell in cells if cell.id not in {"texte-1", "vue-1"}] == before
    assert [cell.id for cell in cells[-3:]] == ["texte-1", "vue-1", "controles"]
    assert cells[-2].source == f"import atc\n\n{view.call('donnees')}"
    with pytest.raises(UsageError, match="déjà"):
        added(elsewhere, "03_jeux_d_acteurs", view)
    # A change between two waves, of the next wave too.
    shutil.copy(REPOSITORY / "notebooks/08_evolution.ipynb", elsewhere.notebooks)
    cells = nbformat.read(added(elsewhere, "08_evolution"), 4).cells
    assert cells[-1].source.endswith("depuis=donnees.settings.previous)")


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (VIEW, "pas de vague précédente"),
        (View((NOW,), "interne", SHEET, filtres={"territoire": "avignon"}), "diffusion « financeurs »"),
    ],
)
def test_a_view_without_answer_in_one_report_of_the_chapter_is_refused(elsewhere, view, why):
    chapter = elsewhere.notebooks / "03_jeux_d_acteurs.ipynb"
    shutil.copy(REPOSITORY / "notebooks" / chapter.name, chapter)
    content = chapter.read_bytes()
    with pytest.raises(UsageError, match=why):
        added(elsewhere, "03_jeux_d_acteurs", view)
    assert chapter.read_bytes() == content
