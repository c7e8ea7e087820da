"""A chapter with a quotation that nobody signed, at the gate of what everybody reads."""

import csv
import shutil
import zipfile
from pathlib import Path
from unittest.mock import patch

import canaries
import pytest
from behaviour.commands import said
from conftest import lending
from handed import handed_over
from publication.quoted import CHAPTER, FOR_FUNDERS, SIGNED, UNSIGNED, WAVE

from atc.publication.formats import pieces
from atc.publication.pieces import found_in
from atc.run import run as running
from atc.survey.paths import Project

pytestmark = pytest.mark.slow
OFFICE = ("rapport.docx", "diaporama.pptx", "classeur.xlsx")


@pytest.fixture(scope="module")
def public(tmp_path_factory, lenders):
    """The bundle for everybody, refused first, once its alerts were signed."""
    handed = handed_over(tmp_path_factory, lenders)
    folder = tmp_path_factory.mktemp("citations")
    project = Project(Path(shutil.copytree(handed / "citations", folder / "projet")))
    stopped = [row for row in verdict(handed / "public.csv") if row["Verdict"] == "refusé"]
    assert {row["Contrôle"] for row in stopped} == {"Contenu", "Tous ou aucun"}
    with (project.reference / "exceptions.csv").open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for row in (row for row in stopped if row["Contrôle"] == "Tous ou aucun"):
            cell = (WAVE, row["Objet"], row["Constat"], "*", "alerte", "*")
            writer.writerow([*cell, "relu", "une évaluatrice", "2026-11-23"])
    # Again: they stand there already, so that no page is made for them.
    planted = canaries.plant(project, WAVE)
    with patch.object(running, "launcher", lending(lenders)):
        done = said(project.root, "publish --diffusion public --to ../public.zip --rapport ../v.csv", folder)
    assert done["exit_code"] == 0, done
    assert {row["Verdict"] for row in verdict(folder / "v.csv")} == {"conforme"}
    with zipfile.ZipFile(folder / "public.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    # A made-up row may begin on a real day.
    ours = {name: content for name, content in files.items() if not name.startswith("donnees-synthetiques/")}
    assert canaries.found(ours, planted) == []
    return files


def verdict(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))


def where(files: dict[str, bytes], *texts: str) -> set[str]:
    return {
        name
        for name, content in files.items()
        if any(True for piece in pieces(name, content) for _ in found_in(piece.text, frozenset(texts)))
    }


def test_what_is_signed_for_these_readers_leaves_and_nothing_else(public):
    quoting = (f"html/{CHAPTER}.html", f"pdf/{CHAPTER}.pdf", "rapport.pdf", *OFFICE)
    shown = {name: public[name] for name in quoting}
    assert where(shown, SIGNED) == set(quoting)
    assert where(public, UNSIGNED, FOR_FUNDERS) == set()


def test_everybody_gets_made_up_rows_and_no_real_one(public):
    assert "donnees-synthetiques/scores.csv" in public
    assert not [name for name in public if name.startswith("donnees/")]
