from dataclasses import replace
from decimal import Decimal

import pytest

from atc.errors import FigureNotReproduced
from atc.reconstitution.targets import TARGETS
from atc.reconstitution.wave import RECIPES, check, reconstitute


@pytest.mark.parametrize("seed", [1, 7, 1871, 2**40])
def test_another_seed_respects_the_same_targets(seed):
    tables = reconstitute(seed)
    check(tables)
    assert tables != reconstitute()


def test_the_same_seed_gives_the_same_rows():
    assert reconstitute(7) == reconstitute(7)


@pytest.mark.parametrize(
    "change",
    [
        {"etp_moyenne": Decimal("0.9")},
        {"reunions_moyenne": 4},
        {"debuts_t4_2019": 5},
        {"seul_avec_appui": 3, "reunions_maximum": 7},
        {"territoires_repondants": 11},
        {"repondants_dp": 6, "repondants_ville": 6},
    ],
    ids=str,
)
def test_another_target_is_solved_for(change):
    targets = replace(TARGETS, **change)
    check(reconstitute(targets=targets), targets)


@pytest.mark.parametrize(
    "change",
    [
        {"sites": 16},
        {"entretiens_monographies": 30},
        {"etp_maximum": Decimal("0.3")},
        {"etp_moyenne": Decimal("1.4")},
        {"debuts_t4_2019": 15},
        {"reunions_maximum": 40},
        {"territoires_repondants": 3},
        {"repondants": 18},
        {"taux_de_reponse": 58},
        {"modeles": 5},
        {"institutions_plus_favorables": False, "avant_juge_par_tous": False},
        {"types_d_effet": 6},
        {"legitimites": (("fcsf", "thematique"),)},
    ],
    ids=str,
)
def test_a_target_that_cannot_hold_raises(change):
    with pytest.raises(FigureNotReproduced):
        reconstitute(targets=replace(TARGETS, **change))


def test_rows_that_were_changed_afterwards_are_refused():
    tables = reconstitute()
    answered = next(row for row in tables["questionnaire_flash"] if row["repondu"] == "oui")
    answered["repondu"] = "non"
    with pytest.raises(FigureNotReproduced) as raised:
        check(tables)
    # One changed cell breaks several figures, and all of them are told.
    for figure in ("M05", "M07"):
        assert figure in str(raised.value)


def test_every_table_of_the_dictionary_is_rebuilt(project):
    names = {path.stem for path in project.dictionary.glob("*.json")}
    assert {recipe.table for recipe in RECIPES} == names
