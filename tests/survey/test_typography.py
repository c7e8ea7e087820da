"""Numbers, dates and sentences as French readers see them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey.typography import (
    MINUS,
    NARROW,
    NBSP,
    aloud,
    counted,
    day,
    enumeration,
    french,
    in_words,
    lower_first,
    month,
    number,
    opened,
    percent,
    quarter,
)

ODD = st.text(alphabet="aé1 02:;?!«»()<>%€°'’,.\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")


@given(st.one_of(ODD, st.text()))
def test_french_is_idempotent(text: str) -> None:
    assert french(french(text)) == french(text)


@given(st.one_of(ODD, st.text()))
def test_french_changes_no_letter_but_those_of_ordinals(text: str) -> None:
    plain = str.maketrans("'·ᵉʳ", "’.er", f" {NBSP}{NARROW}")

    def letters(sentence: str) -> str:
        return sentence.translate(plain)

    assert letters(french(text)) == letters(text)


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("Quoi ?", f"Quoi{NARROW}?"),
        ("Quoi?!", f"Quoi{NARROW}?!"),
        ("a ; b", f"a{NARROW}; b"),
        ("Lecture : 7 sites", f"Lecture{NBSP}: 7 sites"),
        ("« oui »", f"«{NBSP}oui{NBSP}»"),
        ("«oui»", f"«{NBSP}oui{NBSP}»"),
        ("(Quoi ?)", f"(Quoi{NARROW}?)"),
        ("57 %", f"57{NBSP}%"),
        ("12 345 habitants", f"12{NARROW}345 habitants"),
        ("1 234 567", f"1{NARROW}234{NARROW}567"),
        ("en 2020 300 réponses", "en 2020 300 réponses"),
        ("l'été", "l’été"),
        ("https://exemple.fr", "https://exemple.fr"),
        ("14:30", "14:30"),
        ("a::b", "a::b"),
        ("0,8 puis 1,0 ETP", f"0,8 puis 1,0{NBSP}ETP"),
        ("au 4e trimestre, le 1er mai, la 1re fois", "au 4ᵉ trimestre, le 1ᵉʳ mai, la 1ʳᵉ fois"),
        ("3e-4, 12ex, 1.5e", "3e-4, 12ex, 1.5e"),
        ("Les animateur.trices et un.e délégué.e.", "Les animateur·trices et un·e délégué·e."),
        ("professionnel.les ou chef.fe", "professionnel·les ou chef·fe"),
        ("www.les-sites.fr, table.effets, fin.Les", "www.les-sites.fr, table.effets, fin.Les"),
        ("", ""),
    ],
)
def test_french_spaces(plain: str, printed: str) -> None:
    assert french(plain) == printed


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            f"CDD : n{NBSP}<{NBSP}5 sur 14 ; CDI : n > 9",
            f"CDD{NBSP}: moins de 5 sur{NBSP}14{NARROW}; CDI{NBSP}: plus de 9",
        ),
        ("Ville : n.c. ; État : 3", f"Ville{NBSP}: nombre non communiqué{NARROW}; État{NBSP}: 3"),
        ("médianes : 3,5, 4,5, 5.", f"médianes{NBSP}: 3,5 puis 4,5 puis 5."),
    ],
)
def test_an_alternative_is_said_in_full_words(written: str, said: str) -> None:
    assert aloud(written) == said


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("6 propos. 12 sites, 3 villes.", "Six propos. Douze sites, 3 villes."),
        (f"13{NBSP}réponses sur 20", f"Treize{NBSP}réponses sur 20"),
        ("17 destinataires ; 1 site ; 2,5 ; 2020", "17 destinataires ; 1 site ; 2,5 ; 2020"),
        ("Il y en a 6. 7,5 en moyenne.", "Il y en a 6. 7,5 en moyenne."),
    ],
)
def test_a_sentence_opens_on_a_word(written: str, set_: str) -> None:
    assert opened(written) == set_


def read_back(text: str) -> float:
    return float(text.replace(NARROW, "").replace(",", ".").replace(MINUS, "-"))


@given(st.decimals(-(10**6), 10**6, places=3), st.integers(0, 4))
def test_numbers_survive_to_their_last_digit(value, decimals: int) -> None:
    text = number(float(value), decimals)
    assert abs(read_back(text) - float(value)) <= 0.5 * 10**-decimals + 1e-9
    assert len(text.partition(",")[2]) == decimals


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_no_zero_has_a_sign(value: float, decimals: int) -> None:
    text = number(value, decimals)
    assert not (text.startswith(MINUS) and not text.strip(f"{MINUS}0,"))
    assert "-" not in text
    assert " " not in text


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (2.675, 2, "2,68"),
        (0.8, 1, "0,8"),
        (3, 1, "3,0"),
        (1234.5, 1, f"1{NARROW}234,5"),
        (-1.5, 1, f"{MINUS}1,5"),
        (-0.4, 0, "0"),
        (-0.04, 1, "0,0"),
    ],
)
def test_numbers(value: float, decimals: int, printed: str) -> None:
    assert number(value, decimals) == printed


@pytest.mark.parametrize(
    ("part", "decimals", "printed"),
    [
        (17 / 30, 0, f"57{NBSP}%"),
        (0.575, 0, f"58{NBSP}%"),
        (0.145, 0, f"15{NBSP}%"),
        (0, 0, f"0{NBSP}%"),
        (1, 0, f"100{NBSP}%"),
        (1 / 3, 1, f"33,3{NBSP}%"),
    ],
)
def test_percentages_round_half_up(part: float, decimals: int, printed: str) -> None:
    assert percent(part, decimals) == printed


def test_zero_and_one_are_singular() -> None:
    assert [counted(n, "site") for n in (0, 1, 2)] == [f"0{NBSP}site", f"1{NBSP}site", f"2{NBSP}sites"]
    assert counted(1000, "cheval", "chevaux") == f"1{NARROW}000{NBSP}chevaux"


def test_small_counts_are_in_words() -> None:
    assert [in_words(n) for n in (0, 1, 16, 17, 1000)] == ["zéro", "un", "seize", "17", f"1{NARROW}000"]
    assert in_words(1, feminine=True) == "une"
    assert in_words(2, feminine=True) == "deux"
    assert in_words(-1) == f"{MINUS}1"


def test_enumerations_end_with_et() -> None:
    assert [enumeration(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a et b",
        "a, b et c",
    ]


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        ("Une seule personne", "une seule personne"),
        ("CDD", "CDD"),
        ("FCSF, centres sociaux", "FCSF, centres sociaux"),
        ("L’accord", "l’accord"),
        ("À part", "à part"),
        ("Émet des réserves", "émet des réserves"),
        ("", ""),
    ],
)
def test_a_label_inside_a_sentence_keeps_its_acronym(label: str, inside: str) -> None:
    assert lower_first(label) == inside


def test_dates() -> None:
    assert day(dt.date(2020, 10, 1)) == f"1ᵉʳ{NBSP}octobre 2020"
    assert day(dt.date(2020, 10, 11)) == f"11{NBSP}octobre 2020"
    assert month(dt.date(2020, 2, 29)) == "février 2020"
    assert quarter(2019, 4) == f"4ᵉ{NBSP}trimestre 2019"
    assert quarter(2020, 1) == f"1ᵉʳ{NBSP}trimestre 2020"
    assert quarter(2020, 1, short=True) == f"T1{NBSP}2020"
