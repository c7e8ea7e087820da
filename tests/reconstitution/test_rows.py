"""The committed rows, read with pandas alone: what they must not say. Printed figures: `atc verify`."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from atc.survey.datapackage import STATUSES, read_package
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import find_project

WAVE = Path(__file__).resolve().parents[2] / "data/raw/2020-automne"


@pytest.fixture(scope="module")
def wave() -> SimpleNamespace:
    """Each table as text."""
    return SimpleNamespace(
        **{
            path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
            for path in WAVE.glob("*.csv")
            if path.stem != "codebook"
        }
    )


@pytest.fixture(scope="module")
def described():
    return json.loads((WAVE / "datapackage.json").read_text(encoding="utf-8"))["resources"]


def test_quotations_name_nobody(wave):
    said = wave.verbatims
    text = said.idee + " " + said.texte
    names = set(wave.territoires.commune) | set(wave.territoires.quartier) - {"NC"}
    assert not text.str.contains(r"\d").any()
    assert not [name for name in names if text.str.contains(name, case=False, regex=False).any()]
    assert set(said.nature) == {"paraphrase"}
    assert said.relu_pour.value_counts().to_dict() == {"public": 7, "SO": 2, "financeurs": 1}
    others = {*wave.carnet_de_bord.repondant, *wave.questionnaire_flash.repondant}
    assert not others & set(said.locuteur)


def test_missing_answers_stand_under_no_printed_figure(wave):
    carnets = wave.carnet_de_bord.isin(["", "NSP", "NC", "SO"]).sum()
    assert carnets[carnets > 0].to_dict() == {"contrat": 1, "issu_du_quartier": 1, "soutien_actuel": 1}
    answered = wave.questionnaire_flash[wave.questionnaire_flash.repondu == "oui"]
    flash = answered.isin(["", "NSP", "NC", "SO"]).sum()
    assert flash[flash > 0].to_dict() == {"frein_objet_flou": 2}


@pytest.mark.parametrize("table", ["carnet_de_bord", "questionnaire_flash"])
def test_the_order_of_rows_says_nothing(wave, table):
    rows = getattr(wave, table)
    assert rows.repondant.is_monotonic_increasing
    assert not rows.territoire.is_monotonic_increasing


def test_the_description_is_that_of_the_files(described):
    statuses = {resource["name"]: resource["statuts"] for resource in described}
    for table in load_dictionary(find_project(WAVE)):
        content = (WAVE / f"{table.name}.csv").read_bytes()
        resource = next(each for each in described if each["name"] == table.name)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
        assert content.splitlines()[0].decode() == ",".join(table.fields)
        assert list(statuses[table.name]) == list(table.fields)
    # Nothing here was observed.
    assert {status for each in statuses.values() for status in each.values()} == set(STATUSES) - {"observé"}


def test_a_split_that_was_never_printed_is_simulated(described):
    package = read_package(WAVE, "data/raw/2020-automne")
    assert package.worst(["questionnaire_flash.role"]) == "reconstitué"
    assert package.worst(["questionnaire_flash.role", "questionnaire_flash.repondu"]) == "simulé"
    for resource in described:
        for caution in resource["reserves"]:
            assert set(caution["colonnes"]) <= set(resource["statuts"])
