"""What each picture of docs/images shows, as words: a picture whose words have changed is stale.

`docs/images/empreintes.json` keeps the hash of these words, written by refresh_images.py with the picture; a
test compares. The grain is what a reader would notice: titles, numbers, sentences, labels of the lists,
templates of whole pages, colours. A change of code or of style that moves a line by a pixel makes nothing
stale.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

import atc
from atc.desk.desk import Desk
from atc.exhibits.charts import tokens
from atc.exhibits.model import Exhibit

ROOT = Path(__file__).resolve().parents[1]
FINGERPRINTS = ROOT / "docs/images/empreintes.json"
TEMPLATES = ROOT / "atc/rendering/templates"
TIER = "financeurs"
#: Picture -> wave, module of atc.exhibits.chapters and function of the exhibit that it shows.
FIGURES: Mapping[str, tuple[str, str, str]] = {
    "carte": ("2020-automne", "methode", "fig_01_01"),
    "etp": ("2020-automne", "feuille_de_route", "fig_02_02"),
    "regards": ("2020-automne", "jeux_d_acteurs", "fig_03_01"),
    "evolution": ("2021-automne", "evolution", "fig_08_02"),
    "masque": ("2021-automne", "evolution", "fig_08_04"),
}
NUMBERED = ("2020-automne", "feuille_de_route", "fig_02_01")


def _exhibit(vague: str, module: str, function: str) -> Exhibit:
    chapter = import_module(f"atc.exhibits.chapters.{module}")
    made: Exhibit = getattr(chapter, function)(atc.open_wave(vague, TIER))
    return made


def _told(exhibit: Exhibit) -> str:
    parts = [exhibit.title, exhibit.subtitle, exhibit.table.csv(), exhibit.source, exhibit.mention]
    return "\n".join([*parts, exhibit.reading, exhibit.question])


def figure(name: str) -> str:
    """The words of one figure of the report."""
    return _told(_exhibit(*FIGURES[name]))


def numbered() -> str:
    """The words of the figure whose parts are numbered."""
    return _told(_exhibit(*NUMBERED))


def whole_pages(*templates: str) -> str:
    """Titles of the report and of its chapters, and what pages are made of."""
    notebooks = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    titles = [_first_line(path) for path in notebooks]
    settings = (ROOT / "report.toml").read_text(encoding="utf-8").partition("[diffusions]")[0]
    layout = [(TEMPLATES / name).read_text(encoding="utf-8") for name in templates]
    return "\n".join([settings, *titles, *layout])


def _first_line(notebook: Path) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "".join(cells[0]["source"]).partition("\n")[0]


def desk() -> str:
    """What the desk shows when it opens: its lists, and the answer to what they ask."""
    opened = Desk()
    lists = [f"{one.description} {one.label} {one.options}" for one in opened.controls.values()]
    title = _first_line(ROOT / "notebooks/explorer.ipynb")
    shown = re.sub(r"<svg.*?</svg>", "", opened.figure.value, flags=re.DOTALL)
    assert opened.exhibit is not None, "the desk opens without an answer"
    return "\n".join([title, *lists, shown, _told(opened.exhibit)])


SHOWN: Mapping[str, Callable[[], str]] = {
    **{name: partial(figure, name) for name in FIGURES},
    "lecture": numbered,
    "accueil": partial(whole_pages, "page.html.j2", "index.html.j2"),
    "pages": partial(whole_pages, "document.html.j2"),
    **dict.fromkeys(("bureau", "bureau-tableau", "vue-gardee"), desk),
}


def fingerprint(name: str) -> str:
    """The hash of what one picture shows now."""
    named = sorted(vars(tokens).items())
    colours = [f"{key} {value}" for key, value in named if key.isupper() and isinstance(value, str)]
    return hashlib.sha256("\n".join([SHOWN[name](), *colours]).encode()).hexdigest()


def kept() -> dict[str, str]:
    """The hashes of what pictures showed when they were made."""
    found: dict[str, str] = json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
    return found
