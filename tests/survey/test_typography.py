"""Texts as French readers see them, the name that was meant, and what would reach somebody."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey.typography import (
    MINUS,
    NARROW,
    NBSP,
    aloud,
    emails,
    fold,
    french,
    lower_first,
    nearest,
    nearest_code,
    number,
    opened,
    percent,
    telephones,
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


# --- what was meant, and what would reach somebody

SITES = ["saint_gilles", "saint_denis", "villefranche_sur_saone", "les_mureaux", "grenoble"]
CONTRACTS = {"cdd": "CDD", "cdi": "CDI", "autre": "Autre statut", "NSP": "Ne sait pas"}
MEANT = {
    "Saint-Gilles": "saint_gilles",
    "SAINT GILLES": "saint_gilles",
    "Villefranche-sur-Saône": "villefranche_sur_saone",
    "grenobel": "grenoble",
    "les\N{NO-BREAK SPACE}mureaux ": "les_mureaux",
    **dict.fromkeys(["lyon", "", "---"], ""),
}


def test_a_name_is_recognised_or_left() -> None:
    assert {name: nearest(name, SITES) for name in MEANT} == MEANT
    assert [nearest(name, SITES) for name in SITES] == SITES


def test_a_code_is_recognised_by_its_label_too() -> None:
    meant = {"C.D.I.": "cdi", "autre statut": "autre", "ne sait pas": "NSP", "nsp": "NSP", "intérim": ""}
    assert {written: nearest_code(written, CONTRACTS) for written in meant} == meant
    assert nearest_code("?", {"": "", "a": "!"}) == ""


@given(st.text())
def test_whatever_is_written_gives_a_known_name_or_none(written: str) -> None:
    assert nearest(written, SITES) in {*SITES, ""}


EMAILS = """
jeanne.martin@ville.fr|Jeanne.MARTIN@Ville.FR|j+m@a-b.co.uk|jeanne＠ville．fr|jeanne.martin (at) ville.fr
jeanne [at] ville [point] fr|jeanne «at» ville.fr|jeanne « at » ville.fr|jeanne(a)ville.fr
jeanne {arobase} ville.fr|jeanne arobase ville point fr|jeanne @ ville.fr|mailto:j.martin@ville.fr
l'adresse j-martin@ville.fr,
"""
NO_EMAILS = """
@media (a) b|@font-face|à 10 h (a priori)|chez Anne (at home)|un point faible|site.fr|a@b|5 (a) 3
« a » et « b.cd »
"""
TELEPHONES = """
06 12 34 56 78|06.12.34.56.78|06-12-34-56-78|06/12/34/56/78|0612345678|Tél.0612345678
Tél. 06 12 34 56 78.|(06) 12 34 56 78|06\u00a012\u00a034\u00a056\u00a078
06\u202f12\u202f34\u202f56\u202f78|06‑12‑34‑56‑78|06 – 12 – 34 – 56 – 78|０６ １２ ３４ ５６ ７８
+33 6 12 34 56 78
+33612345678|+33 (0)6 12 34 56 78|+33 (0) 6 12 34 56 78|+33(0)612345678|(+33) 6 12 34 56 78
+33.6.12.34.56.78|00 33 6 12 34 56 78|0033 6 12 34 56 78|0033612345678|00336 12 34 56 78|(0)6 12 34 56 78
+33 612 345 678|0 800 123 456|0800 123 456|0692 12 34 56|0692 123 456|0692123456|+262 692 12 34 56
+262 6 92 12 34 56|+596 696 12 34 56|+596 6 96 12 34 56|0696 12 34 56|+590 690 12 34 56|+594 694 12 34 56
+687 12 34 56|+689 40 12 34 56|+508 41 23 45|04 90 12 34 56|n° 01 23 45 67 89 (bureau)
"""
NO_TELEPHONES = """
2020-09-01|01/09/2021|01/09/2021 10:12:00|2021-09-03-10-12-00|2021-09-03 10 12 00|du 01/09/20 au 05/10/21
01 02 03 04 05 06|732 829 320 00074|73282932000074|012 345 678 00012|FR76 3000 6000 0112 3456 7890 189
0.612345678|0,61 23 45 67 89|10612345678|3,0612345678|0123456789abcdef|R-012345678|a0612345678
0612345678.5|38185 30258 84007|2020 0612|F02-03|1 234 567 890|0 800 12|+34 612 34 56 78|06 12 34 56
06 12 34 567 8|0 à 10, 6 sur 12, 34 %|1 84 12 76 451 089 46
"""
REACHING = [
    (find, seen, text)
    for find, seen, table in (
        (emails, 1, EMAILS),
        (emails, 0, NO_EMAILS),
        (telephones, 1, TELEPHONES),
        (telephones, 0, NO_TELEPHONES),
    )
    for line in table.strip().splitlines()
    for text in line.split("|")
]


@pytest.mark.parametrize(("find", "seen", "text"), REACHING)
def test_what_would_reach_somebody_is_seen_and_nothing_else(find: Callable, seen: int, text: str) -> None:
    assert len(list(find(fold(text)))) == seen
