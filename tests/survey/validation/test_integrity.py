"""The folder and its description must agree, file by file and column by column."""

from __future__ import annotations

import hashlib
import os

import pytest
from survey.validation.small_wave import FOLDER, TABLES, SmallWave

from atc.survey.errors import Fault

DESCRIPTION = f"{FOLDER}/datapackage.json"
STATUSES = "Choisissez parmi : observé, publié, reconstitué, simulé"


def described(wave: SmallWave, table: str) -> tuple[dict, dict]:
    """The whole description, and the part of one table."""
    package = wave.package
    return package, next(r for r in package["resources"] if r["name"] == table)


def test_a_changed_file_is_refused_with_what_to_type(wave: SmallWave) -> None:
    old = hashlib.sha256(TABLES["effets"].encode()).hexdigest()
    wave.file("effets").write_bytes(TABLES["effets"].replace("stock", "local").encode())
    assert wave.faults() == [
        Fault(
            DESCRIPTION,
            0,
            "effets",
            f"{old[:59]}…",
            "effets.csv n’est plus le fichier décrit : son empreinte a changé",
            "Remettez le fichier reçu ou, si le changement est voulu, lancez : "
            "atc import --corriger data/raw/2020-automne/effets.csv --vague 2020-automne",
        )
    ]


def test_the_description_must_name_its_own_folder(wave: SmallWave) -> None:
    wave.write_package({**wave.package, "vague": "2021-automne"})
    assert wave.faults() == [
        Fault(
            DESCRIPTION,
            0,
            "vague",
            "2021-automne",
            "La description est celle d’une autre vague",
            "Écrivez « 2020-automne », le nom du dossier, ou renommez le dossier",
        )
    ]


def test_every_table_must_be_described(wave: SmallWave) -> None:
    package = wave.package
    package["resources"] = [r for r in package["resources"] if r["name"] != "scores"]
    wave.write_package(package)
    assert [(f.column, f.message) for f in wave.faults()] == [("scores", "Table absente de la description")]


def test_no_other_table_may_be_described(wave: SmallWave) -> None:
    package, effets = described(wave, "effets")
    package["resources"].append({**effets, "name": "budgets", "path": "budgets.csv"})
    wave.write_package(package)
    assert [(f.column, f.message) for f in wave.faults()] == [("budgets", "Table inconnue du dictionnaire")]


@pytest.mark.parametrize("path", ["../effets.csv", "/etc/passwd", "Effets.csv", "scores.csv"])
def test_a_path_is_never_followed(path: str, wave: SmallWave) -> None:
    package, effets = described(wave, "effets")
    effets["path"] = path
    wave.write_package(package)
    assert wave.faults() == [
        Fault(DESCRIPTION, 0, "effets", path, "Chemin inattendu", "Écrivez « effets.csv »")
    ]


def test_every_column_has_a_status_and_no_other(wave: SmallWave) -> None:
    package, effets = described(wave, "effets")
    del effets["statuts"]["type"]
    effets["statuts"]["courriel"] = "simulé"
    effets["statuts"]["resume"] = "Publié"
    effets["reserves"] = [{"colonnes": ["cout"], "statut": "simulé", "texte": "…"}]
    wave.write_package(package)
    assert wave.faults() == [Fault(DESCRIPTION, 0, "effets.resume", "Publié", "Statut inconnu", STATUSES)]
    effets["statuts"]["resume"] = "publié"
    wave.write_package(package)
    assert wave.faults() == [
        Fault(
            DESCRIPTION,
            0,
            "effets.courriel",
            "",
            "Statut d’une colonne inconnue",
            "Retirez ce statut, ou corrigez son nom",
        ),
        Fault(
            DESCRIPTION,
            0,
            "effets.cout",
            "",
            "Réserve sur une colonne inconnue",
            "Retirez-la de la réserve, ou corrigez son nom",
        ),
        Fault(DESCRIPTION, 0, "effets.type", "", "Colonne sans statut", STATUSES),
    ]


@pytest.mark.parametrize("name", ["contacts.xlsx", "scores (1).csv", "~$effets.csv", "a\x1b[2J.csv"])
def test_an_unknown_file_is_refused(name: str, wave: SmallWave) -> None:
    (wave.raw / name).write_bytes(b"")
    (fault,) = wave.faults()
    assert fault.message == "Fichier inattendu"
    assert fault.file == f"{FOLDER}/{name}".replace("\x1b", "[U+001B]")


def test_what_file_managers_leave_is_ignored(wave: SmallWave) -> None:
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep"):
        (wave.raw / name).write_bytes(b"x")
    assert wave.faults() == []


def test_a_missing_file_is_named_and_the_others_still_checked(wave: SmallWave) -> None:
    wave.replace("effets", "F-001", "F-1")
    wave.file("entretiens").unlink()
    assert [(f.file, f.message) for f in wave.faults()] == [
        (f"{FOLDER}/effets.csv", "Code mal formé"),
        (f"{FOLDER}/entretiens.csv", "Fichier absent"),
    ]


def test_a_missing_description_does_not_hide_the_faults_of_the_files(wave: SmallWave) -> None:
    wave.replace("effets", "F-001", "F-1")
    wave.file("datapackage.json").unlink()
    assert [(f.file, f.message) for f in wave.faults()] == [
        (DESCRIPTION, "Fichier absent"),
        (f"{FOLDER}/effets.csv", "Code mal formé"),
    ]


def test_a_description_that_is_a_pipe_does_not_hang(wave: SmallWave) -> None:
    wave.file("datapackage.json").unlink()
    os.mkfifo(wave.file("datapackage.json"))
    assert [fault.file for fault in wave.faults()] == [DESCRIPTION]
