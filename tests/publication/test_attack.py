from __future__ import annotations

import datetime as dt

import pandas as pd
from publication.shown import shown

from atc.disclosure.exceptions import Reviewed
from atc.publication.attack import Match, attack
from atc.survey.paths import find_project
from atc.survey.reference import load_roster

ROSTER = load_roster(find_project())
ONE = "2020-automne/entretiens&fonction=animateur&territoire=avignon"


def exception(exhibit: str, ligne: str) -> Reviewed:
    day = dt.date(2026, 11, 23)
    return Reviewed(2, "2020-automne", exhibit, ligne, "effectif", "montrer", "1", "imprimé", "équipe", day)


def test_a_count_of_one_post_of_one_site_is_a_person() -> None:
    found = attack([shown("T01-03", ranges={ONE: (1, 1)})], ROSTER, [])
    assert found == (Match("T01-03", ONE, "avignon", "animateur"),)


def test_masking_it_changes_nothing() -> None:
    assert attack([shown("T01-03", ranges={ONE: (1, 4)}, masked=[ONE])], ROSTER, [])


def test_nobody_is_nobody() -> None:
    assert attack([shown("T01-03", ranges={ONE: (0, 0)})], ROSTER, []) == ()


def test_what_the_report_printed_is_public_already() -> None:
    exhibit = shown("T01-03", ranges={ONE: (1, 1)})
    assert attack([exhibit], ROSTER, [exception("T01-03", "avignon|animateur")]) == ()
    assert attack([exhibit], ROSTER, [exception("T01-03", "avignon|ville")])
    assert attack([exhibit], ROSTER, [exception("F01-04", "avignon|animateur")])


def test_the_carnet_of_a_site_is_its_animateur() -> None:
    key = "2020-automne/carnet_de_bord.etp&territoire=roubaix"
    assert [m.fonction for m in attack([shown(ranges={key: (1, 1)})], ROSTER, [])] == ["animateur"]


def test_codes_of_the_questionnaire_meet_those_of_the_roster() -> None:
    key = "2020-automne/questionnaire_flash.repondu&role=dp&territoire=roubaix"
    assert [m.fonction for m in attack([shown(ranges={key: (1, 1)})], ROSTER, [])] == ["delegue_prefet"]


def test_sites_or_posts_alone_name_nobody() -> None:
    keys = ["2020-automne/entretiens&territoire=avignon", "2020-automne/questionnaire_flash&role=dp"]
    assert attack([shown(ranges=dict.fromkeys(keys, (7, 7)))], ROSTER, []) == ()


def test_a_post_is_the_same_under_both_its_names() -> None:
    key = "2020-automne/entretiens&fonction=intercommunalite&territoire=marseille"
    exhibit = shown("T01-03", ranges={key: (1, 1)})
    assert [m.fonction for m in attack([exhibit], ROSTER, [])] == ["ville"]
    assert attack([exhibit], ROSTER, [exception("T01-03", "marseille|intercommunalite")]) == ()


def test_the_roster_has_one_person_per_post_and_site() -> None:
    assert not ROSTER.duplicated(["territoire", "fonction"]).any()
    assert isinstance(ROSTER, pd.DataFrame)
    assert len(ROSTER) == 60
