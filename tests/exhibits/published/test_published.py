"""publie.csv: read or refused with the place of each fault, its rules at their limits, its verdicts."""

from dataclasses import replace

import pytest
from clone import read_rows, write_rows

from atc.exhibits.published import (
    DIFFERENT,
    EQUAL,
    NOT_APPLICABLE,
    RULES,
    control,
    controls,
    read_register,
)
from atc.indicators.addresses import Measure
from atc.indicators.measures import Part
from atc.survey.errors import DataRefused

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def refused(own_project):
    """The faults of the register, once some cells are changed: (row, column) -> what it holds."""

    def change(cells: dict[tuple[int, str], str]) -> list:
        path = own_project.reference / "publie.csv"
        rows = read_rows(path)
        for (row, column), value in cells.items():
            rows[row][column] = value
        write_rows(path, rows)
        with pytest.raises(DataRefused) as raised:
            read_register(own_project)
        return list(raised.value.faults)

    return change


LINK = "Aucune clé ne relie « legitimites » et « territoires »"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("id", "", "Cellule vide"),
        ("id", "m01", "Forme inattendue"),
        ("id", "M02", "Identifiant déjà pris"),
        ("chapitre", "01_inconnu", "Valeur inconnue"),
        ("exhibit", "Figure 1", "Forme inattendue"),
        ("attendu", "", "Cellule vide"),
        ("attendu", " 15", "Espaces au bord"),
        ("mesure", "médiane", "Mesure inconnue"),
        ("colonne", "", "n’est pas dans le dictionnaire"),
        ("colonne", "sites.territoire", "La table « sites » n’est pas dans le dictionnaire"),
        ("colonne", "territoires.recueil.groupe", "n’a pas de « .groupe »"),
        ("colonne", "territoires.commune;scores.item", "plusieurs tables"),
        ("valeur", "recueil=monographie", "ne compte pas de valeur"),
        ("filtre", "recueil=", "Condition mal écrite"),
        ("filtre", "inconnu=1", "n’est pas dans le dictionnaire"),
        ("filtre", "recueil=courrier", "« courrier » n’est pas une réponse de « recueil »"),
        ("filtre", "carnet_de_bord.temps_plein=True", "« True » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.etp=0,5", "« 0,5 » n’est pas une réponse"),
        ("filtre", "carnet_de_bord.themes=oui", "réunit plusieurs cases"),
        ("filtre", "legitimites.legitimite=acquise", LINK),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(refused, column, value, message):
    faults = refused({(0, column): value})
    found = [fault for fault in faults if message in fault.message]
    assert found, faults
    place = {(f.file, f.line, f.column) for f in found}
    assert place == {("data/reference/publie.csv", 3 if value == "M02" else 2, column)}
    assert all(fault.remedy for fault in found)


@pytest.mark.parametrize(
    ("mesure", "colonne"), [("part", "territoires.territoire"), ("part_selon", "scores.groupe;item")]
)
def test_a_share_counts_a_value(refused, mesure, colonne):
    (fault,) = refused({(0, "mesure"): mesure, (0, "colonne"): colonne})
    assert (fault.line, fault.column, fault.message) == (2, "valeur", f"« {mesure} » compte une valeur")


def test_every_fault_is_told_at_once(refused):
    faults = refused({(0, "statut"): "vrai", (4, "attendu"): "", (9, "colonne"): "x.y"})
    assert [fault.line for fault in faults] == [2, 6, 11]


# Rule, its words, the counts just inside its bounds, the counts just outside.
WORDS = [
    ("tous", "tous", [(14, 14), (1, 1)], [(13, 14), (0, 0), (0, 14)]),
    ("pas_tous", "pas tous", [(1, 14), (13, 14)], [(0, 14), (14, 14), (0, 0)]),
    ("moitie", "la moitié", [(7, 14), (7, 15), (8, 15)], [(6, 14), (8, 14), (6, 15), (9, 15), (0, 0)]),
    ("majorite", "la majorité", [(8, 14), (13, 14), (8, 15)], [(7, 14), (14, 14), (7, 15), (0, 0)]),
    ("la_plupart", "la plupart", [(10, 15), (14, 15), (10, 14)], [(9, 15), (15, 15), (9, 14), (0, 0)]),
    ("souvent", "souvent", [(8, 14), (13, 14)], [(7, 14), (14, 14), (0, 0)]),
    ("certains", "certains", [(2, 14), (6, 14), (7, 15)], [(1, 14), (7, 14), (8, 15), (0, 0), (2, 4)]),
    ("quelques", "quelques", [(2, 14), (4, 14), (5, 15)], [(1, 14), (5, 14), (6, 15), (0, 0)]),
    ("parfois", "parfois", [(1, 14), (6, 14), (7, 15)], [(0, 14), (7, 14), (8, 15), (0, 0), (1, 2)]),
    ("rarement", "rarement", [(1, 12), (3, 12), (3, 13)], [(0, 12), (4, 12), (4, 13), (0, 0)]),
]


@pytest.mark.parametrize(("rule", "words", "inside", "outside"), WORDS)
def test_words_hold_within_their_bounds_only(rule, words, inside, outside):
    assert {RULES[rule](Part(*counts)) for counts in inside} == {words}
    assert [RULES[rule](Part(*counts)) for counts in outside] == [f"{e} sur {t}" for e, t in outside]


@pytest.fixture(scope="module")
def printed(wave):
    return {each.id: each for each in read_register(wave.project)}


def test_two_texts_are_compared_in_french(printed, wave):
    result = control(printed["M07"], wave)
    assert (result.imprime, result.calcule, result.verdict) == (f"57{NBSP}%",) * 2 + (EQUAL,)
    wrong = control(replace(printed["M07"], attendu="58 %"), wave)
    assert (wrong.calcule, wrong.verdict) == (f"57{NBSP}%", DIFFERENT)
    plain = replace(printed["F13"], attendu=printed["F13"].attendu.replace("’", "'"))
    assert control(plain, wave).verdict == EQUAL


@pytest.mark.parametrize("error", [KeyError("etp"), ZeroDivisionError(), ValueError("a\nb" * 99)])
def test_a_measure_that_fails_is_a_verdict_with_its_reason(printed, wave, error):
    def take(*_):
        raise error

    broken = replace(printed["M01"], address=replace(printed["M01"].address, measure=Measure(take)))
    result = control(broken, wave)
    assert result.verdict == DIFFERENT
    assert result.calcule.startswith(f"non calculé ({type(error).__name__}")
    assert len(result.calcule) < 160
    assert "\n" not in result.calcule


def test_a_wave_that_nobody_published_has_nothing_to_be_held_against(wave):
    results = controls(replace(wave, settings=replace(wave.settings, published=False)))
    assert {(each.verdict, each.calcule) for each in results} == {(NOT_APPLICABLE, "")}
    assert len(results) == len(controls(wave))
