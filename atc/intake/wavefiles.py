"""The files of a wave that is made here: one CSV a table, and the ``datapackage.json`` that describes them.

UTF-8 without byte order mark, commas, line feeds on every system: the files are compared byte for
byte and by SHA-256. Dates come from the wave and never from the clock, for the same reason.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from atc.survey.datapackage import FILE, STATUSES
from atc.survey.dictionary import Dictionary, Rows, Table
from atc.survey.settings import WaveSettings

_, PUBLIE, _, SIMULE = STATUSES
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
AUTHORS = {"title": "Les auteurs des cahiers ATC", "roles": ["creator"]}


@dataclass(frozen=True)
class Collection:
    """When a table, or a whole wave, was collected.

    Attributes:
        debut: First month, ISO.
        fin: Last month, ISO.
        libelle: The same in French, as readers see it.
    """

    debut: str
    fin: str
    libelle: str


@dataclass(frozen=True)
class Origin:
    """Provenance of one table.

    Attributes:
        statuts: Status of each column.
        collecte: When it was collected, or read.
        lecture: What the rows rest on, in French.
    """

    statuts: Mapping[str, str]
    collecte: Collection
    lecture: str


@dataclass(frozen=True)
class Provenance:
    """Provenance of a whole wave.

    Attributes:
        description: What the rows are, in French.
        collecte: When they were collected.
        statut: Status -> what it means in this wave.
        sources: Where they come from, as Data Package writes it.
        origins: Table -> its provenance.
        graine: Seed of the draws.
        procedure: Command that writes the same files again; empty if there is none.
    """

    description: str
    collecte: Collection
    statut: Mapping[str, str]
    sources: Sequence[Mapping[str, str]]
    origins: Mapping[str, Origin]
    graine: int
    procedure: str = ""


def csv_bytes(table: Table, rows: Rows) -> bytes:
    """One table as it stands on disk, columns in the order of the dictionary."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(table.fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def resource(table: Table, content: bytes, origin: Origin) -> dict[str, Any]:
    """What ``datapackage.json`` says of one table."""
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.label,
        "description": table.description,
        # Version 2 of the standard replaces the profile tabular-data-resource by this type.
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dictionnaire": f"data/dictionary/{table.name}.json",
        "collecte": asdict(origin.collecte),
        "statuts": {column: origin.statuts[column] for column in table.fields},
        "reserves": [],
        "lecture": origin.lecture,
    }


def _descriptor(
    wave: WaveSettings, dictionary: Dictionary, contents: Mapping[str, bytes], provenance: Provenance
) -> dict[str, Any]:
    procedure = {"procedure": provenance.procedure} if provenance.procedure else {}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{wave.id}",
        "title": f"Animation territoriale citoyenne : {wave.label.lower()}",
        "description": provenance.description,
        "version": "1.0.0",
        "created": f"{wave.date.isoformat()}T00:00:00Z",
        "vague": wave.id,
        "graine": provenance.graine,
        **procedure,
        "champ_collecte": asdict(provenance.collecte),
        "statut": dict(provenance.statut),
        "licenses": [LICENCE],
        "sources": list(provenance.sources),
        "contributors": [AUTHORS],
        "resources": [
            resource(dictionary.table(name), contents[name], provenance.origins[name]) for name in contents
        ],
    }


def wave_files(
    wave: WaveSettings, dictionary: Dictionary, tables: Mapping[str, Rows], provenance: Provenance
) -> dict[str, bytes]:
    """Every file of a wave: name -> content.

    Args:
        wave: Its id, label and date.
        dictionary: Orders the columns.
        tables: Rows of each table of the dictionary, as text.
        provenance: Where they come from.
    """
    contents = {name: csv_bytes(dictionary.table(name), rows) for name, rows in sorted(tables.items())}
    text = json.dumps(_descriptor(wave, dictionary, contents, provenance), ensure_ascii=False, indent=2)
    return {f"{name}.csv": content for name, content in contents.items()} | {FILE: f"{text}\n".encode()}
