"""The whole wave at once: every fault of every file, or every table."""

from __future__ import annotations

from pathlib import Path

import pytest
from validation.small_wave import FOLDER, HERE, TABLES, VAGUE, SmallWave

from atc.errors import DataRefused
from atc.paths import Project
from atc.validation import validate_wave

REAL = {path.stem: path.read_bytes() for path in (HERE / FOLDER).glob("*.csv") if path.stem != "codebook"}


@pytest.fixture
def real(tmp_path: Path) -> SmallWave:
    """The committed wave, in a project of its own."""
    return SmallWave(tmp_path / "projet", REAL)


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


@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("scores", ",cooperation,", ",coopération,", "item"),
        ("territoires", "saint_denis", "saint-denis", "territoire"),
        ("questionnaire_flash", ",oui,observateur", ",oui,Observateur", "posture"),
        ("carnet_de_bord", ",1.5,", ',"1,5",', "etp"),
        ("effets", "F-002", "F-001", "effet"),
        ("entretiens", ",avignon,monographie", ",avignon,telephone", "recueil"),
        ("positionnements", ",SO,", ",S.O.,", "modele_secondaire"),
        ("legitimites", "fcsf", "FCSF", "reseau"),
        ("verbatims", ",paraphrase,oui,", ",paraphrase,OUI,", "relu"),
    ],
)
def test_one_slip_in_the_committed_wave_is_found(
    table: str, old: str, new: str, column: str, real: SmallWave
) -> None:
    line = REAL[table].decode().split(old)[0].count("\n") + 1
    real.replace(table, old, new)
    assert [(f.file, f.line, f.column) for f in real.faults()] == [(f"{FOLDER}/{table}.csv", line, column)]


@pytest.mark.parametrize("table", sorted(REAL))
def test_a_line_repeated_in_the_committed_wave_is_noticed(table: str, real: SmallWave) -> None:
    lines = REAL[table].splitlines(keepends=True)
    real.file(table).write_bytes(b"".join([*lines, lines[-1]]))
    messages = {fault.message for fault in real.faults()}
    assert any(m.startswith(("Valeur déjà présente", "Même combinaison")) for m in messages)
    assert f"{table}.csv n’est plus le fichier décrit : son empreinte a changé" in messages


def test_a_refusal_says_everything_in_french_one_fault_a_line(wave: SmallWave) -> None:
    wave.replace("scores", "cooperation,10", "cooperation,11")
    wave.replace("effets", "F-001", "F-1")
    with pytest.raises(DataRefused) as refused:
        validate_wave(wave.project, VAGUE)
    assert str(refused.value).splitlines() == [
        (
            f"{FOLDER}/effets.csv:2:effet : Code mal formé (trouvé : « F-1 »). "
            "Écrivez-le selon le modèle ^F-[0-9]{3,5}$, sans accent ni espace."
        ),
        (
            f"{FOLDER}/scores.csv:4:score : Valeur trop grande (trouvé : « 11 »). "
            "La valeur doit être comprise entre 1 et 10."
        ),
    ]
