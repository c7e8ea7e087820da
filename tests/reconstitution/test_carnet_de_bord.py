import datetime as dt
from collections import Counter

import pytest

PARTAGE = {"hombourg_haut", "roubaix", "strasbourg", "tourcoing"}
LEVELS = ["faible", "moyen", "fort"]


@pytest.fixture(scope="module")
def carnets(table):
    return table("carnet_de_bord")


def column(rows, name):
    return [row[name] for row in rows]


def starts(rows):
    return [dt.date.fromisoformat(day) for day in column(rows, "debut_contrat")]


def test_fourteen_carnets(carnets, table):
    sites = {row["territoire"] for row in table("territoires")}
    assert sites - set(column(carnets, "territoire")) == {"les_mureaux"}
    assert len(carnets) == 14


def test_full_time_equivalents(carnets):
    etp = [float(value) for value in column(carnets, "etp")]
    assert min(etp) == 0.4
    assert max(etp) == 1.5
    assert abs(sum(etp) / len(etp) - 0.8) < 0.05  # F01, strictly: no rule of rounding matters
    assert all(value == f"{float(value):.1f}" for value in column(carnets, "etp"))


def test_staffing(carnets):
    counts = Counter(column(carnets, "configuration"))
    assert counts["seul"] * 2 == len(carnets)  # F02
    assert counts["seul_avec_appui"] == 3  # F03
    shared = {row["territoire"] for row in carnets if row["configuration"] == "partage"}
    assert shared == PARTAGE  # F04


def test_time_agrees_with_staffing(carnets):
    for row in carnets:
        if row["configuration"] == "seul":
            assert float(row["etp"]) <= 1
            assert row["temps_plein"] == "oui" or float(row["etp"]) < 1


def test_contract_starts(carnets):
    quarters = Counter((day.year, (day.month - 1) // 3 + 1) for day in starts(carnets))
    assert quarters[2019, 4] == 6  # F05
    assert quarters[2020, 1] == 4  # F06
    assert min(starts(carnets)) >= dt.date(2019, 9, 1)
    assert max(starts(carnets)) < dt.date(2020, 9, 1)


def test_steering_meetings(carnets):
    meetings = [int(value) for value in column(carnets, "reunions_pilotage")]
    assert (min(meetings), max(meetings)) == (0, 8)
    assert abs(sum(meetings) / len(meetings) - 3) < 0.5  # F07
    january = [int(value) for value in column(carnets, "reunions_janvier_2020")]
    assert set(january) == {0, 2}  # F08
    assert january.count(2) == 3


def test_meetings_agree_with_contracts(carnets):
    for row, start in zip(carnets, starts(carnets), strict=True):
        months = (2020 - start.year) * 12 + 9 - start.month
        assert int(row["reunions_pilotage"]) <= months
        assert int(row["reunions_janvier_2020"]) <= int(row["reunions_pilotage"])
        if start >= dt.date(2019, 12, 1):
            assert row["reunions_janvier_2020"] == "0"
        if start < dt.date(2020, 3, 1):
            assert row["reunions_pilotage"] != "0"


def test_who_sits_in_the_steering_body(carnets):
    assert Counter(column(carnets, "instances"))["unique"] > 7  # F09
    assert set(column(carnets, "instance_institutionnels")) == {"oui"}  # F10
    associations = column(carnets, "instance_associations").count("oui")
    assert 7 < associations < 14  # F10, F11
    participation = [row for row in carnets if row["instance_participation"] == "oui"]
    assert 2 <= len(participation) <= 4  # F12
    assert all(row["instance_associations"] == "oui" for row in participation)


def test_every_theme_is_retained_somewhere(carnets):
    themes = [name for name in carnets[0] if name.startswith("theme_")]
    assert len(themes) == 6
    assert all("oui" in column(carnets, theme) for theme in themes)  # F13
    assert all("oui" in [row[theme] for theme in themes] for row in carnets)


def test_posts(carnets):
    profiles = set(column(carnets, "profil"))
    assert profiles == {"animation_mediation", "master_recent", "doctorat", "autre"}  # P01
    assert column(carnets, "issu_du_quartier").count("oui") == 2  # P02
    assert column(carnets, "contrat").count("cdd") > 7  # P03
    assert set(column(carnets, "temps_plein")) == {"oui", "non"}  # P03


def test_support_of_the_direction_fades(carnets):
    pairs = [(row["soutien_demarrage"], row["soutien_actuel"]) for row in carnets if row["soutien_actuel"]]
    assert all(LEVELS.index(now) <= LEVELS.index(start) for start, now in pairs)
    assert sum(start != now for start, now in pairs) >= 3  # P04
    start, now = zip(*pairs, strict=True)
    assert now.count("fort") < start.count("fort")
    assert len(set(now)) > 1
    assert column(carnets, "soutien_demarrage").count("fort") > 7


def test_some_answers_are_missing_but_never_under_a_published_number(carnets):
    missing = {name for row in carnets for name, value in row.items() if value in {"", "NSP", "NC", "SO"}}
    assert missing == {"contrat", "issu_du_quartier", "soutien_actuel"}


def test_order_of_rows_says_nothing(carnets):
    codes = column(carnets, "repondant")
    assert codes == sorted(codes)
    sites = column(carnets, "territoire")
    assert sites != sorted(sites)
