"""A table of a wave that somebody corrected in a spreadsheet: what changed, then the wave again, or nothing.

A French Excel writes semicolons, Windows-1252 or a byte order mark, decimal commas, dd/mm/yyyy, and drops the
zeros that codes begin with. A cell that means what it meant before stays as it was, letter for letter.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from atc.intake.mapping_tree import Text
from atc.intake.rows import Record, at_source, key_of
from atc.intake.sheet import Place, Sheet
from atc.intake.values import Reading, UnreadableError, known_sites, spellings
from atc.intake.wavefiles import csv_bytes, files_there, hashed, json_bytes, land
from atc.intake.workbook import read_table
from atc.survey.datapackage import FILE, read_package
from atc.survey.dictionary import Dictionary, Table, load_dictionary
from atc.survey.errors import DataRefused, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_rows
from atc.survey.settings import load_settings

#: Rows that a file had, by their key.
Former: TypeAlias = Mapping[tuple[str, ...], Mapping[str, str]]


def correct(
    project: Project, vague: str, paths: Sequence[Path], decided: Mapping[str, Sequence[Record]] | None = None
) -> list[str]:
    """Put corrected tables in place of those of a wave, and mend their hashes.

    Args:
        project: Where the waves are.
        vague: A wave that is there.
        paths: Tables as a spreadsheet saved them, anywhere, the folder of the wave included.
        decided: Tables as somebody decided them in a workbook.

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
    changes: list[str] = []
    rows: dict[str, Sequence[Record]] = dict(decided or {})
    former = {
        table.name: _former(folder / f"{table.name}.csv", resources[table.name]["hash"], table)
        for table in dictionary
    }
    for path in paths:
        content = read_bytes(path, shown(path.name), "Vérifiez le chemin donné à la commande")
        sheet = read_table(path, content)
        table = _table(sheet, path, dictionary)
        if table.name in rows:
            remedy = "Donnez une seule fois chaque table"
            raise refusal(sheet.file, "Cette table est déjà dans un autre fichier", remedy, value=table.name)
        readings = {name: Reading.of(table, name, everywhere) for name in table.fields}
        rows[table.name] = _records(sheet, table, former[table.name] or {}, readings)
    for table in map(dictionary.table, rows):
        keyed = {key_of(record, table.primary_key): record for record in rows[table.name]}
        changes += changed(table.name, former[table.name], keyed)
        content = csv_bytes(table, [dict(record) for record in rows[table.name]])
        there[f"{table.name}.csv"] = content
        resources[table.name] |= hashed(content)
    try:
        land(project, vague, {**there, FILE: json_bytes(package)})
    except DataRefused as refused:
        raise DataRefused(dict.fromkeys(at_source(f, shown_as, rows) for f in refused.faults)) from refused
    return changes


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


def _former(path: Path, described: str, table: Table) -> Former | None:
    """None where neither the folder nor git has the file that the wave describes any more."""
    contents = [path.read_bytes()] if path.is_file() else []
    with suppress(OSError):
        # Saved in place, the file that the wave describes is left in the history only.
        command = ["git", "-C", str(path.parent), "show", f"HEAD:./{path.name}"]
        contents.append(subprocess.run(command, capture_output=True, check=False).stdout)
    for content in contents:
        if hashed(content)["hash"] == described:
            rows = read_rows(content, path.name, alone=True).values()
            return {tuple(row[name] for name in table.primary_key): row for row in rows}
    return None


def _records(sheet: Sheet, table: Table, former: Former, readings: Mapping[str, Reading]) -> list[Record]:
    """Rows of a corrected table, in the order that they had."""
    ranks = {key: rank for rank, key in enumerate(former)}
    records: list[Record] = []
    for line, cells in sheet.rows.items():
        key = tuple(_read(cells[name], "", readings[name]) for name in table.primary_key)
        before = former.get(key, {})
        values = {name: _read(cells[name], before.get(name, ""), readings[name]) for name in table.fields}
        records.append(
            {name: Text(v, Place(sheet.file, line, name, shown(cells[name]))) for name, v in values.items()}
        )
    return sorted(records, key=lambda record: ranks.get(key_of(record, table.primary_key), len(ranks)))


def _read(cell: str, before: str, reading: Reading) -> str:
    """The value of a cell; what cannot be read stays as it is, for the check of the wave to say so."""
    dropped = before.startswith("0") and before.lstrip("0") == cell
    if cell == before or dropped:
        return before
    try:
        value = reading(cell) if cell else ""
    except UnreadableError:
        return cell
    with suppress(UnreadableError):
        return before if before and reading(before) == value else value
    return value


def changed(name: str, former: Former | None, rows: Former) -> Iterator[str]:
    """What changed in a file, cell by cell, in French."""
    if former is None:
        yield f"{name} : la table d’avant n’est plus là, ses changements ne peuvent pas être montrés"
        return
    for key, row in rows.items():
        who = f"{name}, {', '.join(map(shown, key))}"
        if key not in former:
            yield f"{who} : ligne ajoutée"
            continue
        for column, value in row.items():
            if value != former[key][column]:
                yield f"{who}, {column} : « {shown(former[key][column])} » → « {shown(value)} »"
    for key in (key for key in former if key not in rows):
        yield f"{name}, {', '.join(map(shown, key))} : ligne retirée"
