"""One answer, one value: whatever the tool and the country of the keyboard, and never a guess."""

import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from atc.intake.values import Reading, UnreadableError, spellings
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.paths import find_project
from atc.survey.typography import number, place, skeleton, unambiguous

DICTIONARY: Dictionary = load_dictionary(find_project())


def reading(dotted, **changes):
    table, _, column = dotted.partition(".")
    return Reading(DICTIONARY.table(table), column, changes.pop("sites", None), **changes)


@given(st.decimals(0, 99_999, places=3), st.sampled_from(" \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"))
def test_a_number_is_read_back_as_france_writes_it(value, space):
    written = number(float(value), 3).replace("\N{NARROW NO-BREAK SPACE}", space)
    assert float(reading("carnet_de_bord.etp")(written)) == float(value)


@given(st.floats(-1e9, 1e9).map(lambda value: round(value, 4)))
@example(0.0)
def test_a_number_has_one_form(value):
    read = reading("territoires.longitude")
    plain = f"{value:f}"
    assert read(plain) == read(plain.replace(".", ",")) == str(float(read(plain)) + 0.0)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2079, 12, 31)))
def test_a_day_has_one_form(day):
    read = reading("carnet_de_bord.debut_contrat")
    serial = str((day - dt.date(1899, 12, 30)).days)
    french = (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}")
    assert {read(form) for form in (day.isoformat(), *french, f"{day} 00:00:00", serial)} == {day.isoformat()}


@given(st.text(max_size=12))
@example("NA")
@example("1e3")
@example("1_000")
@example("٣")
@example("1 2")
@example("12 345 6")
def test_what_is_no_number_is_refused_and_never_rounded(text):
    try:
        value = reading("scores.score")(text)
    except UnreadableError:
        return
    digits = re.sub("[ \xa0\u202f\u2009]", "", text).replace(",", ".")
    assert value in {"", "NSP", "NC", "SO"} or int(value) == float(digits)


def test_no_answer_has_four_codes():
    read = reading("carnet_de_bord.reunions_janvier_2020")
    written = {
        "NSP": "NSP|nsp|Ne sait pas|Je ne sais pas",
        "NC": "NC|non communiqué",
        "SO": "Sans objet|s.o.",
    }
    for code, forms in (written | {"": "-|—|/"}).items():
        assert {form: read(form) for form in forms.split("|")} == dict.fromkeys(forms.split("|"), code)


@pytest.mark.parametrize("written", ["NA", "N/A", "null", "None", "nan", "?", "x"])
def test_what_may_be_no_answer_is_not_taken_for_one(written):
    with pytest.raises(UnreadableError):
        reading("scores.score")(written)
    assert reading("scores.score", extra_missing={written: "NC"})(written) == "NC"


@pytest.mark.parametrize("written", ["#N/A", "#NOM?", "#DIV/0!", "#FORMULE!"])
@pytest.mark.parametrize("dotted", ["effets.resume", "scores.score", "carnet_de_bord.profil"])
def test_what_a_spreadsheet_could_not_calculate_is_no_text(written, dotted):
    with pytest.raises(UnreadableError):
        reading(dotted)(written)
    assert reading(dotted, extra_missing={written: "NC"})(written) == "NC"
    assert reading("effets.resume")("#atelier n° 1 !") == "#atelier n° 1 !"


def test_an_option_is_found_by_its_code_its_label_or_the_tool_s_code():
    assert reading("carnet_de_bord.contrat")("cdd") == "cdd"
    assert reading("carnet_de_bord.contrat")("  CDD".strip()) == "cdd"
    profile = reading("carnet_de_bord.profil", answers={"A1": "Animation ou médiation", "A2": "Autre"})
    assert profile("A1") == profile("animation ou mediation") == "animation_mediation"
    assert profile("-oth-") == "autre"
    recoded = reading("carnet_de_bord.profil", answers={"A1": "Tout autre chose"}, recode={"A1": "doctorat"})
    assert recoded("Tout autre chose") == recoded("A1") == "doctorat"


def test_a_near_option_is_suggested_and_not_taken():
    with pytest.raises(UnreadableError) as refused:
        reading("questionnaire_flash.posture")("soutient")
    assert "sans doute « soutien »" in refused.value.fault.remedy


def test_a_code_that_lost_its_zeros_is_told_so():
    with pytest.raises(UnreadableError) as refused:
        reading("territoires.code_insee")("1001")
    assert "zéros de tête" in refused.value.fault.remedy


def test_yes_is_written_in_many_ways_and_two_is_neither_yes_nor_no():
    assert {
        reading("carnet_de_bord.temps_plein")(yes) for yes in ["Y", "oui", "OUI", "1", "vrai", "VRAI", "true"]
    } == {"oui"}
    # LimeSurvey writes 1 and 2 when told to; only the mapping may say so.
    with pytest.raises(UnreadableError):
        reading("carnet_de_bord.temps_plein")("2")
    assert reading("carnet_de_bord.temps_plein", recode={"1": "oui", "2": "non"})("2") == "non"


SPELLINGS = """
SAINT-GILLES|saint gilles|Saint‑Gilles|Saint\xa0Gilles|St-Gilles|Saınt-Gilles|saint_gilles
Centre social de Saint-Gilles
"""


def test_one_site_has_one_code_however_it_is_spelt():
    sites = spellings({"saint_gilles": "Saint-Gilles"}, {"Centre social de Saint-Gilles": "saint_gilles"})
    read = reading("carnet_de_bord.territoire", sites=sites)
    assert {read(each) for each in re.split(r"[|\n]", SPELLINGS.strip())} == {"saint_gilles"}
    with pytest.raises(UnreadableError) as refused:
        read("Saint-Giles")
    assert "sans doute « saint_gilles »" in refused.value.fault.remedy


def test_a_spelling_of_two_sites_is_nobody_s():
    assert unambiguous([("a", "x"), ("a", "y"), ("b", "x"), ("", "z")]) == {"b": "x"}


@given(st.text())
@example("𝓐")
def test_a_skeleton_is_its_own_skeleton(text):
    assert skeleton(skeleton(text)) == skeleton(text)
    assert place(place(text)) == place(text)
