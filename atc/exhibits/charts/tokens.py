"""Colours, type and line weights of every chart: the look is decided here and nowhere else.

Contrasts are against white: INK 14.8, BLUE 7.2, ORANGE 5.7, GREY_TEXT 6.5; a chart never relies on hue alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager

FAMILY = "Atc Sans"
FONTS = Path(__file__).parent / "fonts"

INK = "#1F2933"
GREY_TEXT = "#52606D"
RULE = "#D9DEE4"
TRACK = "#E4E9EE"
LAND = "#DCE3EA"
LAND_EDGE = "#8D9BAA"
NEIGHBOUR = "#F1F3F5"

BLUE = "#0B5C8A"
BLUE_MID = "#6199BE"
BLUE_LIGHT = "#B5CFE1"
ORANGE = "#A94A08"
ORANGE_LIGHT = "#E9B48E"

#: What readers may not know: hatched in a grey of no category, which print and greyscale keep (3.7 on white).
MASKED = "#7B8794"
HATCH = "////"

#: Fill of a mention « DONNÉES … » by status; none for what was observed or published.
MENTIONS = {"reconstitué": "DONNÉES RECONSTITUÉES", "simulé": "DONNÉES SIMULÉES"}


@cache
def load_look() -> None:
    """Make the fonts known to matplotlib and set what every chart shares; done once per process."""
    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(path)
    mpl.rcParams.update(
        {
            "font.family": FAMILY,
            "text.color": INK,
            "axes.edgecolor": RULE,
            "axes.labelcolor": GREY_TEXT,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "xtick.color": GREY_TEXT,
            "ytick.color": INK,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "hatch.linewidth": 0.8,
            # Text stays text (selectable, read aloud, small) and ids do not change from run to run.
            "svg.fonttype": "none",
            "svg.hashsalt": "atc",
            "figure.dpi": 100,
            "text.parse_math": False,
        }
    )
