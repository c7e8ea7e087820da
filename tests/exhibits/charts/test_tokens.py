from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.colors import to_rgb

from atc.exhibits import charts
from atc.exhibits.charts import tokens
from atc.exhibits.charts.tokens import FAMILY, FONTS, load_look

ROOM = Path(charts.__file__).parent


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


def test_each_colour_is_one_constant_whose_meaning_is_in_the_table():
    colors = {name: value for name, value in vars(tokens).items() if str(value).startswith("#")}
    assert len(set(colors.values())) == len(colors)
    for name in colors.keys() - {"MASKED_EDGE"}:
        assert re.search(rf"^\|[^|]*\b{name}\b", tokens.__doc__, re.MULTILINE), name


def test_orange_is_said_of_the_animateurs_only():
    using = {path.stem for path in ROOM.glob("*.py") if "ORANGE" in path.read_text("utf-8")}
    assert using == {"tokens", "canvas", "moments"}
    elsewhere = [path for path in ROOM.parent.rglob("*.py") if path.parent != ROOM]
    assert not [path.name for path in elsewhere if "ORANGE" in path.read_text("utf-8")]


@pytest.mark.parametrize("weight", [400, 600, 700])
def test_the_charts_font_is_ours_and_not_a_substitute(weight):
    load_look()
    properties = font_manager.FontProperties(family=FAMILY, weight=weight)
    path = font_manager.findfont(properties, fallback_to_default=False)
    assert path.startswith(str(FONTS))
