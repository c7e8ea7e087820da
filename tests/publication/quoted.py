"""Two chapters, and three quotations: signed for everybody, signed for funders, and not signed."""

import csv
import json
import re
from pathlib import Path

from clone import copy_project, describe_again

from atc.survey.paths import Project

WAVE = "2020-automne"
CHAPTER = "03_jeux_d_acteurs"
#: Its precaution says again what a reviewed exception lets the first one say.
CHAPTERS = ("01_methode", CHAPTER)
SIGNED, UNSIGNED, FOR_FUNDERS = "Oriflamme signée", "Girouette oubliée", "Passerelle réservée"


def quoting(root: Path) -> Project:
    project = copy_project(root)
    settings = project.settings_file
    text = re.sub(
        r"(chapitres|chapitres_evolution) = \[.*?\]",
        lambda match: f"{match[1]} = {json.dumps(CHAPTERS if match[1] == 'chapitres' else [])}",
        settings.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    settings.write_text(text, encoding="utf-8")
    printed = project.reference / "publie.csv"
    heading, *rows = csv.reader(printed.read_text(encoding="utf-8").splitlines())
    _write(printed, [heading, *(row for row in rows if {*CHAPTERS} & {*row})])
    path = project.raw(WAVE) / "verbatims.csv"
    said = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    ours = [row for row in said if row["chapitre"] == "jeux_d_acteurs"]
    for text, tier in ((SIGNED, "public"), (FOR_FUNDERS, "financeurs")):
        next(row for row in ours if row["relu_pour"] == tier)["texte"] = f"{text} sur la place."
    unread = next(row for row in said if row["relu"] == "non")
    signature = {name: unread[name] for name in ("relu", "relu_par", "relu_le", "relu_pour")}
    ours[-1] |= {"texte": f"{UNSIGNED} sur la place.", **signature}
    _write(path, [list(said[0]), *(list(row.values()) for row in said)])
    describe_again(path)
    return project


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
