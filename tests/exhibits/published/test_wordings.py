import math

import pytest

from atc.exhibits.published import RULES
from atc.indicators.measures import Part

NBSP = "\N{NO-BREAK SPACE}"

NUMBERS = [
    ("tel_quel", 0.4, "0,4"),
    ("tel_quel", 0.44, "0,44"),
    ("tel_quel", 8.0, "8"),
    ("tel_quel", 0, "0"),
    ("tel_quel", 10.0, "10"),
    ("entier", 2.49, "2"),
    ("entier", 2.5, "3"),
    ("entier", 3.5, "4"),
    ("entier", 17, "17"),
    ("decimale_1", 0.749, "0,7"),
    ("decimale_1", 0.75, "0,8"),
    ("decimale_1", 0.849, "0,8"),
    ("decimale_1", 0.85, "0,9"),
    ("decimale_1", 1, "1,0"),
    ("pourcentage", 0.5649, f"56{NBSP}%"),
    ("pourcentage", 0.125, f"13{NBSP}%"),
    ("pourcentage", 17 / 30, f"57{NBSP}%"),
    ("une_trentaine", 26, "26"),
    ("une_trentaine", 27, "une trentaine"),
    ("une_trentaine", 33, "une trentaine"),
    ("une_trentaine", 34, "34"),
    ("seuil_de_cinq", 4, "moins de 5"),
    ("seuil_de_cinq", 5, "au moins 5"),
    ("plusieurs", 1, "1"),
    ("plusieurs", 2, "plusieurs"),
    ("tres_varies", 2, "2"),
    ("tres_varies", 3, "très variés"),
]
TEXTS = [
    ("texte", "été 2020", "été 2020"),
    ("liste", (), ""),
    ("liste", ("b", "a"), "b, a"),
    ("ordre", {"a": 1.0, "b": 2.0, "c": 0.0}, "b > a > c"),
    ("ordre", {"a": 1.0, "b": 1.0}, "a = b"),
    ("ordre", {"a": 0.0, "b": 3.0, "c": 3.0}, "b = c > a"),
]
# Rule, its words, the counts just inside its bounds, the counts just outside.
WORDS = [
    ("tous", "tous", [(14, 14), (1, 1)], [(13, 14), (0, 0), (0, 14)]),
    ("pas_tous", "pas tous", [(1, 14), (13, 14)], [(0, 14), (14, 14), (0, 0)]),
    ("moitie", "la moitié", [(7, 14), (7, 15), (8, 15)], [(6, 14), (8, 14), (6, 15), (9, 15), (0, 0)]),
    ("majorite", "la majorité", [(8, 14), (13, 14), (8, 15)], [(7, 14), (14, 14), (7, 15), (0, 0)]),
    ("la_plupart", "la plupart", [(10, 15), (14, 15), (10, 14)], [(9, 15), (15, 15), (9, 14), (0, 0)]),
    ("souvent", "souvent", [(8, 14), (13, 14)], [(7, 14), (14, 14), (0, 0)]),
    ("certains", "certains", [(2, 14), (6, 14), (7, 15)], [(1, 14), (7, 14), (8, 15), (0, 0), (2, 4)]),
    ("quelques", "quelques", [(2, 14), (4, 14), (5, 15)], [(1, 14), (5, 14), (6, 15), (0, 0)]),
    ("parfois", "parfois", [(1, 14), (6, 14), (7, 15)], [(0, 14), (7, 14), (8, 15), (0, 0), (1, 2)]),
    ("rarement", "rarement", [(1, 12), (3, 12), (3, 13)], [(0, 12), (4, 12), (4, 13), (0, 0)]),
]


@pytest.mark.parametrize(("rule", "value", "text"), NUMBERS + TEXTS)
def test_numbers_and_texts(rule, value, text):
    assert RULES[rule](value) == text


@pytest.mark.parametrize(("rule", "words", "inside", "outside"), WORDS)
def test_words_hold_within_their_bounds_only(rule, words, inside, outside):
    assert {RULES[rule](Part(*counts)) for counts in inside} == {words}
    assert [RULES[rule](Part(*counts)) for counts in outside] == [f"{e} sur {t}" for e, t in outside]


def test_every_rule_is_tried_at_its_limits():
    assert {case[0] for case in NUMBERS + TEXTS + WORDS} == set(RULES)


def test_there_is_no_order_without_a_number():
    with pytest.raises(ValueError, match="no order"):
        RULES["ordre"]({"a": math.nan, "b": 1.0})
