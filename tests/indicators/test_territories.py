import math

import pandas as pd
import pytest

from atc.indicators import territories


@pytest.fixture
def carnets(frame):
    before = frame(
        "carnet_de_bord",
        territoire=["aubenas", "avignon", "grenoble", "roubaix"],
        repondant=["A-1", "A-2", "A-3", "A-4"],
        etp=[0.5, 1.0, 0.8, 0.4],
        reunions_pilotage=[1, 2, 3, None],
    )
    after = frame(
        "carnet_de_bord",
        territoire=["roubaix", "grenoble", "avignon", "marseille"],
        repondant=["A-4", "A-9", "A-2", "A-5"],
        etp=[0.4, 0.5, 1.2, 1.0],
        reunions_pilotage=[4, 3, 1, 2],
    )
    return before, after


def test_territories_are_matched_by_name_and_not_by_row(carnets):
    table = territories.par_territoire(*carnets, "etp")
    assert table.loc["avignon"].to_list() == [1.0, 1.2]
    assert list(table.index) == ["aubenas", "avignon", "grenoble", "marseille", "roubaix"]
    assert pd.isna(table.loc["marseille", "avant"])


def test_only_those_known_twice_go_up_or_down_and_attrition_is_told(carnets):
    table = territories.nombres(*carnets, {"etp": "Temps", "reunions_pilotage": "Réunions"}).set_index(
        "modalite"
    )
    shown = ["compares", "hausse", "stable", "baisse", "perdus", "nouveaux"]
    assert table.loc["etp", shown].to_list() == [3, 1, 1, 1, 1, 1]
    assert table.loc["etp", ["mediane_avant", "mediane_apres"]].to_list() == [0.8, 0.5]
    # Roubaix did not say how many meetings in the former wave: it is new, not up.
    assert table.loc["reunions_pilotage", ["compares", "nouveaux", "connus_avant"]].to_list() == [2, 2, 3]


def test_nothing_compared_gives_no_median(carnets):
    before, after = carnets
    found = territories.bilan(territories.par_territoire(before.iloc[:1], after.iloc[:1], "etp"))
    assert (found["compares"], found["perdus"], found["nouveaux"]) == (0, 1, 1)
    assert pd.isna(found["mediane_avant"])


def test_who_answered_in_each_wave(carnets, frame):
    sites = ["aubenas", "aubenas", "avignon"]
    flash, later = (
        frame("questionnaire_flash", territoire=sites, repondant=persons, repondu=answered)
        for persons, answered in (
            (["R-1", "R-2", "R-3"], [True, True, False]),
            (["R-1", "R-8", "R-3"], [True, None, True]),
        )
    )
    table = territories.presences(flash, later, *carnets).set_index("modalite")
    shown = table[["avant", "apres", "communs", "partis", "entres"]]
    assert shown.loc["carnets"].to_list() == [4, 4, 3, 1, 1]
    assert shown.loc["animateurs"].to_list() == [4, 4, 2, 2, 2]
    assert shown.loc["institutionnels"].to_list() == [2, 2, 1, 1, 1]
    assert shown.loc["territoires"].to_list() == [1, 2, 1, 0, 1]


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
        ("A-2", "animateurs", "avignon", "actuelle", "cooperation", 3),
    )
    after = _scores(
        frame,
        ("R-9", "institutionnels", "aubenas", "actuelle", "cooperation", 5),
        ("R-3", "institutionnels", "avignon", "actuelle", "cooperation", 8),
        ("R-3", "institutionnels", "avignon", "actuelle", "confiance", 1),
        ("A-1", "animateurs", "aubenas", "actuelle", "cooperation", 9),
        ("A-2", "animateurs", "avignon", "actuelle", "cooperation", 6),
    )
    return before, after


def test_people_change_and_territory_medians_are_compared(notes, dictionary):
    table = territories.notes(notes, dictionary, ["cooperation"])
    assert list(table["item"]) == ["cooperation", "cooperation"]  # nothing else is joined
    lenses = table.set_index("groupe")
    assert lenses.loc["institutionnels", ["compares", "hausse", "stable", "baisse"]].to_list() == [2, 1, 1, 0]
    # An animateur did not score in the former wave: new, not up.
    assert lenses.loc["animateurs", ["compares", "nouveaux"]].to_list() == [1, 1]
    assert territories.notes(notes, dictionary, []).empty


def test_three_moments_keep_the_territories_known_at_all_three(notes, dictionary):
    table = territories.notes(notes, dictionary, ["cooperation"], depart=True).set_index("groupe")
    seen = table.loc["institutionnels"]
    assert seen[list(territories.MEDIANS)].to_list() == [2, 5, 5]
    # Avignon was not asked about the time before: the former wave does not know both of its moments.
    told = seen[["compares", "perdus", "nouveaux", "connus_avant", "connus_apres"]].to_list()
    assert told == [1, 0, 1, 1, 2]
    nobody = table.loc["animateurs"]
    assert nobody[list(territories.MEDIANS)].isna().all()
    assert nobody[["compares", "connus_avant", "connus_apres"]].to_list() == [0, 0, 2]


def test_where_nobody_was_asked_about_the_time_before_there_are_two_moments(notes, dictionary):
    before, after = notes
    table = territories.notes([after, before], dictionary, ["cooperation"], depart=True).set_index("groupe")
    assert territories.MEDIANS[0] not in table
    assert table.loc["institutionnels", [*territories.MEDIANS[1:], "compares"]].to_list() == [6.5, 6, 2]


