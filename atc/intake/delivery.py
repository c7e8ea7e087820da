"""The last step: checked tables take their place in ``data/raw``, all of them or none.

`atc.intake.landing` checks them aside as any wave is, then moves them in. Faults come back with the line of
the export, not of a file that nobody has seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from atc.intake.landing import land
from atc.intake.mapping import Mapping
from atc.intake.records import Record
from atc.intake.wavefiles import LICENCE, Collection, Origin, csv_bytes, resource
from atc.survey.datapackage import FILE
from atc.survey.dictionary import Dictionary
from atc.survey.errors import DataRefused, Fault, UsageError
from atc.survey.paths import Project
from atc.survey.settings import WaveSettings

MEANINGS = {
    "observé": "donnée réelle, recueillie par l’évaluation",
    "publié": "la valeur de chaque ligne figure dans une source publique",
    "reconstitué": "les lignes ont été établies pour que chaque résultat publié qui les concerne soit exact",
    "simulé": "la valeur illustre, sans plus",
}
# What someone may have completed by hand in the description of a wave, and that exports do not tell.
_BY_HAND = ("description", "licenses", "sources", "contributors")


@dataclass(frozen=True)
class Delivery:
    """A wave ready to be checked."""

    wave: WaveSettings
    mapping: Mapping
    rows: MappingType[str, Sequence[Record]]
    fingerprint: str


def deliver(project: Project, dictionary: Dictionary, delivery: Delivery, *, replacing: bool) -> bool:
    """Check a wave and put it in its place."""
    target = project.raw(delivery.wave.id)
    there = files_there(target)
    files = _files(dictionary, delivery, there)
    if files == there:
        return False
    drafted = not any(f"{name}.csv" in there for name in dictionary.tables)
    if there and not drafted and not replacing:
        raise UsageError(
            f"La vague « {target.name} » existe déjà, et ces fichiers la changeraient. "
            "Rien n’a été écrit. Ajoutez --replace pour la remplacer."
        )
    try:
        return land(project, target.name, files, replace=True)
    except DataRefused as refused:
        shown_as = project.relative(target)
        faults = [at_source(fault, shown_as, delivery.rows) for fault in refused.faults]
        raise DataRefused(dict.fromkeys(faults)) from refused


def files_there(target: Path) -> dict[str, bytes]:
    """Name -> content of the files of a wave; none if it is not there."""
    if not target.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in target.iterdir() if path.is_file()}


def _files(dictionary: Dictionary, delivery: Delivery, there: MappingType[str, bytes]) -> dict[str, bytes]:
    contents = {
        name: csv_bytes(dictionary.table(name), [dict(row.values) for row in rows])
        for name, rows in sorted(delivery.rows.items())
    }
    text = json.dumps(_description(dictionary, delivery, contents, there), ensure_ascii=False, indent=2)
    made = {f"{name}.csv": content for name, content in contents.items()} | {FILE: f"{text}\n".encode()}
    # The codebook and whatever else stands beside the tables stay.
    return {**there, **made}


def _description(
    dictionary: Dictionary,
    delivery: Delivery,
    contents: MappingType[str, bytes],
    there: MappingType[str, bytes],
) -> dict[str, Any]:
    mapping, wave = delivery.mapping, delivery.wave
    used = {mapping.status(t.name, c) for t in dictionary for c in t.fields}
    key = {"empreinte_cle": delivery.fingerprint} if delivery.fingerprint else {}
    said: dict[str, Any] = {"description": mapping.description} if mapping.description else {}
    if mapping.licence:
        known = mapping.licence == LICENCE["title"]
        said["licenses"] = [{**LICENCE} if known else {"title": mapping.licence}]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{wave.id}",
        "title": mapping.title,
        "licenses": [{"title": "à compléter : la licence de vos données"}],
        **_by_hand(there),
        **said,
        "version": mapping.version,
        "created": f"{wave.date.isoformat()}T00:00:00Z",
        "vague": wave.id,
        **key,
        "statut": {status: text for status, text in MEANINGS.items() if status in used},
        "resources": [
            resource(dictionary.table(name), content, _origin(dictionary, mapping, name))
            for name, content in contents.items()
        ],
    }


def _by_hand(files: MappingType[str, bytes]) -> dict[str, Any]:
    # Only of a draft or of observed data: what was said of made-up rows must not describe real ones.
    try:
        there = json.loads(files[FILE])
        statuses = {s for r in there.get("resources", ()) for s in r.get("statuts", {}).values()}
    except (KeyError, ValueError, AttributeError):
        return {}
    if statuses & {"simulé", "reconstitué"}:
        return {}
    return {key: there[key] for key in _BY_HAND if there.get(key)}


def _origin(dictionary: Dictionary, mapping: Mapping, name: str) -> Origin:
    when = mapping.collected[name]
    return Origin(
        statuts={column: mapping.status(name, column) for column in dictionary.table(name).fields},
        collecte=Collection(when.get("debut", ""), when.get("fin", ""), when["libelle"]),
        lecture="",
    )


def at_source(fault: Fault, shown_as: str, rows: MappingType[str, Sequence[Record]]) -> Fault:
    """The same fault, at the place of the file that gave the row."""
    table = fault.file.removeprefix(f"{shown_as}/").removesuffix(".csv")
    if table not in rows or not 2 <= fault.line < 2 + len(rows[table]):
        return fault
    record = rows[table][fault.line - 2]
    columns = fault.column.split(", ")
    places = [record.places[c] for c in columns if c in record.places] or list(record.places.values())[:1]
    place = places[0]
    column = f"{place.column} ({table}.{columns[0]})" if columns[0] else place.column
    return replace(fault, file=place.file, line=place.line, column=column, value=place.shown and fault.value)
