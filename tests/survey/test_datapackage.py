"""The description of a wave: read whole, or refused with what is missing and what the folder denies."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from survey.validation.small_wave import FOLDER, SmallWave

from atc.survey.datapackage import FILE, STATUSES, read_package
from atc.survey.errors import DataRefused, Fault

WHERE = f"{FOLDER}/{FILE}"
WRITE = "Écrivez observé, publié, reconstitué ou simulé"
NOT_THERE = "Statut ou réserve d’une colonne inconnue"


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
    return read_package(folder, FOLDER)


def test_a_description_is_read_whole_and_an_exhibit_is_worth_its_least_sure_column(tmp_path: Path) -> None:
    crossing = {"colonnes": ["repondant", "item"], "statut": "simulé", "texte": "Croisement inconnu."}
    package = read(tmp_path, description(resources=[resource(reserves=[crossing])]))
    assert (package.vague, package.title, package.version) == ("2020-automne", "Vague", "1.0.0")
    assert package.licence == "Licence Ouverte 2.0"
    scores = package.resources["scores"]
    assert (scores.path, scores.sha256, scores.collected) == ("scores.csv", "00ff", "été 2020")
    assert STATUSES == ("observé", "publié", "reconstitué", "simulé")
    assert package.worst(["scores.item"]) == "publié"
    assert package.worst(["scores.repondant"]) == "reconstitué"
    assert package.worst(["scores.score", "scores.item"]) == "simulé"
    # A reserve holds when all its columns are used.
    assert package.worst(["scores.repondant", "scores.item"]) == "simulé"


#: What is described otherwise -> where that is told, and what was found there.
MALFORMED = [
    (b"[]", "", ""),
    (description(vague=3), "vague", "3"),
    (description(version=1.0), "version", "1.0"),
    (description(licenses=[]), "licenses.0.title", ""),
    (description(resources=["scores"]), "resources", ""),
    (description(resources=[resource(hash=None)]), "resources.scores.hash", ""),
    (description(resources=[resource(statuts=[])]), "resources.scores.statuts", ""),
    *(
        (description(resources=[resource(statuts={"x": found, "y": "publié"})]), "resources.scores.statuts.x",
         str(found))
        for found in (3, "publie", "Publié", "")
    ),
    (description(resources=[resource(collecte={})]), "resources.scores.collecte.libelle", ""),
    (description(resources=[resource(reserves=[{"statut": "simulé", "texte": "…"}])]),
     "resources.scores.reserves.0.colonnes", ""),
    (description(resources=[resource(reserves=[{"colonnes": ["item"], "statut": "inventé", "texte": "…"}])]),
     "resources.scores.reserves.0.statut", "inventé"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "place", "found"), MALFORMED)
def test_a_missing_malformed_or_unknown_entry_is_named(
    content: Any, place: str, found: str, tmp_path: Path
) -> None:
    with pytest.raises(DataRefused) as caught:
        read(tmp_path, content)
    remedy = WRITE if ".x" in place or found == "inventé" else "Suivez la description d’une autre vague"
    assert caught.value.faults == (Fault(WHERE, 0, place, found, "Entrée absente ou mal formée", remedy),)


def _columns(effets: dict[str, Any]) -> None:
    del effets["statuts"]["type"]
    effets["statuts"]["courriel"] = "simulé"
    effets["reserves"] = [{"colonnes": ["cout"], "statut": "simulé", "texte": "…"}]


#: Change of the description of effets, or of the whole -> column, value and message of each fault.
DENIED: list[tuple[Callable[[dict[str, Any], dict[str, Any]], Any], list[tuple[str, str, str]]]] = [
    (lambda effets, package: package["resources"].remove(effets),
     [("effets", "", "Table absente de la description")]),
    (lambda effets, package: package["resources"].append({**effets, "name": "budgets"}),
     [("budgets", "", "Table inconnue du dictionnaire")]),
    (lambda effets, _: effets.update(path="../effets.csv"),
     [("effets", "../effets.csv", "Chemin inattendu")]),
    (lambda effets, _: _columns(effets),
     [*((f"effets.{name}", "", NOT_THERE) for name in ("courriel", "cout")),
      ("effets.type", "", "Colonne sans statut")]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "told"), DENIED)
def test_the_description_and_the_folder_must_agree(
    change: Callable, told: list[tuple[str, str, str]], wave: SmallWave
) -> None:
    package = wave.package
    change(next(r for r in package["resources"] if r["name"] == "effets"), package)
    wave.write_package(package)
    assert [(f.file, f.column, f.value, f.message) for f in wave.faults()] == [
        (WHERE, *each) for each in told
    ]


@pytest.mark.parametrize("name", ["contacts.xlsx", "scores (1).csv", "a\x1b[2J.csv"])
def test_an_unknown_file_is_refused_but_what_file_managers_leave(name: str, wave: SmallWave) -> None:
    for ours in (name, ".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep", "~$effets.csv"):
        (wave.raw / ours).write_bytes(b"")
    (fault,) = wave.faults()
    assert fault.message == "Fichier inattendu"
    assert fault.file == f"{FOLDER}/{name}".replace("\x1b", "[U+001B]")
