"""The delivered waves: the script that draws the first, run as its README says, and the other’s command."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atc.intake.wavefiles import write_simulated
from atc.survey.paths import Project

ROOT = Path(__file__).resolve().parents[2]
WAVE = ROOT / "data/raw/2020-automne"
MADE = {"carnet_de_bord.csv", "questionnaire_flash.csv", "scores.csv", "codebook.csv", "datapackage.json"}


def redraw(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "data/reconstitution/redraw.py"), *arguments]
    return subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, timeout=60)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("data/dictionary", "data/reference", "data/raw/2020-automne"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "report.toml", tmp_path)
    return tmp_path


def test_what_it_writes_is_what_is_committed(tmp_path):
    done = redraw(ROOT, "--to", str(tmp_path))
    assert done.returncode == 0, done.stderr
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {name: (WAVE / name).read_bytes() for name in MADE}


def test_without_a_folder_the_wave_itself_is_rewritten(project):
    wave = project / "data/raw/2020-automne"
    for name in MADE - {"datapackage.json"}:
        (wave / name).write_text("autre chose\n", encoding="utf-8")
    # A table that is a file is described anew when somebody has changed it.
    with (wave / "effets.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("F-099,grigny,participation,non,SO,Exemple.\n")
    assert redraw(project).returncode == 0
    for name in MADE - {"datapackage.json"}:
        assert (wave / name).read_bytes() == (WAVE / name).read_bytes()
    sizes = {r["name"]: r["bytes"] for r in json.loads((wave / "datapackage.json").read_bytes())["resources"]}
    assert sizes["effets"] == (wave / "effets.csv").stat().st_size > (WAVE / "effets.csv").stat().st_size


@pytest.mark.parametrize(
    ("figure", "printed", "obtained"),
    [
        ("F01-moyenne", "0,9", lambda rows: round(sum(float(row["etp"]) for row in rows) / len(rows), 1)),
        ("F07-max", "7", lambda rows: max(int(row["reunions_pilotage"]) for row in rows)),
    ],
)
def test_the_draws_aim_at_what_publie_csv_says(project, figure, printed, obtained):
    change(project, figure, printed)
    assert redraw(project, "--to", str(project / "out")).returncode == 0
    with (project / "out/carnet_de_bord.csv").open(encoding="utf-8", newline="") as file:
        assert obtained(list(csv.DictReader(file))) == float(printed.replace(",", "."))


@pytest.mark.parametrize(("figure", "printed"), [("F01-moyenne", "1,4"), ("M06", "3")])
def test_what_cannot_hold_is_refused_and_nothing_is_written(project, figure, printed):
    change(project, figure, printed)
    done = redraw(project, "--to", str(project / "out"))
    assert done.returncode == 1
    assert "no rows found" in done.stderr
    assert not (project / "out").exists()


def change(project: Path, figure: str, printed: str) -> None:
    """Another text in the column ``attendu`` of one figure."""
    path = project / "data/reference/publie.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["attendu"] = printed if row["id"] == figure else row["attendu"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("table", ["carnet_de_bord", "questionnaire_flash"])
def test_the_order_of_rows_says_nothing(table):
    with (WAVE / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    persons, sites = ([row[column] for row in rows] for column in ("repondant", "territoire"))
    assert persons == sorted(persons)
    assert sites != sorted(sites)


def test_the_documented_command_writes_the_simulated_wave(project):
    before, vague = "2020-automne", "2021-automne"
    kept, made = ROOT / "data/raw" / vague, Project(project).raw(vague)
    made.mkdir()
    shutil.copyfile(kept / "codebook.csv", made / "codebook.csv")
    command = f"atc simulate --vague {vague} --sites 15 --seed 2021 --from {before} --replace"
    assert json.loads((kept / "datapackage.json").read_bytes())["procedure"] == command
    assert command in (ROOT / "docs/hypotheses.md").read_text(encoding="utf-8")
    write_simulated(Project(project), vague, sites=15, seed=2021, previous=before, replace=True)
    assert {path.name: path.read_bytes() for path in made.iterdir()} == {
        path.name: path.read_bytes() for path in kept.iterdir()
    }