def test_territories_that_miss_one_of_three_waves_are_in_no_median_of_them(notes, dictionary):
    before, after = notes
    last = after[after["territoire"] == "avignon"]
    table = territories.notes([before, after, last], dictionary, ["cooperation"]).set_index("groupe")
    seen = table.loc["institutionnels"]
    names = ["mediane_avant_1", *territories.MEDIANS[1:]]
    assert [name for name in table if name.startswith("mediane_")] == names
    # Aubenas is in the first two only; among those that know both, it is known before the last.
    assert seen[[*names, "compares", "connus_avant", "connus_apres"]].to_list() == [7, 8, 8, 1, 2, 1]
    # With the time before the start, which Avignon did not judge, nobody is left.
    early = territories.notes([before, after, last], dictionary, ["cooperation"], depart=True)
    assert not early["compares"].any()


def test_comparisons_put_items_together_and_do_not_tell_how_many_there_are(notes, dictionary):
    table = territories.comparaisons(territories.notes(notes, dictionary, ["cooperation", "confiance"]))
    shown = [(row.groupe, row.sens, row.effectif) for row in table.itertuples()]
    assert shown == [
        ("institutionnels", "hausse", 1),
        ("institutionnels", "baisse", 1),
        ("animateurs", "hausse", 1),
        ("animateurs", "baisse", 0),
    ]
    assert not {"compares", "stable", "total"} & set(table.columns)


def test_the_gap_of_two_groups_is_compared_where_both_scored_twice(notes, dictionary):
    (row,) = territories.ecarts(*notes, dictionary, ["cooperation"]).itertuples()
    # Avignon alone: 7 and 3 then, 8 and 6 now.
    assert (row.mediane_institutionnels_avant, row.mediane_animateurs_avant) == (7, 3)
    assert (row.mediane_institutionnels_apres, row.mediane_animateurs_apres) == (8, 6)
    assert (row.compares, row.resserre, row.egal, row.creuse) == (1, 1, 0, 0)
    assert (row.connus_avant, row.perdus, row.connus_apres, row.nouveaux) == (1, 0, 2, 1)
    (nobody,) = territories.ecarts(*notes, dictionary, ["confiance"]).itertuples()
    assert nobody.compares == 0
    assert pd.isna(nobody.mediane_animateurs_avant)


def test_moves_between_modalites(frame, dictionary):
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
    labels = dictionary.field("positionnements.modele_principal").labels
    moves = territories.passages(before, after, "modele_principal", labels)
    shown = list(moves[["avant", "apres", "effectif"]].itertuples(index=False, name=None))
    assert shown == [
        ("participation", "participation", 1),
        ("dynamisation", "participation", 1),
        ("dynamisation", "dynamisation", 1),
    ]
    assert list(moves["total"]) == [1, 2, 2]
    assert territories.passages(before.iloc[3:], after.iloc[:1], "modele_principal", labels).empty
    (kept,) = territories.fidelite(before, after, "modele_principal").itertuples()
    assert (kept.compares, kept.garde, kept.change) == (3, 2, 1)
    assert (kept.connus_avant, kept.perdus, kept.connus_apres, kept.nouveaux) == (4, 1, 4, 1)


@pytest.fixture
def table(frame):
    # Aubenas: three institutional actors and an animateur; Grigny: no animateur; Roubaix: a missing score.
    rows = [
        ("R-1", "institutionnels", "aubenas", "cooperation", 2),
        ("R-2", "institutionnels", "aubenas", "cooperation", 9),
        ("R-3", "institutionnels", "aubenas", "cooperation", 8),
        ("A-1", "animateurs", "aubenas", "cooperation", 5),
        ("R-4", "institutionnels", "grigny", "cooperation", 10),
        ("R-5", "institutionnels", "roubaix", "cooperation", 4),
        ("A-2", "animateurs", "roubaix", "cooperation", 4),
        ("R-5", "institutionnels", "roubaix", "confiance", 3),
        ("A-2", "animateurs", "roubaix", "confiance", None),
    ]
    names = ("repondant", "groupe", "territoire", "item", "score")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return frame("scores", **columns, periode=["avant"] * len(rows))


def test_answers_are_first_summed_up_within_each_territory(table):
    medians = territories.medianes_par_territoire(table).set_index(["territoire", "groupe", "item"])
    assert medians.loc[("aubenas", "institutionnels", "cooperation")].to_list() == [8, 3]
    assert ("roubaix", "animateurs", "confiance") not in medians.index


def test_only_territories_where_both_groups_scored_are_compared(table, dictionary):
    result = territories.comparaison(table, dictionary).set_index("item")
    assert list(result.index) == ["cooperation", "confiance"]  # nobody was asked the others
    row = result.loc["cooperation"]
    assert row["territoires"] == 2
    # Territory medians 8 and 4, not the answers 2, 9, 8, 4 nor Grigny's 10.
    assert row["mediane_institutionnels"] == 6
    assert row["mediane_animateurs"] == 4.5
    assert row["ecart"] == 1.5
    assert row[["plus_haut", "egal", "plus_bas"]].to_list() == [1, 1, 0]
    assert result.loc["confiance", "territoires"] == 0
    assert math.isnan(result.loc["confiance", "ecart"])


def test_another_period_is_not_mixed_in(table, dictionary):
    later = table.assign(periode=["actuelle"] * len(table))
    assert territories.comparaison(later, dictionary)["territoires"].sum() == 0
    assert territories.comparaison(later, dictionary, "actuelle").loc[0, "territoires"] == 2


def test_bands_count_respondents(table, dictionary):
    bands = territories.notes_par_tranche(table, dictionary)
    assert len(bands) == 2 * 2 * 4
    kept = bands[(bands["item"] == "cooperation") & (bands["groupe"] == "institutionnels")]
    assert list(kept["effectif"]) == [1, 1, 0, 3]
    assert set(kept["total"]) == {5}
