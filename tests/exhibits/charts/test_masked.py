"""A masked count is a pale band as far as it may reach, and nothing drawn depends on what it truly is."""

import pandas as pd
import pytest
from exhibits.charts.forms import BOTH, FEW, HIDDEN, NEARLY, TEN, bars, canvas, n, pair_row, pale, texts
from matplotlib.collections import PathCollection

from atc.disclosure import Count, Measure, Release, Rules
from atc.exhibits.charts.rows import (
    MASKED_KEY,
    draw_stacks,
    draw_units,
    stack_bar,
    unit_bar,
)
from atc.exhibits.charts.scales import draw_pairs
from atc.exhibits.charts.tokens import BLUE
from atc.exhibits.model import svg

_UNIT = unit_bar("B", "", n(6), n(14), "6 sur 14")
#: Each form with one count in it, the other ones known.
FORMS = {
    "units": lambda c, count: draw_units(c, [unit_bar("A", "", count, n(14), "x"), _UNIT]),
    "stacked": lambda c, count: draw_stacks(
        c, [stack_bar("A", "", (count, n(5), n(2)), "n = 21", n(21))], ["Oui", "Entre", "Non"]
    ),
    "dumbbell": lambda c, count: draw_pairs(
        c, [pair_row("A", "", Measure(4), Measure(6), count, n(5), n(2), n(21))], TEN, "Un", "Deux"
    ),
}
EVERY = pytest.mark.parametrize("form", FORMS)


@BOTH
@EVERY
@pytest.mark.parametrize("count", [FEW, NEARLY, n(3)], ids=str)
def test_a_masked_count_is_one_band_and_named_in_the_keys_and_a_known_one_is_not(form, layout, count):
    figure = FORMS[form](canvas(layout), count)
    assert len(pale(figure)) == texts(figure).count(MASKED_KEY.label) == count.is_masked


@BOTH
def test_what_is_not_told_has_words_and_no_mark(layout):
    """Not even the rest of its total, which would read as nobody."""
    hidden, none = FORMS["units"](canvas(layout), HIDDEN), FORMS["units"](canvas(layout), n(0))
    assert not pale(hidden)
    assert len(bars(hidden)) == len(bars(none)) - 1
    assert "x" in texts(hidden)


@BOTH
@pytest.mark.parametrize("count", [FEW, NEARLY], ids=str)
def test_bands_go_from_the_least_to_the_most_that_a_count_can_be(layout, count):
    figure = draw_units(canvas(layout), [unit_bar("A", "", count, n(14), "x")])
    unit = min(figure.axes[0].get_xlim()[1] / 14, 0.5)
    (band,) = pale(figure)
    assert [band.x0 / unit, band.x1 / unit] == pytest.approx([count.low, count.high], abs=0.2)
    assert (BLUE in [bar.color for bar in bars(figure)]) is count.of_the_rest


@BOTH
def test_masked_parts_of_a_stacked_bar_make_one_band_after_the_known_ones(layout):
    row = stack_bar("A", "", (FEW, n(8), HIDDEN), "n = 14", n(14))
    figure = draw_stacks(canvas(layout), [row], ["Oui", "Entre", "Non"])
    (known,), (hidden,) = bars(figure), pale(figure)
    width = figure.axes[0].get_xlim()[1]
    assert known.x1 - known.x0 == pytest.approx(width * 8 / 14, abs=0.04)
    assert hidden.x1 - hidden.x0 == pytest.approx(width * 6 / 14, abs=0.04)
    assert hidden.x0 > known.x1


def test_a_bar_of_which_nothing_is_known_is_words_and_an_unknown_total_bounds_nothing():
    nothing = stack_bar("A", "", (FEW, HIDDEN), "n = 14", n(14))
    assert (nothing.parts, nothing.text) == ((), "n = 14 : répartition non communiquée")
    for total in (None, HIDDEN):
        *_, rest = stack_bar("A", "", (n(3), FEW, HIDDEN), "", total).parts
        assert rest.size == 4


@BOTH
def test_a_withheld_median_has_no_mark_and_no_number(layout):
    rows = [pair_row(label, "", Measure(None), Measure(second)) for label, second in (("A", 6), ("B", None))]
    figure = draw_pairs(canvas(layout), rows, TEN, "Un", "Deux")
    (marks,) = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    assert len(marks.get_offsets()) == 1
    assert "médianes non communiquées" in texts(figure)


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
    def drawn(count: Count) -> str:
        return svg(FORMS[form](canvas(layout), count), "f", "t", "d")

    assert _masked(1, 14).is_masked
    assert drawn(_masked(1, 14)) == drawn(_masked(3, 14))
    assert drawn(n(1)) != drawn(n(3))
