"""A masked count is a pale band as far as it may reach, and nothing drawn depends on what it truly is."""

import pandas as pd
import pytest
from exhibits.charts.forms import BOTH, FEW, NEARLY, TEN, bars, canvas, n, pair_row, pale, texts

from atc.disclosure import Count, Measure, Release, Rules
from atc.exhibits.charts import WIDE, columns, flow
from atc.exhibits.charts.moments import draw_pairs
from atc.exhibits.charts.rows import (
    MASKED_KEY,
    draw_stacks,
    draw_units,
    stack_bar,
    unit_bar,
)
from atc.exhibits.charts.tokens import BLUE
from atc.exhibits.model import svg

_UNIT = unit_bar("B", "", n(6), n(14), "6 sur 14")
#: Each form with one count in it, the other ones known.
FORMS = {
    "units": lambda c, count: draw_units(c, [unit_bar("A", "", count, n(14), "x"), _UNIT]),
    "columns": lambda c, count: columns.draw(c, [columns.Column("A", count), columns.Column("B", n(6))]),
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
@pytest.mark.parametrize("count", [FEW, NEARLY], ids=str)
def test_bands_go_from_the_least_to_the_most_that_a_count_can_be(layout, count):
    figure = draw_units(canvas(layout), [unit_bar("A", "", count, n(14), "x")])
    unit = min(figure.axes[0].get_xlim()[1] / 14, 0.5)
    (band,) = pale(figure)
    assert [band.x0 / unit, band.x1 / unit] == pytest.approx([count.low, count.high], abs=0.2)
    assert (BLUE in [bar.color for bar in bars(figure)]) is count.of_the_rest
    figure = columns.draw(canvas(layout), [columns.Column("A", count), columns.Column("B", n(6))])
    (band,) = pale(figure)
    assert (band.y0, band.y1) == (count.low, count.high)
    assert count.shown in texts(figure)


def test_a_flow_refuses_what_readers_may_not_know():
    with pytest.raises(ValueError, match="may know"):
        flow.draw(canvas(WIDE), [flow.Flow("A", "B", FEW)], ["A", "B"], ("1", "2"), ("x", "y"))


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
