import pytest

from atc.indicators import animation
from atc.indicators.measures import Part


def test_time(frame):
    carnet = frame("carnet_de_bord", etp=[0.4, 0.5, 0.51, 0.8, 0.95, 1.0, 1.01])
    assert animation.resume_etp(carnet).mediane == 0.8


def test_configurations(frame, dictionary):
    carnet = frame(
        "carnet_de_bord",
        territoire=["tourcoing", "roubaix", "grigny"],
        configuration=["partage", "partage", "seul"],
    )
    sites = frame(
        "territoires",
        territoire=["grigny", "roubaix", "tourcoing", "aubenas"],
        commune=["Grigny", "Roubaix", "Tourcoing", "Aubenas"],
    )
    assert list(animation.configurations(carnet, dictionary)["effectif"]) == [1, 0, 2]
    assert animation.noms_en_configuration(carnet, sites, "partage") == ("Roubaix", "Tourcoing")


def test_posts(frame, dictionary):
    carnet = frame(
        "carnet_de_bord",
        contrat=["cdd", None, "cdi"],
        temps_plein=[True, None, False],
        issu_du_quartier=[None, False, False],
        profil=["doctorat", "autre", "animation_mediation"],
    )
    assert list(animation.contrats(carnet, dictionary)["effectif"]) == [1, 1, 0]
    assert animation.part_a_temps_plein(carnet) == Part(1, 2)
    assert animation.part_issus_du_quartier(carnet) == Part(0, 2)
    assert list(animation.profils(carnet, dictionary)["effectif"]) == [1, 0, 1, 1]
    assert animation.nombre_de_profils(carnet) == 3


@pytest.fixture
def soutiens(frame):
    return frame(
        "carnet_de_bord",
        soutien_demarrage=["fort", "fort", "faible", "moyen", None, "moyen"],
        soutien_actuel=["faible", "fort", "moyen", "faible", "fort", None],
    )


def test_support_at_both_moments(soutiens, dictionary):
    table = animation.soutien(soutiens, dictionary)
    assert list(table["effectif"]) == [2, 2, 1, 2, 1, 2]
    assert set(table["total"]) == {5}
    assert list(table["moment"].unique()) == ["soutien_demarrage", "soutien_actuel"]


def test_change_of_support_counts_only_those_who_answered_twice(soutiens, dictionary):
    table = animation.evolution_du_soutien(soutiens, dictionary).set_index("modalite")
    assert table["effectif"].to_dict() == {"baisse": 2, "stable": 1, "hausse": 1}
    assert set(table["total"]) == {4}
