"""What the report says without a number: read or refused, told in its wave only, missed when it is lost."""

import re
from collections.abc import Callable

import pytest
from clone import Rows, opened, read_rows, write_rows
from notebook_craft import FUNCTIONS

from atc import chapters, notices, open_wave
from atc.exhibits import published
from atc.exhibits.model import Exhibit, Prose
from atc.exhibits.published import read_statements, statements, verdicts
from atc.survey.errors import DataRefused
from atc.survey.paths import Project, find_project
from atc.survey.typography import french


@pytest.fixture
def rewritten(own_project) -> Callable[..., Project]:
    """The project with its notebooks, and ``enonces.csv`` as a change of its rows leaves it."""
    path = own_project.reference / "enonces.csv"

    def rewrite(change: Callable[[Rows], Rows]) -> Project:
        write_rows(path, change(read_rows(path)))
        return own_project

    return rewrite


def _missing(project: Project) -> list[str]:
    return [told.id for told in verdicts(opened(project)) if told.verdict == published.MISSING]


# --- reading ---


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("texte", "", "Cellule vide"),
        ("texte", " Un texte", "Espaces au bord de la cellule"),
        ("id", "A1", "Forme inattendue"),
        ("exhibit", "Tableau 5", "Forme inattendue"),
        ("statut", "publie", "Forme inattendue"),
        ("rubrique", "Statut", "Statut inconnu"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line_and_column(rewritten, column, value, message):
    project = rewritten(lambda rows: [rows[0], rows[1] | {column: value}, *rows[2:]])
    with pytest.raises(DataRefused) as raised:
        read_statements(project)
    (fault,) = raised.value.faults
    where = "texte" if value == "Statut" else column
    assert (fault.file, fault.line, fault.column) == ("data/reference/enonces.csv", 3, where)
    assert fault.message == message
    assert fault.remedy


@pytest.mark.parametrize("name", ["enonces.csv", "enonces_attendus.csv"])
def test_a_lost_file_or_column_is_refused(rewritten, name):
    path = rewritten(list).reference / name
    path.write_text(path.read_text(encoding="utf-8").replace("section,", "", 1), encoding="utf-8")
    with pytest.raises(DataRefused, match="En-tête inattendu"):
        verdicts(opened(Project(path.parents[2])))
    path.unlink()
    with pytest.raises(DataRefused, match="Fichier absent"):
        verdicts(opened(Project(path.parents[2])))


# --- verdicts ---


def test_every_statement_is_shown_but_the_one_left_out_on_purpose_and_in_its_wave_only():
    told = verdicts(open_wave("2020-automne"))
    assert [each.id for each in told][:99] == [f"A{rank:02}" for rank in range(1, 100)]
    assert {each.id for each in told if each.verdict == published.WITHHELD} == {"A15"}
    assert {each.verdict for each in told if each.id != "A15"} == {published.SHOWN}
    assert {each.verdict for each in verdicts(open_wave("2021-automne"))} == {published.NOT_APPLICABLE}


@pytest.mark.parametrize("id_", ["A01", "A47", "A69", "A85", "A99", "Q03", "F05-02-titre", "T06-03-colonne"])
def test_a_row_that_is_lost_is_missed_by_its_name(rewritten, id_):
    def lose_one(rows: Rows) -> Rows:
        rows.remove(next(row for row in rows if row["id"] == id_))
        return rows

    assert _missing(rewritten(lose_one)) == [id_]


@pytest.mark.parametrize(
    ("slug", "call", "lost"),
    [
        ("05_modeles", 'notices.enonces(donnees, \\"T05-06\\")', {"A71", "A72", "A73"}),
        ("07_synthese", "chapters.synthese.messages(donnees)", {f"A{rank}" for rank in range(93, 100)}),
        ("02_feuille_de_route", "chapters.feuille_de_route.fig_02_06(donnees)", {"A35"}),
    ],
)
def test_a_cell_of_a_notebook_that_is_lost_is_missed(rewritten, slug, call, lost):
    project = rewritten(list)
    path = project.root / "notebooks" / f"{slug}.ipynb"
    source = path.read_text(encoding="utf-8")
    assert source.count(call) == 1
    path.write_text(source.replace(call, "pass"), encoding="utf-8")
    assert {id_ for id_ in _missing(project) if id_[0] == "A"} == lost


# --- what is shown ---


@pytest.fixture(scope="module")
def made(wave) -> dict[str, Exhibit]:
    """Every exhibit of the published wave, by its id."""
    return {id_: function(wave) for id_, function in FUNCTIONS.items() if id_[1:3] != "08"}


def test_every_text_stands_where_its_row_says(wave, made):
    shown = {id_: f"{each.title} {each.reading} {each.note} {each.status}" for id_, each in made.items()}
    shown["messages"] = repr(chapters.synthese.messages(wave))
    shown["precaution"] = repr(notices.precaution(wave))
    rows = read_statements(find_project())
    for place in {each.exhibit for each in rows if each.exhibit[0] in "FT"}:
        if (said := notices.enonces(wave, place)) is not None:
            html = said._repr_html_() if isinstance(said, Prose) else said._repr_mimebundle_()["text/html"]
            shown[place] = shown.get(place, "") + re.sub(r"<[^>]+>", " ", html)
    for each in rows:
        for part in re.split(r"\{[\w.]+\}", french(each.texte)):
            assert part in shown[each.exhibit], each.id


@pytest.mark.parametrize("diffusion", ["interne", "financeurs", "public"])
def test_a_wave_says_nothing_of_the_report_of_another(diffusion):
    wave = open_wave("2021-automne", diffusion)
    places = {each.exhibit for each in read_statements(wave.project)}
    assert all(statements(wave, place) == () for place in places)
    assert all(notices.enonces(wave, place) is None for place in places)
    said = {each.texte for each in read_statements(wave.project)}
    assert not said & set(chapters.synthese.messages(wave).paragraphs)
