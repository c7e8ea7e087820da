"""No text of any chart leaves the image or meets another, whatever the data and the width."""

from __future__ import annotations

import pytest
from exhibits.charts.forms import canvas, every
from ink import outside, overlapping

from atc.exhibits.charts import NARROW, WIDE

FORMS = every()


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", FORMS)
def test_every_text_stays_inside_and_apart(name, layout):
    figure = FORMS[name](canvas(layout))
    assert outside(figure) == []
    assert overlapping(figure) == []
