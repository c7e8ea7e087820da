"""From exports to ``data/raw/<vague>``: everything passes, or nothing is written.

In order: the mapping, the exports by the codes of their questions, the rows of each table, their files.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from atc.intake.mapping import OUI, SEPARATORS, Block, Mapping, Source, read_mapping
from atc.intake.mapping_book import FORMS
from atc.intake.persons import Key, Pseudonyms, read_key
from atc.intake.rows import (
    Assembler,
    Journal,
    Record,
    column_faults,
    complete,
    kept_rows,
    ordered,
    repeated,
    united,
)
from atc.intake.sheet import ALONE, STRUCTURE, WORKBOOK, Place, open_export
from atc.intake.tools import Answers, Structure, answers, structures
from atc.intake.values import TERRITORIES, TERRITORY, known_sites, spellings
from atc.intake.wavefiles import FINGERPRINT, deliver
from atc.intake.workbook import read_table, sheet_names
from atc.survey.datapackage import FILE
from atc.survey.dictionary import Dictionary, Table, load_dictionary
from atc.survey.errors import DataRefused, Fault, UsageError, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_csv
from atc.survey.settings import Settings, load_settings
from atc.survey.typography import counted


@dataclass(frozen=True)
class Request:
    """What the command asks for."""

    files: tuple[Path, ...]  # exports, and the files that describe questionnaires
    vague: str  # wave that they are for
    mapping: Path
    key: Path
    replace: bool  # whether a wave that is already there may be replaced


@dataclass(frozen=True)
class Outcome:
    """What came of it: the summary, and whether anything changed."""

    lines: tuple[str, ...]
    changed: bool


@dataclass(frozen=True)
class _Read:
    source: Source
    answers: Answers
    structure: Structure


@dataclass(frozen=True)
class _Wave:
    """What every step needs to know."""

    project: Project
    settings: Settings
    dictionary: Dictionary
    mapping: Mapping
    journal: Journal


def import_wave(project: Project, request: Request) -> Outcome:
    """Import a whole wave.

    Args:
        project: Where the waves are.
        request: What to import, and how.

    Returns:
        The summary, and whether anything changed.

    Raises:
        DataRefused: With every fault of the mapping, or else of the exports, or else of the tables they give.
        UsageError: The wave is unknown or already there, or the key is not kept as it must be.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    settings.wave(request.vague)
    mapping = _mapping(request, dictionary)
    key = read_key(request.key, project)
    _check_key(project, settings, request.vague, key)
    wave = _Wave(project, settings, dictionary, mapping, Journal())
    read = _read_all(wave, request)
    assembler = Assembler(Pseudonyms(key), mapping.absences, {}, wave.journal)
    rows = _tables(wave, read, assembler)
    persons = len(assembler.pseudonyms.given)
    fingerprint = key.fingerprint if persons else ""
    changed = deliver(project, mapping, rows, fingerprint, replacing=request.replace)
    counts = {name: len(records) for name, records in rows.items()}
    return Outcome(tuple(wave.journal.lines(persons, counts)), changed)


def _mapping(request: Request, dictionary: Dictionary) -> Mapping:
    name = shown(request.mapping.name)
    if not request.mapping.exists():
        raise UsageError(
            f"Le fichier de correspondance « {name} » n’existe pas. Partez d’un exemple de docs/exemples, "
            "ou faites-en une ébauche avec --propose."
        )
    mapping = read_mapping(read_bytes(request.mapping, name), name, dictionary)
    if mapping.vague != request.vague:
        remedy = f"Écrivez « vague: {request.vague} » si cette correspondance est bien la sienne"
        message = f"Correspondance d’une autre vague que {request.vague}"
        raise refusal(name, message, remedy, line=mapping.at.line, column="vague", value=mapping.vague)
    given = {table for source in mapping.sources for table in source.tables} | set(mapping.reprendre)
    absent = [table.name for table in dictionary if table.name not in given]
    if absent:
        remedy = "Donnez une source à chacune, ou reprenez celle d’une autre vague (« reprendre »)"
        raise refusal(name, f"Tables sans source : {', '.join(absent)}", remedy)
    return mapping


