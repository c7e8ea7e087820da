"""Each form draws the numbers that it was given, and tells groups apart by more than hue."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pandas as pd
import pytest
from exhibits.charts.forms import LONG, canvas
from hypothesis import given, settings
from hypothesis import strategies as st
from ink import lines
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from atc.disclosure import Count, Measure, Released
from atc.disclosure.released import SEAL
from atc.exhibits.charts import NARROW, WIDE, bars, columns, dumbbell, stacked, units
from atc.exhibits.charts.tokens import BLUE, BLUE_LIGHT, ORANGE, TRACK
from atc.typography import NARROW as THIN

BOTH = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
layouts = st.sampled_from([WIDE, NARROW])
COUNTS = st.integers(0, 15)
n = Count.exactly
slow_to_draw = settings(deadline=None, max_examples=20)


def squares(figure: Figure) -> list[tuple[float, float, str, str]]:
    """x, y, inside and edge of every square, from left to right, then from top to bottom."""
    (axes,) = figure.axes
    found = []
    for marks in axes.collections:
        if isinstance(marks, PathCollection):
            fills, edges = marks.get_facecolor(), marks.get_edgecolor()
            for i, (x, y) in enumerate(marks.get_offsets()):
                fill = to_hex(fills[i % len(fills)]).upper()
                edge = to_hex(edges[i % len(edges)]).upper() if len(edges) else fill
                found.append((float(x), float(y), fill, edge))
    return sorted(found, key=lambda square: (square[1], square[0]))


def rectangles(figure: Figure) -> list[Rectangle]:
    (axes,) = figure.axes
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def texts(figure: Figure) -> list[str]:
    return [line.text for line in lines(figure)]


# --- units ---


@slow_to_draw
@given(layouts, st.lists(st.tuples(COUNTS, st.integers(0, 4), COUNTS), min_size=1, max_size=5))
def test_units_draw_one_square_per_unit(layout, rows):
    given_ = [
        units.UnitRow(f"Rang {i}", count=n(count), also=n(also), total=n(min(count + also + rest, 24)))
        for i, (count, also, rest) in enumerate(rows)
    ]
    drawn = squares(units.draw(canvas(layout), given_))
    levels = sorted({y for _, y, _, _ in drawn})
    shown = [row for row in given_ if row.length]
    assert len(levels) == len(shown)
    for level, row in zip(levels, shown, strict=True):
        kinds = [(fill, edge) for _, y, fill, edge in drawn if y == level]
        expected = [(BLUE, BLUE)] * row.count.low + [("#FFFFFF", BLUE)] * row.also.low
        assert kinds[: len(expected)] == expected
        assert {fill for fill, _ in kinds[len(expected) :]} <= {TRACK}
        assert len(kinds) == max(row.total.low, row.count.low + row.also.low)


@BOTH
def test_squares_are_evenly_spaced_and_never_touch(layout):
    figure = units.draw(canvas(layout), [units.UnitRow("Sites", count=n(24), total=n(24), text="24 sur 24")])
    xs = [x for x, *_ in squares(figure)]
    steps = [b - a for a, b in pairwise(xs)]
    side = figure.axes[0].collections[0].get_sizes()[0] ** 0.5 / 72
    assert max(steps) - min(steps) < 1e-9
    assert side < min(steps)
    assert figure.axes[0].get_xlim()[1] >= xs[-1] + side / 2


@BOTH
def test_a_row_without_total_shows_its_count_all_the_same(layout):
    assert len(squares(units.draw(canvas(layout), [units.UnitRow("Sites", count=n(3), text="3")]))) == 3


@BOTH
def test_no_unit_at_all_is_drawn_as_nothing(layout):
    figure = units.draw(canvas(layout), [units.UnitRow("Sites", text="0 sur 0")])
    assert squares(figure) == []
    assert "0 sur 0" in texts(figure)


@BOTH
def test_units_become_bars_beyond_what_can_be_counted(layout):
    at, over = units.MOST, units.MOST + 1
    assert len(squares(units.draw(canvas(layout), [units.UnitRow("A", count=n(1), total=n(at))]))) == at
    figure = units.draw(
        canvas(layout), [units.UnitRow("A", count=n(5), total=n(over), text="5 sur 25", color=ORANGE)]
    )
    assert squares(figure) == []
    assert [patch.get_width() for patch in rectangles(figure)] == [over, 5]
    assert "5 sur 25" in texts(figure)


@BOTH
def test_hollow_squares_stay_squares_however_many(layout):
    row = units.UnitRow("A", count=n(20), also=n(3), total=n(40), text="20 + 3")
    assert Counter(edge for *_, edge in squares(units.draw(canvas(layout), [row])))[BLUE] == 23


def test_rows_of_a_tidy_count_open_one_group_and_say_of_how_many():
    counts = pd.DataFrame(
        {"libelle": ["CDD", "CDI"], "effectif": [n(10), n(1_000)], "total": [n(13), n(1_362)]}
    )
    first, second = units.from_counts(Released(counts, SEAL), "Contrat")
    assert (first.label, first.heading, first.count, first.total) == ("CDD", "Contrat", n(10), n(13))
    assert second.heading == ""
    assert second.text == f"1{THIN}000 sur 1{THIN}362"


# --- bars ---


@slow_to_draw
@given(layouts, st.lists(st.tuples(st.integers(0, 1362), st.integers(0, 1362)), min_size=1, max_size=6))
def test_bars_are_as_long_as_their_counts_and_start_from_zero(layout, pairs):
    rows = [bars.BarRow("A", count=n(min(pair)), total=n(max(pair)), text="x") for pair in pairs]
    figure = bars.draw(canvas(layout), rows)
    drawn = rectangles(figure)
    assert all(bar.get_x() == 0 for bar in drawn)
    expected = [width for few, many in map(sorted, pairs) for width in ([many] if many else []) + [few]]
    assert [bar.get_width() for bar in drawn] == expected
    assert figure.axes[0].get_xlim() == (0, max(1, *(max(pair) for pair in pairs)))


@BOTH
def test_a_bar_stands_before_its_pale_total_and_keeps_its_colour(layout):
    figure = bars.draw(canvas(layout), [bars.BarRow("A", "", n(7), n(14), "7 sur 14", ORANGE)])
    pale, full = rectangles(figure)
    assert (to_hex(pale.get_facecolor()).upper(), to_hex(full.get_facecolor()).upper()) == (TRACK, ORANGE)


@BOTH
def test_what_is_written_at_the_end_of_a_bar_is_level_with_it_and_covers_none(layout):
    figure = bars.draw(
        canvas(layout),
        [bars.BarRow(LONG, LONG, n(7), n(14), "7 sur 14"), bars.BarRow("B", "", n(2), n(30), "2")],
    )
    text = next(line for line in lines(figure) if line.text == "7 sur 14")
    pale = rectangles(figure)[0]
    box = pale.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    assert text.x0 > box.x1
    # Half the height of a figure above the baseline is the middle of the bar.
    assert text.baseline + 0.33 * text.size / 72 == pytest.approx((box.y0 + box.y1) / 2, abs=0.01)


@BOTH
def test_headings_stand_once_above_their_group(layout):
    rows = [
        bars.BarRow("Ville", "Par rôle", n(1)),
        bars.BarRow("État", "", n(1)),
        bars.BarRow("Tous", "En tout", n(2)),
    ]
    found = lines(bars.draw(canvas(layout), rows))
    order = [line.text for line in sorted(found, key=lambda line: -line.baseline)]
    kept = [text for text in order if text in {"Par rôle", "Ville", "État", "En tout", "Tous"}]
    assert kept == ["Par rôle", "Ville", "État", "En tout", "Tous"]


# --- stacked ---


@slow_to_draw
@given(layouts, st.sampled_from([2, 3, 4]), st.data())
def test_stacked_parts_follow_one_another_on_one_scale(layout, size, data):
    rows = data.draw(st.lists(st.lists(COUNTS, min_size=size, max_size=size), min_size=1, max_size=4))
    given_ = [stacked.StackRow("A", counts=tuple(map(n, row)), text="n") for row in rows]
    figure = stacked.draw(canvas(layout), given_, [f"Avis {i}" for i in range(size)])
    longest = max(sum(row) for row in rows)
    drawn = rectangles(figure)
    counts = [count for row in rows for count in row if count]
    starts = [sum(row[:i]) for row in rows for i, count in enumerate(row) if count]
    assert len(drawn) == len(counts)
    unit = figure.axes[0].get_xlim()[1] / max(longest, 1)
    for part, start, count in zip(drawn, starts, counts, strict=True):
        assert part.get_x() == pytest.approx(start * unit, abs=0.02)
        assert part.get_width() == pytest.approx(count * unit, abs=0.04)


@BOTH
def test_counts_are_written_where_they_fit_and_the_total_always(layout):
    row = stacked.StackRow("A", counts=(n(1_362), n(1), n(400)), text="n = 1 763")
    found = texts(stacked.draw(canvas(layout), [row], ["Pour", "Entre", "Contre"]))
    assert f"1{THIN}362" in found
    assert "400" in found
    assert "1" not in found
    assert "n = 1 763" in found


@pytest.mark.parametrize("size", [2, 3, 4])
def test_parts_can_be_told_apart_without_hue(size):
    row = stacked.StackRow("A", counts=(n(5),) * size, text="n")
    figure = stacked.draw(canvas(WIDE), [row], [f"Avis {i}" for i in range(size)])
    greys = [_grey(part.get_facecolor()) for part in rectangles(figure)]
    assert greys == sorted(greys), "ever paler"
    assert all(b - a >= 0.08 for a, b in pairwise(greys))
    keys = [mark.get_markerfacecolor() for mark in figure.artists]
    assert [to_hex(key) for key in keys] == [to_hex(part.get_facecolor()) for part in rectangles(figure)]


def _grey(color: tuple[float, float, float, float]) -> float:
    """Perceived lightness, from 0 to 1 (Rec. 709)."""
    return 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]


def test_rows_of_a_tidy_count_keep_the_order_of_modalities():
    counts = pd.DataFrame(
        {
            "role": ["Ville", "Ville", "État", "État"],
            "effectif": list(map(n, (2, 3, 0, 7))),
            "total": list(map(n, (5, 5, 7, 7))),
        }
    )
    rows = stacked.from_counts(Released(counts, SEAL), "role")
    assert [(row.label, row.counts, row.text, row.total) for row in rows] == [
        ("Ville", (n(2), n(3)), "n = 5", n(5)),
        ("État", (n(0), n(7)), "n = 7", n(7)),
    ]


# --- columns ---


@slow_to_draw
@given(layouts, st.lists(st.integers(0, 99), min_size=1, max_size=7))
def test_columns_are_as_high_as_their_counts(layout, counts):
    rows = [columns.Column(f"T{i}", n(count), strong=count > 5) for i, count in enumerate(counts)]
    figure = columns.draw(canvas(layout), rows)
    drawn = rectangles(figure)
    assert [bar.get_height() for bar in drawn] == counts
    assert [to_hex(bar.get_facecolor()).upper() for bar in drawn] == [
        BLUE if row.strong else BLUE_LIGHT for row in rows
    ]
    assert Counter(texts(figure)) >= Counter(str(count) for count in counts)


@BOTH
def test_labels_share_one_baseline_whatever_their_letters(layout):
    rows = [columns.Column(label, n(3)) for label in ("gp", "aa", "É1", "1")]
    found = [
        line for line in lines(columns.draw(canvas(layout), rows)) if line.text in {"gp", "aa", "É1", "1"}
    ]
    assert len({round(line.baseline, 3) for line in found}) == 1


@BOTH
def test_a_group_is_written_once_under_the_middle_of_its_columns(layout):
    rows = [
        columns.Column("T4", n(6), "2019"),
        columns.Column("T1", n(4), "2020"),
        columns.Column("T2", n(2), "2020"),
    ]
    found = lines(columns.draw(canvas(layout), rows))
    middles = {line.text: (line.x0 + line.x1) / 2 for line in found}
    assert [line.text for line in found].count("2020") == 1
    assert middles["2020"] == pytest.approx((middles["T1"] + middles["T2"]) / 2, abs=0.02)
    assert middles["2019"] == pytest.approx(middles["T4"], abs=0.02)


def test_columns_too_narrow_for_their_words_lie_down_with_the_same_numbers():
    rows = [
        columns.Column(f"Trimestre {i}", n(i * 100), str(2019 + i // 6), strong=i != 2) for i in range(12)
    ]
    figure = columns.draw(canvas(NARROW), rows)
    drawn = rectangles(figure)
    assert [bar.get_width() for bar in drawn] == [i * 100 for i in range(12)]
    assert to_hex(drawn[2].get_facecolor()).upper() == BLUE_LIGHT
    found = texts(figure)
    assert found.count("2019") == found.count("2020") == 1
    assert f"1{THIN}100" in found


@BOTH
def test_the_line_of_extremes_has_its_marks_at_their_values(layout):
    span = columns.Span(0.4, 0.8, 1.5, "0,4", "moyenne 0,8", "1,5", 1.6)
    strip, _ = columns.draw(canvas(layout), [columns.Column("1", n(2))], span).axes
    assert [(mark.get_marker(), mark.get_xdata()[0]) for mark in strip.lines] == [
        ("|", 0.4),
        ("|", 1.5),
        ("D", 0.8),
    ]
    assert strip.get_xlim() == (0, 1.6)
    (_, thick) = strip.collections
    assert thick.get_segments()[0][:, 0].tolist() == [0.4, 1.5]


@BOTH
def test_equal_extremes_are_written_once(layout):
    span = columns.Span(1.5, 1.5, 1.5, "1,5", "moyenne 1,5", "1,5", 1.6)
    assert texts(columns.draw(canvas(layout), [columns.Column("1", n(2))], span)).count("1,5") == 1


# --- dumbbell ---

medians = st.integers(2, 20).map(lambda half: half / 2)


@slow_to_draw
@given(layouts, st.lists(st.tuples(medians, medians, COUNTS, COUNTS, COUNTS), min_size=1, max_size=5))
def test_medians_stand_on_their_score_and_squares_count_territories(layout, pairs):
    rows = [
        dumbbell.PairRow("Item", "", Measure(first), Measure(second), *map(n, counts))
        for first, second, *counts in pairs
    ]
    figure = dumbbell.draw(canvas(layout), rows, "Institutions", "Animateurs")
    (axes,) = figure.axes
    scale = [text for text in axes.texts if text.get_size() == layout.small]
    places = {int(text.get_text()): text.get_position()[0] for text in scale}
    assert sorted(places) == list(range(1, 11))
    step = (places[10] - places[1]) / 9
    for marker, values in (("o", [pair[0] for pair in pairs]), ("D", [pair[1] for pair in pairs])):
        xs = [float(mark.get_xdata()[0]) for mark in axes.lines if mark.get_marker() == marker]
        assert xs == pytest.approx([places[1] + (value - 1) * step for value in values])
    kinds = Counter((fill, edge) for _, _, fill, edge in squares(figure))
    assert kinds[BLUE, BLUE] == sum(pair[2] for pair in pairs)
    assert kinds["#FFFFFF", ORANGE] == sum(pair[4] for pair in pairs)
    assert kinds.total() == sum(sum(pair[2:]) for pair in pairs)


def _pairs(*medians: tuple[float | None, float | None]) -> list[dumbbell.PairRow]:
    return [dumbbell.PairRow("Item", "", Measure(first), Measure(second)) for first, second in medians]


@BOTH
def test_equal_medians_both_show_and_both_numbers_too(layout):
    figure = dumbbell.draw(canvas(layout), [dumbbell.PairRow("Item", "", Measure(5), Measure(5))], "A", "B")
    one, other = figure.axes[0].lines
    assert one.get_xdata()[0] == other.get_xdata()[0]
    assert one.get_ydata()[0] != other.get_ydata()[0]
    assert [text.get_text() for text in figure.axes[0].texts if text.get_size() == layout.text].count(
        "5"
    ) == 2


@BOTH
def test_each_number_is_level_with_its_own_mark(layout):
    figure = dumbbell.draw(canvas(layout), _pairs((4, 4), (6.5, 3)), "A", "B")
    (axes,) = figure.axes
    numbers = [
        text for text in axes.texts if text.get_text() in {"4", "6,5", "3"} and text.get_size() == layout.text
    ]
    assert len(numbers) == 4
    marks = {(float(mark.get_xdata()[0]), float(mark.get_ydata()[0])) for mark in axes.lines}
    assert {(float(text.xy[0]), float(text.xy[1])) for text in numbers} == marks


def test_groups_of_a_dumbbell_differ_by_shape_and_by_filling():
    figure = dumbbell.draw(
        canvas(WIDE), [dumbbell.PairRow("Item", "", Measure(4), Measure(6), n(2), n(1), n(3))], "A", "B"
    )
    assert {mark.get_marker() for mark in figure.axes[0].lines} == {"o", "D"}
    looks = [(mark.get_marker(), to_hex(mark.get_markerfacecolor()).upper()) for mark in figure.artists]
    assert len(set(looks)) == 5
    full, _, hollow = (look for look in looks if look[0] == "s")
    assert (full[1], hollow[1]) == (BLUE, "#FFFFFF")
