"""Each form draws the numbers that it was given, and tells groups apart by more than hue."""

from itertools import pairwise
from math import nan

import pytest
from exhibits.charts.forms import BOTH, TEN, Drawn, bars, canvas, n, pair_row, panel, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from atc.disclosure import Measure
from atc.exhibits.charts import NARROW, WIDE, scales
from atc.exhibits.charts.rows import (
    draw_stacks,
    draw_units,
    stack_bar,
    unit_bar,
)
from atc.exhibits.charts.scales import draw_moments, draw_pairs
from atc.exhibits.charts.tokens import BLUE, INK, LEVEL, ORANGE, TRACK
from atc.survey.typography import french

layouts = st.sampled_from([WIDE, NARROW])
COUNTS = st.integers(0, 15)
WHITE = "#FFFFFF"
slow_to_draw = settings(deadline=None, max_examples=15)
#: What is left blank on both sides of a part, in inches.
GAP = 0.04


def sizes(drawn: list[Drawn], unit: float) -> list[int]:
    """How many units long each bar is."""
    return [round((bar.x1 - bar.x0 + GAP / 2) / unit) for bar in drawn]


def rows_of(drawn: list[Drawn]) -> list[list[Drawn]]:
    """Bars of each row, from the top."""
    found: dict[float, list[Drawn]] = {}
    for bar in drawn:
        found.setdefault(round(bar.y0, 4), []).append(bar)
    return list(found.values())


# --- units ---


@slow_to_draw
@given(layouts, st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=5))
def test_a_bar_has_its_count_then_the_rest_of_its_total(layout, some):
    given_ = [unit_bar(f"Rang {i}", "", n(count), n(count + rest)) for i, (count, rest) in enumerate(some)]
    figure = draw_units(canvas(layout), given_)
    unit = min(figure.axes[0].get_xlim()[1] / max(1, *(sum(row) for row in some)), 0.5)
    shown = [row for row in some if any(row)]
    drawn = rows_of(bars(figure))
    assert len(drawn) == len(shown)
    for row, (count, rest) in zip(drawn, shown, strict=True):
        expected = [(count, BLUE)] * bool(count) + [(rest, TRACK)] * bool(rest)
        assert list(zip(sizes(row, unit), (bar.color for bar in row), strict=True)) == expected
        assert all(a.x1 < b.x0 for a, b in pairwise(row))
        assert row[0].x0 == pytest.approx(0, abs=GAP)


# --- stacked ---


@pytest.mark.parametrize("size", [2, 3, 4])
def test_parts_can_be_told_apart_without_hue(size):
    row = stack_bar("A", "", (n(5),) * size, "n", None)
    figure = draw_stacks(canvas(WIDE), [row], [f"Avis {i}" for i in range(size)])
    colors = [part.color for part in bars(figure)]
    greys = [sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), to_rgb(c), strict=True)) for c in colors]
    assert all(b - a >= 0.08 for a, b in pairwise(greys)), "ever paler"
    assert [to_hex(key.get_markerfacecolor()).upper() for key in figure.artists] == colors


# --- range ---

SOME = [unit_bar(str(i), "", n(i), n(14), f"{i} sur 14") for i in (2, 5, 7)]
RANGE = scales.Range((0.4, 0.8, 1.5), ("0,4", "0,8", "1,5"), "ETP")


def points(figure: Figure) -> list[tuple[float, str]]:
    """Places and colours of points, from left to right."""
    return sorted(
        (float(x), to_hex(color).upper())
        for group in figure.axes[0].collections
        if isinstance(group, PathCollection)
        for (x, _), color in zip(group.get_offsets(), list(group.get_facecolor()) * 99, strict=False)
    )


def spots(figure: Figure) -> list[tuple[float, float]]:
    """Both places of every point, those that are one left in."""
    groups = [group for group in figure.axes[0].collections if isinstance(group, PathCollection)]
    return [(float(x), float(y)) for group in groups for x, y in group.get_offsets()]


@BOTH
@pytest.mark.parametrize("bands", [SOME, []], ids=len)
def test_a_range_has_its_ends_its_mean_and_its_axis_at_their_values(layout, bands):
    figure = scales.draw_range(canvas(layout), RANGE, bands)
    (line,) = figure.axes[0].lines
    written = {text.get_text(): text.xy[0] for text in figure.axes[0].texts}
    inch = (written["1"] - written["0"]) / 1
    ((mean, color),) = points(figure)
    at = [written["0"] + value * inch for value in (0.4, 0.8, 1.5)]
    assert [line.get_xdata()[0], mean, line.get_xdata()[1]] == pytest.approx(at)
    assert written["0,4"] == pytest.approx(at[0])
    assert color == INK
    assert {french("moyenne 0,8 ETP"), "1,5", "ETP"} <= set(texts(figure))


# --- dumbbell, moments ---

medians = st.integers(2, 20).map(lambda half: half / 2)


