"""``datapackage.json`` of a wave: where its files come from, their hashes, and what each column is worth.

The status of a column says how far its values may be believed:

- ``observé``: collected by the evaluators;
- ``publié``: this very value is printed in the report, or is a public fact;
- ``reconstitué``: the rows are ours, drawn so that every published aggregate about them holds exactly;
- ``simulé``: nothing was published about it; the value only illustrates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atc.errors import DataRefused, Fault

FILE = "datapackage.json"
# From the surest to the least sure: an exhibit is worth what its least sure column is worth.
STATUSES = ("observé", "publié", "reconstitué", "simulé")


@dataclass(frozen=True)
class Reserve:
    """What the status of single columns cannot say: a crossing or a split that was never published.

    Attributes:
        columns: The reserve holds when an exhibit uses all of them.
        status: Status of that crossing.
        text: The reserve, as readers see it.
    """

    columns: frozenset[str]
    status: str
    text: str


@dataclass(frozen=True)
class Resource:
    """One file of a wave.

    Attributes:
        name: Table that it holds.
        path: File name, in the folder of the wave.
        sha256: Hash of its bytes, as declared.
        statuses: Column -> status.
        collected: When it was collected, as readers see it.
        reserves: What its statuses leave out; none for observed data.
    """

    name: str
    path: str
    sha256: str
    statuses: Mapping[str, str]
    collected: str
    reserves: tuple[Reserve, ...]


@dataclass(frozen=True)
class Package:
    """One wave as received.

    Attributes:
        vague: Id of the wave.
        title: As readers see it.
        version: Version of the data.
        licence: Name of its licence.
        resources: Table -> file.
    """

    vague: str
    title: str
    version: str
    licence: str
    resources: Mapping[str, Resource]

    def status(self, dotted: str) -> str:
        """Status of one column, named ``table.colonne``."""
        table, _, column = dotted.partition(".")
        return self.resources[table].statuses[column]

    def reserves(self, columns: Iterable[str]) -> tuple[Reserve, ...]:
        """Reserves that hold when these columns (``table.colonne``) are used together."""
        used = set(columns)
        return tuple(
            reserve
            for resource in self.resources.values()
            for reserve in resource.reserves
            if {f"{resource.name}.{column}" for column in reserve.columns} <= used
        )

    def worst(self, columns: Iterable[str]) -> str:
        """Status of the least sure of several columns, or of what was made of them together."""
        used = tuple(columns)
        found = [self.status(column) for column in used]
        found += [reserve.status for reserve in self.reserves(used)]
        return max(found, key=STATUSES.index)


def _resource(raw: Mapping[str, Any]) -> Resource:
    return Resource(
        name=raw["name"],
        path=raw["path"],
        sha256=raw["hash"].removeprefix("sha256:"),
        statuses=raw["statuts"],
        collected=raw["collecte"]["libelle"],
        reserves=tuple(
            Reserve(frozenset(r["colonnes"]), r["statut"], r["texte"]) for r in raw.get("reserves", ())
        ),
    )


def read_package(folder: Path, shown_as: str) -> Package:
    """Read the description of a wave.

    Args:
        folder: Folder of the wave.
        shown_as: The same folder as the evaluator knows it, for messages.

    Raises:
        DataRefused: The file is absent, is not JSON, lacks something, or has an unknown status.
    """
    path = folder / FILE
    where = f"{shown_as}/{FILE}"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        package = Package(
            vague=raw["vague"],
            title=raw["title"],
            version=raw["version"],
            licence=raw["licenses"][0]["title"],
            resources={r["name"]: _resource(r) for r in raw["resources"]},
        )
    except FileNotFoundError as error:
        remedy = "Ajoutez ce fichier, qui décrit l’origine et le statut de chaque colonne"
        raise DataRefused([Fault(where, 0, "", "", "Fichier absent", remedy)]) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        line = getattr(error, "lineno", 0)
        remedy = "Corrigez la ponctuation du fichier (virgules, guillemets, accolades)"
        raise DataRefused([Fault(where, line, "", "", "JSON illisible", remedy)]) from error
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        remedy = "Complétez la description en suivant celle d’une autre vague"
        fault = Fault(where, 0, "", str(error).strip("'"), "Entrée absente ou mal formée", remedy)
        raise DataRefused([fault]) from error
    unknown = [
        Fault(
            where,
            0,
            f"{r.name}.{column}",
            status,
            "Statut inconnu",
            f"Choisissez parmi : {', '.join(STATUSES)}",
        )
        for r in package.resources.values()
        for column, status in r.statuses.items()
        if status not in STATUSES
    ]
    if unknown:
        raise DataRefused(unknown)
    return package
