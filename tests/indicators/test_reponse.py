from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atc.indicators import reponse
from atc.indicators.measures import Part


@pytest.fixture
def flash(frame):
    return frame(
        "questionnaire_flash",
        repondant=["R-1", "R-2", "R-3", "R-4", "R-5"],
        territoire=["aubenas", "aubenas", "grigny", "grigny", "roubaix"],
        role=["dp", "ville", "dp", "ville", "dp"],
        repondu=[True, False, False, False, True],
    )


def test_roles_with_nobody_stay_in_the_table(flash, dictionary):
    table = reponse.par_role(flash, dictionary)
    shown = [(row.role, row.repondu, row.effectif, row.total) for row in table.itertuples()]
    assert shown == [
        ("dp", "oui", 2, 3),
        ("dp", "non", 1, 3),
        ("ville", "oui", 0, 2),
        ("ville", "non", 2, 2),
        ("intercommunalite", "oui", 0, 0),
        ("intercommunalite", "non", 0, 0),
    ]


def test_institutions_hold_every_role_and_add_up(flash, dictionary):
    grouped = reponse.par_institution(flash)
    roles = [role for _, some in reponse.INSTITUTIONS.values() for role in some]
    assert sorted(roles) == sorted(dictionary.field("questionnaire_flash.role").labels)
    assert grouped["effectif"].sum() == reponse.par_role(flash, dictionary)["effectif"].sum() == 5
    assert reponse.ensemble(flash).iloc[0][["effectif", "total"]].to_list() == [2, 5]


def test_totals_and_territories(flash):
    assert reponse.nombre_de_destinataires(flash) == 5
    assert reponse.nombre_de_destinataires(flash, "dp") == 3
    assert reponse.nombre_de_repondants(flash) == 2
    assert reponse.nombre_de_territoires_destinataires(flash) == 3
    assert reponse.nombre_de_territoires_repondants(flash) == 2
    assert reponse.participation(flash) == Part(2, 5)


def _brute_force(effectif, repondants, population, niveau):
    """Every K whose two exact tails, added up as fractions, both exceed half of what is left over."""
    tail = (1 - Fraction(niveau)) / 2

    def probability(k, x):
        return Fraction(comb(k, x) * comb(population - k, repondants - x), comb(population, repondants))

    kept = [
        k
        for k in range(population + 1)
        if sum(probability(k, x) for x in range(effectif, repondants + 1)) > tail
        and sum(probability(k, x) for x in range(effectif + 1)) > tail
    ]
    assert kept == list(range(kept[0], kept[-1] + 1))
    return kept[0], kept[-1]


@pytest.mark.parametrize("niveau", [0.8, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(
    ("repondants", "population"), [(17, 30), (7, 14), (5, 9), (5, 7), (1, 4), (30, 30), (0, 6)]
)
def test_the_interval_is_that_of_exact_enumeration(repondants, population, niveau):
    for effectif in range(repondants + 1):
        found = reponse.intervalle_population_finie(effectif, repondants, population, niveau)
        assert found == _brute_force(effectif, repondants, population, niveau)


@pytest.mark.parametrize(("repondants", "population"), [(17, 30), (7, 14), (5, 9)])
def test_the_interval_covers_at_least_as_often_as_it_says(repondants, population):
    for truth in range(population + 1):
        covered = Fraction(0)
        for x in range(max(0, repondants - population + truth), min(truth, repondants) + 1):
            low, high = reponse.intervalle_population_finie(x, repondants, population)
            if low <= truth <= high:
                covered += Fraction(
                    comb(truth, x) * comb(population - truth, repondants - x), comb(population, repondants)
                )
        assert covered >= Fraction(95, 100)


@settings(deadline=None)
@given(st.integers(1, 40).flatmap(lambda n: st.integers(0, n).flatmap(
    lambda r: st.tuples(st.integers(0, r), st.just(r), st.just(n)))))  # fmt: skip
def test_what_was_observed_lies_inside_and_complements_mirror(counts):
    effectif, repondants, population = counts
    low, high = reponse.intervalle_population_finie(effectif, repondants, population)
    assert effectif <= low <= high <= population - (repondants - effectif)
    mirrored = reponse.intervalle_population_finie(repondants - effectif, repondants, population)
    assert mirrored == (population - high, population - low)


def test_a_census_has_no_uncertainty():
    assert reponse.intervalle_population_finie(7, 15, 15) == (7, 7)


@pytest.mark.parametrize(
    "arguments", [(8, 7, 30), (-1, 7, 30), (3, 31, 30), (3, 7, 30, 0.0), (3, 7, 30, 1.0)]
)
def test_counts_that_do_not_fit_are_refused(arguments):
    with pytest.raises(ValueError, match=r"fit into|confidence level"):
        reponse.intervalle_population_finie(*arguments)
