import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.indicators import evolution, evolution_des_notes
from atc.indicators.evolution import Presence


@pytest.fixture
def carnets(frame):
    before = frame(
        "carnet_de_bord",
        territoire=["aubenas", "avignon", "grenoble", "roubaix"],
        repondant=["A-1", "A-2", "A-3", "A-4"],
        etp=[0.5, 1.0, 0.8, 0.4],
        reunions_pilotage=[1, 2, 3, None],
        instance_associations=[True, False, True, True],
    )
    after = frame(
        "carnet_de_bord",
        territoire=["roubaix", "grenoble", "avignon", "marseille"],
        repondant=["A-4", "A-9", "A-2", "A-5"],
        etp=[0.4, 0.5, 1.2, 1.0],
        reunions_pilotage=[4, 3, 1, 2],
        instance_associations=[True, False, True, None],
    )
    return before, after


def test_territories_are_matched_by_name_and_not_by_row(carnets):
    table = evolution.par_territoire(*carnets, "etp").set_index("territoire")
    assert table["sens"].to_dict() == {
        "aubenas": "perdu",
        "avignon": "hausse",
        "grenoble": "baisse",
        "marseille": "nouveau",
        "roubaix": "stable",
    }
    assert table.loc["avignon", ["avant", "apres"]].to_list() == [1.0, 1.2]


def test_summary_counts_only_those_compared_and_tells_attrition(carnets):
    table = evolution.evolution_du_carnet(
        *carnets, {"etp": "Temps", "reunions_pilotage": "Réunions"}
    ).set_index("modalite")
    assert table.loc["etp", ["compares", "hausse", "stable", "baisse", "perdus", "nouveaux"]].to_list() == [
        3, 1, 1, 1, 1, 1,
    ]  # fmt: skip
    assert table.loc["etp", "mediane_avant"] == 0.8
    assert table.loc["etp", "mediane_apres"] == 0.5
    # Roubaix did not say how many meetings in the former wave: it is new, not up.
    assert table.loc["reunions_pilotage", ["compares", "nouveaux"]].to_list() == [2, 2]


def test_nothing_compared_gives_no_median(carnets):
    before, after = carnets
    found = evolution.bilan(evolution.par_territoire(before.iloc[:1], after.iloc[:1], "etp"))
    assert found["compares"] == 0
    assert found["perdus"] == found["nouveaux"] == 1
    assert pd.isna(found["mediane_avant"])
    assert evolution.evolution_du_carnet(before, after, {}).columns.to_list()[:2] == ["modalite", "libelle"]


def test_boxes_then_and_now_over_the_same_territories(carnets):
    row = evolution.composition(*carnets, {"instance_associations": "Associations"}).iloc[0]
    assert row[["avant", "apres", "gagnes", "perdus", "inchanges", "total"]].to_list() == [2, 2, 1, 1, 1, 3]
    assert row["connus_avant"] == row["total"] + row["partis"]
    assert row["connus_apres"] == row["total"] + row["entres"]


def test_who_answered_in_each_wave(carnets, frame):
    flash = frame(
        "questionnaire_flash",
        territoire=["aubenas", "aubenas", "avignon"],
        repondant=["R-1", "R-2", "R-3"],
        repondu=[True, True, False],
    )
    later = frame(
        "questionnaire_flash",
        territoire=["aubenas", "aubenas", "avignon"],
        repondant=["R-1", "R-8", "R-3"],
        repondu=[True, None, True],
    )
    table = evolution.presences(flash, later, *carnets).set_index("modalite")
    shown = table[["avant", "apres", "communs", "partis", "entres"]]
    assert shown.loc["carnets"].to_list() == [4, 4, 3, 1, 1]
    assert shown.loc["animateurs"].to_list() == [4, 4, 2, 2, 2]
    assert shown.loc["institutionnels"].to_list() == [2, 2, 1, 1, 1]
    assert shown.loc["territoires"].to_list() == [1, 2, 1, 0, 1]


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_presence_adds_up(before, after):
    found = evolution.presence(pd.Series(list(before), dtype="str"), pd.Series(list(after), dtype="str"))
    assert (found.avant, found.apres) == (len(before), len(after))
    assert found.communs + found.partis + found.entres == len(before | after)
    swapped = evolution.presence(pd.Series(list(after), dtype="str"), pd.Series(list(before), dtype="str"))
    assert swapped == Presence(found.communs, found.entres, found.partis)


def _scores(frame, *rows):
    names = ("repondant", "groupe", "territoire", "periode", "item", "score")
    return frame("scores", **{name: [row[i] for row in rows] for i, name in enumerate(names)})


