"""From exports to ``data/raw/<vague>``: everything passes, or nothing is written."""

import dataclasses
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from atc.intake.books import Place, Text
from atc.intake.mapping import OUI, SEPARATORS, Mapping, Source, read_mapping
from atc.intake.persons import read_key
from atc.intake.reading import ALONE, Sheet, read_table
from atc.intake.rows import Assembler, Record, column_faults, gathered, ordered
from atc.intake.tools import STRUCTURE, Structure, answers, open_export, structures
from atc.intake.values import TERRITORIES, TERRITORY, known_sites, spellings
from atc.intake.wavefiles import FINGERPRINT, deliver
from atc.survey.datapackage import FILE
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.errors import DataRefused, Fault, Messages, UsageError, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_rows
from atc.survey.settings import load_settings
from atc.survey.typography import counted

_said = Messages(__name__)


def import_wave(
    project: Project, vague: str, files: Sequence[Path], mapping_file: Path, key: Path, *, replace: bool
) -> tuple[list[str], bool]:
    """Import a whole wave: the summary, and whether anything changed.

    A `DataRefused` has every fault of the mapping, or else of the exports, or else of the tables they give; a
    `UsageError` tells that the wave is unknown or already there, or the key not kept as it must be.
    """
    wave, dictionary = load_settings(project).wave(vague), load_dictionary(project)
    name = shown(mapping_file.name)
    if not mapping_file.exists():
        raise UsageError(_said("no_mapping", name=name))
    mapping = read_mapping(read_bytes(mapping_file, name), name, dictionary)
    if mapping.vague != vague:
        raise _said.refusal("other_wave", name, mapping.at.line, "vague", mapping.vague, wave=vague)
    given = {table for source in mapping.sources for table in source.tables} | set(mapping.reprendre)
    if absent := [table for table in dictionary.tables if table not in given]:
        raise _said.refusal("no_source", name, tables=", ".join(absent))
    pseudonyms = read_key(key, project)
    for other in dict.fromkeys((wave.previous, vague)):
        with suppress(OSError, ValueError, AttributeError):
            known = json.loads((project.raw(other or "") / FILE).read_bytes()).get(FINGERPRINT, "")
            if known and known != pseudonyms.fingerprint:
                raise UsageError(_said("other_key", wave=other))
    assembler = Assembler(pseudonyms, mapping.absences)
    # The mapping may lie beside the exports.
    paths = [path for path in files if path.resolve() != mapping_file.resolve()]
    if unmatched := [*_unmatched(paths, mapping, name, assembler)]:
        raise DataRefused(dict.fromkeys(unmatched))
    read = _exports(project, paths, mapping, assembler)
    rows = _tables(project, dictionary, mapping, read, assembler)
    fingerprint = pseudonyms.fingerprint if pseudonyms.given else ""
    changed = deliver(project, mapping, rows, fingerprint, replacing=replace)
    return [*assembler.summary(rows)], changed


def _named(paths: Sequence[Path], pattern: str | None) -> list[Path]:
    # macOS writes « é » as two characters; browsers call a second download « export[1].csv ».
    literal = unicodedata.normalize("NFC", pattern or "").replace("[", "[[]")
    return [path for path in paths if fnmatchcase(unicodedata.normalize("NFC", path.name), literal)]


def _unmatched(paths: Sequence[Path], mapping: Mapping, used: str, told: Assembler) -> Iterator[Fault]:
    patterns = [(source, name) for source in mapping.sources for name in (source.fichier, source.structure)]
    expected = {path for _, pattern in patterns for path in _named(paths, pattern)}
    for path in (path for path in paths if path not in expected):
        if path.stem.casefold().startswith("correspondance"):
            # A draft that was put beside the exports, or the one that was used before.
            told.dropped.append(_said("other_mapping", name=shown(path.name), used=used))
        else:
            yield _said.fault("unexpected", shown(path.name))
    for source, pattern in patterns:
        if pattern and not _named(paths, pattern):
            yield _said.fault("expected", *source.at.where, pattern)


