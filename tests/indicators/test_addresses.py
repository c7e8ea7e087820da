"""Addresses on small tables by hand: which rows a filter keeps, and what is taken of them."""

import math
from dataclasses import replace

import pytest

from atc.indicators.addresses import CellError, measured, parse
from atc.indicators.measures import Part
from atc.survey.waves import Wave, open_wave


@pytest.fixture(scope="module")
def wave(frame) -> Wave:
    tables = {
        "territoires": frame(
            "territoires",
            territoire=["avignon", "roubaix", "grigny"],
            commune=["Avignon", "Roubaix", "Grigny"],
            recueil=["monographie", "monographie", "telephone"],
        ),
        "entretiens": frame(
            "entretiens",
            entretien=["E-001", "E-002", "E-003", "E-004"],
            territoire=["roubaix", "roubaix", "grigny", "grigny"],
            nature=["entretien", "observation", "entretien", "entretien"],
            fonction=["ville", "instance", "animateur", "association"],
        ),
        "carnet_de_bord": frame(
            "carnet_de_bord",
            territoire=["avignon", "roubaix", "grigny"],
            debut_contrat=["2019-10-01", "2020-01-01", None],
            contrat=["cdd", "cdi", None],
            temps_plein=[True, False, None],
            etp=[0.4, 1.5, None],
            reunions_pilotage=[10, 2, None],
            soutien_demarrage=["fort", "moyen", "fort"],
            soutien_actuel=["faible", "fort", None],
            theme_cadre_de_vie=[True, False, None],
            theme_engagement_citoyen=[False, False, True],
        ),
        "positionnements": frame(
            "positionnements",
            territoire=["avignon", "roubaix", "grigny"],
            portage=["faible_subi", "binome", "faible_assume"],
        ),
        "effets": frame(
            "effets",
            effet=["F-1", "F-2", "F-3"],
            territoire=["avignon", "avignon", "roubaix"],
            type=["participation", "theme_commun", "participation"],
            associations=[None, 2, 4],
        ),
    }
    return replace(open_wave("2020-automne"), _frames=tables)


@pytest.mark.parametrize(
    ("mesure", "colonne", "valeur", "filtre", "found"),
    [
        ("nombre", "territoires.territoire", "", "", 3),
        ("nombre", "territoires.territoire", "", "recueil=monographie", 2),
        ("nombre", "territoires.territoire", "", "recueil≠monographie", 1),
        ("nombre", "entretiens.entretien", "", "nature=entretien;fonction=ville|animateur", 2),
        # A missing answer is no answer: neither this one nor another.
        ("nombre", "carnet_de_bord.territoire", "", "contrat=*", 2),
        ("nombre", "carnet_de_bord.territoire", "", "contrat≠cdd", 1),
        ("nombre", "carnet_de_bord.territoire", "", "temps_plein≠oui", 1),
        ("nombre", "carnet_de_bord.territoire", "", "debut_contrat=2019-T4", 1),
        ("nombre", "carnet_de_bord.territoire", "", "reunions_pilotage=10", 1),
        ("nombre", "carnet_de_bord.contrat", "", "", 2),
        ("nombre", "entretiens.territoire;nature", "", "", 3),
        # Another table, in both directions: all that is asked of it holds on one of its rows.
        ("noms", "territoires.commune", "", "entretiens.nature=observation", ("Roubaix",)),
        ("nombre", "territoires.territoire", "", "entretiens.nature=observation;entretiens.fonction=ville",
         0),
        ("nombre", "entretiens.entretien", "", "territoires.recueil=telephone", 2),
        ("nombre", "territoires.territoire", "", "entretiens.nature=*", 2),
        # Wider modalités, boxes of a question.
        ("nombre", "positionnements.portage.groupe", "", "", 2),
        ("nombre", "positionnements.territoire", "", "portage.groupe=faible", 2),
        ("noms", "positionnements.portage.groupe", "", "", ("Binôme", "Soutien faible")),
        ("noms", "carnet_de_bord.theme_engagement_citoyen;theme_cadre_de_vie", "", "",
         ("Engagement citoyen", "Cadre de vie")),
        ("noms", "carnet_de_bord.reunions_pilotage", "", "", ("2", "10")),
        # Shares.
        ("part", "carnet_de_bord.territoire", "contrat=cdd", "contrat=*", Part(1, 2)),
        ("part", "carnet_de_bord.territoire", "contrat=cdd", "", Part(1, 3)),
        ("part", "territoires.territoire", "entretiens.nature=observation", "", Part(1, 3)),
        ("part_selon", "entretiens.entretien;nature", "fonction=ville", "",
         {"Entretien": Part(1, 3), "Observation": Part(0, 1)}),
        ("nombre_selon", "entretiens.entretien;fonction", "", "fonction=ville|habitant",
         {"Ville": 1, "Habitant.e": 0}),
        ("minimum", "carnet_de_bord.etp", "", "", 0.4),
        ("moyenne", "carnet_de_bord.etp", "", "", 0.95),
        ("maximum", "carnet_de_bord.etp", "", "", 1.5),
        ("somme", "carnet_de_bord.reunions_pilotage", "", "", 12),
        # Once for each row that is measured, however many are linked to it.
        ("somme", "carnet_de_bord.reunions_pilotage", "", "territoires.recueil=*", 12),
        ("somme", "effets.associations", "", "", 6),
        ("part", "territoires.territoire", "effets.associations=2", "effets.type=participation", Part(0, 2)),
        # Answers beside every other one, the strongest answer at both moments, where answers went.
        ("communs", "effets.territoire;type", "", "type=participation|theme_commun", 1),
        ("communs", "effets.territoire;type", "", "", 0),
        ("fort_par_moment", "carnet_de_bord.soutien_demarrage;soutien_actuel", "", "",
         {"Au démarrage": Part(2, 3), "Aujourd’hui": Part(1, 2)}),
        ("sens", "carnet_de_bord.soutien_demarrage;soutien_actuel", "", "", {"En baisse": 1, "En hausse": 1}),
        ("sens", "carnet_de_bord.soutien_demarrage;soutien_actuel", "", "contrat=autre",
         {"En baisse": 0, "En hausse": 0}),
    ],
)  # fmt: skip
def test_the_rows_that_are_asked_for_are_measured(wave, mesure, colonne, valeur, filtre, found):
    assert measured(wave, mesure, colonne, valeur=valeur, filtre=filtre) == found


def test_nobody_left_has_no_share(wave):
    asked = {"valeur": "contrat=cdd", "filtre": "reunions_pilotage=99"}
    assert math.isnan(measured(wave, "part", "carnet_de_bord.territoire", **asked).part)


def test_an_address_reads_what_its_words_name_and_what_links_them(wave):
    asked = parse(
        "noms", "territoires.commune", "", "recueil=telephone;entretiens.nature=observation", wave.dictionary
    )
    assert asked.reads == {
        "territoires.commune",
        "territoires.recueil",
        "territoires.territoire",
        "entretiens.nature",
        "entretiens.territoire",
    }


def test_a_wave_lets_through_what_it_declares(wave):
    narrow = wave.using(["entretiens.entretien", "entretiens.nature"])
    assert measured(narrow, "nombre", "entretiens.entretien", filtre="nature=observation") == 1
    with pytest.raises(KeyError, match=r"entretiens\.fonction"):
        measured(narrow, "nombre", "entretiens.entretien", filtre="fonction=ville")


def test_words_that_address_nothing_are_refused(wave):
    with pytest.raises(CellError, match="n’est pas dans le dictionnaire"):
        measured(wave, "nombre", "entretiens.personne")
