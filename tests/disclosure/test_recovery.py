"""A reader who tries every table that fits: no masked count comes back; masked by size alone, many do."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from disclosure.oracle import Puzzle, recovered
from disclosure.tables import box, crossing, distribution, random_case, split

TABLES, SLICES = 1_000, 10


@pytest.mark.slow
@pytest.mark.parametrize("first", range(SLICES))
def test_nothing_comes_back_of_a_thousand_tables(first):
    kinds: Counter[str] = Counter()
    for seed in range(first, TABLES, SLICES):
        case = random_case(random.Random(seed))
        puzzle = case.view(case.truth)
        kinds[case.kind] += len(puzzle.masked) > 0
        assert not case.betrayed(recovered(puzzle)), f"table {seed}: {puzzle.shown}"
    assert all(kinds[kind] > 3 for kind in ("distribution", "box", "crossing", "split")), kinds


@pytest.mark.parametrize(
    ("case", "lost"),
    [
        (distribution((3, 14, 0), 5), {"m0"}),
        (distribution((1, 1, 15), 5), {"m0", "m1"}),
        (distribution((2, 2, 6), 3), {"m0", "m1"}),
        (crossing(((3, 9), (8, 12)), 5), {"0.0"}),
        (split((9, 2, 0), 6, 5), {"stable"}),
    ],
)
def test_the_reader_recovers_what_is_only_masked_for_its_size(case, lost):
    whole = case.view(case.truth)
    naive = Puzzle(sums=whole.sums)
    for name in whole.shown:
        value = case.truth[name]
        naive.show(name, f"n < {case.floor}" if 1 <= value < case.floor else str(value))
    assert recovered(naive) == lost
    assert not recovered(whole)


def test_the_reader_is_told_when_no_table_fits():
    puzzle = Puzzle({"a": "n < 5", "b": "9", "n": "9"}, [("n", ("a", "b"))])
    with pytest.raises(AssertionError, match="no table fits"):
        recovered(puzzle)


@pytest.mark.parametrize("floor", [3, 5, 10, 11])
def test_no_box_tells_how_many_ticked_it_or_did_not(floor):
    for total in range(2 * floor + 3):
        for yes in range(total + 1):
            case = box(yes, total, floor)
            assert not case.betrayed(recovered(case.view(case.truth)))


@pytest.mark.parametrize("floor", [3, 5, 10])
def test_a_box_of_one_size_looks_the_same_for_two_counts_at_least(floor):
    """Whoever runs the software for every count of a total must not tell them apart."""
    for total in range(1, 2 * floor + 3):
        seen = [box(yes, total, floor) for yes in range(total + 1)]
        texts = [case.view(case.truth).shown["yes"] for case in seen]
        assert all(texts.count(text) > 1 for text in texts if not text.isdigit()), (total, texts)


@pytest.mark.slow
@pytest.mark.parametrize("floor", [5, 10])
def test_whoever_runs_the_software_backwards_recovers_nothing_of_three_values(floor):
    """Tables of three values, all of up to thirteen persons: as the display, so the masked counts."""
    displays: dict[tuple[object, ...], list[dict[str, int]]] = {}
    for a in range(14):
        for b in range(14 - a):
            for c in range(14 - a - b):
                case = distribution((a, b, c), floor)
                displays.setdefault(tuple(sorted(case.view(case.truth).shown.items())), []).append(case.truth)
    small = [
        (shown, name)
        for shown, truths in displays.items()
        for name, text in shown
        if not text.isdigit() and len({truth[name] for truth in truths}) == 1 and 1 <= truths[0][name] < floor
    ]
    assert not small
