"""What holds for every chart: words inside and apart, drawn by seaborn, the same bytes anywhere."""

from __future__ import annotations

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


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", FORMS)
def test_every_text_stays_inside_and_apart(name, layout):
    figure = FORMS[name](canvas(layout))
    assert outside(figure) == []
    assert overlapping(figure) == []


def test_only_map_and_flow_are_drawn_without_seaborn():
    """Bars go through the rows."""
    drawn = {path.stem: path.read_text("utf-8") for path in ROOM.glob("*.py")}
    with_seaborn = {name for name, code in drawn.items() if "import seaborn" in code}
    assert {name for name, code in drawn.items() if "def draw" in code} - with_seaborn == {"sitemap", "flow"}


_DRAWS = """
import hashlib, json, sys
from pathlib import Path
from exhibits.charts.forms import canvas, every
from exhibits.paper_wave import figure, write_wave
from atc.exhibits.charts import WIDE
from atc.exhibits.model import png, svg
told = hashlib.sha256()
names = ("units-few", "stacked-4-ordinary-masked", "columns-0", "pairs-10-9.5", "moments-known",
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
