from collections import defaultdict
from statistics import mean

import pytest

HIGHER = ("cooperation", "interconnaissance", "vie_associative")


@pytest.fixture(scope="module")
def scores(table):
    return table("scores")


def test_everyone_scores_every_item_once(scores, table):
    flash = [row for row in table("questionnaire_flash") if row["repondu"] == "oui"]
    expected = {(r["repondant"], "institutionnels", r["territoire"]) for r in flash}
    expected |= {(r["repondant"], "animateurs", r["territoire"]) for r in table("carnet_de_bord")}
    assert {(r["repondant"], r["groupe"], r["territoire"]) for r in scores} == expected
    assert len({(r["repondant"], r["periode"], r["item"]) for r in scores}) == len(scores) == 31 * 6 * 2


def test_everyone_judges_the_time_before_then_the_present(scores):
    judges = {p: {row["repondant"] for row in scores if row["periode"] == p} for p in ("avant", "actuelle")}
    assert len(judges["avant"]) == len(judges["actuelle"]) == 31  # J02


def test_the_present_moves_a_little_and_mostly_up(scores):
    given = {
        (r["repondant"], r["item"], r["periode"]): int(r["score"]) for r in scores if r["score"].isdigit()
    }
    moves = [
        now - given[person, item, "avant"]
        for (person, item, periode), now in given.items()
        if periode == "actuelle" and (person, item, "avant") in given
    ]
    assert {abs(move) for move in moves} <= {0, 1, 2}
    assert 0 < mean(moves) < 2


def test_scores_are_between_1_and_10_and_a_few_are_missing(scores):
    missing = [(row["periode"], row["score"]) for row in scores if not row["score"].isdigit()]
    assert sorted(missing) == [("actuelle", "NSP")] * 5 + [("avant", "")] * 2 + [("avant", "NSP")] * 3
    assert all(1 <= int(row["score"]) <= 10 for row in scores if row["score"].isdigit())


def test_institutions_see_the_start_more_kindly_on_three_items(scores):
    by_site = defaultdict(list)
    for row in scores:
        if row["score"].isdigit() and row["periode"] == "avant":
            by_site[row["item"], row["groupe"], row["territoire"]].append(int(row["score"]))
    for item in {row["item"] for row in scores}:
        groups = [
            {site for i, g, site in by_site if (i, g) == (item, group)}
            for group in ("institutionnels", "animateurs")
        ]
        both = groups[0] & groups[1]
        # Territory by territory, as the comparison is read: each site weighs the same.
        gap = mean(
            mean(by_site[item, "institutionnels", site]) - mean(by_site[item, "animateurs", site])
            for site in both
        )
        assert gap > 0.7 if item in HIGHER else abs(gap) < 1.2
