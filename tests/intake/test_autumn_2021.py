"""The committed wave: what the documented command writes, and interesting enough to show a change."""

import json
import shutil

from intake.test_simulate import HERE, VAGUE, files, rows

from atc.intake.wavefiles import write_simulated
from atc.survey.codebook import comparability, read_codebook
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project

BEFORE = "2020-automne"


def test_the_documented_command_writes_the_committed_bytes(tmp_path):
    for name in ("data/dictionary", f"data/raw/{BEFORE}"):
        shutil.copytree(HERE.root / name, tmp_path / name)
    shutil.copyfile(HERE.settings_file, tmp_path / "report.toml")
    copy = Project(tmp_path)
    copy.raw(VAGUE).mkdir()
    shutil.copyfile(HERE.raw(VAGUE) / "codebook.csv", copy.raw(VAGUE) / "codebook.csv")
    command = "atc simulate --vague 2021-automne --sites 15 --seed 2021 --from 2020-automne --replace"
    assert json.loads(files(HERE, VAGUE)["datapackage.json"])["procedure"] == command
    assert command in (HERE.root / "docs" / "hypotheses.md").read_text(encoding="utf-8")
    write_simulated(copy, VAGUE, sites=15, seed=2021, previous=BEFORE, replace=True)
    assert files(copy, VAGUE) == files(HERE, VAGUE)


def test_people_stay_leave_and_come_and_what_is_gone_was_not_asked():
    waves = [HERE.raw(vague) for vague in (BEFORE, VAGUE)]
    for table, column, least in (
        ("carnet_de_bord", "territoire", 0),
        ("carnet_de_bord", "repondant", 5),
        ("questionnaire_flash", "repondant", 5),
    ):
        before, after = ({row[column] for row in rows(folder, table)} for folder in waves)
        assert min(len(before & after), len(before - after), len(after - before)) >= max(least, 1)
    assert {row["reunions_janvier_2020"] for row in rows(waves[1], "carnet_de_bord")} == {"SO"}
    items = {row["item"] for row in rows(waves[1], "scores")}
    assert ("projets_communs" in items, "pouvoir_d_agir" in items) == (False, True)


def test_only_public_facts_are_not_simulated():
    resources = json.loads(files(HERE, VAGUE)["datapackage.json"])["resources"]
    statuses = {(r["name"], column): status for r in resources for column, status in r["statuts"].items()}
    public = {place for place, status in statuses.items() if status == "publié"}
    assert set(statuses.values()) == {"publié", "simulé"}
    assert {table for table, _ in public} == {"territoires"}
    assert ("territoires", "recueil") not in public


def test_the_codebooks_show_every_kind_of_comparability():
    variables = load_dictionary(HERE).variables
    books = [read_codebook(HERE.raw(v) / "codebook.csv", v, v, variables) for v in (BEFORE, VAGUE)]
    compared = comparability(*books).set_index("variable")
    assert {(row.comparabilite, row.jointure) for row in compared.itertuples()} == {
        ("identique", True), ("reformule", True), ("reformule", False),
        ("rescale", False), ("nouveau", False), ("disparu", False),
    }  # fmt: skip
    trust = compared.loc["scores.item=confiance"]
    assert trust["libelle"] != trust["libelle_avant"]
