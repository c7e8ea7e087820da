"""The data dictionary says everything once, and is refused when it does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from atc.survey.dictionary import KINDS, load_dictionary
from atc.survey.errors import DataRefused, UsageError
from atc.survey.paths import Project

ROOT = Path(__file__).resolve().parents[2]
DICTIONARY = load_dictionary(Project(ROOT))
FIELDS = [field for table in DICTIONARY for field in table.fields.values()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.dictionary.mkdir(parents=True)
    for path in Project(ROOT).dictionary.glob("*.json"):
        (project.dictionary / path.name).write_bytes(path.read_bytes())
    return project


def write(project: Project, content: Any, name: str = "effets") -> None:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (project.dictionary / f"{name}.json").write_bytes(text)


def effets() -> dict[str, Any]:
    path = Project(ROOT).dictionary / "effets.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.table}.{f.name}")
def test_every_column_is_fully_described(field) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
    assert field.label
    assert field.kind in KINDS
    assert len(field.labels) == len(field.categories)
    assert len(set(field.labels.values())) == len(field.categories)
    if field.type in {"integer", "number", "date"}:
        assert field.unit, "a number needs its unit"
    if field.question:
        assert field.question.endswith("?")


@pytest.mark.parametrize("table", list(DICTIONARY), ids=lambda t: t.name)
def test_every_table_is_fully_described(table) -> None:
    assert table.grain.startswith("une ligne = ")
    assert table.label
    assert table.description.endswith(".")
    assert table.source
    assert "" in table.missing
    assert set(table.primary_key) <= set(table.fields)
    for name in table.primary_key:
        assert table.fields[name].constraints["required"]
    assert not any(set(field.labels) & set(table.missing) for field in table.fields.values())
    groups = {field.group for field in table.fields.values()} - {""}
    assert groups == set(table.groups)


def test_columns_that_rules_compare_share_their_codes() -> None:
    recueil = DICTIONARY.field("territoires.recueil")
    assert set(DICTIONARY.field("entretiens.recueil").labels) == set(recueil.labels)
    networks = set(DICTIONARY.field("territoires.reseau").labels) - {"non_renseigne"}
    assert set(DICTIONARY.field("legitimites.reseau").labels) == networks
    first, second = (DICTIONARY.field(f"positionnements.modele_{n}") for n in ("principal", "secondaire"))
    assert first.labels == second.labels


def test_a_modality_may_belong_to_a_wider_one() -> None:
    field = DICTIONARY.field("verbatims.fonction")
    assert field.groups["ville"] == field.groups["departement"] == "collectivite"
    assert field.group_labels["collectivite"] == "Collectivité"
    alone = DICTIONARY.field("carnet_de_bord.contrat")
    assert alone.groups["cdd"] == "cdd"
    assert alone.group_labels["cdd"] == "CDD"


def test_an_unknown_table_or_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"« budgets » n’est pas dans le dictionnaire.*territoires"):
        DICTIONARY.table("budgets")
    with pytest.raises(UsageError, match=r"« scores.note » n’est pas dans le dictionnaire.*score"):
        DICTIONARY.field("scores.note")
    with pytest.raises(UsageError):
        DICTIONARY.field("scores")


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in effets().items() if name != key}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b'{\n"name": }', 2, "JSON illisible"),
        (b"", 1, "JSON illisible"),
        ("é".encode("cp1252"), 0, "JSON illisible"),
        ([], 0, "Entrée absente ou mal formée"),
        (without("grain"), 0, "Entrée absente ou mal formée"),
        (without("fields"), 0, "Entrée absente ou mal formée"),
        ({**effets(), "name": "autre"}, 0, "Entrée absente ou mal formée"),
        ({**effets(), "fields": effets()["fields"] * 2}, 0, "Entrée absente ou mal formée"),
        ({**effets(), "fields": [{"name": "effet"}]}, 0, "Entrée absente ou mal formée"),
        ({**effets(), "missingValues": ["", "NSP"]}, 0, "Entrée absente ou mal formée"),
    ],
)
def test_a_malformed_file_is_refused_by_name(content: Any, line: int, message: str, project: Project) -> None:
    write(project, content)
    with pytest.raises(DataRefused) as refused:
        load_dictionary(project)
    (fault,) = refused.value.faults
    assert (fault.file, fault.line, fault.message) == ("data/dictionary/effets.json", line, message)


def test_all_malformed_files_are_refused_at_once(project: Project) -> None:
    write(project, b"{", "effets")
    write(project, b"[]", "scores")
    with pytest.raises(DataRefused) as refused:
        load_dictionary(project)
    assert [fault.file for fault in refused.value.faults] == [
        "data/dictionary/effets.json",
        "data/dictionary/scores.json",
    ]


def test_an_edit_is_seen_at_once(project: Project) -> None:
    load_dictionary(project)
    write(project, {**effets(), "title": "Autre titre"})
    assert load_dictionary(project).table("effets").label == "Autre titre"


def test_a_key_of_one_column_may_stand_without_its_list(project: Project) -> None:
    write(project, {**effets(), "primaryKey": "effet"})
    table = load_dictionary(project).table("effets")
    assert table.primary_key == ("effet",)
    assert table.foreign_keys == ((("territoire",), "territoires", ("territoire",)),)
