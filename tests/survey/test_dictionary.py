"""The data dictionary says everything once, and is refused when it does not."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from survey.validation.small_wave import SmallWave

from atc.survey.dictionary import dictionary_faults, load_dictionary
from atc.survey.errors import DataRefused, UsageError
from atc.survey.paths import Project

ROOT = Path(__file__).resolve().parents[2]
DICTIONARY = load_dictionary(Project(ROOT))


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


def test_every_column_is_fully_described() -> None:
    for table in DICTIONARY:
        assert table.grain.startswith("une ligne = ")
        assert table.label
        assert table.description.endswith(".")
        assert table.source
        assert "" in table.missing
        assert all(table.fields[name].constraints["required"] for name in table.primary_key)
        assert not any(set(field.labels) & set(table.missing) for field in table.fields.values())
        assert {field.group for field in table.fields.values()} - {""} == set(table.groups)
        for field in table.fields.values():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
            assert field.label
            assert len(set(field.labels.values())) == len(field.labels) == len(field.categories)
            # A number needs its unit.
            assert field.unit or field.type not in {"integer", "number", "date"}
            assert not field.question or field.question.endswith("?")
    assert list(dictionary_faults(DICTIONARY)) == []


def test_an_unknown_table_or_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"« budgets » n’est pas dans le dictionnaire.*territoires"):
        DICTIONARY.table("budgets")
    with pytest.raises(UsageError, match=r"« scores.note » n’est pas dans le dictionnaire.*score"):
        DICTIONARY.field("scores.note")
    with pytest.raises(UsageError):
        DICTIONARY.field("scores")


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b'{\n"name": }', 2, "JSON illisible"),
        ("é".encode("cp1252"), 0, "JSON illisible"),
        ([], 0, "Entrée absente ou mal formée"),
        ({"name": "effets"}, 0, "Entrée absente ou mal formée"),
        ({**effets(), "name": "autre"}, 0, "Ce n’est pas le nom du fichier"),
        ({**effets(), "fields": effets()["fields"] * 2}, 0, "Le même nom y est deux fois"),
        ({**effets(), "missingValues": ["NSP"]}, 0, "Entrée absente ou mal formée"),
    ],
)
def test_malformed_files_are_refused_by_name_and_at_once(
    content: Any, line: int, message: str, project: Project
) -> None:
    write(project, content)
    write(project, b"{", "scores")
    with pytest.raises(DataRefused) as refused:
        load_dictionary(project)
    (*_, fault, other) = refused.value.faults
    assert (fault.file, fault.line, fault.message) == ("data/dictionary/effets.json", line, message)
    assert (other.file, other.message) == ("data/dictionary/scores.json", "JSON illisible")


def test_an_edit_is_seen_at_once_and_a_key_of_one_column_may_stand_without_its_list(project: Project) -> None:
    load_dictionary(project)
    write(project, {**effets(), "title": "Autre titre", "primaryKey": "effet"})
    table = load_dictionary(project).table("effets")
    assert table.label == "Autre titre"
    assert table.primary_key == ("effet",)
    assert [tuple(key) for key in table.foreign_keys] == [(("territoire",), "territoires", ("territoire",))]


# --- what is well formed, and cannot be used ---


def edit(wave: SmallWave, column: str, **properties: Any) -> None:
    """Change a column of carnet_de_bord, or the whole table when none is named."""
    path = wave.project.dictionary / "carnet_de_bord.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    next((field for field in schema["fields"] if field["name"] == column), schema).update(properties)
    path.write_text(json.dumps(schema), encoding="utf-8")


ETP, BAD = "fields.etp", "Entrée absente ou mal formée"
FOREIGN = [{"fields": "territoire", "reference": {"resource": "villes", "fields": "nom"}}]
NO_KEY = "Cette clé nomme une colonne qui n’existe pas"
#: Column, property, what it is changed to; then column, value and message told, and how the remedy ends.
WRONG = [
    ("etp", "type", "decimal", f"{ETP}.type", "decimal", BAD, "string, integer, number, boolean ou date"),
    ("etp", "kind", "secret", f"{ETP}.kind", "secret", BAD, "sensitive ou plain"),
    ("etp", "protege", "tous", f"{ETP}.protege", "tous", BAD, "personne ou acte_public"),
    *(
        (column, "constraints", {name: value}, f"fields.{column}", "",
         f"Contrainte illisible ({name} : {value})", "une autre table")
        for column, name, value in (
            ("repondant", "pattern", "(A"), ("etp", "minimum", "dix"),
            ("debut_contrat", "maximum", "31/12/2019"),
            ("etp", "minimun", 1), ("etp", "pattern", 3), ("etp", "required", "oui"),
        )
    ),
    ("", "primaryKey", ["site"], "site", "carnet_de_bord", NO_KEY, "son nom"),
    ("", "foreignKeys", FOREIGN, "nom", "villes", NO_KEY, "son nom"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "name", "changed", "told", "value", "message", "remedy"), WRONG)
def test_a_wrong_property_is_named_and_no_file_is_judged_by_it(
    column: str, name: str, changed: Any, told: str, value: str, message: str, remedy: str, wave: SmallWave
) -> None:
    wave.replace("scores", "cooperation,10", "cooperation,11")
    edit(wave, column, **{name: changed})
    (fault,) = wave.faults()
    assert fault.file == "data/dictionary/carnet_de_bord.json"
    assert (fault.column, fault.value, fault.message) == (told, value, message)
    assert fault.remedy.endswith(remedy)


def test_a_new_modality_is_accepted_as_soon_as_it_is_described(wave: SmallWave) -> None:
    wave.replace("carnet_de_bord", ",cdi,", ",interim,")
    assert [fault.column for fault in wave.faults()] == ["contrat"]
    edit(wave, "contrat", categories=[{"value": v, "label": v} for v in ("cdd", "cdi", "interim")])
    assert wave.faults() == []
