"""The real report, built from a copy of the project, then looked at from outside.

`test_published` builds it elsewhere, at another hour, and finds the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import chromium
import pikepdf
import pytest
from clone import DIFFUSION, VAGUE, atc, copy_project, hashes
from disclosure.attacker import Attack, read_bundle

from atc.paths import Project
from atc.settings import load_settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The report, built in a folder whose name has a space, an accent and an apostrophe."""
    project = copy_project(tmp_path_factory.mktemp("build") / "dossier d’évaluation")
    done = atc(project, "run")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="module")
def outputs(built: Project) -> Path:
    return built.outputs(VAGUE, DIFFUSION)


def test_nothing_comes_back_of_what_is_masked(outputs: Path) -> None:
    attack = Attack(read_bundle(VAGUE, outputs))
    assert len(attack.masks) > 10
    assert attack.findings() == []


def test_everything_named_stands(built: Project, outputs: Path) -> None:
    chapters = load_settings(built).chapters
    exhibits = {path.stem for path in outputs.glob("tables/*.csv")}
    # Three equal counts are a sentence and their table: F05-02 has no chart.
    figures = {id_ for id_ in exhibits if id_.startswith("F")} - {"F05-02"}
    assert {p.stem for p in outputs.glob("html/*.html")} == set(chapters)
    assert {p.stem for p in outputs.glob("pdf/*.pdf")} == set(chapters)
    assert {p.stem for p in outputs.glob("figures/*.svg")} == figures
    assert {p.stem for p in outputs.glob("figures/*.png")} == figures
    assert len(figures) == 17
    assert {"T01-03", "T03-04", "T03-05", "T05-04", "T06-02", "T07-01"} <= exhibits
    assert (outputs / "rapport.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert (outputs / "index.html").stat().st_size > 10_000
    assert {"diaporama.pptx", "rapport.docx", "classeur.xlsx", "essentiel.html"} <= {
        path.name for path in outputs.iterdir()
    }
    with pikepdf.open(outputs / "essentiel.pdf") as leaflet:
        assert len(leaflet.pages) == 2


def test_the_controls_of_the_report_hold_every_published_figure(built: Project, outputs: Path) -> None:
    with (built.reference / "publie.csv").open(encoding="utf-8") as printed:
        expected = [row["id"] for row in csv.DictReader(printed)]
    with (outputs / "tables" / "T07-01.csv").open(encoding="utf-8") as controls:
        found = list(csv.DictReader(controls))
    assert [row["id"] for row in found] == expected
    assert {row["verdict"] for row in found} == {"égal"}


def test_the_manifest_tells_the_truth(outputs: Path) -> None:
    manifest = json.loads((outputs / "manifest.json").read_text(encoding="utf-8"))
    recorded = {name: sha for made in manifest["made"].values() for name, sha in made["files"].items()}
    found = hashes(outputs)
    found.pop("manifest.json")
    assert {name: recorded.get(name) for name in found} == found


def test_invented_numbers_are_marked_in_the_image_and_on_the_page(outputs: Path) -> None:
    posture = (outputs / "figures" / "F03-02.svg").read_text(encoding="utf-8")
    page = (outputs / "html" / "03_jeux_d_acteurs.html").read_text(encoding="utf-8")
    published = (outputs / "figures" / "F01-01.svg").read_text(encoding="utf-8")
    assert "répartition : illustration" in posture
    assert "F03-02" in next(line for line in page.splitlines() if "chapter-status" in line)
    assert "illustration" not in published


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360, 320])
def test_every_page_can_be_read_by_everyone(outputs: Path, width: int, scheme: str) -> None:
    pages = [outputs / "index.html", *sorted(outputs.glob("html/*.html"))]
    with chromium.launched() as browser:
        for page in pages:
            with chromium.visited(browser, page, width, scheme) as visit:
                chromium.check_nothing_asked_said_or_cut(visit)
                chromium.check_no_barrier(visit)


def test_a_second_run_does_nothing_and_says_so(built: Project, outputs: Path) -> None:
    before = hashes(outputs)
    again = atc(built, "run")
    assert again.returncode == 0
    assert "Rien à refaire" in again.stdout
    assert hashes(outputs) == before


def test_executed_notebooks_reproduce_their_own_outputs(built: Project) -> None:
    """nbval, strict: every cell is run again and must give what the kept copy holds."""
    kept = sorted((built.outputs(VAGUE, "interne") / "carnets" / DIFFUSION).glob("*.ipynb"))
    assert len(kept) == len(load_settings(built).chapters)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--nbval",
            "--nbval-current-env",
            *kept,
        ],
        cwd=built.root,
        env={**os.environ, "ATC_ROOT": str(built.root), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_one_wrong_value_fails_that_very_figure(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "projet")
    folder = project.raw(VAGUE)
    table = folder / "carnet_de_bord.csv"
    text = table.read_text(encoding="utf-8")
    assert ",1.5," in text
    table.write_text(text.replace(",1.5,", ",1.4,", 1), encoding="utf-8")
    refused = atc(project, "verify")
    assert refused.returncode == 3, "a file that is not the declared one is refused"

    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    (resource,) = [r for r in package["resources"] if r["name"] == "carnet_de_bord"]
    resource["hash"] = "sha256:" + hashlib.sha256(table.read_bytes()).hexdigest()
    resource["bytes"] = table.stat().st_size
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    failed = atc(project, "verify")
    assert failed.returncode == 6
    wrong = [
        line.split()[0] for line in failed.stdout.splitlines() if "différent" in line and line[:1] == "F"
    ]
    assert wrong == ["F01-max"]


def test_a_notebook_that_fails_leaves_the_report_as_it_was(built: Project, outputs: Path) -> None:
    before = hashes(outputs)
    path = built.notebooks / "05_modeles.ipynb"
    good = path.read_bytes()
    notebook = json.loads(good)
    notebook["cells"][-1]["source"] = ["import sys; sys.exit(0)"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        failed = atc(built, "run")
    finally:
        path.write_bytes(good)
    assert failed.returncode == 4
    assert "05_modeles" in failed.stderr
    assert "controles" in failed.stderr
    assert hashes(outputs) == before
