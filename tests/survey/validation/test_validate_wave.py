"""The whole wave at once: every fault of every file, or every table."""

from __future__ import annotations

import pytest
from survey.validation.small_wave import FOLDER, HERE, TABLES, VAGUE, SmallWave

from atc.survey.errors import DataRefused
from atc.survey.paths import Project
from atc.survey.validation import validate_wave

REAL = {path.stem: path.read_bytes() for path in (HERE / FOLDER).glob("*.csv") if path.stem != "codebook"}


def test_the_committed_wave_is_right() -> None:
    tables = validate_wave(Project(HERE), VAGUE)
    assert {name: len(frame) for name, frame in tables.items()} == {
        name: content.count(b"\n") - 1 for name, content in REAL.items()
    }


def test_faults_of_every_stage_and_file_come_together(wave: SmallWave) -> None:
    wave.replace("carnet_de_bord", ",cdd,", ",CDD,")  # content
    wave.replace("carnet_de_bord", ",0,0,", ",1,1,")  # coherence
    wave.replace("effets", "effet,territoire", "Effet,territoire")  # heading
    wave.replace("entretiens", "E-002,grenoble", "E-002,grenoble,")  # line
    wave.replace("territoires", "Gard", "Gard\u200b")  # cell
    wave.write("verbatims", TABLES["verbatims"].encode("utf-16"))  # file
    wave.file("positionnements").unlink()  # folder
    wave.file("contacts.csv").write_text("nom\n")  # folder
    package = wave.package
    package["resources"][0]["statuts"].pop("etp")  # description
    wave.write_package(package)
    assert [(f.file.removeprefix(f"{FOLDER}/"), f.line, f.column) for f in wave.faults()] == [
        ("carnet_de_bord.csv", 2, "contrat"),
        ("carnet_de_bord.csv", 3, "reunions_janvier_2020"),
        ("contacts.csv", 0, ""),
        ("datapackage.json", 0, "carnet_de_bord.etp"),
        ("effets.csv", 1, "effet"),
        ("entretiens.csv", 3, ""),
        ("positionnements.csv", 0, ""),
        ("territoires.csv", 2, "departement"),
        ("verbatims.csv", 1, ""),
    ]


def test_every_file_at_fault_is_told_whatever_the_others(wave: SmallWave) -> None:
    for name in TABLES:
        wave.file(name).write_bytes(b"")
    wave.describe()
    assert [(f.file, f.message) for f in wave.faults()] == [
        (f"{FOLDER}/{name}.csv", "Fichier vide") for name in sorted(TABLES)
    ]


def test_no_folder_is_one_fault(wave: SmallWave) -> None:
    with pytest.raises(DataRefused) as refused:
        validate_wave(wave.project, "2021-automne")
    (fault,) = refused.value.faults
    assert (fault.file, fault.message) == ("data/raw/2021-automne", "Dossier de la vague absent")


def test_a_folder_that_is_a_file_is_one_fault(wave: SmallWave) -> None:
    wave.project.raw("2021-automne").write_text("")
    with pytest.raises(DataRefused, match="Dossier de la vague absent"):
        validate_wave(wave.project, "2021-automne")
