"""What holds for every chart: words inside and apart, drawn by seaborn, the same bytes anywhere."""

import os
import subprocess
import sys
from pathlib import Path

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


_DRAWS = """
import hashlib, json, sys
from pathlib import Path
from exhibits.charts.forms import canvas, every
from exhibits.paper_wave import figure, write_wave
from atc.exhibits.charts import WIDE
from atc.exhibits.model import png, svg
told = hashlib.sha256()
names = ("units-few", "stacked-4-masked-ordinary", "pairs-10-9.5", "moments-known",
         "range-bands-0.4", "map-all")
for name, draw in every().items():
    if name.startswith(names) and not name.endswith("x12"):
        drawn = draw(canvas(WIDE))
        told.update(svg(drawn, "f", "t", "d").encode() + png(drawn))
told.update(json.dumps(figure(write_wave(Path(sys.argv[1])))._repr_mimebundle_()).encode())
print(told.hexdigest())
"""


def test_the_same_bytes_whatever_the_hash_seed_the_time_zone_and_the_folder(tmp_path):
    seen = set()
    for seed, zone, folder in (("0", "UTC", tmp_path), ("77", "Pacific/Kiritimati", Path("/"))):
        wave = str(tmp_path / f"projet {seed}")
        env = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": "C",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        ran = subprocess.run(
            [sys.executable, "-c", _DRAWS, wave],
            check=True,
            env=env,
            cwd=folder,
            capture_output=True,
            text=True,
        )
        seen.add(ran.stdout)
    assert len(seen) == 1