@pytest.fixture
def notes(frame):
    before = _scores(
        frame,
        ("R-1", "institutionnels", "aubenas", "avant", "cooperation", 2),
        ("R-1", "institutionnels", "aubenas", "actuelle", "cooperation", 4),
        ("R-2", "institutionnels", "aubenas", "actuelle", "cooperation", 6),
        ("R-3", "institutionnels", "avignon", "actuelle", "cooperation", 7),
        ("R-3", "institutionnels", "avignon", "actuelle", "confiance", 7),
        ("A-1", "animateurs", "aubenas", "actuelle", "cooperation", None),
    )
    after = _scores(
        frame,
        ("R-9", "institutionnels", "aubenas", "actuelle", "cooperation", 5),
        ("R-3", "institutionnels", "avignon", "actuelle", "cooperation", 8),
        ("R-3", "institutionnels", "avignon", "actuelle", "confiance", 1),
        ("A-1", "animateurs", "aubenas", "actuelle", "cooperation", 9),
    )
    return before, after


def test_people_change_and_territory_medians_are_compared(notes, dictionary):
    table = evolution_des_notes.evolution_des_scores(*notes, dictionary, ["cooperation"])
    assert list(table["item"]) == ["cooperation", "cooperation"]  # nothing else is joined
    lenses = table.set_index("groupe")
    assert lenses.loc["institutionnels", ["compares", "hausse", "stable", "baisse"]].to_list() == [2, 1, 1, 0]
    # The animateur did not score in the former wave: new, not up.
    assert lenses.loc["animateurs", ["compares", "nouveaux"]].to_list() == [0, 1]


def test_no_item_may_be_joined(notes, dictionary):
    assert evolution_des_notes.evolution_des_scores(*notes, dictionary, []).empty
    assert "compares" in evolution_des_notes.evolution_des_scores(*notes, dictionary, []).columns
    assert evolution_des_notes.trois_moments(*notes, dictionary, []).empty


def test_three_moments_keep_the_territories_known_at_all_three(notes, dictionary):
    table = evolution_des_notes.trois_moments(*notes, dictionary, ["cooperation"]).set_index("groupe")
    seen = table.loc["institutionnels"]
    assert seen[list(evolution_des_notes.MOMENTS)].to_list() == [2, 5, 5]
    # Avignon was not asked about the time before: known in both waves, and left out.
    assert seen[["territoires", "perdus", "nouveaux"]].to_list() == [1, 1, 1]
    assert seen[["connus_avant", "connus_apres"]].to_list() == [2, 2]
    nobody = table.loc["animateurs"]
    assert nobody[list(evolution_des_notes.MOMENTS)].isna().all()
    assert nobody[["territoires", "connus_avant", "connus_apres"]].to_list() == [0, 0, 1]


def test_comparisons_put_items_together_and_do_not_tell_how_many_there_are(notes, dictionary):
    changes = evolution_des_notes.evolution_des_scores(*notes, dictionary, ["cooperation", "confiance"])
    table = evolution_des_notes.comparaisons(changes)
    shown = [(row.groupe, row.sens, row.effectif) for row in table.itertuples()]
    assert shown == [
        ("institutionnels", "hausse", 1),
        ("institutionnels", "baisse", 1),
        ("animateurs", "hausse", 0),
        ("animateurs", "baisse", 0),
    ]
    assert not {"compares", "stable", "total"} & set(table.columns)


def test_moves_between_models(frame, dictionary):
    before = frame(
        "positionnements",
        territoire=["aubenas", "avignon", "grenoble", "roubaix"],
        modele_principal=["dynamisation", "dynamisation", "participation", "participation"],
    )
    after = frame(
        "positionnements",
        territoire=["avignon", "aubenas", "grenoble", "marseille"],
        modele_principal=["participation", "dynamisation", "participation", "participation"],
    )
    moves = evolution.passages(before, after, dictionary)
    shown = list(moves[["modele_avant", "modele_apres", "effectif"]].itertuples(index=False, name=None))
    assert shown == [
        ("participation", "participation", 1),
        ("dynamisation", "participation", 1),
        ("dynamisation", "dynamisation", 1),
    ]
    assert list(moves["total"]) == [1, 2, 2]
    assert evolution.passages(before.iloc[3:], after.iloc[:1], dictionary).empty
    kept = evolution.fidelite(before, after).set_index("modalite")
    assert kept["effectif"].to_dict() == {"garde": 2, "change": 1}
    assert set(kept["total"]) == {3}
