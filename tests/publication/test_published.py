"""What leaves, from a copy of the project: published for real, then attacked from outside."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import canaries
import chromium
import pytest
from clone import DIFFUSION, VAGUE, atc, copy_project
from rendering import checked

from atc.paths import Project
from atc.run.manifest import file_hash

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_project(tmp_path_factory.mktemp("publier") / "évaluation d’été")


@pytest.fixture(scope="module")
def archive(project: Project) -> Path:
    """The bundle of the README's own words."""
    target = project.root / "rapport-2020.zip"
    done = atc(project, "publish", "--to", target.name, "--rapport", "verdict.csv")
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reçu")
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_everything_that_a_funder_expects_is_there(bundle: Path) -> None:
    names = set(files(bundle))
    assert {"index.html", "rapport.pdf", "classeur.xlsx", "dictionnaire.html", "LISEZMOI.txt"} <= names
    assert {"LICENCE.txt", "manifest.json", "html/02_feuille_de_route.html", "tables/F02-03.csv"} <= names
    assert {Path(name).suffix for name in names} == {
        ".html",
        ".pdf",
        ".svg",
        ".png",
        ".csv",
        ".xlsx",
        ".pptx",
        ".docx",
        ".json",
        ".txt",
    }


def test_the_manifest_vouches_for_every_file_and_tells_no_row(bundle: Path, project: Project) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files(bundle).items()}
    del found["manifest.json"]
    assert manifest["fichiers"] == found
    assert manifest["figures"]["F02-03"]["appel"] == "chapters.feuille_de_route.fig_02_03(donnees)"
    raw = {file_hash(path) for path in project.raw(VAGUE).iterdir()}
    assert not raw & set(re.findall(r"[0-9a-f]{64}", json.dumps(manifest)))


def test_links_lead_somewhere(bundle: Path) -> None:
    names = set(files(bundle))
    for page in bundle.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'href="([^"#]+)', text):
            target = os.path.normpath(page.parent.relative_to(bundle) / address)
            assert target in names, f"{page.name}: {address}"


def test_the_verdict_says_what_was_looked_at(archive: Path) -> None:
    text = (archive.parent / "verdict.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert {row["Verdict"] for row in rows} <= {"conforme", "à relire"}
    assert {"Contenu", "Déduction", "Attaque par les postes connus", "Lignes (k, l)"} <= {
        r["Contrôle"] for r in rows
    }


def test_two_checkers_let_every_document_pass(bundle: Path) -> None:
    assert checked.faults(sorted(bundle.rglob("*.pdf"))) == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360, 320])
def test_what_the_gate_adds_can_be_read_by_everyone(bundle: Path, width: int, scheme: str) -> None:
    with chromium.launched() as browser:
        for page in ("index.html", "dictionnaire.html"):
            with chromium.visited(browser, bundle / page, width, scheme) as visit:
                chromium.check_nothing_asked_said_or_cut(visit)
                chromium.check_no_barrier(visit)


def test_another_place_another_hour_the_same_archive(archive: Path, tmp_path: Path) -> None:
    other = copy_project(tmp_path / "ailleurs")
    elsewhere = {
        "TZ": "Pacific/Auckland",
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "HOME": str(tmp_path),
    }
    done = atc(other, "publish", "--diffusion", DIFFUSION, "--to", "autre.zip", **elsewhere)
    assert done.returncode == 0, done.stderr
    assert file_hash(other.root / "autre.zip") == file_hash(archive)


def test_a_page_touched_by_hand_stays_in(project: Project, archive: Path) -> None:
    page = project.outputs(VAGUE, DIFFUSION) / "html" / "05_modeles.html"
    good = page.read_bytes()
    page.write_bytes(good.replace(b"</main>", b"<p>sophie@exemple.fr</p></main>"))
    try:
        # The run mends what is not its own: the page that leaves is the one that was made.
        done = atc(project, "publish", "--to", "touche")
        assert done.returncode == 0, done.stderr
        assert b"exemple.fr" not in (project.root / "touche" / "html" / "05_modeles.html").read_bytes()
    finally:
        page.write_bytes(good)


#: What a hand may write, and what the gate says of it.
NAMING = {
    "Écrire à sophie.martin@exemple.fr ou au 06 12 34 56 78.": (
        "adresse électronique",
        "téléphone",
    ),
    "Quatre territoires ont renoncé, 3 répondants sur 17 le disent.": ("effectif sous le seuil",),
    "La déléguée du préfet de Roubaix soutient la démarche.": ("lieu et fonction", "résultat ou événement"),
    "Voir le fichier C:\\Users\\claire\\Documents\\reponses.xlsx.": ("chemin de fichier",),
}


