"""Numbers, dates and sentences as French readers see them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey.typography import (
    MINUS,
    NARROW,
    NBSP,
    aloud,
    french,
    lower_first,
    number,
    opened,
    percent,
)

ODD = st.text(alphabet="aé1 02:;?!«»()<>%€°'’,.\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
PLAIN = str.maketrans("'·ᵉʳ", "’.er", f" {NBSP}{NARROW}")
#: Written | printed, where « ~ » is a no-break space and « _ » a narrow one.
FRENCH = """
Quoi ?|Quoi_?
Quoi?!|Quoi_?!
a ; b|a_; b
Lecture : 7 sites|Lecture~: 7 sites
« oui »|«~oui~»
«oui»|«~oui~»
(Quoi ?)|(Quoi_?)
57 %|57~%
12 345 habitants|12_345 habitants
1 234 567|1_234_567
en 2020 300 réponses|en 2020 300 réponses
l'été|l’été
https://exemple.fr|https://exemple.fr
14:30|14:30
a::b|a::b
0,8 puis 1,0 ETP|0,8 puis 1,0~ETP
au 4e trimestre, le 1er mai, la 1re fois|au 4ᵉ trimestre, le 1ᵉʳ mai, la 1ʳᵉ fois
3e-4, 12ex, 1.5e|3e-4, 12ex, 1.5e
Les animateur.trices et un.e délégué.e.|Les animateur·trices et un·e délégué·e.
professionnel.les ou chef.fe|professionnel·les ou chef·fe
www.les-sites.fr, table.effets, fin.Les|www.les-sites.fr, table.effets, fin.Les
"""
ALOUD = """
CDD : n~<~5 sur 14 ; CDI : n > 9|CDD~: moins de 5 sur~14_; CDI~: plus de 9
Ville : n.c. ; État : 3|Ville~: nombre non communiqué_; État~: 3
médianes : 3,5, 4,5, 5.|médianes~: 3,5 puis 4,5 puis 5.
"""
OPENED = """
6 propos. 12 sites, 3 villes.|Six propos. Douze sites, 3 villes.
13~réponses sur 20|Treize~réponses sur 20
17 destinataires ; 1 site ; 2,5 ; 2020|17 destinataires ; 1 site ; 2,5 ; 2020
Il y en a 6. 7,5 en moyenne.|Il y en a 6. 7,5 en moyenne.
"""
INSIDE = """
Une seule personne|une seule personne
CDD|CDD
FCSF, centres sociaux|FCSF, centres sociaux
L’accord|l’accord
À part|à part
Émet des réserves|émet des réserves
"""
CASES = [
    (function, *line.replace("~", NBSP).replace("_", NARROW).split("|"))
    for function, table in ((french, FRENCH), (aloud, ALOUD), (opened, OPENED), (lower_first, INSIDE))
    for line in table.strip().splitlines()
]


@given(st.one_of(ODD, st.text()))
def test_french_is_idempotent_and_changes_no_letter_but_those_of_ordinals(text: str) -> None:
    assert french(french(text)) == french(text)
    assert french(text).translate(PLAIN) == text.translate(PLAIN)


@pytest.mark.parametrize(("function", "written", "printed"), CASES)
def test_a_text_is_set_in_french(function: Callable[[str], str], written: str, printed: str) -> None:
    assert function(written) == printed
    assert function("") == ""


@given(st.decimals(-(10**6), 10**6, places=3), st.integers(0, 4))
def test_numbers_survive_to_their_last_digit_and_no_zero_has_a_sign(value, decimals: int) -> None:
    text = number(float(value), decimals)
    read = float(text.replace(NARROW, "").replace(",", ".").replace(MINUS, "-"))
    assert abs(read - float(value)) <= 0.5 * 10**-decimals + 1e-9
    assert len(text.partition(",")[2]) == decimals
    assert not (text.startswith(MINUS) and not text.strip(f"{MINUS}0,"))
    assert not {"-", " "} & set(text)


def test_numbers_round_half_up() -> None:
    values = [(0.5, 0), (2.5, 0), (2.675, 2), (0.8, 1), (3, 1), (1234.5, 1), (-1.5, 1), (-0.4, 0), (-0.04, 1)]
    printed = f"1 3 2,68 0,8 3,0 1{NARROW}234,5 {MINUS}1,5 0 0,0"
    assert [number(*each) for each in values] == printed.split(" ")
    parts = [(17 / 30, 0), (0.575, 0), (0.145, 0), (0, 0), (1, 0), (1 / 3, 1)]
    printed = "57 % 58 % 15 % 0 % 100 % 33,3 %".replace(" %", f"{NBSP}%")
    assert [percent(*each) for each in parts] == printed.split(" ")