def _exports(
    project: Project, paths: Sequence[Path], mapping: Mapping, told: Assembler
) -> list[tuple[Source, Sheet]]:
    """Every source of the mapping with each of its files, whatever is wrong told at once."""
    read, faults = list[tuple[Source, Sheet]](), list[Fault]()
    for source in mapping.sources:
        used = {rule.source for _, block in source.blocks for rule in block.rules if rule.source}
        for path in _named(paths, source.fichier):
            try:
                described = [
                    structure
                    for one in _named(paths, source.structure)
                    for structure in structures(source.outil, open_export(one, project), shown(one.name))
                ]
                content = open_export(path, project)
                if path.suffix.lower() == STRUCTURE:
                    raise _said.refusal("structure", shown(path.name))
                separator, heading = SEPARATORS[source.separateur or ""], source.heading or ALONE
                sheet = read_table(path, content, source.feuille or "", separator=separator, heading=heading)
                structure = max(described, key=lambda one: one.spoken(sheet), default=Structure())
                sheet = answers(source.outil, sheet, structure, {*used, *source.garder, *source.ignorer})
            except DataRefused as refused:
                faults += refused.faults
                continue
            rows = {
                line: cells
                for line, cells in sheet.rows.items()
                if all(cells.get(column, "") in values for column, values in source.garder.items())
            }
            read.append((source, dataclasses.replace(sheet, rows=rows)))
            faults += column_faults(source, sheet)
            size = f"{counted(len(rows), 'ligne')}, {counted(len(sheet.headings), 'colonne')}"
            told.read.append(f"{sheet.file} : {size} ({', '.join((source.outil, *sheet.notes))})")
            if left := len(sheet.rows) - len(rows):
                aside = counted(left, "ligne laissée", "lignes laissées")
                told.dropped.append(_said("aside", file=sheet.file, rows=aside, all=len(sheet.rows)))
            gone = (shown(name) for code, name in sheet.headings.items() if code not in used)
            if names := ", ".join(dict.fromkeys(gone)):
                told.dropped.append(f"{sheet.file} : {names}")
    if faults:
        raise DataRefused(dict.fromkeys(faults))
    return read


def _tables(
    project: Project,
    dictionary: Dictionary,
    mapping: Mapping,
    read: Sequence[tuple[Source, Sheet]],
    assembler: Assembler,
) -> dict[str, list[Record]]:
    """Table -> its rows; every fault of every table at once."""
    settings = load_settings(project)
    known = known_sites(project, settings, mapping.vague)
    assembler.sites = spellings(known, mapping.sites) if known else {}
    rows: dict[str, list[Record]] = {}
    faults: list[Fault] = []
    # The list of territories first: it teaches their spellings to the other tables.
    for table in sorted(dictionary, key=lambda table: table.name != TERRITORIES):
        unreadable = len(assembler.faults)
        given: Iterable[tuple[Record, bool, dict[Any, Text]]] = (
            (row, block.completer == OUI, block.reunir)
            for source, sheet in read
            for block in source.tables.get(table.name, ())
            for row in assembler.rows(table, block, sheet)
        )
        if table.name in mapping.reprendre:
            settings.wave(mapping.reprendre[table.name])
            given = ((row, False, {}) for row in _reused(project, mapping, table.name))
        records, found = gathered(given, table)
        if len(assembler.faults) == unreadable:
            # Otherwise a cell that could not be read would be blamed twice.
            faults += found
        if not records and not assembler.faults:
            faults.append(_said.fault("no_row", *mapping.at.where, table=table.name))
        if table.name == TERRITORIES:
            towns = {str(record[TERRITORY]): str(record["commune"]) for record in records}
            assembler.sites = spellings(known | towns, mapping.sites)
        rows[table.name] = ordered(records, table)
    if faults := [*assembler.faults, *faults]:
        raise DataRefused(dict.fromkeys(faults))
    return rows


def _reused(project: Project, mapping: Mapping, table: str) -> Iterator[Record]:
    """Rows of another wave, then those that the mapping adds."""
    path = project.raw(mapping.reprendre[table]) / f"{table}.csv"
    file = project.relative(path)
    for line, row in read_rows(read_bytes(path, file), file).items():
        yield {name: Text(cell, Place(file, line, name, shown(cell))) for name, cell in row.items()}
    for added in mapping.ajouter.get(table, ()):
        yield {n: Text(v, dataclasses.replace(v.at, column=n, quoted=shown(v))) for n, v in added.items()}
