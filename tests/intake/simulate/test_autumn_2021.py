"""The committed wave: what the documented command writes, and interesting enough to show a change."""

import json
import shutil
from pathlib import Path

import pytest

from atc.intake.wavefiles import write_simulated
from atc.survey.codebook import comparability, read_codebook
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project, find_project

HERE = find_project(Path(__file__))
BEFORE, VAGUE = "2020-automne", "2021-automne"


@pytest.fixture(scope="module")
def described():
    return json.loads((HERE.raw(VAGUE) / "datapackage.json").read_text(encoding="utf-8"))


def test_the_documented_command_writes_the_committed_bytes(tmp_path, described):
    for name in ("data/dictionary", f"data/raw/{BEFORE}"):
        shutil.copytree(HERE.root / name, tmp_path / name)
    shutil.copyfile(HERE.settings_file, tmp_path / "report.toml")
    copy = Project(tmp_path)
    copy.raw(VAGUE).mkdir()
    shutil.copyfile(HERE.raw(VAGUE) / "codebook.csv", copy.raw(VAGUE) / "codebook.csv")
    command = "atc simulate --vague 2021-automne --sites 15 --seed 2021 --from 2020-automne --replace"
    assert described["procedure"] == command
    assert command in (HERE.root / "docs" / "hypotheses.md").read_text(encoding="utf-8")
    write_simulated(copy, VAGUE, sites=15, seed=2021, previous=BEFORE, replace=True)
    written = {path.name: path.read_bytes() for path in copy.raw(VAGUE).iterdir()}
    assert written == {path.name: path.read_bytes() for path in HERE.raw(VAGUE).iterdir()}


def test_only_public_facts_are_not_simulated(described):
    statuses = {
        f"{resource['name']}.{column}": status
        for resource in described["resources"]
        for column, status in resource["statuts"].items()
    }
    public = {column for column, status in statuses.items() if status == "publié"}
    assert set(statuses.values()) == {"publié", "simulé"}
    assert {column.partition(".")[0] for column in public} == {"territoires"}
    assert "territoires.recueil" not in public


def test_carnets_are_missing_on_either_side(rows):
    before, after = ({r["territoire"] for r in rows(HERE.raw(v), "carnet_de_bord")} for v in (BEFORE, VAGUE))
    assert 1 <= len(before - after) <= 2
    assert 1 <= len(after - before) <= 2


def test_people_stay_leave_and_come(rows):
    for table in ("carnet_de_bord", "questionnaire_flash"):
        before, after = ({r["repondant"] for r in rows(HERE.raw(v), table)} for v in (BEFORE, VAGUE))
        assert min(len(before & after), len(before - after), len(after - before)) >= 5


def test_what_is_gone_was_not_asked(rows):
    assert {row["reunions_janvier_2020"] for row in rows(HERE.raw(VAGUE), "carnet_de_bord")} == {"SO"}
    items = {row["item"] for row in rows(HERE.raw(VAGUE), "scores")}
    assert "projets_communs" not in items
    assert "pouvoir_d_agir" in items


def test_the_codebooks_show_every_kind_of_comparability():
    variables = load_dictionary(HERE).variables
    books = [read_codebook(HERE.raw(v) / "codebook.csv", v, v, variables) for v in (BEFORE, VAGUE)]
    compared = comparability(*books).set_index("variable")
    assert {(row.comparabilite, row.jointure) for row in compared.itertuples()} == {
        ("identique", True), ("reformule", True), ("reformule", False),
        ("rescale", False), ("nouveau", False), ("disparu", False),
    }  # fmt: skip
    assert (
        compared.loc["scores.item=confiance", "libelle"]
        != compared.loc["scores.item=confiance", "libelle_avant"]
    )
