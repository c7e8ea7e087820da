"""``atc publish`` with everything wrong around it: places, disks, interruptions; the run is a stand-in."""

import csv
import errno
import json
import os
import signal
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
import xlsxwriter
from clone import copy_project
from publication import made
from publication.shown import CHAPTER, finished, shown
from python_calamine import CalamineWorkbook

from atc.cli import main
from atc.disclosure.audit import Record
from atc.publication import publishing
from atc.publication.finished import Finished

Says = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("publication") / "projet")


@pytest.fixture
def ran():
    """What the run is said to have made; a test may put another in its place."""
    return [finished(shown())]


def small(run: Finished) -> dict[str, bytes]:
    """The pages of the run, and what tells a bundle: enough to be moved about."""
    titles = json.dumps({"fichiers": [each.told["title"] for each in run.exhibits]})
    return {**run.files, "manifest.json": titles.encode()}


@pytest.fixture
def says(whole, ran, tmp_path, monkeypatch, capsys):
    """The command line, from an empty folder."""
    monkeypatch.setenv("ATC_ROOT", str(whole.root))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(publishing, "run", lambda *_: None)
    monkeypatch.setattr(publishing, "read_finished", lambda *_: ran[0])
    monkeypatch.setattr(publishing, "compose", lambda run, *_: small(run))

    def say(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["publish", *arguments])
        assert isinstance(left.value.code, int)
        output = capsys.readouterr()
        return left.value.code, output.out, output.err

    return say


@pytest.fixture
def never(monkeypatch, says):
    """No run may begin: what is wrong is seen first."""
    monkeypatch.setattr(publishing, "run", lambda *_: pytest.fail("the run began"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("target", ["rapport.zip", "Évaluation d’été – bilan.zip", "dossier remis à l’État"])
def test_a_bundle_goes_where_it_is_told(says, tmp_path, target):
    code, output, errors = says("--to", target, "--rapport", "vérification n° 1.csv")
    assert (code, errors) == (0, "")
    assert f"{target} : " in output
    assert names(tmp_path) == sorted([target, "vérification n° 1.csv"])
    if target.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / target) as archive:
            assert f"html/{CHAPTER}.html" in archive.namelist()
            # Nothing tells who made it, nor when.
            for entry in archive.infolist():
                assert (entry.date_time, entry.extra, entry.comment) == ((2020, 12, 15, 0, 0, 0), b"", b"")
    else:
        assert (tmp_path / target / "html" / f"{CHAPTER}.html").is_file()


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("target", ["thèse.odt", "photos.zip", "photos", "outputs"])
def test_replace_takes_the_place_of_a_bundle_only(says, tmp_path, target):
    (tmp_path / "thèse.odt").write_bytes(b"dix ans")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("été.jpg", b"x")
    for folder, file in (("photos", "été.jpg"), ("outputs", "manifest.json")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text('{"schema": 2}', encoding="utf-8")
    code, _, errors = says("--to", target, "--replace")
    assert code == 2
    assert "n’est pas une publication" in errors
    assert (tmp_path / "thèse.odt").read_bytes() == b"dix ans"


def test_replace_takes_the_place_of_a_bundle(says, ran, tmp_path):
    for target in ("rapport.zip", "dossier"):
        assert says("--to", target)[0] == 0
        assert says("--to", target)[0] == 2
        before = (tmp_path / target).stat().st_mtime_ns
        ran[0] = finished(shown(), shown("F02-05"))
        assert says("--to", target, "--replace")[0] == 0
        assert (tmp_path / target).stat().st_mtime_ns != before
    code, _, errors = says("--to", "dossier", "--replace", "--rapport", "dossier/verdict.csv")
    assert (code, "autre place" in errors) == (2, True)
    assert names(tmp_path) == ["dossier", "rapport.zip"]


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("absent/verdict.csv", "Le dossier absent n’existe pas"),
        ("notes.csv", "n’est pas un rapport de vérification"),
        ("remis", "autre place"),
        ("remis/verdict.csv", "n’existe pas"),
        ("lien.csv", "n’est pas un rapport de vérification"),
        (".", "est un dossier"),
        ("photos", "est un dossier"),
    ],
)
def test_a_verdict_that_has_no_place_is_told_first(says, tmp_path, verdict, told):
    (tmp_path / "notes.csv").write_text("mes notes", encoding="utf-8")
    (tmp_path / "lien.csv").symlink_to(tmp_path / "notes.csv")
    (tmp_path / "photos").mkdir()
    code, _, errors = says("--to", "remis", "--rapport", verdict)
    assert code == 2
    assert told in errors
    assert (tmp_path / "notes.csv").read_text(encoding="utf-8") == "mes notes"
    assert names(tmp_path) == ["lien.csv", "notes.csv", "photos"]


