import math

import pytest

from atc.indicators import scores


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
    medians = scores.medianes_par_territoire(table).set_index(["territoire", "groupe", "item"])
    assert medians.loc[("aubenas", "institutionnels", "cooperation")].to_list() == [8, 3]
    assert ("roubaix", "animateurs", "confiance") not in medians.index


def test_only_territories_where_both_groups_scored_are_compared(table, dictionary):
    result = scores.comparaison(table, dictionary).set_index("item")
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
    assert scores.comparaison(later, dictionary)["territoires"].sum() == 0
    assert scores.comparaison(later, dictionary, "actuelle").loc[0, "territoires"] == 2


def test_bands_count_respondents(table, dictionary):
    bands = scores.notes_par_tranche(table, dictionary)
    assert len(bands) == 2 * 2 * 4
    kept = bands[(bands["item"] == "cooperation") & (bands["groupe"] == "institutionnels")]
    assert list(kept["effectif"]) == [1, 1, 0, 3]
    assert set(kept["total"]) == {5}
