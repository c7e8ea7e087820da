"""The description of a wave: read whole, or refused with the entry that is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from atc.survey.datapackage import FILE, STATUSES, read_package
from atc.survey.errors import DataRefused, Fault

WHERE = "data/raw/2020-automne"


def resource(name: str = "scores", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "hash": "sha256:00ff",
        "collecte": {"libelle": "été 2020"},
        "statuts": {"repondant": "reconstitué", "score": "simulé", "item": "publié"},
    } | changes


def description(**changes: Any) -> dict[str, Any]:
    return {
        "vague": "2020-automne",
        "title": "Vague",
        "version": "1.0.0",
        "licenses": [{"title": "Licence Ouverte 2.0"}],
        "resources": [resource()],
    } | changes


def read(folder: Path, content: Any):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / FILE).write_bytes(text)
    return read_package(folder, WHERE)


def refused(folder: Path, content: Any) -> tuple[Fault, ...]:
    with pytest.raises(DataRefused) as caught:
        read(folder, content)
    return caught.value.faults


def test_a_description_is_read_whole(tmp_path: Path) -> None:
    package = read(tmp_path, description())
    assert (package.vague, package.title, package.version) == ("2020-automne", "Vague", "1.0.0")
    assert package.licence == "Licence Ouverte 2.0"
    scores = package.resources["scores"]
    assert (scores.path, scores.sha256, scores.collected) == ("scores.csv", "00ff", "été 2020")
    assert package.status("scores.score") == "simulé"


def test_an_exhibit_is_worth_its_least_sure_column(tmp_path: Path) -> None:
    package = read(tmp_path, description())
    assert package.worst(["scores.item"]) == "publié"
    assert package.worst(["scores.item", "scores.repondant"]) == "reconstitué"
    assert package.worst(["scores.score", "scores.item"]) == "simulé"


def test_a_reserve_holds_when_all_its_columns_are_used(tmp_path: Path) -> None:
    crossing = {"colonnes": ["repondant", "item"], "statut": "simulé", "texte": "Croisement inconnu."}
    package = read(tmp_path, description(resources=[resource(reserves=[crossing])]))
    assert package.worst(["scores.repondant"]) == "reconstitué"
    assert package.worst(["scores.repondant", "scores.item"]) == "simulé"
    assert [r.text for r in package.reserves(["scores.item", "scores.repondant"])] == ["Croisement inconnu."]
    assert package.reserves(["scores.item"]) == ()


def test_statuses_go_from_the_surest_to_the_least_sure() -> None:
    assert STATUSES == ("observé", "publié", "reconstitué", "simulé")


def test_an_absent_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=f"{WHERE}/datapackage.json : Fichier absent"):
        read_package(tmp_path, WHERE)


@pytest.mark.parametrize(
    ("content", "line"), [(b'{\n"vague": }', 2), (b"", 1), (b"{", 1), ("é".encode("cp1252"), 0)]
)
def test_what_is_no_json_is_refused_at_its_line(content: bytes, line: int, tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, content)
    assert (fault.file, fault.line, fault.message) == (f"{WHERE}/{FILE}", line, "JSON illisible")


@pytest.mark.parametrize(
    ("content", "entry"),
    [
        (b"[]", ""),
        (b"null", ""),
        (description(vague=3), "vague"),
        (description(title=None), "title"),
        (description(version=1.0), "version"),
        (description(licenses=[]), "title"),
        (description(licenses={}), "title"),
        (description(resources={}), "resources"),
        (description(resources=["scores"]), "resources"),
        (description(resources=[resource(path=3)]), "path"),
        (description(resources=[resource(hash=None)]), "hash"),
        (description(resources=[resource(statuts=[])]), "statuts"),
        (description(resources=[resource(collecte="été")]), "libelle"),
        (description(resources=[resource(collecte={})]), "libelle"),
        (description(resources=[resource(reserves=[{"statut": "simulé", "texte": "…"}])]), "colonnes"),
        (description(resources=[resource(reserves=3)]), "reserves"),
    ],
)
def test_a_missing_or_malformed_entry_is_named(content: Any, entry: str, tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, content)
    assert (fault.message, fault.value) == ("Entrée absente ou mal formée", entry)


@pytest.mark.parametrize("status", ["publie", "Publié", "", 3, None, ["publié"]])
def test_an_unknown_status_is_refused_with_the_known_ones(status: Any, tmp_path: Path) -> None:
    statuses = {"score": status, "item": "publié"}
    (fault,) = refused(tmp_path, description(resources=[resource(statuts=statuses)]))
    assert (fault.column, fault.value) == ("scores.score", str(status))
    assert fault.remedy == "Choisissez parmi : observé, publié, reconstitué, simulé"


def test_the_status_of_a_reserve_is_checked_too(tmp_path: Path) -> None:
    reserve = {"colonnes": ["item", "score"], "statut": "inventé", "texte": "…"}
    (fault,) = refused(tmp_path, description(resources=[resource(reserves=[reserve])]))
    assert (fault.column, fault.value) == ("scores.item, score", "inventé")


def test_every_unknown_status_is_told(tmp_path: Path) -> None:
    content = description(resources=[resource("a", statuts={"x": "?"}), resource("b", statuts={"y": "!"})])
    assert [fault.column for fault in refused(tmp_path, content)] == ["a.x", "b.y"]


def test_a_table_described_twice_is_refused(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, description(resources=[resource(), resource(statuts={})]))
    assert fault.message == "Table décrite deux fois"
