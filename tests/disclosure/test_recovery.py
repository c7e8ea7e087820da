"""A reader who tries every table that fits: no masked count comes back; masked by size alone, many do."""

import itertools
import random
from collections import Counter
from functools import cache

import pandas as pd
import pytest
from disclosure.oracle import Puzzle, recovered
from disclosure.tables import Case, box, crossing, distribution, random_case, release, shown, split

from atc.disclosure.suppression import Band, merged

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
    assert not case.betrayed(recovered(whole))


@cache
def boxed(yes: int, total: int, floor: int) -> tuple[Case, Puzzle]:
    case = box(yes, total, floor)
    return case, case.view(case.truth)


@pytest.mark.parametrize("floor", [3, 5, 11])
def test_no_box_tells_how_many_ticked_it_or_did_not(floor):
    for total in range(2 * floor + 3):
        for case, puzzle in (boxed(yes, total, floor) for yes in range(total + 1)):
            assert not case.betrayed(recovered(puzzle))


@pytest.mark.parametrize("floor", [3, 5, 11])
def test_a_box_of_one_size_looks_the_same_for_two_counts_at_least(floor):
    """Whoever runs the software for every count of a total must not tell them apart."""
    for total in range(1, 2 * floor + 3):
        texts = [boxed(yes, total, floor)[1].shown["yes"] for yes in range(total + 1)]
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


@pytest.mark.parametrize("floor", [3, 5])
@pytest.mark.parametrize("exempt", [None, "a", "c"])
def test_whoever_merges_backwards_recovers_no_band(floor, exempt):
    """Four bands, all of up to twelve persons: what was merged may have been three ways at least.

    Two beside a reviewed band, which tells how few are left: the rules that follow see to it.
    """
    fewest = min(3, floor - 1) if exempt is None else 2
    names = ("a", "b", "c", "d")
    displays: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
    for values in itertools.product(range(13), repeat=4):
        if 2 <= sum(values) <= 12:
            rows = zip(names, values, strict=True)
            bands = [Band((name,), (name,), (value,), name == exempt) for name, value in rows]
            display = tuple((band.codes, _seen(band, floor)) for band in merged(bands, floor))
            displays.setdefault((sum(values), *display), []).append(values)
    for (total, *display), truths in displays.items():
        for place in (names.index(code) for codes, _ in display if len(codes) > 1 for code in codes):
            possible = {values[place] for values in truths}
            is_small = any(1 <= value < floor for value in possible)
            assert len(possible) >= fewest or not is_small, (total, display, place, possible)


def _seen(band: Band, floor: int) -> str:
    is_small = 1 <= band.count < floor and not band.exempt
    return f"n < {floor}" if is_small else str(band.count)


@pytest.mark.parametrize(("then", "now"), [(14, 14), (9, 9), (9, 10), (12, 7), (5, 5), (8, 8)])
def test_fifteen_sites_leave_three_ways_to_be_few(then, now):
    """Everybody knows how many sites there are: « n < 5 » is never less than three ways."""
    texts: dict[str, set[int]] = {}
    for both in range(max(0, then + now - 15), min(then, now) + 1):
        row = {"modalite": "carnets", "avant": then, "apres": now, "communs": both, "sites": 15}
        told = release().splits(
            pd.DataFrame([row]),
            "evolution.presence",
            by=("modalite",),
            total="communs",
            wholes={"avant": "2020-automne/presence", "apres": "2021-automne/presence"},
            among="sites",
        )
        texts.setdefault(str(shown(told, "communs")), set()).add(both)
    for text, ways in texts.items():
        assert min(ways) >= 5 or ways == {0} or len(ways) >= 3, text