@slow_to_draw
@given(layouts, st.lists(st.tuples(medians, medians, COUNTS, COUNTS, COUNTS), min_size=1, max_size=5))
def test_medians_stand_on_their_score_and_bars_count_territories(layout, pairs):
    rows = [
        pair_row("Item", "", Measure(first), Measure(second), *map(n, counts))
        for first, second, *counts in pairs
    ]
    figure = draw_pairs(canvas(layout), rows, TEN, "Institutions", "Animateurs")
    scale = [
        text for text in figure.axes[0].texts if text.get_text().isdigit() and text.get_size() == layout.small
    ]
    places = {int(text.get_text()): text.xy[0] for text in scale}
    assert sorted(places) == list(range(1, 11))
    step = (places[10] - places[1]) / 9
    expected = [
        (places[1] + (pair[group] - 1) * step, color)
        for pair in pairs
        for group, color in ((0, BLUE), (1, ORANGE))
    ]
    drawn = points(figure)
    assert [x for x, _ in drawn] == pytest.approx([x for x, _ in sorted(expected)])
    assert sorted(color for _, color in drawn) == sorted(color for _, color in expected)
    kinds = {BLUE: 2, LEVEL: 3, WHITE: 4}
    shown = [[i for i in kinds.values() if pair[i]] for pair in pairs if any(pair[2:])]
    assert [[kinds[bar.color] for bar in row] for row in rows_of(bars(figure))] == shown


@BOTH
def test_equal_medians_both_show_and_each_number_is_level_with_its_own_mark(layout):
    rows = [pair_row("Item", "", *map(Measure, pair)) for pair in ((4, 4), (6.5, 3))]
    figure = draw_pairs(canvas(layout), rows, TEN, "A", "B")
    marks, texts_ = spots(figure), figure.axes[0].texts
    numbers = [t for t in texts_ if t.get_text() in {"4", "6,5", "3"} and t.get_size() == layout.text]
    assert len(numbers) == len(set(marks)) == 4
    assert {text.xy for text in numbers} == set(marks)


@slow_to_draw
@given(
    layouts, st.lists(st.lists(st.tuples(medians, medians), min_size=2, max_size=4), min_size=1, max_size=4)
)
def test_moments_stand_on_their_score_from_left_to_right_and_one_line_joins_each_group(layout, items):
    items, names = items[:4], ["Avant", "2019", "2020", "2021"][: min(map(len, items))]
    panels = [panel(f"Item {i}", "", *some[: len(names)]) for i, some in enumerate(items)]
    figure = draw_moments(canvas(layout), panels, TEN, names, ("Un", "Deux"))
    drawn = [line for line in figure.axes[0].lines if len(line.get_xdata())]
    assert len(drawn) == 2 * len(panels)
    assert len({text.xy[0] for text in figure.axes[0].texts if text.get_text() == "Item 0"}) == 1
    for i, shown in enumerate(panels):
        for group, color in ((0, BLUE), (1, ORANGE)):
            line = drawn[2 * i + group]
            assert to_hex(line.get_color()).upper() == color
            assert all(a < b for a, b in pairwise(line.get_xdata()))
            top, scores = line.get_ydata()[0], [pair[group].value for pair in shown.medians]
            expected = [top - (score - scores[0]) * 1.05 / 9 for score in scores]
            assert list(line.get_ydata()) == pytest.approx(expected)


@BOTH
def test_what_is_withheld_is_words_and_parts_the_line_and_what_nobody_was_asked_is_blank(layout):
    some = [panel("Item", "9 territoires comparés", (nan, 3), (4, 5), (None, 6), (7, 7))]
    figure = draw_moments(canvas(layout), some, TEN, ["1re", "2e", "3e", "4e"], ("Un", "Deux"))
    assert [len(line.get_xdata()) for line in figure.axes[0].lines if len(line.get_xdata())] == [1, 1, 4]
    written = texts(figure)
    assert [written.count(word) for word in ("n.c.", "Item", "9 territoires comparés")] == [1, 1, 1]
    assert [written.count(number) for number in ("3", "4", "6", "7")] == [1, 1, 1, 2]


# --- scatter ---


@slow_to_draw
@given(layouts, st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=12))
def test_points_stand_at_both_their_values_and_are_one_where_they_meet(layout, some):
    given_ = [scales.Point(f"Site {i}", *pair) for i, pair in enumerate(some)]
    figure = scales.draw_points(canvas(layout), given_, "ETP", "Réunions")
    ticks = [t for t in figure.axes[0].texts if t.get_text().replace(",", "").isdigit()]
    base = max(text.xy[1] for text in ticks)
    for at in (0, 1):
        axis = [(float(t.get_text().replace(",", ".")), t.xy[at]) for t in ticks if (t.xy[1] == base) != at]
        (low, start), (high, end) = min(axis), max(axis)
        expected = {start + (pair[at] - low) / (high - low) * (end - start) for pair in some}
        assert sorted({spot[at] for spot in spots(figure)}) == pytest.approx(sorted(expected))
    assert len(spots(figure)) == len(set(some))
