from fractions import Fraction
from math import comb

import pytest

from atc.indicators import fieldwork


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
        found = fieldwork.intervalle_population_finie(effectif, repondants, population, niveau)
        assert found == _brute_force(effectif, repondants, population, niveau)


@pytest.fixture
def entretiens(frame):
    return frame(
        "entretiens",
        entretien=["E-001", "E-002", "E-003", "E-004", "E-005", "E-006"],
        territoire=["roubaix", "roubaix", "roubaix", "roubaix", "aubenas", "grigny"],
        recueil=["monographie"] * 4 + ["telephone"] * 2,
        nature=["entretien", "entretien", "entretien", "observation", "entretien", "entretien"],
        fonction=["ville", "animateur", "ville", "instance", "animateur", "direction_porteur"],
    )


def test_observations_are_never_counted_as_interviews(entretiens, dictionary):
    groups = fieldwork.entretiens_par_groupe(entretiens, dictionary, "monographie").set_index("modalite")
    assert "instance" not in groups.index
    assert groups["effectif"].to_dict() == {
        "animateur": 1,
        "porteur": 0,
        "etat": 0,
        "collectivite": 2,
        "association_habitant": 0,
    }
    assert set(groups["total"]) == {3}
