"""Colours, type and theme of every chart: the look is decided here and nowhere else.

Contrasts are against white: INK 14.8, BLUE 7.2, ORANGE 5.7, GREY_TEXT 6.5. One colour has one meaning, and
filling, shape or place says the same without it: black and white loses nothing.

| colour | means, in every chart |
|---|---|
| BLUE | what is counted; beside ORANGE, the institutional actors |
| BLUE_MID, BLUE_LIGHT, then white with a blue edge | ever less favourable; or counted, and not in the title |
| ORANGE | the animateurs, and nobody else |
| LEVEL | neither group above the other |
| TRACK | the rest: what is left of a total |
| MASKED | where a count that readers may not know can lie |
| INK, GREY_TEXT | words, a mean, the frame around what is looked at |
| JOIN, RULE, LAND, LAND_EDGE, NEIGHBOUR | what joins two marks, scales, maps: nothing is counted by them |
"""

from functools import cache
from pathlib import Path

import seaborn as sns
from matplotlib import font_manager

FAMILY = "Atc Sans"
FONTS = Path(__file__).parent / "fonts"

INK = "#1F2933"
GREY_TEXT = "#52606D"
RULE = "#D9DEE4"
LAND = "#DCE3EA"
LAND_EDGE = "#8D9BAA"
NEIGHBOUR = "#F1F3F5"

BLUE = "#0B5C8A"
BLUE_MID = "#6199BE"
BLUE_LIGHT = "#B5CFE1"
ORANGE = "#A94A08"
LEVEL = "#C2CAD3"
JOIN = "#B8C2CC"
TRACK = "#E4E9EE"
#: Pale, inside an edge that print and greyscale keep (3.9 on white).
MASKED, MASKED_EDGE = "#F7F3E3", "#76828F"


@cache
def load_look() -> None:
    """Make the fonts known to matplotlib and theme seaborn with our tokens; done once per process."""
    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(path)
    sns.set_theme(
        style="white",
        palette=(BLUE, ORANGE, BLUE_MID, BLUE_LIGHT),
        font=FAMILY,
        color_codes=False,
        rc={
            "text.color": INK,
            "axes.edgecolor": RULE,
            **{f"axes.spines.{side}": False for side in ("left", "right", "top", "bottom")},
            "grid.color": RULE,
            "grid.linewidth": 0.8,
            "lines.solid_capstyle": "butt",
            "xtick.color": GREY_TEXT,
            "ytick.color": INK,
            # Text stays text (selectable, read aloud, small) and ids do not change from run to run.
            "svg.fonttype": "none",
            "svg.hashsalt": "atc",
            "figure.dpi": 100,
            "text.parse_math": False,
        },
    )
