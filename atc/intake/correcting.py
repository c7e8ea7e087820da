"""A table of a wave that somebody corrected in a spreadsheet: what changed, then the wave again, or nothing.

A French Excel writes semicolons, Windows-1252 or a byte order mark, decimal commas, dd/mm/yyyy, and drops the
zeros that codes begin with. A cell that means what it meant before stays as it was, letter for letter.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from atc.intake.capped import read_workbook
from atc.intake.delimited import read_delimited
from atc.intake.delivery import at_source, files_there
from atc.intake.landing import land
from atc.intake.opening import WORKBOOK
from atc.intake.records import Place, Record
from atc.intake.sites import known_sites, spellings
from atc.intake.source import Sheet
from atc.intake.values import Reading, UnreadableError
from atc.intake.wavefiles import csv_bytes
from atc.survey.datapackage import FILE, read_package
from atc.survey.dictionary import Dictionary, Table, load_dictionary
from atc.survey.errors import DataRefused, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_csv
from atc.survey.settings import load_settings


@dataclass(frozen=True)
class _Corrected:
    table: Table
    records: Sequence[Record]
    changes: Sequence[str]


def correct(project: Project, vague: str, paths: Sequence[Path]) -> list[str]:
    """Put corrected tables in place of those of a wave, and mend their hashes.

    Args:
        project: Where the waves are.
        vague: A wave that is there.
        paths: Tables as a spreadsheet saved them, anywhere, the folder of the wave included.

    Returns:
        What changed, one line for each cell or row, in French.

    Raises:
        DataRefused: With every fault of the wave that these tables would make; nothing is written.
        UsageError: The wave is unknown.
    """
    settings = load_settings(project)
    settings.wave(vague)
    dictionary = load_dictionary(project)
    folder, shown_as = project.raw(vague), project.relative(project.raw(vague))
    read_package(folder, shown_as)  # refuses what the following could not change
    there = files_there(folder)
    package = json.loads(there[FILE])
    resources = {resource["name"]: resource for resource in package["resources"]}
    # Its own list of territories names sites that no wave before had.
    everywhere = spellings(known_sites(project, settings, ""), {})
    found = []
    for path in paths:
        sheet = _sheet(path)
        table = _table(sheet, path, dictionary)
        former = _former(folder / f"{table.name}.csv", resources[table.name]["hash"], table)
        readings = {name: Reading.of(table, name, everywhere) for name in table.fields}
        found.append(_corrected(sheet, table, former, readings))
    for one in found:
        content = csv_bytes(one.table, [dict(record.values) for record in one.records])
        there[f"{one.table.name}.csv"] = content
        resources[one.table.name] |= {
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        }
    there[FILE] = f"{json.dumps(package, ensure_ascii=False, indent=2)}\n".encode()
    try:
        land(project, vague, there, replace=True)
    except DataRefused as refused:
        rows = {one.table.name: one.records for one in found}
        raise DataRefused(dict.fromkeys(at_source(f, shown_as, rows) for f in refused.faults)) from refused
    return [line for one in found for line in one.changes]


def _sheet(path: Path) -> Sheet:
    content, name = (
        read_bytes(path, shown(path.name), "Vérifiez le chemin donné à la commande"),
        shown(path.name),
    )
    return (read_workbook if path.suffix.lower() == WORKBOOK else read_delimited)(content, name)


def _table(sheet: Sheet, path: Path, dictionary: Dictionary) -> Table:
    """The table of that name, or else the one that has these columns, in any order."""
    same = [table for table in dictionary if set(table.fields) == set(sheet.heading)]
    named = dictionary.tables.get(path.stem.casefold())
    if named is None and not same:
        remedy = f"Nommez le fichier comme sa table : {', '.join(dictionary.tables)}"
        raise refusal(sheet.file, "Ce ne sont les colonnes d’aucune table", remedy, line=1)
    if named is not None and named not in same:
        remedy = f"Rétablissez les colonnes : {', '.join(named.fields)}"
        raise refusal(sheet.file, "En-tête inattendu", remedy, line=1, value=", ".join(sheet.heading))
    return named or same[0]


def _former(path: Path, described: str, table: Table) -> dict[tuple[str, ...], dict[str, str]] | None:
    """Rows that the wave had, by their key; none where neither the folder nor git has that file any more."""
    contents = [path.read_bytes()] if path.is_file() else []
    with suppress(OSError):
        # Saved in place, the file that the wave describes is left in the history only.
        command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
        contents.append(subprocess.run(command, capture_output=True, check=False).stdout)
    for content in contents:
        if f"sha256:{hashlib.sha256(content).hexdigest()}" == described:
            rows = read_csv(content, path.name, may_be_empty=True).records().values()
            return {tuple(row[name] for name in table.primary_key): row for row in rows}
    return None


def _corrected(
    sheet: Sheet,
    table: Table,
    former: Mapping[tuple[str, ...], Mapping[str, str]] | None,
    readings: Mapping[str, Reading],
) -> _Corrected:
    known = former or {}
    ranks = {key: rank for rank, key in enumerate(known)}
    records: list[Record] = []
    for line, cells in sheet.rows.items():
        row = {name: cells[sheet.heading.index(name)].strip() for name in table.fields}
        places = {name: Place(sheet.file, line, name, shown(cell)) for name, cell in row.items()}
        key = tuple(_read(row[name], "", readings[name]) for name in table.primary_key)
        before = known.get(key, {})
        values = {name: _read(cell, before.get(name, ""), readings[name]) for name, cell in row.items()}
        records.append(Record(table.name, values, places))
    records.sort(key=lambda record: ranks.get(record.key(table.primary_key), len(ranks)))
    if former is None:
        missing = "la table d’avant n’est plus là, ses changements ne peuvent pas être montrés"
        return _Corrected(table, records, [f"{table.name} : {missing}"])
    return _Corrected(table, records, list(_changes(records, former, table)))


def _read(cell: str, before: str, reading: Reading) -> str:
    """The value of a cell; what cannot be read stays as it is, for the check of the wave to say so."""
    dropped = before.startswith("0") and before.lstrip("0") == cell
    if cell == before or dropped:
        return before
    try:
        value = reading(cell) if cell else ""
        with suppress(UnreadableError):
            return before if before and reading(before) == value else value
    except UnreadableError:
        return cell
    return value


def _changes(
    records: Sequence[Record], former: Mapping[tuple[str, ...], Mapping[str, str]], table: Table
) -> Iterator[str]:
    keys = [record.key(table.primary_key) for record in records]
    for record, key in zip(records, keys, strict=True):
        who = f"{table.name}, {', '.join(map(shown, key))}"
        if key not in former:
            yield f"{who} : ligne ajoutée"
            continue
        for name, value in record.values.items():
            if value != former[key][name]:
                yield f"{who}, {name} : « {shown(former[key][name])} » → « {shown(value)} »"
    for key in former:
        if key not in set(keys):
            yield f"{table.name}, {', '.join(map(shown, key))} : ligne retirée"
