"""What holds for every chart: words inside and apart, drawn by seaborn, the same bytes anywhere."""

import pytest
from exhibits.charts.forms import BOTH, canvas, every
from ink import outside, overlapping
from matplotlib import font_manager
from matplotlib.colors import to_rgb

from atc.exhibits.charts import tokens
from atc.exhibits.charts.tokens import FAMILY, FONTS, load_look

FORMS = every()


@BOTH
@pytest.mark.parametrize("name", FORMS)
def test_every_text_stays_inside_and_apart(name, layout):
    figure = FORMS[name](canvas(layout))
    assert outside(figure) == []
    assert overlapping(figure) == []


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["INK", "GREY_TEXT", "BLUE", "ORANGE"])
def test_colours_of_text_are_read_on_white_and_the_docstring_says_how_well(name):
    found = contrast(getattr(tokens, name), "white")
    assert found >= 4.5
    told = tokens.__doc__.split(f"{name} ")[1]
    assert found == pytest.approx(float(told[:4].rstrip(",.;")), abs=0.05)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BLUE", "TRACK"),
        ("ORANGE", "TRACK"),
        # A pale band is told from the page by its edge, and from marks by its inside.
        ("MASKED_EDGE", "the page"),
        ("MASKED_EDGE", "TRACK"),
        ("MASKED", "BLUE"),
    ],
)
def test_marks_stand_out_from_what_is_beside_them(one, other):
    assert contrast(getattr(tokens, one), getattr(tokens, other, "white")) >= 3


@pytest.mark.parametrize("weight", [400, 600, 700])
def test_the_charts_font_is_ours_and_not_a_substitute(weight):
    load_look()
    properties = font_manager.FontProperties(family=FAMILY, weight=weight)
    path = font_manager.findfont(properties, fallback_to_default=False)
    assert path.startswith(str(FONTS))
