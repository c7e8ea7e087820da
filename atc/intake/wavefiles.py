"""The files of a wave that is made here, checked aside and put in place in one move, or not at all.

One CSV a table, and the ``datapackage.json`` that describes them: UTF-8 without byte order mark, commas, line
feeds on every system, for files are compared byte for byte. Dates come from the wave, not from the clock.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atc.intake.mapping import Mapping
from atc.intake.rows import Record, at_source
from atc.survey.datapackage import FILE, STATUSES
from atc.survey.dictionary import Dictionary, Rows, Table, load_dictionary
from atc.survey.errors import DataRefused, UsageError, shown
from atc.survey.files import replacing, write
from atc.survey.paths import Project
from atc.survey.settings import WaveSettings, load_settings
from atc.survey.validation import validate_folder

_, PUBLIE, _, SIMULE = STATUSES
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
_MEANINGS = {
    "observé": "donnée réelle, recueillie par l’évaluation",
    "publié": "la valeur de chaque ligne figure dans une source publique",
    "reconstitué": "les lignes ont été établies pour que chaque résultat publié qui les concerne soit exact",
    "simulé": "la valeur illustre, sans plus",
}
# What someone may have completed by hand in the description of a wave, and that exports do not tell.
_BY_HAND = ("description", "licenses", "sources", "contributors")
#: Of the key of its pseudonyms.
FINGERPRINT = "empreinte_cle"
_AUTHORS = {"title": "Les auteurs des cahiers ATC", "roles": ["creator"]}


@dataclass(frozen=True)
class Provenance:
    """Provenance of a wave that was drawn."""

    description: str  # what the rows are, in French
    lecture: str  # what they rest on, in French
    collecte: MappingType[str, str]  # first and last month (``debut``, ``fin``), and as readers see it
    statut: MappingType[str, str]  # status -> what it means in this wave
    sources: Sequence[MappingType[str, str]]  # where the rows come from, as Data Package writes it
    statuts: MappingType[str, MappingType[str, str]]  # table -> column -> status
    graine: int  # seed of the draws
    procedure: str = ""  # command that writes the same files again; empty if there is none


def csv_bytes(table: Table, rows: Rows) -> bytes:
    """One table as it stands on disk, columns in the order of the dictionary."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(table.fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def hashed(content: bytes) -> dict[str, Any]:
    """What ``datapackage.json`` says of the bytes of a file."""
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def resource(
    table: Table,
    content: bytes,
    statuts: MappingType[str, str],
    collecte: MappingType[str, str],
    lecture: str = "",
) -> dict[str, Any]:
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
        **hashed(content),
        "dictionnaire": f"data/dictionary/{table.name}.json",
        "collecte": dict(collecte),
        "statuts": {column: statuts[column] for column in table.fields},
        "reserves": [],
        "lecture": lecture,
    }


def json_bytes(package: MappingType[str, Any]) -> bytes:
    """``datapackage.json`` as it stands on disk."""
    return f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode()


def wave_files(
    wave: WaveSettings, dictionary: Dictionary, tables: MappingType[str, Rows], provenance: Provenance
) -> dict[str, bytes]:
    """Every file of a wave that was drawn: name -> content.

    Args:
        wave: Its id, label and date.
        dictionary: Orders the columns.
        tables: Rows of each table of the dictionary, as text.
        provenance: Where they come from.
    """
    contents = {name: csv_bytes(dictionary.table(name), rows) for name, rows in sorted(tables.items())}
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{wave.id}",
        "title": f"Animation territoriale citoyenne : {wave.label.lower()}",
        "description": provenance.description,
        "version": "1.0.0",
        "created": f"{wave.date.isoformat()}T00:00:00Z",
        "vague": wave.id,
        "graine": provenance.graine,
        **({"procedure": provenance.procedure} if provenance.procedure else {}),
        "champ_collecte": dict(provenance.collecte),
        "statut": dict(provenance.statut),
        "licenses": [LICENCE],
        "sources": list(provenance.sources),
        "contributors": [_AUTHORS],
        "resources": [
            resource(
                dictionary.table(name),
                content,
                provenance.statuts[name],
                provenance.collecte,
                provenance.lecture,
            )
            for name, content in contents.items()
        ],
    }
    return {f"{name}.csv": content for name, content in contents.items()} | {FILE: json_bytes(package)}


