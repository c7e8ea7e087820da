"""A chapter with a quotation that nobody signed, at the gate of what everybody reads."""

import csv
import json
import re
import zipfile
from pathlib import Path

import pytest
from clone import atc, copy_project, describe_again

from atc.publication.formats import pieces
from atc.publication.pieces import found_in
from atc.survey.paths import Project

pytestmark = pytest.mark.slow
WAVE = "2020-automne"
CHAPTER = "03_jeux_d_acteurs"
#: Its precaution says again what a reviewed exception lets the first one say.
CHAPTERS = ("01_methode", CHAPTER)
SIGNED, UNSIGNED, FOR_FUNDERS = "Oriflamme signée", "Girouette oubliée", "Passerelle réservée"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two chapters, and three quotations: signed for everybody, signed for funders, and not signed."""
    project = copy_project(tmp_path_factory.mktemp("citations") / "projet")
    settings = project.root / "report.toml"
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
    _write_quotations(project.raw(WAVE))
    return project


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def _write_quotations(folder: Path) -> None:
    path = folder / "verbatims.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    ours = [row for row in rows if row["chapitre"] == "jeux_d_acteurs"]
    for text, tier in ((SIGNED, "public"), (FOR_FUNDERS, "financeurs")):
        next(row for row in ours if row["relu_pour"] == tier)["texte"] = f"{text} sur la place."
    unread = next(row for row in rows if row["relu"] == "non")
    signature = {name: unread[name] for name in ("relu", "relu_par", "relu_le", "relu_pour")}
    ours[-1] |= {"texte": f"{UNSIGNED} sur la place.", **signature}
    _write(path, [list(rows[0]), *(list(row.values()) for row in rows)])
    describe_again(path)


@pytest.fixture(scope="module")
def public(project: Project) -> dict[str, bytes]:
    """The bundle for everybody, once its alerts were signed."""
    return _signed_then_published(project, WAVE)


def _signed_then_published(project: Project, vague: str) -> dict[str, bytes]:
    asked = ("publish", "--vague", vague, "--diffusion", "public", "--to", f"{vague}.zip")
    first = atc(project, *asked, "--rapport", "verdict.csv")
    assert first.returncode == 5, first.stderr
    stopped = [row for row in _verdict(project) if row["Verdict"] == "refusé"]
    assert {row["Contrôle"] for row in stopped} == {"Tous ou aucun"}, first.stderr
    with (project.reference / "exceptions.csv").open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for row in stopped:
            cell = (vague, row["Objet"], row["Constat"], "*", "alerte", "*")
            writer.writerow([*cell, "relu", "une évaluatrice", "2026-11-23"])
    done = atc(project, *asked, "--rapport", "verdict.csv")
    assert done.returncode == 0, done.stderr
    assert {row["Verdict"] for row in _verdict(project)} == {"conforme"}
    with zipfile.ZipFile(project.root / f"{vague}.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _verdict(project: Project) -> list[dict[str, str]]:
    text = (project.root / "verdict.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def _where(files: dict[str, bytes], *texts: str) -> set[str]:
    return {
        name
        for name, content in files.items()
        if any(True for piece in pieces(name, content) for _ in found_in(piece.text, frozenset(texts)))
    }


OFFICE = ("rapport.docx", "diaporama.pptx", "classeur.xlsx")


def test_what_is_signed_for_these_readers_leaves_and_nothing_else(public: dict[str, bytes]) -> None:
    quoting = (f"html/{CHAPTER}.html", f"pdf/{CHAPTER}.pdf", "rapport.pdf", *OFFICE)
    shown = {name: public[name] for name in quoting}
    assert _where(shown, SIGNED) == set(quoting)
    assert _where(public, UNSIGNED, FOR_FUNDERS) == set()


def test_everybody_gets_made_up_rows_and_no_real_one(public: dict[str, bytes]) -> None:
    assert "donnees-synthetiques/scores.csv" in public
    assert not [name for name in public if name.startswith("donnees/")]
