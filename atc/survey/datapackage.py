"""``datapackage.json`` of a wave: where its files come from, their hashes, and what each column is worth.

The status of a column says how far its values may be believed:

- ``observé``: collected by the evaluators;
- ``publié``: this very value is printed in the report, or is a public fact;
- ``reconstitué``: the rows are ours, drawn so that every published aggregate about them holds exactly;
- ``simulé``: nothing was published about it; the value only illustrates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from atc.survey.errors import DataRefused, Fault, shown

Value = TypeVar("Value")

FILE = "datapackage.json"
# From the surest to the least sure: an exhibit is worth what its least sure column is worth.
STATUSES = OBSERVED, PRINTED, REBUILT, SIMULATED = "observé", "publié", "reconstitué", "simulé"
#: Of values that nobody gave.
MADE = (REBUILT, SIMULATED)
#: What readers are told of them: nothing of what was collected.
WORDS = {OBSERVED: "", PRINTED: "publié", REBUILT: "reconstitué", SIMULATED: "illustration"}
#: How a text begins that rests on made-up values, and what a heading says of all that stand under it.
EXAMPLE, EXAMPLES = "Exemple – ", "Exemple : données simulées"


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
        key: Fingerprint of the key of its pseudonyms; empty where no key made them.
    """

    vague: str
    title: str
    version: str
    licence: str
    resources: Mapping[str, Resource]
    key: str = ""

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


def _entry(raw: Mapping[str, Any], key: str, kind: type[Value]) -> Value:
    value = raw[key]
    if not isinstance(value, kind):
        raise KeyError(key)
    return value


def _reserve(raw: Mapping[str, Any]) -> Reserve:
    columns = frozenset(map(str, _entry(raw, "colonnes", list)))
    return Reserve(columns, _entry(raw, "statut", str), _entry(raw, "texte", str))


def _resource(raw: Mapping[str, Any]) -> Resource:
    return Resource(
        name=_entry(raw, "name", str),
        path=_entry(raw, "path", str),
        sha256=_entry(raw, "hash", str).removeprefix("sha256:"),
        statuses=_entry(raw, "statuts", dict),
        collected=_entry(_entry(raw, "collecte", dict), "libelle", str),
        reserves=tuple(_reserve(reserve) for reserve in raw.get("reserves", ())),
    )


def _package(raw: Mapping[str, Any]) -> Package:
    resources = [_resource(resource) for resource in _entry(raw, "resources", list)]
    return Package(
        vague=_entry(raw, "vague", str),
        title=_entry(raw, "title", str),
        version=_entry(raw, "version", str),
        licence=_entry(_entry(raw, "licenses", list)[0], "title", str),
        resources={resource.name: resource for resource in resources},
        key=str(raw.get("empreinte_cle", "")),
    )


def _status_faults(package: Package, where: str) -> Iterator[Fault]:
    remedy = f"Choisissez parmi : {', '.join(STATUSES)}"
    for resource in package.resources.values():
        statuses = list(resource.statuses.items())
        statuses += [(", ".join(sorted(r.columns)), r.status) for r in resource.reserves]
        for column, status in statuses:
            if status not in STATUSES:
                place = shown(f"{resource.name}.{column}")
                yield Fault(where, 0, place, shown(str(status)), "Statut inconnu", remedy)


def read_package(folder: Path, shown_as: str) -> Package:
    """Read the description of a wave.

    Args:
        folder: Folder of the wave.
        shown_as: The same folder as the evaluator knows it, for messages.

    Raises:
        DataRefused: The file is absent, is not JSON, lacks something, or has an unknown status.
    """
    where = f"{shown_as}/{FILE}"
    try:
        raw = json.loads((folder / FILE).read_bytes())
        package = _package(raw)
    except FileNotFoundError as error:
        remedy = "Ajoutez ce fichier, qui décrit l’origine et le statut de chaque colonne"
        raise DataRefused([Fault(where, 0, "", "", "Fichier absent", remedy)]) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        line = getattr(error, "lineno", 0)
        remedy = "Corrigez la ponctuation du fichier (virgules, guillemets, accolades)"
        raise DataRefused([Fault(where, line, "", "", "JSON illisible", remedy)]) from error
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        remedy = "Complétez la description en suivant celle d’une autre vague"
        entry = str(error.args[0]) if isinstance(error, KeyError) else ""
        fault = Fault(where, 0, "", entry, "Entrée absente ou mal formée", remedy)
        raise DataRefused([fault]) from error
    faults = list(_status_faults(package, where))
    if len(package.resources) != len(raw["resources"]):
        remedy = "Gardez une seule description par table"
        faults.append(Fault(where, 0, "resources", "", "Table décrite deux fois", remedy))
    if faults:
        raise DataRefused(faults)
    return package