def _check_key(project: Project, settings: Settings, vague: str, key: Key) -> None:
    for other in dict.fromkeys((settings.wave(vague).previous, vague)):
        try:
            known = json.loads((project.raw(other or "") / FILE).read_bytes()).get(FINGERPRINT, "")
        except (OSError, ValueError, AttributeError):
            continue
        if known and known != key.fingerprint:
            raise UsageError(
                f"Ce n’est pas la clé de la vague {other} : les mêmes personnes auraient d’autres codes. "
                "Reprenez la même clé."
            )


# --- the exports


def _read_all(wave: _Wave, request: Request) -> list[_Read]:
    by_name = _by_name(request)
    _refuse(_unmatched(wave, by_name, request.mapping.name))
    read: list[_Read] = []
    faults: list[Fault] = []
    pairs = [(source, name) for source in wave.mapping.sources for name in by_name]
    for source, name in pairs:
        if _is_named(name, source.fichier):
            try:
                read.append(_read_one(wave.project, source, by_name[name], by_name))
            except DataRefused as refused:
                faults += refused.faults
    _refuse(faults)
    whole = []
    for one in read:
        rows, wrong = kept_rows(one.source, one.answers)
        faults += [*column_faults(one.source, one.answers), *wrong]
        whole.append(replace(one, answers=replace(one.answers, rows=rows)))
        left, total = len(one.answers.rows) - len(rows), len(one.answers.rows)
        if left:
            told = f"{counted(left, 'ligne laissée', 'lignes laissées')} de côté sur {total} (« garder »)"
            wave.journal.dropped.append(f"{one.answers.file} : {told}")
    _refuse(faults)
    for one in whole:
        _tell_reading(one, wave.journal)
    return whole


def _refuse(faults: Iterable[Fault]) -> None:
    once = dict.fromkeys(faults)
    if once:
        raise DataRefused(once)


def _by_name(request: Request) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in request.files:
        if path.resolve() == request.mapping.resolve():
            continue  # it lies beside the exports
        # macOS writes « é » as two characters.
        name = unicodedata.normalize("NFC", path.name)
        if name in found:
            remedy = "Renommez l’un des deux, ou retirez-le"
            raise refusal(shown(name), "Deux fichiers de même nom", remedy)
        found[name] = path
    return found


def _is_named(name: str, pattern: str) -> bool:
    # Brackets are part of the name: browsers call a second download « export[1].csv ».
    return fnmatchcase(name, unicodedata.normalize("NFC", pattern).replace("[", "[[]"))


def _unmatched(wave: _Wave, by_name: dict[str, Path], used: str) -> list[Fault]:
    wanted = [
        (source, pattern)
        for source in wave.mapping.sources
        for pattern in (source.fichier, source.structure)
        if pattern
    ]
    faults = []
    for name, path in list(by_name.items()):
        if any(_is_named(name, pattern) for _, pattern in wanted):
            continue
        if _is_mapping(path):
            # A draft that was put beside the exports, or the one that was used before.
            told = f"c’est une correspondance, laissée de côté ; celle de cet import est {shown(used)}"
            wave.journal.dropped.append(f"{shown(name)} : {told}")
            continue
        remedy = "Décrivez-le dans « sources », ou retirez-le de la commande"
        message = "Fichier que la correspondance ne connaît pas"
        faults.append(Fault(shown(name), 0, "", "", message, remedy))
    for source, pattern in wanted:
        if not any(_is_named(name, pattern) for name in by_name):
            remedy = "Ajoutez-le à la commande, ou corrigez son nom dans la correspondance"
            faults.append(source.at.fault("Fichier attendu, mais pas donné", remedy, pattern))
    return faults


def _is_mapping(path: Path) -> bool:
    if path.suffix.lower() != WORKBOOK:
        return False
    try:
        return {form.name for form in FORMS} <= set(sheet_names(read_bytes(path, path.name), path.name))
    except DataRefused:
        return False


def _read_one(project: Project, source: Source, path: Path, by_name: dict[str, Path]) -> _Read:
    content, name = open_export(path, project), shown(path.name)
    found: Sequence[Structure] = ()
    for other, beside in by_name.items():
        if source.structure and _is_named(other, source.structure):
            found = structures(source.outil, open_export(beside, project), shown(other))
    if path.suffix.lower() == STRUCTURE:
        message = "C’est la structure d’un questionnaire, pas ses réponses"
        remedy = "Donnez-la à la clé « structure », et l’export des réponses à « fichier »"
        raise refusal(name, message, remedy)
    separator, heading = SEPARATORS[source.separateur or ""], source.heading or ALONE
    sheet = read_table(path, content, source.feuille or "", separator=separator, heading=heading)
    structure = max(found, key=lambda one: one.spoken(sheet), default=Structure())
    return _Read(source, answers(source.outil, sheet, structure), structure)


