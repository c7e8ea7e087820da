"""The workbook of a wave: nothing lost there and back, decisions in their places, mistakes by cell."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clone import copy_project, hashes
from intake.exports import edited

from atc.cli import main
from atc.survey.paths import Project
from atc.survey.validation import validate_wave
from atc.survey.waves import process

WAVE, NEXT = "2020-automne", "2021-automne"
Sheets = dict[str, list[list[Any]]]
#: Of the waves as they are: each is written once.
BOOKS: dict[str, bytes] = {}


class Team:
    """Evaluators at their command line, one folder below which the project stands."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        self.project, self.capsys = project, capsys

    def says(self, *words: str) -> tuple[int, str]:
        code: object = 0
        try:
            main(words)
        except SystemExit as left:
            code = left.code
        assert isinstance(code, int)
        return code, "".join(self.capsys.readouterr())

    def book(self, vague: str = WAVE) -> bytes:
        if vague not in BOOKS:
            code, told = self.says("check", "--vague", vague, "--classeur", "../vague.xlsx")
            assert (code, "Classeur écrit : ../vague.xlsx" in told) == (0, True), told
            BOOKS[vague] = Path("../vague.xlsx").read_bytes()
        Path("../vague.xlsx").write_bytes(BOOKS[vague])
        return BOOKS[vague]

    def fills(self, book: bytes, change: Callable[[Sheets], object], vague: str = WAVE) -> tuple[int, str]:
        """Fill the workbook, save it, and type what its first sheet says."""
        Path("../rempli.xlsx").write_bytes(edited(book, change))
        return self.says("import", "--corriger", "../rempli.xlsx", "--vague", vague)


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("verifie") / "projet")
    for vague in (WAVE, NEXT):
        process(project, vague)
    return project


@pytest.fixture
def team(checked, tmp_path, monkeypatch, capsys):
    shutil.copytree(checked.root, tmp_path / "projet")
    monkeypatch.chdir(tmp_path / "projet")
    return Team(Project(tmp_path / "projet"), capsys)


def fill(sheets: Sheets, name: str, where: str, **cells: Any) -> None:
    """Fill cells of the first line of a sheet that has a text."""
    heading, *lines = sheets[name]
    line = next(line for line in lines if where in line)
    for column, cell in cells.items():
        line[heading.index(column.replace("_", " "))] = cell


@pytest.mark.parametrize("vague", [WAVE, NEXT])
def test_nothing_is_lost_there_and_back(team, vague):
    folders = (team.project.root / "data" / "raw", team.project.reference)
    before = [hashes(folder) for folder in folders]
    code, told = team.fills(team.book(vague), lambda sheets: None, vague)
    assert (code, "Aucune valeur n’a changé." in told) == (0, True), told
    assert [hashes(folder) for folder in folders] == before


def test_what_is_decided_is_shown_and_put_in_its_place(team):
    def decided(sheets):
        signed = {"Relu_par": "Camille", "Relu_le": dt.date(2026, 12, 1)}
        fill(sheets, "Citations", "V-001", Texte="=[un quartier] n’en peut plus", **signed)
        fill(sheets, "Citations", "V-002", Relu="Non", Relu_par="", Relu_le="", Relu_pour="")
        fill(sheets, "Exceptions", "2019-T4", Relu_par="Camille", Relu_le="1/12/2026")
        fill(sheets, "Exceptions", "2020-T1", Garder="non")
        fill(sheets, "Codebook", "carnet_de_bord.etp", Question="Combien d’ETP ?\nEn tout")

    code, told = team.fills(team.book(), decided)
    assert code == 0, told
    assert "verbatims, V-002, relu : « oui » → « non »" in told
    assert "codebook, carnet_de_bord.etp, question : « " in told
    assert "exceptions, 2020-automne, F02-01, 2020-T1, effectif, montrer : ligne retirée" in told
    first = validate_wave(team.project, WAVE)["verbatims"].set_index("verbatim").loc["V-001"]
    assert first["texte"] == "=[un quartier] n’en peut plus"
    assert (first["relu_par"], str(first["relu_le"])[:10]) == ("Camille", "2026-12-01")
    folder = team.project.raw(WAVE)
    assert (folder / "verbatims.csv").read_text("utf-8").count(",non,SO,SO,SO\n") == 3
    assert "Combien d’ETP ? En tout" in (folder / "codebook.csv").read_text("utf-8")
    exceptions = (team.project.reference / "exceptions.csv").read_text("utf-8")
    assert (exceptions.count(",Camille,2026-12-01\n"), "F02-01,2020-T1" in exceptions) == (1, False)


