import pytest


@pytest.fixture(scope="module")
def rows(table):
    return table("effets")


def sites(rows, kind, council="non"):
    return {
        row["territoire"] for row in rows if (row["type"], row["appui_conseil_citoyen"]) == (kind, council)
    }


def test_five_kinds_of_effect(rows):
    assert len({row["type"] for row in rows}) == 5  # E01


def test_examples_by_kind(rows):
    kinds = ("theme_commun", "participation", "nouveaux_projets", "inter_associatif", "inter_institutionnel")
    assert [len(sites(rows, kind)) for kind in kinds] == [1, 1, 2, 1, 1]  # E02
    assert len(sites(rows, "participation", "oui")) == 3
    assert not sites(rows, "participation") & sites(rows, "participation", "oui")
    assert [row["associations"] for row in rows if row["associations"] != "SO"] == ["6"]


def test_examples_stand_where_the_carnets_allow(rows, table):
    carnets = {row["territoire"]: row for row in table("carnet_de_bord")}
    assert {row["territoire"] for row in rows} <= set(carnets)
    for kind, theme in (
        ("theme_commun", "theme_femmes_espace_public"),
        ("inter_associatif", "theme_solidarite_alimentaire"),
    ):
        assert all(carnets[site][theme] == "oui" for site in sites(rows, kind))


def test_summaries_name_no_place(rows, table):
    places = {row["commune"].lower() for row in table("territoires")}
    assert not [row for row in rows if any(place in row["resume"].lower() for place in places)]