def _tell_reading(read: _Read, journal: Journal) -> None:
    found, source = read.answers, read.source
    size = f"{counted(len(found.rows), 'ligne')}, {counted(len(found.headings), 'colonne')}"
    journal.read.append(f"{found.file} : {size} ({', '.join((source.outil, *found.notes))})")
    used = {rule.source for _, block in source.blocks for rule in block.rules}
    gone = [shown(heading) for code, heading in found.headings.items() if code not in used]
    if gone:
        journal.dropped.append(f"{found.file} : {', '.join(dict.fromkeys(gone))}")


# --- the tables


def _tables(wave: _Wave, read: list[_Read], assembler: Assembler) -> dict[str, list[Record]]:
    mapping = wave.mapping
    known = known_sites(wave.project, wave.settings, mapping.vague)
    # The very first wave has no list of territories yet: its own codes make it.
    own = {} if known else _own_codes(read)
    assembler.sites = spellings(known or own, mapping.sites)
    rows: dict[str, list[Record]] = {}
    faults: list[Fault] = []
    # The list of territories first: it teaches their spellings to the other tables.
    for table in sorted(wave.dictionary, key=lambda table: table.name != TERRITORIES):
        if table.name in mapping.reprendre:
            records = [*_reused(wave, table.name), *_added(mapping, table.name)]
            faults += repeated(records, table)
        else:
            known_before = len(assembler.faults)
            records, found = _assembled(table, read, assembler)
            if len(assembler.faults) == known_before:
                # Otherwise a cell that could not be read would be blamed twice.
                faults += [*found, *repeated(records, table)]
        if not records and not assembler.faults:
            remedy = "Vérifiez l’export et la clé « garder » de la correspondance"
            faults.append(mapping.at.fault(f"Aucune ligne pour la table {table.name}", remedy))
        if table.name == TERRITORIES:
            towns = {record.values[TERRITORY]: record.values["commune"] for record in records}
            assembler.sites = spellings(known | towns, mapping.sites)
        rows[table.name] = ordered(records, table)
    _refuse(assembler.faults + faults)
    return rows


def _assembled(table: Table, read: list[_Read], assembler: Assembler) -> tuple[list[Record], list[Fault]]:
    made: dict[bool, list[Record]] = {False: [], True: []}
    faults: list[Fault] = []
    for block, one in _blocks(read, table.name):
        given: Iterable[Record] = assembler.rows(table, block, one.answers, one.structure)
        if block.reunir:
            given, unsaid = united(given, table, block.reunir)
            faults += unsaid
        made[block.completer == OUI] += given
    records, absent = complete(made[False], made[True], table)
    return records, [*faults, *absent]


def _blocks(read: list[_Read], table: str) -> Iterator[tuple[Block, _Read]]:
    for one in read:
        for block in one.source.tables.get(table, ()):
            yield block, one


def _own_codes(read: list[_Read]) -> dict[str, str]:
    cells = {
        one.answers.rows[line][block.colonnes[TERRITORY].source]
        for block, one in _blocks(read, TERRITORIES)
        for line in one.answers.rows
        if block.completer != OUI and TERRITORY in block.colonnes and block.colonnes[TERRITORY].source
    }
    return {cell: "" for cell in cells if cell.isidentifier() and cell.islower()}


def _reused(wave: _Wave, table: str) -> Iterator[Record]:
    other = wave.mapping.reprendre[table]
    wave.settings.wave(other)
    path = wave.project.raw(other) / f"{table}.csv"
    file = wave.project.relative(path)
    for line, row in read_csv(read_bytes(path, file), file).records().items():
        yield Record(row, {column: Place(file, line, column, shown(cell)) for column, cell in row.items()})


def _added(mapping: Mapping, table: str) -> Iterator[Record]:
    for row in mapping.ajouter.get(table, ()):
        places = {name: Place(cell.at.file, cell.at.line, name, shown(cell)) for name, cell in row.items()}
        yield Record(row, places)
