import hashlib
import json

import pytest

from atc.datapackage import STATUSES, read_package
from atc.dictionary import load_dictionary
from atc.errors import FigureNotReproduced
from atc.reconstitution.__main__ import main
from atc.reconstitution.package import build


@pytest.fixture(scope="module")
def descriptor(committed):
    return json.loads((committed / "datapackage.json").read_text(encoding="utf-8"))


def test_the_committed_wave_is_what_the_procedure_writes(committed, tmp_path, capsys):
    assert main(["--to", str(tmp_path / "vague")]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "vague").iterdir()}
    assert written == {path.name: path.read_bytes() for path in committed.iterdir()}
    assert "11 fichiers" in capsys.readouterr().out


def test_files_are_plain_utf8_with_line_feeds(committed):
    for path in committed.glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        assert content.endswith(b"\n")
        content.decode("utf-8")


def test_columns_are_those_of_the_dictionary(project, committed):
    for described in load_dictionary(project):
        header = (committed / f"{described.name}.csv").read_text(encoding="utf-8").split("\n")[0]
        assert header == ",".join(described.fields)


def test_hashes_and_sizes_are_those_of_the_files(committed, descriptor):
    for resource in descriptor["resources"]:
        content = (committed / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)


def test_every_column_has_a_status(project, descriptor):
    statuses = {resource["name"]: resource["statuts"] for resource in descriptor["resources"]}
    for described in load_dictionary(project):
        assert list(statuses[described.name]) == list(described.fields)
        assert set(statuses[described.name].values()) <= set(STATUSES)
    assert set(descriptor["statut"]) == set(STATUSES)


def test_nothing_here_is_observed(descriptor):
    used = {status for resource in descriptor["resources"] for status in resource["statuts"].values()}
    assert used == {"publié", "reconstitué", "simulé"}


def test_the_project_reads_the_description(committed):
    package = read_package(committed, "data/raw/2020-automne")
    assert package.vague == "2020-automne"
    assert package.licence == "Licence Ouverte 2.0"
    assert package.status("carnet_de_bord.etp") == "reconstitué"
    assert package.worst(["carnet_de_bord.etp", "carnet_de_bord.profil"]) == "simulé"
    assert package.resources["carnet_de_bord"].collected == "de l’été à septembre 2020"


def test_unpublished_splits_carry_a_caution(committed, descriptor):
    package = read_package(committed, "data/raw/2020-automne")
    split = [f"questionnaire_flash.{column}" for column in ("role", "repondu")]
    assert package.worst(split[:1]) == "reconstitué"
    assert package.worst(split) == "simulé"
    for resource in descriptor["resources"]:
        for caution in resource["reserves"]:
            assert set(caution["colonnes"]) <= set(resource["statuts"])
            assert caution["texte"].endswith(".")


def test_the_date_comes_from_the_wave(descriptor):
    assert descriptor["created"].startswith("2020-12-15")


def test_nothing_is_written_when_the_targets_are_not_met(tmp_path, monkeypatch, capsys):
    def refuse(project):
        raise FigureNotReproduced("non")

    monkeypatch.setattr("atc.reconstitution.package.build", refuse)
    assert main(["--to", str(tmp_path / "vague")]) == FigureNotReproduced.exit_code
    assert not (tmp_path / "vague").exists()
    assert "non" in capsys.readouterr().err


def test_no_machine_path_in_the_files(project):
    text = b"".join(build(project).values()).decode("utf-8")
    assert str(project.root) not in text
