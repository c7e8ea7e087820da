from __future__ import annotations

import re
import subprocess
import sys
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
def test_colours_of_text_are_read_on_white(name):
    assert contrast(getattr(tokens, name), "#FFFFFF") >= 4.5


@pytest.mark.parametrize("name", ["INK", "GREY_TEXT", "BLUE", "ORANGE"])
def test_the_contrasts_that_the_docstring_gives_are_true(name):
    told = tokens.__doc__.split(f"{name} ")[1]
    assert contrast(getattr(tokens, name), "white") == pytest.approx(float(told[:4].rstrip(",.;")), abs=0.05)


def test_a_filled_mark_stands_out_from_the_pale_one_and_from_the_page():
    assert contrast(tokens.BLUE, tokens.TRACK) >= 3
    assert contrast(tokens.BLUE, "white") >= 3
    assert contrast(tokens.ORANGE, tokens.TRACK) >= 3


def test_a_pale_band_is_told_from_the_page_by_its_edge_and_from_marks_by_its_inside():
    assert contrast(tokens.MASKED_EDGE, "white") >= 3
    assert contrast(tokens.MASKED, tokens.BLUE) >= 3
    assert contrast(tokens.MASKED_EDGE, tokens.TRACK) >= 3


def test_each_colour_is_one_constant_whose_meaning_is_in_the_table():
    colors = {name: value for name, value in vars(tokens).items() if str(value).startswith("#")}
    assert len(set(colors.values())) == len(colors)
    for name in colors.keys() - {"MASKED_EDGE"}:
        assert re.search(rf"^\|[^|]*\b{name}\b", tokens.__doc__, re.MULTILINE), name


def test_orange_is_said_of_the_animateurs_only():
    using = {path.stem for path in ROOM.glob("*.py") if "ORANGE" in path.read_text("utf-8")}
    assert using == {"tokens", "canvas", "dumbbell", "moments"}
    elsewhere = [path for path in ROOM.parent.rglob("*.py") if path.parent != ROOM]
    assert not [path.name for path in elsewhere if "ORANGE" in path.read_text("utf-8")]


@pytest.mark.parametrize("weight", [400, 600, 700])
def test_the_charts_font_is_ours_and_not_a_substitute(weight):
    load_look()
    properties = font_manager.FontProperties(family=FAMILY, weight=weight)
    path = font_manager.findfont(properties, fallback_to_default=False)
    assert path.startswith(str(FONTS))


def test_loading_the_look_needs_no_display_and_themes_seaborn_with_our_tokens():
    code = (
        "from atc.exhibits.charts import load_look; load_look(); import matplotlib as m, seaborn as sns;"
        "assert m.rcParams['svg.fonttype'] == 'none' and m.rcParams['svg.hashsalt'] == 'atc';"
        f"assert sns.color_palette().as_hex()[:2] == ['{tokens.BLUE.lower()}', '{tokens.ORANGE.lower()}'];"
        f"assert m.rcParams['font.family'] == ['{FAMILY}']"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"DISPLAY": "", "PATH": ""})