def test_sentences_that_name_somebody_stop_everything_and_are_told_at_once(
    project: Project, archive: Path, tmp_path: Path
) -> None:
    # What was made already is made again only where the words change.
    project = Project(shutil.copytree(project.root, tmp_path / "projet"))
    chapters = ("02_feuille_de_route", "03_jeux_d_acteurs", "04_poste_d_animateur", "05_modeles")
    pages = dict(zip(chapters, NAMING, strict=True))
    for chapter, sentence in pages.items():
        _written(project.notebooks / f"{chapter}.ipynb", sentence)
    refused = atc(project, "publish", "--to", "rapport.zip", "--rapport", "verdict.csv")
    assert refused.returncode == 5, refused.stderr
    for chapter, sentence in pages.items():
        lines = [line for line in refused.stderr.splitlines() if f"notebooks/{chapter}.ipynb" in line]
        for told in NAMING[sentence]:
            assert any(told in line for line in lines), (chapter, told, refused.stderr)
    assert "Rien n’est publié" in refused.stderr
    assert not (project.root / "rapport.zip").exists()
    assert "refusé" in (project.root / "verdict.csv").read_text(encoding="utf-8-sig")
    for secret in ("sophie", "12 34 56", "claire"):
        assert secret not in refused.stderr


def _written(path: Path, sentence: str) -> None:
    """Add a sentence to the first prose that follows the title."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    prose = next(cell for cell in notebook["cells"][1:] if cell["cell_type"] == "markdown")
    prose["source"] = [*prose["source"], "\n\n" + sentence]
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.mark.parametrize("diffusion", ["interne", "tout-le-monde"])
def test_no_other_circle_leaves(project: Project, diffusion: str) -> None:
    refused = atc(project, "publish", "--diffusion", diffusion, "--to", "non.zip")
    assert refused.returncode in {2, 5}
    assert not (project.root / "non.zip").exists()


def test_for_everybody_alerts_are_signed_first(project: Project, archive: Path) -> None:
    refused = atc(
        project, "publish", "--diffusion", "public", "--to", "public.zip", "--rapport", "public.csv"
    )
    rows = list(
        csv.DictReader(
            (project.root / "public.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"
        )
    )
    stopped = [row for row in rows if row["Verdict"] == "refusé"]
    if refused.returncode == 5:
        assert {row["Contrôle"] for row in stopped} == {"Tous ou aucun"}, refused.stderr
        _sign(project, stopped)
        done = atc(project, "publish", "--diffusion", "public", "--to", "public.zip")
        assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(project.root / "public.zip") as content:
        names = content.namelist()
    assert "donnees-synthetiques/scores.csv" in names
    assert not [name for name in names if name.startswith("donnees/")]


def _sign(project: Project, rows: list[dict[str, str]]) -> None:
    path = project.reference / "exceptions.csv"
    with path.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for row in rows:
            writer.writerow(
                [
                    VAGUE,
                    row["Objet"],
                    row["Constat"],
                    "*",
                    "alerte",
                    "*",
                    "relu",
                    "une évaluatrice",
                    "2026-11-23",
                ]
            )


def test_no_canary_comes_out_and_who_is_who_changes_nothing(bundle: Path, tmp_path: Path) -> None:
    """What no canary can mark, codes and counts: nothing tells which row holds them."""
    project = copy_project(tmp_path / "projet")
    planted = canaries.plant(project, VAGUE)
    canaries.shuffle(project, VAGUE)
    planted |= canaries.plant(project, VAGUE)
    done = atc(project, "publish", "--to", "rapport")
    assert done.returncode == 0, done.stderr
    before, after = files(bundle), files(project.root / "rapport")
    assert canaries.found(after, planted) == []
    assert [name for name in before if before[name] != after.get(name)] == ["manifest.json"]
    assert set(after) == set(before)


def test_no_canary_of_the_second_wave_comes_out(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "projet")
    planted = canaries.plant(project, "2021-automne")
    done = atc(project, "publish", "--vague", "2021-automne", "--to", "rapport")
    assert done.returncode == 0, done.stderr
    assert canaries.found(files(project.root / "rapport"), planted) == []


def test_the_canaries_are_found_where_they_are(tmp_path: Path) -> None:
    """The tests above could fail: the same scan finds every canary in the raw tables."""
    project = copy_project(tmp_path / "projet")
    planted = canaries.plant(project, VAGUE)
    raw = {path.name: path.read_bytes() for path in project.raw(VAGUE).glob("*.csv")}
    assert len(canaries.found(raw, planted)) >= len(planted) > 100
