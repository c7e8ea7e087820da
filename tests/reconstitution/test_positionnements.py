from collections import Counter

import pytest


@pytest.fixture(scope="module")
def rows(table):
    return table("positionnements")


def test_every_site_has_a_stance(rows, table):
    assert [row["territoire"] for row in rows] == [row["territoire"] for row in table("territoires")]


def test_four_models_and_some_sites_between_two(rows):
    models = Counter(row["modele_principal"] for row in rows)
    assert set(models) == {"participation", "inter_institutionnel", "coordination", "dynamisation"}  # O01
    assert min(models.values()) >= 2
    between = [row for row in rows if row["modele_secondaire"] != "SO"]
    assert len(between) == 4
    assert all(row["modele_secondaire"] != row["modele_principal"] for row in between)


def test_three_cases_of_backing(rows):
    assert {r["portage"] for r in rows} == {"binome", "triumvirat", "faible_assume", "faible_subi"}  # O02


def test_three_organisations_that_agree_with_the_carnets(rows, table):
    counts = Counter(row["organisation"] for row in rows)
    assert counts == {"majoritaire": 11, "minoritaire": 3, "atypique": 1}  # O03
    shared = {r["territoire"] for r in table("carnet_de_bord") if r["configuration"] == "partage"}
    assert {row["territoire"] for row in rows if row["organisation"] != "majoritaire"} == shared


def test_three_factors_one_at_least_a_site(rows):
    factors = ("facteur_profil", "facteur_besoins", "facteur_institutions")
    assert all(any(row[factor] == "oui" for factor in factors) for row in rows)
    assert all(any(row[factor] == "oui" for row in rows) for factor in factors)  # O04


def test_steering_bodies_closed_to_associations_do_not_put_residents_first(rows, table):
    closed = {r["territoire"] for r in table("carnet_de_bord") if r["instance_associations"] == "non"}
    models = {row["modele_principal"] for row in rows if row["territoire"] in closed}
    assert "participation" not in models
