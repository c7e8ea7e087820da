"""A masked count is drawn as far as it may reach, and nothing drawn depends on what it truly is."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from exhibits.charts.forms import FEW, HIDDEN, MOST, canvas, n
from ink import lines
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from atc.disclosure import Count, Measure, Release, Rules
from atc.exhibits.charts import (
    NARROW,
    WIDE,
    bands,
    bars,
    columns,
    dumbbell,
    flow,
    masking,
    moments,
    stacked,
    units,
)
from atc.exhibits.charts.tokens import BLUE, MASKED, TRACK
from atc.exhibits.drawing import svg
from atc.typography import NBSP

BOTH = pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
#: Each form with one count in it, the other ones known.
FORMS = {
    "units": lambda c, count: units.draw(c, [units.UnitRow("A", "", count, n(14), "x"), _UNIT]),
    "units-also": lambda c, count: units.draw(c, [units.UnitRow("A", "", n(3), n(14), "x", also=count)]),
    "bars": lambda c, count: bars.draw(c, [bars.BarRow("A", "", count, n(14), "x")]),
    "columns": lambda c, count: columns.draw(c, [columns.Column("A", count), columns.Column("B", n(6))]),
    "stacked": lambda c, count: stacked.draw(
        c, [stacked.StackRow("A", "", (count, n(5), FEW), "n = 14", n(14))], ["Oui", "Entre", "Non"]
    ),
    "dumbbell": lambda c, count: dumbbell.draw(
        c, [dumbbell.PairRow("A", "", Measure(4), Measure(6), count, n(5), FEW, n(14))], "Un", "Deux"
    ),
    "flow": lambda c, count: flow.draw(
        c, [flow.Flow("A", "A", n(5)), flow.Flow("A", "B", count)], ["A", "B"], ("1", "2"), ("x", "y")
    ),
    "bands": lambda c, count: bands.draw(
        c, [bands.BandRow("A", "", (count, n(5)), 1, "4")], ("1", "2"), "autres", "ce site"
    ),
}
_UNIT = units.UnitRow("B", "", n(6), n(14), "6 sur 14")
EVERY = pytest.mark.parametrize("form", FORMS)


def hatched(figure: Figure) -> list[Rectangle]:
    return [p for axes in figure.axes for p in axes.patches if p.get_hatch()]


def squares(figure: Figure) -> Counter[str]:
    """How many squares of each look."""
    found: Counter[str] = Counter()
    for axes in figure.axes:
        for marks in axes.collections:
            if isinstance(marks, PathCollection):
                look = "hatched" if marks.get_hatch() else to_hex(marks.get_facecolor()[0]).upper()
                found[look] += len(marks.get_offsets())
    return found


def drawn(form: str, count: Count, layout=WIDE) -> str:
    return svg(FORMS[form](canvas(layout), count), "f", "t", "d")


# --- what is masked is hatched, and said to be ---


@BOTH
@EVERY
@pytest.mark.parametrize("count", [FEW, MOST, HIDDEN], ids=str)
def test_hatching_stands_in_the_chart_and_in_its_keys(form, layout, count):
    figure = FORMS[form](canvas(layout), count)
    assert hatched(figure) or squares(figure)["hatched"]
    assert [line.text for line in lines(figure)].count(masking.KEY.label) == 1
    assert [a for a in figure.artists if isinstance(a, Rectangle) and a.get_hatch()]


@BOTH
@pytest.mark.parametrize("form", [form for form in FORMS if form not in {"stacked", "dumbbell"}])
def test_nothing_is_hatched_where_nothing_is_masked(form, layout):
    figure = FORMS[form](canvas(layout), n(3))
    assert not hatched(figure)
    assert not squares(figure)["hatched"]
    assert masking.KEY.label not in [line.text for line in lines(figure)]


@BOTH
def test_the_squares_of_a_masked_count_reach_from_what_is_sure_to_what_may_be(layout):
    few = squares(units.draw(canvas(layout), [units.UnitRow("A", "", FEW, n(14), "x")]))
    assert few == {"hatched": 4, TRACK: 10}
    most = squares(units.draw(canvas(layout), [units.UnitRow("A", "", MOST, n(14), "x")]))
    assert most == {BLUE: 10, "hatched": 3, TRACK: 1}


@BOTH
def test_a_masked_bar_and_a_masked_column_reach_as_far(layout):
    for figure, span in (
        (bars.draw(canvas(layout), [bars.BarRow("A", "", MOST, n(14), "x")]), (10, 13)),
        (bars.draw(canvas(layout), [bars.BarRow("A", "", FEW, n(14), "x")]), (0, 4)),
    ):
        (bar,) = hatched(figure)
        assert (bar.get_x(), bar.get_x() + bar.get_width()) == span
    figure = columns.draw(canvas(layout), [columns.Column("A", MOST), columns.Column("B", n(6))])
    (column,) = hatched(figure)
    assert (column.get_y(), column.get_y() + column.get_height()) == (10, 13)
    assert f"n{NBSP}>{NBSP}9" in [line.text for line in lines(figure)]


@BOTH
def test_masked_parts_of_a_stacked_bar_make_one_block_after_the_known_ones(layout):
    row = stacked.StackRow("A", "", (FEW, n(8), HIDDEN), "n = 14", n(14))
    figure = stacked.draw(canvas(layout), [row], ["Oui", "Entre", "Non"])
    known, hidden = [p for axes in figure.axes for p in axes.patches]
    assert not known.get_hatch()
    assert hidden.get_hatch()
    width = figure.axes[0].get_xlim()[1]
    assert known.get_width() == pytest.approx(width * 8 / 14, abs=0.04)
    assert hidden.get_width() == pytest.approx(width * 6 / 14, abs=0.04)
    assert hidden.get_x() > known.get_x() + known.get_width()


def test_masked_parts_of_an_unknown_total_reach_as_far_as_they_may():
    assert masking.rest((n(3), FEW, HIDDEN), None) == masking.rest((n(3), FEW, HIDDEN), HIDDEN) == 4 + 9
    assert masking.rest((n(3), FEW, HIDDEN), n(14)) == 11
    assert masking.rest((n(3), n(2)), n(14)) == 0


@BOTH
def test_a_withheld_median_has_no_mark_and_no_number(layout):
    rows = [
        dumbbell.PairRow("A", "", Measure(None), Measure(6)),
        dumbbell.PairRow("B", "", Measure(None), Measure(None)),
    ]
    figure = dumbbell.draw(canvas(layout), rows, "Un", "Deux")
    assert [mark.get_marker() for mark in figure.axes[0].lines] == ["D"]
    assert "médianes non communiquées" in [line.text for line in lines(figure)]


@BOTH
def test_a_withheld_value_is_said_at_its_moment_and_an_absent_one_left_blank(layout):
    panel = moments.Panel("A", (Measure(None), Measure(4)), (Measure(float("nan")), Measure(5)))
    found = [
        line.text for line in lines(moments.draw(canvas(layout), [panel], ("2020", "2021"), "Un", "Deux"))
    ]
    assert found.count("n.c.") == 1


# --- nothing depends on the true value ---


def _masked(truth: int, total: int) -> Count:
    """What the rules let out of a true count."""
    release = Release("essai", "F09-01", Rules("financeurs", 5, 10))
    frame = pd.DataFrame(
        {"modalite": ["a", "b", "c"], "effectif": [truth, 4 - truth + 1, total - 5], "total": [total] * 3}
    )
    return release.distribution(frame, "essai").row(modalite="a").effectif


@BOTH
@EVERY
def test_the_same_drawing_whatever_the_masked_count(form, layout):
    assert _masked(1, 14).is_masked
    assert drawn(form, _masked(1, 14), layout) == drawn(form, _masked(3, 14), layout)
    assert drawn(form, n(1), layout) != drawn(form, n(3), layout)


def test_hatching_is_told_from_every_filling_without_hue():
    red, green, blue = (int(MASKED[i : i + 2], 16) / 255 for i in (1, 3, 5))
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.6
    assert masking.STYLE["hatch"]
    assert masking.STYLE["facecolor"] == "white"
