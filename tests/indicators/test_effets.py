import pytest

from atc.indicators import effets


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


def test_associations(rows):
    assert effets.nombre_d_associations(rows, "inter_associatif") == 6
    assert effets.nombre_d_associations(rows, "participation") == 0
