"""A dictionary that was badly edited is refused before any file is judged by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from survey.validation.small_wave import SmallWave

from atc.survey.errors import Fault

REMEDY = "Corrigez la description de cette colonne, en suivant celle d’une autre"


def edit(wave: SmallWave, column: str, **properties: Any) -> None:
    path = wave.project.dictionary / "carnet_de_bord.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    field = next(field for field in schema["fields"] if field["name"] == column)
    for name, value in properties.items():
        field[name] = value
    path.write_text(json.dumps(schema), encoding="utf-8")


@pytest.mark.parametrize(
    ("column", "properties", "value", "message"),
    [
        (
            "etp",
            {"type": "decimal"},
            "decimal",
            "Type inconnu (types admis : string, integer, number, boolean, date)",
        ),
        (
            "etp",
            {"kind": "secret"},
            "secret",
            "Nature inconnue (kind : identifier, quasi-identifier, sensitive, plain)",
        ),
        ("etp", {"protege": "tous"}, "tous", "Protection inconnue (protege : personne, acte_public)"),
        ("repondant", {"constraints": {"pattern": "(A"}}, "(A", "Modèle (pattern) illisible"),
        (
            "debut_contrat",
            {"constraints": {"minimum": "31/12/2019"}},
            "31/12/2019",
            "Borne illisible (minimum)",
        ),
        ("reunions_pilotage", {"constraints": {"maximum": "dix"}}, "dix", "Borne illisible (maximum)"),
    ],
)
def test_a_wrong_property_is_named(
    column: str, properties: dict[str, Any], value: str, message: str, wave: SmallWave
) -> None:
    edit(wave, column, **properties)
    wave.replace("scores", "cooperation,10", "cooperation,11")
    assert wave.faults() == [Fault("data/dictionary/carnet_de_bord.json", 0, column, value, message, REMEDY)]


@pytest.mark.parametrize(
    "constraints", [{"minimun": 1}, {"pattern": "a"}, {"required": "oui"}], ids=lambda c: next(iter(c))
)
def test_a_constraint_that_would_have_no_effect_is_refused(
    constraints: dict[str, Any], wave: SmallWave
) -> None:
    edit(wave, "reunions_pilotage", constraints=constraints)
    (fault,) = wave.faults()
    assert fault.message == "Description refusée par Table Schema"
    assert any(str(part) in fault.value for part in next(iter(constraints.items())))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("primaryKey", ["site"], "La clé primaire nomme une colonne qui n’existe pas"),
        (
            "foreignKeys",
            [{"fields": "territoire", "reference": {"resource": "villes", "fields": "nom"}}],
            "La clé étrangère nomme une colonne qui n’existe pas",
        ),
    ],
)
def test_a_key_must_name_columns(key: str, value: Any, message: str, wave: SmallWave) -> None:
    path = wave.project.dictionary / "carnet_de_bord.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(schema | {key: value}), encoding="utf-8")
    assert [fault.message for fault in wave.faults()] == [message]


def test_a_new_modality_is_accepted_as_soon_as_it_is_described(wave: SmallWave) -> None:
    wave.replace("carnet_de_bord", ",cdi,", ",interim,")
    assert [fault.column for fault in wave.faults()] == ["contrat"]
    edit(wave, "contrat", categories=[{"value": v, "label": v} for v in ("cdd", "cdi", "interim")])
    assert wave.faults() == []


def test_a_tick_box_says_yes_and_no_in_french_unless_it_is_described_otherwise(wave: SmallWave) -> None:
    path = wave.project.dictionary / "carnet_de_bord.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    (field,) = (field for field in schema["fields"] if field["name"] == "temps_plein")
    del field["trueValues"], field["falseValues"]
    path.write_text(json.dumps(schema), encoding="utf-8")
    assert wave.faults() == []
    edit(wave, "temps_plein", trueValues=["plein"], falseValues=["partiel"])
    assert {(fault.column, fault.value) for fault in wave.faults()} == {
        ("temps_plein", "oui"),
        ("temps_plein", "non"),
    }