def test_a_table_corrected_where_it_stands_is_taken_up_alone(team):
    path = team.project.raw(WAVE) / "carnet_de_bord.csv"
    text = path.read_text("utf-8").replace(",autre,", ",AUTRE,").replace(",", ";")
    path.write_bytes(text.replace(";cdd;", ";CDI;", 1).encode("cp1252"))
    code, told = team.says("import", "--corriger", str(path), "--vague", WAVE)
    assert (code, f"La vague {WAVE} est à jour et vérifiée" in told) == (0, True), told
    assert path.read_text("utf-8").count(",cdi,") == text.count(";cdi;") + 1


def test_every_mistake_is_told_at_once_and_nothing_is_written(team):
    def spoilt(sheets):
        fill(sheets, "Citations", "V-001", Relu="peut-être", Relu_le="bientôt")
        fill(sheets, "Exceptions", "2019-T4", Garder="autre")

    book, before = team.book(), hashes(team.project.root / "data")
    code, told = team.fills(book, spoilt)
    assert code == 3
    assert "rempli.xlsx [Citations]:2:H2 : Relu : valeur inconnue (trouvé : « peut-être »). Choi" in told
    assert "[Citations]:2:J2 : La date n’est pas lisible (trouvé : « bientôt »)" in told
    assert "[Exceptions]:3:F3 : Garder : valeur inconnue" in told
    assert hashes(team.project.root / "data") == before


@pytest.mark.parametrize(
    ("sheet", "where", "cells", "told"),
    [
        ("Citations", "V-001", {"Relu_par": ""}, ":2:I2 (verbatims.relu_par) : "),
        ("Citations", "V-001", {"Texte": ""}, ":2:G2 (verbatims.texte) : "),
        ("Citations", "V-001", {"Citation": "V-999"}, ":2:B2 : Citation absente"),
        ("Citations", "V-001", {"Vague": NEXT}, ":2:A2 : Ce classeur est celui d’une"),
        ("Exceptions", "2019-T4", {"Relu_par": ""}, ":3:H3 : Relu par : la case est vide"),
        (
            "Exceptions",
            "2019-T4",
            {"Ligne": "x"},
            ":3:C3 : Aucune exception",
        ),
        ("Codebook", "carnet_de_bord.etp", {"Variable": "etp"}, ":B7 : Variable inconnue"),
        ("Codebook", "carnet_de_bord.etp", {"Jointure": ""}, ":H7 : Cellule vide"),
        ("Codebook", "carnet_de_bord.etp", {"Jointure": "oui"}, ":H7 : Une variable « nouveau »"),
    ],
)
def test_a_mistake_sends_to_its_cell(team, sheet, where, cells, told):
    code, said = team.fills(team.book(), lambda sheets: fill(sheets, sheet, where, **cells))
    assert (code, f"rempli.xlsx [{sheet}]" in said, told in said) == (3, True, True), said


def test_a_codebook_is_held_against_the_wave_before(team):
    def changed(sheets):
        fill(sheets, "Codebook", "scores.item=cooperation", Libellé="Autre chose")
        del sheets["Codebook"][2]

    code, told = team.fills(team.book(NEXT), changed, NEXT)
    assert code == 3
    assert "est déclarée identique, alors que change : le libellé" in told
    assert "rempli.xlsx [Codebook] : Variable de la vague 2020-automne sans ligne" in told


def test_a_draft_has_its_codebook_to_review_before_any_table_comes(team):
    vague = "2022-printemps"
    assert team.says("new-wave", vague, "--from", NEXT)[0] == 0
    code, told = team.says("check", "--vague", vague, "--classeur", "../vague.xlsx")
    assert (code, "Fichier absent" in told) == (3, True)

    def reviewed(sheets):
        assert list(sheets) == ["Mode d’emploi", "Codebook", "Listes"]
        fill(sheets, "Codebook", "carnet_de_bord.etp", Comparabilité="reformulé", Note="ETP en tout")

    code, told = team.fills(Path("../vague.xlsx").read_bytes(), reviewed, vague)
    assert (code, "« identique » → « reformule »" in told) == (0, True), told


def test_a_workbook_that_somebody_may_have_filled_is_not_written_over(team):
    team.book()
    for name, told in (("vague.xlsx", "existe déjà"), ("vague.csv", ".xlsx")):
        assert told in team.says("check", "--vague", WAVE, "--classeur", f"../{name}")[1]
