"""The name that was meant is found and never guessed from too far; what would reach somebody is seen."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey.typography import emails, fold, nearest, nearest_code, telephones

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
CASES = [
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


@pytest.mark.parametrize(("find", "seen", "text"), CASES)
def test_what_would_reach_somebody_is_seen_and_nothing_else(find: Callable, seen: int, text: str) -> None:
    assert len(list(find(fold(text)))) == seen
