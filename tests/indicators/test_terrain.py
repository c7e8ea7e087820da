import pandas as pd
import pytest

from atc.indicators import terrain


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


def test_sites(territoires):
    assert terrain.nombre_de_sites(territoires) == 3
    assert terrain.nombre_de_sites(territoires, "telephone") == 2
    assert terrain.noms_des_sites(territoires) == ("Aubenas", "Grigny", "Roubaix")
    assert terrain.noms_des_sites(territoires, "monographie") == ("Roubaix",)


def test_detail_names_every_meeting_once_and_adds_up(entretiens, territoires, dictionary):
    detail = terrain.detail(entretiens, territoires, dictionary)
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


def test_observations_are_never_counted_as_interviews(entretiens, territoires, dictionary):
    assert terrain.nombre_d_entretiens(entretiens) == 5
    assert terrain.nombre_d_entretiens(entretiens, recueil="monographie") == 3
    assert terrain.nombre_d_observations(entretiens) == 1
    assert terrain.noms_des_sites_observes(entretiens, territoires) == ("Roubaix",)
    groups = terrain.entretiens_par_groupe(entretiens, dictionary, "monographie").set_index("modalite")
    assert "instance" not in groups.index
    assert groups["effectif"].to_dict() == {
        "animateur": 1,
        "porteur": 0,
        "etat": 0,
        "collectivite": 2,
        "association_habitant": 0,
    }
    assert set(groups["total"]) == {3}


def test_interviews_of_one_site_and_function(entretiens):
    assert terrain.nombre_d_entretiens(entretiens, territoire="roubaix", fonction="ville") == 2
    assert terrain.nombre_d_entretiens(entretiens, territoire="roubaix", fonction="habitant") == 0


def test_meetings_of_the_monographs_site_by_site(entretiens, territoires, dictionary):
    met = terrain.rencontres(entretiens, territoires, dictionary, "monographie")
    shown = list(met[["commune", "fonction", "effectif", "total"]].itertuples(index=False, name=None))
    assert shown == [("Roubaix", "animateur", 1, 3), ("Roubaix", "ville", 2, 3)]
    everywhere = terrain.par_site(
        pd.concat([met, met.assign(territoire="aubenas", commune="Aubenas")], ignore_index=True)
    )
    shown = list(everywhere[["commune", "effectif", "total"]].itertuples(index=False, name=None))
    assert shown == [("Roubaix", 3, 6), ("Aubenas", 3, 6)]
