"""Changes and gaps in words: ties, none, one, all, masked and withheld."""

from types import SimpleNamespace

import pytest

from atc.disclosure import Count, Measure
from atc.exhibits.sentences import Largest, by_direction, by_way, difference, named

FEW, HIDDEN = Count(1, 4, "D"), Count(0, 14, "S")


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((7, 4, 2), "en hausse sur 7 territoires, stable sur 4 et en baisse sur 2"),
        ((1, 0, 0), "en hausse sur 1 territoire ; aucun territoire stable ni en baisse"),
        ((0, 0, 0), "aucun territoire en hausse ni stable ni en baisse"),
        ((7, FEW, FEW), "en hausse sur 7 territoires, stable sur moins de 5 et en baisse sur moins de 5"),
        # One way alone would be taken for the whole story.
        ((7, HIDDEN, 2), ""),
        ((HIDDEN, 0, 0), "aucun territoire stable ni en baisse"),
        ((HIDDEN, HIDDEN, HIDDEN), ""),
    ],
)
def test_counts_by_direction_say_what_may_be_told_and_no_more(counts, told):
    known = [each if isinstance(each, Count) else Count.exactly(each) for each in counts]
    ways = dict(zip(("En hausse", "Stable", "En baisse"), known, strict=True))
    assert by_direction(ways).replace("\xa0", " ") == told


def _rows(*steps):
    return [SimpleNamespace(name=name, step=step) for name, step in zip("abcdef", steps, strict=False)]


@pytest.mark.parametrize(
    ("steps", "told", "among"),
    [
        ((1, -2, 0.5), "b", False),
        ((1, -1), "a et b", False),
        ((1, 1, -1, 1), "quatre phrases à égalité", False),
        ((0, None), "rien ne bouge", True),
        ((None, -1), "b", True),
        ((None, None), "rien n’est dit", True),
        ((), "rien n’est dit", False),
    ],
)
def test_the_largest_knows_ties_and_is_told_apart_from_what_is_withheld(steps, told, among):
    most = Largest.of(_rows(*steps), lambda row: row.step)
    assert most.said("rien n’est dit", "rien ne bouge", named(most.rows, lambda row: row.name)) == told
    assert bool(most.among) == among


def test_rows_go_one_way_each_and_one_that_is_withheld_goes_none():
    found = by_way(_rows(1, -1, 0, None, 2), lambda row: row.step, "baisse", "monte", "reste")
    assert {way: [row.name for row in rows] for way, rows in found.items()} == {
        "monte": ["a", "e"], "baisse": ["b"], "reste": ["c"],
    }  # fmt: skip


def test_medians_are_compared_as_tables_print_them():
    assert difference(Measure(5.0), Measure(5.04)) == 0
    assert difference(Measure(7.25), Measure(4.0)) == -3.3
    assert difference(Measure(None), Measure(4.0)) is None
