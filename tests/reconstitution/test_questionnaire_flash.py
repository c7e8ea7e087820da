from collections import Counter

import pytest

ANSWERS = ("posture", "frein_saturation", "frein_crise_sanitaire", "frein_elections", "frein_objet_flou")


@pytest.fixture(scope="module")
def recipients(table):
    return table("questionnaire_flash")


@pytest.fixture(scope="module")
def answered(recipients):
    return [row for row in recipients if row["repondu"] == "oui"]


def sites(rows):
    return {row["territoire"] for row in rows}


def test_recipients(recipients):
    assert len({row["repondant"] for row in recipients}) == len(recipients) == 30  # M02
    roles = Counter(row["role"] for row in recipients)
    assert roles == {"dp": 14, "ville": 9, "intercommunalite": 7}  # M03
    assert len(sites(recipients)) == 14  # M04
    assert len({(row["role"], row["territoire"]) for row in recipients}) == 30


def test_respondents(recipients, answered):
    assert len(answered) == 17  # M05
    assert len(sites(answered)) == 10  # M06
    assert f"{100 * len(answered) / len(recipients):.0f}" == "57"  # M07
    assert Counter(r["role"] for r in answered) == {"dp": 7, "ville": 5, "intercommunalite": 5}


def test_who_did_not_answer_left_nothing(recipients):
    for row in recipients:
        if row["repondu"] == "non":
            assert [row[column] for column in ANSWERS] == [""] * len(ANSWERS)


def test_order_between_roles(answered):
    def share(role, posture="soutien"):
        stances = [row["posture"] for row in answered if row["role"] == role]
        return stances.count(posture) / len(stances)

    assert share("ville") < 0.5 < share("dp") < 1  # J03
    assert share("intercommunalite") < share("dp")
    assert share("dp", "observateur") < min(
        share(role, "observateur") for role in ("ville", "intercommunalite")
    )


def test_named_obstacles_come_first(answered):
    ticks = {c: sum(row[c] == "oui" for row in answered) for c in ANSWERS[1:]}
    vague = ticks.pop("frein_objet_flou")
    assert min(ticks.values()) > 8  # J05
    assert vague < min(ticks.values())


def test_missing_answers_are_few_and_under_no_published_figure(answered):
    missing = [(column, row[column]) for row in answered for column in ANSWERS if row[column] in {"", "NSP"}]
    assert sorted(missing) == [("frein_objet_flou", ""), ("frein_objet_flou", "NSP")]


def test_stances_agree_with_the_backing_of_the_site(answered, table):
    backing = {row["territoire"]: row["portage"] for row in table("positionnements")}
    for row in answered:
        if row["role"] == "dp":
            strong = backing[row["territoire"]] in {"binome", "triumvirat"}
            assert (row["posture"] == "soutien") == strong
        if row["role"] == "ville" and backing[row["territoire"]] == "triumvirat":
            assert row["posture"] == "soutien"


def test_order_of_rows_says_nothing(recipients):
    codes = [row["repondant"] for row in recipients]
    assert codes == sorted(codes)
    answers = [row["repondu"] for row in recipients]
    assert answers not in (sorted(answers), sorted(answers, reverse=True))
