import pytest

from atc.indicators import modeles
from atc.indicators.measures import Part


@pytest.fixture
def positions(frame):
    return frame(
        "positionnements",
        modele_principal=["dynamisation", "dynamisation", "participation", "dynamisation"],
        modele_secondaire=["participation", "participation", None, "coordination"],
        portage=["faible_subi", "faible_assume", "binome", "binome"],
        organisation=["majoritaire", "majoritaire", "atypique", "majoritaire"],
        facteur_profil=[True, False, False, None],
        facteur_besoins=[False, False, False, False],
        facteur_institutions=[True, True, True, True],
    )


def test_main_and_second_models(positions, dictionary):
    table = modeles.modeles(positions, dictionary).set_index("modalite")
    assert table["effectif"].to_dict() == {
        "participation": 1,
        "inter_institutionnel": 0,
        "coordination": 0,
        "dynamisation": 3,
    }
    assert table["secondaire"].to_list() == [2, 0, 1, 0]
    assert set(table["total"]) == {4}
    assert modeles.nombre_de_modeles(positions) == 2


def test_sites_between_two_models(positions, dictionary):
    pairs = modeles.paires(positions, dictionary)
    shown = list(
        pairs[["modele_principal", "modele_secondaire", "effectif"]].itertuples(index=False, name=None)
    )
    assert shown == [("dynamisation", "participation", 2), ("dynamisation", "coordination", 1)]
    assert modeles.part_entre_deux(positions) == Part(3, 4)
    assert pairs["effectif"].sum() == modeles.part_entre_deux(positions).effectif


def test_no_site_between_two_models_keeps_the_columns(positions, dictionary):
    alone = modeles.paires(positions.iloc[[2]], dictionary)
    assert alone.empty
    assert "effectif" in alone.columns


def test_backing(positions, dictionary):
    detail = modeles.portages(positions, dictionary)
    assert list(detail["cas"]) == ["binome", "triumvirat", "faible", "faible"]
    assert list(detail["effectif"]) == [2, 0, 1, 1]
    assert list(modeles.cas_de_portage(positions, dictionary)["effectif"]) == [2, 0, 2]
    assert modeles.nombre_de_cas(positions, dictionary) == 2


def test_organisation(positions, dictionary):
    assert list(modeles.organisations(positions, dictionary)["effectif"]) == [3, 0, 1]
    assert modeles.nombre_d_organisations(positions) == 2


def test_factors(positions, dictionary):
    counts = modeles.facteurs(positions, dictionary)
    assert list(counts["effectif"]) == [1, 0, 4]
    assert list(counts["total"]) == [3, 4, 4]
