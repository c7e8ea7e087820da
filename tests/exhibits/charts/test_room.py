"""What holds for every chart: words inside and apart, drawn by seaborn, the same bytes anywhere."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from exhibits.charts.forms import canvas, every
from ink import outside, overlapping

from atc.exhibits import charts
from atc.exhibits.charts import NARROW, WIDE

FORMS = every()
ROOM = Path(charts.__file__).parent
#: What draws a mark with matplotlib: methods of a plot, and marks themselves. Words are free.
METHODS = {
    *("bar", "barh", "scatter", "plot", "step", "stem", "fill", "fill_between", "fill_betweenx", "hlines"),
    *("vlines", "axhspan", "axvspan", "errorbar", "pie", "imshow", "pcolormesh", "add_patch", "add_artist"),
    *("add_line", "add_collection"),
}
MARKS = {"Rectangle", "PathPatch", "Polygon", "Circle", "Line2D", "LineCollection", "PatchCollection"}
#: The page draws keys and the lines of scales, which count nothing.
BY_HAND = {"sitemap", "flow", "rows.masked_band", "canvas"}


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", FORMS)
def test_every_text_stays_inside_and_apart(name, layout):
    figure = FORMS[name](canvas(layout))
    assert outside(figure) == []
    assert overlapping(figure) == []


def _draws_by_hand(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            whose, _, called = ast.unparse(node.func).rpartition(".")
            if called in MARKS or (called in METHODS and whose.rpartition(".")[2] == "axes"):
                return True
    return False


def test_only_map_flow_and_masked_band_are_drawn_without_seaborn():
    found = set()
    for path in ROOM.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        bare = [part for part in tree.body if getattr(part, "name", "") != "masked_band"]
        if any(map(_draws_by_hand, bare)):
            found.add(path.stem)
        elif _draws_by_hand(tree):
            found.add(f"{path.stem}.masked_band")
    assert found == BY_HAND
    using = {path.stem for path in ROOM.glob("*.py") if "\nimport seaborn" in path.read_text("utf-8")}
    assert using == {"tokens", "rows", "columns", "dumbbell", "moments", "scatter"}


def test_the_front_page_of_the_room_names_what_draws_each_form():
    told = {line.split("`")[1] for line in (charts.__doc__ or "").splitlines() if line.startswith("| `")}
    assert told == {path.stem for path in ROOM.glob("*.py") if "def draw(" in path.read_text("utf-8")}


_DRAWS = """
import hashlib, json, sys
from pathlib import Path
from exhibits.charts.forms import canvas, every
from exhibits.paper_wave import figure, write_wave
from atc.exhibits.charts import WIDE
from atc.exhibits.model import png, svg
told = hashlib.sha256()
names = ("units-few", "stacked-3-ordinary-masked", "columns-10", "dumbbell-10-9.5", "moments-known",
         "bands-known", "strip-points-0.4", "map-all", "flow")
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
