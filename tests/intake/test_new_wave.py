import re
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest
from clone import copy_project
from intake.exports import HERE, sheets

from atc.intake.newwave import declared, open_new_wave
from atc.survey.codebook import comparability, read_codebook
from atc.survey.dictionary import load_dictionary
from atc.survey.errors import DataRefused, UsageError
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.validation import validate_wave

VAGUE, BEFORE = "2022-printemps", "2021-automne"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copy_project(tmp_path / "projet")


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Project:
    """One where a wave was opened: to be read only."""
    project = copy_project(tmp_path_factory.mktemp("ouverte") / "projet")
    open_new_wave(project, VAGUE, BEFORE)
    return project


def everything(project: Project) -> dict[str, bytes]:
    return {project.relative(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def test_a_new_wave_is_declared_drafted_and_given_forms(project):
    before = everything(project).keys()
    files, is_declared = open_new_wave(project, VAGUE, BEFORE)
    assert is_declared
    assert set(files) == everything(project).keys() - before
    for table in load_dictionary(project).tables:
        assert f"collecte/{VAGUE}/{table}.xlsx" in files
    wave = load_settings(project).wave(VAGUE)
    assert (wave.label, wave.previous, wave.published) == ("Vague de printemps 2022", BEFORE, False)
    # A draft is not taken for data.
    with pytest.raises(DataRefused) as refused:
        validate_wave(project, VAGUE)
    absent = [fault for fault in refused.value.faults if fault.message == "Fichier absent"]
    assert len(absent) == len(load_dictionary(project).tables)


def test_every_comment_and_entry_of_the_settings_stays(opened):
    before, after = (p.settings_file.read_text(encoding="utf-8") for p in (HERE, opened))
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    was, now = tomllib.loads(before), tomllib.loads(after)
    assert list(now["vagues"]) == [*was["vagues"], VAGUE]
    del now["vagues"][VAGUE]
    assert was == now


@pytest.mark.parametrize("text", ["vagues = {a = {x = 1}}\n", "[vagues.2022-printemps]\n"])
def test_settings_that_cannot_be_changed_safely_are_left_to_people(text):
    with pytest.raises(UsageError, match=r"Ajoutez-y vous-même[\s\S]*\[vagues\.2022-printemps\]"):
        declared(text, VAGUE, BEFORE)


def test_the_codebook_starts_as_the_one_before_to_be_reviewed(opened):
    variables = load_dictionary(opened).variables
    before, after = (read_codebook(opened.raw(v) / "codebook.csv", v, v, variables) for v in (BEFORE, VAGUE))
    compared = comparability(before, after)  # raises if a row denies the other wave's
    assert set(compared["comparabilite"]) == {"identique"}
    assert all(note.startswith("À relire") for note in compared["note"])
    assert set(after.entries) == {name for name in before.entries if before.asks(name)}


def test_a_form_asks_what_the_codebook_says(opened):
    folder = opened.forms(VAGUE)
    scores = sheets((folder / "scores.xlsx").read_bytes())
    assert list(scores) == ["Mode d’emploi", "Saisie", "Listes"]
    heading = scores["Saisie"][0]
    assert "Associations et institutions se disent franchement les choses" in heading  # reworded in 2021
    assert "Les associations mènent des projets communs" not in heading  # gone in 2021
    carnet = sheets((folder / "carnet_de_bord.xlsx").read_bytes())
    assert "Réunions tenues avant la fin janvier 2020" not in carnet["Saisie"][0]
    assert len(carnet["Saisie"]) == 1
    mapping = (folder / "correspondance.yml").read_text("utf-8")
    assert re.search(r"reunions_janvier_2020:\s+constante: SO\n", mapping)
    columns = list(zip(*carnet["Listes"], strict=True))
    lists = [[cell for cell in column[1:] if cell] for column in columns]
    assert ["CDD", "CDI", "Autre statut", "NSP", "NC", "SO"] in lists
    assert ["oui", "non", "NSP", "NC", "SO"] in lists
    known = sheets((folder / "territoires.xlsx").read_bytes())["Saisie"]
    assert len(known) == 16
    assert known[1][known[0].index("Code commune")] == "07019"  # text: the zero stays
    guide = " ".join(str(cell) for row in carnet["Mode d’emploi"] for cell in row)
    assert "Quel est le type de contrat de l’animateur.trice ?" in guide
    assert "hors du dossier du projet" in guide


def entry(project: Project) -> str:
    with zipfile.ZipFile(project.forms(VAGUE) / "scores.xlsx") as archive:
        return archive.read("xl/worksheets/sheet2.xml").decode("utf-8")


def test_lists_bounds_and_questions_are_in_the_workbook_on_the_scale_of_the_codebook(opened, project):
    sheet = entry(opened)
    assert len(re.findall("<dataValidation ", sheet)) == 4 + 6
    assert "<formula1>1</formula1><formula2>10</formula2>" in sheet
    assert "<formula1>liste_0</formula1>" in sheet
    assert "Sur une échelle de 1 à 10" in sheet
    book = project.raw(BEFORE) / "codebook.csv"
    book.write_text(
        book.read_text("utf-8").replace("nombre entier, de 1 à 10", "nombre entier, de 1 à 5"), "utf-8"
    )
    open_new_wave(project, VAGUE, BEFORE)
    assert "<formula1>1</formula1><formula2>5</formula2>" in entry(project)


def test_the_same_bytes_every_time_and_no_path_of_the_machine(project, opened):
    open_new_wave(project, VAGUE, BEFORE)
    shutil.rmtree(project.forms(VAGUE))
    open_new_wave(project, VAGUE, BEFORE, forms_only=True)
    assert everything(project) == everything(opened)
    assert str(project.root) not in (project.raw(VAGUE) / "datapackage.json").read_text(encoding="utf-8")


def test_all_or_nothing_when_the_disk_fails_late(project, monkeypatch):
    files = everything(project)

    def full(self, target):
        raise OSError("disque plein")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disque plein"):
        open_new_wave(project, VAGUE, BEFORE)
    monkeypatch.undo()
    assert {n: c for n, c in everything(project).items() if not n.startswith(".report")} == files


def test_without_a_codebook_before_nothing_is_written(project):
    (project.raw(BEFORE) / "codebook.csv").unlink()
    files = everything(project)
    with pytest.raises(DataRefused, match=r"2021-automne/codebook\.csv"):
        open_new_wave(project, VAGUE, BEFORE)
    assert everything(project) == files