def files_there(target: Path) -> dict[str, bytes]:
    """Name -> content of the files of a wave; none if it is not there."""
    if not target.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in target.iterdir() if path.is_file()}


def check_free(project: Project, vague: str, *, replace: bool) -> None:
    """Refuse to write over a wave unless told to.

    Raises:
        UsageError: The wave is there, and ``replace`` is false.
    """
    folder = project.raw(vague)
    if folder.exists() and not replace:
        raise UsageError(
            f"La vague « {shown(vague)} » existe déjà dans {project.relative(folder)}. "
            "Pour la remplacer, relancez avec --replace : l’ancienne reste en place tant que la nouvelle "
            "n’est pas vérifiée."
        )


def land(project: Project, vague: str, files: MappingType[str, bytes], *, replace: bool) -> bool:
    """Check the files of a wave as `atc check` would, then make them the wave.

    Args:
        project: Where the wave goes.
        vague: Its id.
        files: Name -> content: everything that the folder will hold.
        replace: Whether a wave that is there may go.

    Returns:
        Whether anything changed: the same files as those that stand are left alone.

    Raises:
        UsageError: The wave is there, and ``replace`` is false.
        DataRefused: The files break the dictionary; nothing was written.
    """
    check_free(project, vague, replace=replace)
    target = project.raw(vague)
    if target.is_dir() and files_there(target) == dict(files):
        return False
    with replacing(target) as (new,):
        for name, content in files.items():
            write(new / name, content)
        validate_folder(new, project.relative(target), vague, load_dictionary(project))
    return True


# --- of an imported wave


def deliver(
    project: Project,
    mapping: Mapping,
    rows: MappingType[str, Sequence[Record]],
    fingerprint: str,
    *,
    replacing: bool,
) -> bool:
    """Check an imported wave and put it in its place: whether anything changed.

    Faults come back with the line of the export, not of a file that nobody has seen.
    """
    dictionary, folder = load_dictionary(project), project.raw(mapping.vague)
    there = files_there(folder)
    contents = {
        name: csv_bytes(dictionary.table(name), [dict(row) for row in records])
        for name, records in sorted(rows.items())
    }
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"atc-{mapping.vague}",
        "title": mapping.titre,
        "licenses": [{"title": "à compléter : la licence de vos données"}],
        **_by_hand(there),
        **_said(mapping),
        "version": mapping.version or "1.0.0",
        "created": f"{load_settings(project).wave(mapping.vague).date.isoformat()}T00:00:00Z",
        "vague": mapping.vague,
        **({FINGERPRINT: fingerprint} if fingerprint else {}),
        "statut": _meanings(mapping, dictionary),
        "resources": [
            resource(dictionary.table(name), content, *_origin(mapping, dictionary.table(name)))
            for name, content in contents.items()
        ],
    }
    # The codebook and whatever else stands beside the tables stay.
    made = {f"{name}.csv": content for name, content in contents.items()}
    files = {**there, **made, FILE: json_bytes(package)}
    drafted = not any(f"{name}.csv" in there for name in dictionary.tables)
    if files != there and there and not drafted and not replacing:
        raise UsageError(
            f"La vague « {mapping.vague} » existe déjà, et ces fichiers la changeraient. "
            "Rien n’a été écrit. Ajoutez --replace pour la remplacer."
        )
    try:
        return land(project, mapping.vague, files, replace=True)
    except DataRefused as refused:
        faults = (at_source(fault, project.relative(folder), rows) for fault in refused.faults)
        raise DataRefused(dict.fromkeys(faults)) from refused


def _said(mapping: Mapping) -> dict[str, Any]:
    said: dict[str, Any] = {"description": mapping.description} if mapping.description else {}
    if mapping.licence:
        known = mapping.licence == LICENCE["title"]
        said["licenses"] = [{**LICENCE} if known else {"title": mapping.licence}]
    return said


def _meanings(mapping: Mapping, dictionary: Dictionary) -> dict[str, str]:
    used = {mapping.status(table.name, column) for table in dictionary for column in table.fields}
    return {status: text for status, text in _MEANINGS.items() if status in used}


def _origin(mapping: Mapping, table: Table) -> tuple[dict[str, str], dict[str, str]]:
    when = mapping.collectes.get(table.name, mapping.collecte)
    collected = {key: str(getattr(when, key) or "") for key in ("debut", "fin", "libelle")}
    return {column: mapping.status(table.name, column) for column in table.fields}, collected


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
