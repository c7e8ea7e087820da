from collections import Counter
from itertools import pairwise

import pytest


@pytest.fixture(scope="module")
def verbatims(table):
    return table("verbatims")


def test_legitimacy_by_network(table):
    found = {row["reseau"]: row["legitimite"] for row in table("legitimites")}
    assert found == {"fcsf": "acquise", "cnlrq": "a_conquerir", "bbz": "thematique"}  # J04


def test_paraphrases_cover_both_chapters(verbatims):
    assert Counter(row["chapitre"] for row in verbatims) == {"jeux_d_acteurs": 7, "premiers_effets": 3}
    assert {row["nature"] for row in verbatims} == {"paraphrase"}
    functions = {row["fonction"] for row in verbatims}
    assert functions == {"animateur", "delegue_prefet", "intercommunalite", "direction_porteur"}


def test_one_of_each_chapter_is_withheld(verbatims):
    withheld = [row for row in verbatims if row["relu"] == "non"]
    assert sorted(row["chapitre"] for row in withheld) == ["jeux_d_acteurs", "premiers_effets"]
    for row in verbatims:
        signed = (row["relu_par"], row["relu_le"], row["relu_pour"])
        if row["relu"] == "oui":
            assert signed[1] == "2026-11-23"
            assert "aucun propos réel" in signed[0]
        else:
            assert signed == ("SO", "SO", "SO")


def test_one_is_signed_for_a_narrower_circle_than_the_public(verbatims):
    found = Counter(row["relu_pour"] for row in verbatims)
    assert found == {"public": 7, "financeurs": 1, "SO": 2}


def test_at_most_two_of_one_speaker_never_side_by_side(verbatims):
    speakers = [row["locuteur"] for row in verbatims]
    assert max(Counter(speakers).values()) <= 2
    assert all(first != second for first, second in pairwise(speakers))


def test_speakers_are_in_no_other_table(verbatims, table):
    known = {row["repondant"] for name in ("carnet_de_bord", "questionnaire_flash") for row in table(name)}
    assert not known & {row["locuteur"] for row in verbatims}


def test_no_place_and_no_digit(verbatims, table):
    names = {row[column] for row in table("territoires") for column in ("commune", "quartier")} - {"NC"}
    for row in verbatims:
        text = f"{row['idee']} {row['texte']}"
        assert not any(character.isdigit() for character in text)
        assert not any(name.lower() in text.lower() for name in names)
        assert len(row["texte"]) <= 400


def test_every_name_shown_covers_five_people(verbatims, table):
    # design/privacy.md, 13: the wider group of each function used must count five interviews.
    groups = {
        "animateur": ("animateur",),
        "delegue_prefet": ("delegue_prefet",),
        "intercommunalite": ("ville", "intercommunalite", "departement"),
        "direction_porteur": ("direction_porteur", "equipe_porteur"),
    }
    met = Counter(row["fonction"] for row in table("entretiens"))
    for row in verbatims:
        assert sum(met[function] for function in groups[row["fonction"]]) >= 5
