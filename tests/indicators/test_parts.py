import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atc.indicators.parts import Part
from atc.settings import SmallNumbers

SEUILS = SmallNumbers(floor=5, counts_only=10, count_first=30, mean=10)
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("part", "printed", "text"),
    [
        (Part(3, 7), False, "3 sur 7"),
        (Part(3, 9), True, "3 sur 9"),
        (Part(5, 10), False, "5 sur 10"),
        (Part(5, 10), True, f"5 sur 10 (50{NBSP}%)"),
        (Part(17, 29), False, "17 sur 29"),
        (Part(17, 29), True, f"17 sur 29 (59{NBSP}%)"),
        (Part(17, 30), False, f"17 sur 30 (57{NBSP}%)"),
        (Part(0, 0), True, "0 sur 0"),
        (
            Part(1200, 2400),
            False,
            f"1\N{NARROW NO-BREAK SPACE}200 sur 2\N{NARROW NO-BREAK SPACE}400 (50{NBSP}%)",
        ),
    ],
)
def test_small_numbers_decide_what_is_written(part, printed, text):
    assert part.texte(SEUILS, pourcentage_publie=printed) == text


def test_other_thresholds_are_obeyed():
    assert "%" in Part(1, 4).texte(SmallNumbers(floor=5, counts_only=2, count_first=4, mean=2))
    assert "%" not in Part(1, 3).texte(SmallNumbers(floor=5, counts_only=2, count_first=4, mean=2))


@pytest.mark.parametrize(("effectif", "total"), [(8, 7), (-1, 7), (1, 0)])
def test_an_impossible_share_is_refused(effectif, total):
    with pytest.raises(ValueError, match="not a share"):
        Part(effectif, total)


def test_a_share_of_nobody_is_unknown():
    assert math.isnan(Part(0, 0).part)


@settings(deadline=None)
@given(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_counts_are_always_written_and_percentages_never_under_ten(counts):
    part = Part(*counts)
    text = part.texte(SEUILS, pourcentage_publie=True)
    assert text.startswith(f"{part.effectif} sur {part.total}")
    assert ("%" in text) == (part.total >= 10)
