import pytest

from atc.indicators import effets
from atc.indicators.parts import Part


@pytest.fixture
def rows(frame):
    return frame(
        "effets",
        effet=["F-001", "F-002", "F-003", "F-004", "F-005"],
        territoire=["grigny", "grigny", "roubaix", "grigny", "aubenas"],
        type=["participation", "participation", "participation", "theme_commun", "inter_associatif"],
        appui_conseil_citoyen=[False, False, True, False, False],
        associations=[None, None, None, None, 6],
        resume=["a", "b", "c", "d", "e"],
    )


def test_a_site_counts_once_under_each_kind(rows, dictionary):
    table = effets.sites_par_type(rows, dictionary).set_index("modalite")
    assert table["effectif"].to_dict() == {
        "theme_commun": 1,
        "participation": 1,
        "nouveaux_projets": 0,
        "inter_associatif": 1,
        "inter_institutionnel": 0,
        "appui_conseil_citoyen": 1,
    }
    assert table.loc["appui_conseil_citoyen", "libelle"] == "Appui au conseil citoyen"
    assert effets.nombre_de_sites(rows, "participation") == 1
    assert effets.nombre_de_sites(rows, "participation", appui=True) == 1
    assert effets.nombre_de_types(rows) == 3


def test_examples_come_by_kind_without_their_site(rows, dictionary):
    table = effets.exemples(rows, dictionary)
    assert list(table["resume"]) == ["d", "a", "b", "c", "e"]
    assert "territoire" not in table.columns
    assert effets.types_presents(rows, dictionary)[0] == "Une thématique portée ensemble"


def test_associations_and_help_to_participation_bodies(rows, frame):
    sites = frame("territoires", territoire=["grigny", "roubaix", "aubenas", "avignon"])
    assert effets.nombre_d_associations(rows, "inter_associatif") == 6
    assert effets.nombre_d_associations(rows, "participation") == 0
    assert effets.part_aidant_un_conseil_citoyen(rows, sites) == Part(1, 4)
