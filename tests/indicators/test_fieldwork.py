from fractions import Fraction
from math import comb

import pytest

from atc.indicators import fieldwork


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
    table = fieldwork.reponses(flash, dictionary.field("questionnaire_flash.role").labels)
    shown = [(row.role, row.repondu, row.effectif, row.total) for row in table.itertuples()]
    assert shown == [
        ("dp", "oui", 2, 3),
        ("dp", "non", 1, 3),
        ("ville", "oui", 0, 2),
        ("ville", "non", 2, 2),
        ("intercommunalite", "oui", 0, 0),
        ("intercommunalite", "non", 0, 0),
    ]


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


# --- interviews and observations ---


@pytest.fixture
def territoires(frame):
    return frame(
        "territoires",
        territoire=["roubaix", "aubenas", "grigny"],
        commune=["Roubaix", "Aubenas", "Grigny"],
        recueil=["monographie", "telephone", "telephone"],
    )


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


def test_detail_names_every_meeting_once_and_adds_up(entretiens, territoires, dictionary):
    detail = fieldwork.rencontres(entretiens, territoires, dictionary)
    shown = list(detail[["commune", "nature", "fonction", "effectif"]].itertuples(index=False, name=None))
    assert shown == [
        ("Aubenas", "entretien", "animateur", 1),
        ("Grigny", "entretien", "direction_porteur", 1),
        ("Roubaix", "entretien", "animateur", 1),
        ("Roubaix", "entretien", "ville", 2),
        ("Roubaix", "observation", "instance", 1),
    ]
    assert detail["effectif"].sum() == len(entretiens)
    assert detail.loc[3, "libelle"] == "Ville"


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


def test_meetings_of_the_monographs_site_by_site(entretiens, territoires, dictionary):
    met = fieldwork.rencontres(entretiens, territoires, dictionary, "monographie")
    shown = list(met[["commune", "fonction", "effectif", "total"]].itertuples(index=False, name=None))
    assert shown == [("Roubaix", "animateur", 1, 3), ("Roubaix", "ville", 2, 3)]


# --- what the evaluators saw ---


@pytest.fixture
def effets(frame):
    return frame(
        "effets",
        effet=["F-001", "F-002", "F-003", "F-004", "F-005"],
        territoire=["grigny", "grigny", "roubaix", "grigny", "aubenas"],
        type=["participation", "participation", "participation", "theme_commun", "inter_associatif"],
        appui_conseil_citoyen=[False, False, True, False, False],
        associations=[None, None, None, None, 6],
        resume=["a", "b", "c", "d", "e"],
    )


def test_a_site_counts_once_under_each_kind(effets, dictionary):
    table = fieldwork.sites_par_type(effets, dictionary).set_index("modalite")
    assert table["effectif"].to_dict() == {
        "theme_commun": 1,
        "participation": 1,
        "nouveaux_projets": 0,
        "inter_associatif": 1,
        "inter_institutionnel": 0,
        "appui_conseil_citoyen": 1,
    }
    assert table.loc["appui_conseil_citoyen", "libelle"] == "Appui au conseil citoyen"