def test_a_refusal_writes_its_verdict_and_nothing_else(says, ran, tmp_path):
    page = {"html/a.html": made.page("<p>Écrire à sophie@exemple.fr.</p>")}
    ran[0] = replace(ran[0], files=page)
    assert says("--to", "rapport.zip", "--rapport", "verdict.csv")[0] == 5
    # A former verdict gives way to the next.
    code, output, errors = says("--to", "rapport.zip", "--rapport", "verdict.csv")
    assert (code, output) == (5, "")
    assert "html/a.html" in errors
    assert errors.endswith("Rien n’est publié.\n")
    assert "sophie" not in errors
    assert names(tmp_path) == ["verdict.csv"]
    content = (tmp_path / "verdict.csv").read_bytes()
    # As French spreadsheets open it.
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert list(rows[0]) == ["Contrôle", "Objet", "Verdict", "Constat", "Que faire"]
    assert {row["Contrôle"] for row in rows if row["Verdict"] == "refusé"} == {"Contenu"}


def test_the_same_alert_is_read_again_by_funders_and_stops_everybody(says, ran, tmp_path):
    alert = Record(alerts=["2020-automne/a.b : 14 sur 14"])
    ran[0] = finished(shown(record=alert))
    code, output, _ = says("--to", "financeurs.zip")
    assert code == 0
    assert "À relire : F02-03 : b (2020-automne) : 14 sur 14" in output
    ran[0] = finished(shown(record=alert), diffusion="public")
    code, _, errors = says("--diffusion", "public", "--to", "public.zip")
    assert code == 5
    assert "--rapport alertes.xlsx" in errors
    assert names(tmp_path) == ["financeurs.zip"]


def answer(path: Path, *cells: object) -> None:
    """Fill the first alert, as somebody would in a spreadsheet."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Alertes").to_python()
    rows[1][3:7] = cells
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Alertes")
        for rank, row in enumerate(rows):
            sheet.write_row(rank, 0, row)


def test_alerts_are_signed_in_a_workbook_and_read_back(says, ran, tmp_path):
    ran[0] = finished(shown(record=Record(alerts=["2020-automne/a.b : 14 sur 14"])), diffusion="public")
    asked = ("--diffusion", "public", "--to", "public.zip", "--rapport", "alertes.xlsx")
    workbook = tmp_path / "alertes.xlsx"
    assert says(*asked)[0] == 5
    _, row = CalamineWorkbook.from_path(workbook).get_sheet_by_name("Alertes").to_python()
    assert row[1:4] == ["F02-03", "b (2020-automne) : 14 sur 14", ""]
    answer(workbook, "oui", "", "", "")
    code, _, errors = says(*asked)
    assert code == 3
    assert [part in errors for part in ("[Alertes]:2:E2", "Raison", "Relu par", "Relu le")] == [True] * 4
    answer(workbook, "non", "gênant", "Camille", "2026-11-23")
    code, _, errors = says(*asked)
    assert (code, "Camille : non" in errors) == (5, True)
    answer(workbook, "oui", "ne désigne personne", "Camille", "23/11/2026")
    assert says(*asked)[0] == 0
    # What was signed still is in the workbook of the next time.
    assert says(*asked, "--replace")[0] == 0


def test_a_workbook_of_somebody_else_is_left_alone(says, tmp_path):
    (tmp_path / "notes.xlsx").write_bytes(b"mes notes")
    assert says("--to", "a.zip", "--rapport", "notes.xlsx")[0] == 3
    assert (tmp_path / "notes.xlsx").read_bytes() == b"mes notes"


@pytest.fixture(params=["rapport.zip", "dossier"])
def former(request, says, tmp_path):
    """A bundle that is there already, and still is, whole and alone, after the test."""
    assert says("--to", request.param)[0] == 0
    before = content(tmp_path)
    yield request.param
    assert content(tmp_path) == before
    assert names(tmp_path) == [request.param]


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refusing(number: int) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize(
    ("place", "name", "number"),
    [(os, "fsync", errno.ENOSPC), (os, "mkdir", errno.EROFS)],
)
def test_a_disk_that_refuses_gives_a_sentence(says, former, monkeypatch, place, name, number):
    monkeypatch.setattr(place, name, refusing(number))
    code, output, errors = says("--to", former, "--replace")
    assert (code, output) == (1, "")
    assert f"Écriture impossible : {former}" in errors
    assert "Rien n’a été changé" in errors
    # A verdict that cannot be written keeps the bundle in.
    assert "verdict.csv" in says("--to", former, "--replace", "--rapport", "verdict.csv")[2]


@pytest.fixture
def deaf():
    """A request to end that nothing hears does not end the tests."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGINT, "run"), (signal.SIGINT, "_looked_at"), (signal.SIGTERM, "_write")],
)
def test_whoever_stops_it_finds_what_was_there(says, former, monkeypatch, number, moment):
    def stopped(*_: Any, **__: Any) -> NoReturn:
        signal.raise_signal(number)
        raise AssertionError("the signal was not heard")

    monkeypatch.setattr(publishing, moment, stopped)
    code, output, errors = says("--to", former, "--replace")
    assert (code, output) == (1, "")
    assert errors.strip() == "Interrompu : rien n’a été publié, les résultats précédents sont intacts."
