"""From exports to ``data/raw/<vague>``: everything passes, or nothing is written.

In order: the mapping, the exports by the codes of their questions, the rows of each table, their files.
"""

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
from atc.intake.mapping_files import FORMS
from atc.intake.persons import read_key
from atc.intake.reading import ALONE, WORKBOOK, Sheet, read_table, sheet_names
from atc.intake.rows import Assembler, Record, as_named, column_faults, gathered, kept_rows, ordered
from atc.intake.tools import STRUCTURE, Structure, answers, open_export, structures
from atc.intake.values import TERRITORIES, TERRITORY, known_sites, spellings
from atc.intake.wavefiles import FINGERPRINT, deliver
from atc.survey.datapackage import FILE
from atc.survey.dictionary import Dictionary, load_dictionary
from atc.survey.errors import DataRefused, Fault, UsageError, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import read_bytes, read_rows
from atc.survey.settings import Settings, load_settings
from atc.survey.typography import counted


def import_wave(
    project: Project, vague: str, files: Sequence[Path], mapping_file: Path, key: Path, *, replace: bool
) -> tuple[list[str], bool]:
    """Import a whole wave: the summary, and whether anything changed.

    Raises:
        DataRefused: With every fault of the mapping, or else of the exports, or else of the tables they give.
        UsageError: The wave is unknown or already there, or the key is not kept as it must be.
    """
    settings, dictionary = load_settings(project), load_dictionary(project)
    wave = settings.wave(vague)
    mapping = _mapping(mapping_file, vague, dictionary)
    pseudonyms = read_key(key, project)
    for other in dict.fromkeys((wave.previous, vague)):
        try:
            known = json.loads((project.raw(other or "") / FILE).read_bytes()).get(FINGERPRINT, "")
        except (OSError, ValueError, AttributeError):
            continue
        if known and known != pseudonyms.fingerprint:
            raise UsageError(
                f"Ce n’est pas la clé de la vague {other} : les mêmes personnes auraient d’autres codes. "
                "Reprenez la même clé."
            )
    assembler = Assembler(pseudonyms, mapping.absences)
    # The mapping may lie beside the exports.
    paths = [path for path in files if path.resolve() != mapping_file.resolve()]
    _refuse(_unmatched(paths, mapping, mapping_file.name, assembler))
    read = _exports(project, paths, mapping, assembler)
    rows = _tables(project, settings, mapping, read, assembler)
    fingerprint = pseudonyms.fingerprint if pseudonyms.given else ""
    changed = deliver(project, mapping, rows, fingerprint, replacing=replace)
    return [*assembler.summary(rows)], changed


def _mapping(path: Path, vague: str, dictionary: Dictionary) -> Mapping:
    name = shown(path.name)
    if not path.exists():
        raise UsageError(
            f"Le fichier de correspondance « {name} » n’existe pas. Partez d’un exemple de docs/exemples, "
            "ou faites-en une ébauche avec --propose."
        )
    mapping = read_mapping(read_bytes(path, name), name, dictionary)
    if mapping.vague != vague:
        remedy = f"Écrivez « vague: {vague} » si cette correspondance est bien la sienne"
        message = f"Correspondance d’une autre vague que {vague}"
        raise refusal(name, message, remedy, line=mapping.at.line, column="vague", value=mapping.vague)
    given = {table for source in mapping.sources for table in source.tables} | set(mapping.reprendre)
    absent = [table.name for table in dictionary if table.name not in given]
    if absent:
        remedy = "Donnez une source à chacune, ou reprenez celle d’une autre vague (« reprendre »)"
        raise refusal(name, f"Tables sans source : {', '.join(absent)}", remedy)
    return mapping


def _refuse(faults: Iterable[Fault]) -> None:
    once = dict.fromkeys(faults)
    if once:
        raise DataRefused(once)


# --- the exports


def _exports(
    project: Project, paths: Sequence[Path], mapping: Mapping, told: Assembler
) -> list[tuple[Source, Sheet]]:
    """Every source of the mapping with each of its files, whatever is wrong told at once."""
    read: list[tuple[Source, Sheet]] = []
    faults: list[Fault] = []
    for source in mapping.sources:
        for path in _named(paths, source.fichier):
            try:
                described = [
                    structure
                    for one in _named(paths, source.structure)
                    for structure in structures(source.outil, open_export(one, project), shown(one.name))
                ]
                sheet = _sheet(source, path, open_export(path, project), described)
                read.append((source, as_named(source, sheet)))
            except DataRefused as refused:
                faults += refused.faults
    _refuse(faults)
    kept: list[tuple[Source, Sheet]] = []
    for source, whole in read:
        sheet = kept_rows(source, whole)
        kept.append((source, sheet))
        faults += column_faults(source, sheet)
        size = f"{counted(len(sheet.rows), 'ligne')}, {counted(len(sheet.headings), 'colonne')}"
        told.read.append(f"{sheet.file} : {size} ({', '.join((source.outil, *sheet.notes))})")
        if left := len(whole.rows) - len(sheet.rows):
            aside = counted(left, "ligne laissée", "lignes laissées")
            told.dropped.append(f"{sheet.file} : {aside} de côté sur {len(whole.rows)} (« garder »)")
        used = {rule.source for _, block in source.blocks for rule in block.rules}
        if gone := dict.fromkeys(shown(name) for code, name in sheet.headings.items() if code not in used):
            told.dropped.append(f"{sheet.file} : {', '.join(gone)}")
    _refuse(faults)
    return kept


def _named(paths: Sequence[Path], pattern: str | None) -> list[Path]:
    # macOS writes « é » as two characters; browsers call a second download « export[1].csv ».
    literal = unicodedata.normalize("NFC", pattern or "").replace("[", "[[]")
    return [path for path in paths if fnmatchcase(unicodedata.normalize("NFC", path.name), literal)]


def _unmatched(paths: Sequence[Path], mapping: Mapping, used: str, told: Assembler) -> Iterator[Fault]:
    patterns = [(source, name) for source in mapping.sources for name in (source.fichier, source.structure)]
    expected = {path for _, pattern in patterns for path in _named(paths, pattern)}
    for path in (path for path in paths if path not in expected):
        name, sheets = shown(path.name), set[str]()
        with suppress(DataRefused):
            if path.suffix.lower() == WORKBOOK:
                sheets.update(sheet_names(read_bytes(path, name), name))
        if {form.name for form in FORMS} <= sheets:
            # A draft that was put beside the exports, or the one that was used before.
            aside = f"c’est une correspondance, laissée de côté ; celle de cet import est {shown(used)}"
            told.dropped.append(f"{name} : {aside}")
        else:
            remedy = "Décrivez-le dans « sources », ou retirez-le de la commande"
            yield Fault(name, 0, "", "", "Fichier que la correspondance ne connaît pas", remedy)
    for source, pattern in patterns:
        if pattern and not _named(paths, pattern):
            remedy = "Ajoutez-le à la commande, ou corrigez son nom dans la correspondance"
            yield source.at.fault("Fichier attendu, mais pas donné", remedy, pattern)


def _sheet(source: Source, path: Path, content: bytes, described: Sequence[Structure]) -> Sheet:
    if path.suffix.lower() == STRUCTURE:
        message = "C’est la structure d’un questionnaire, pas ses réponses"
        remedy = "Donnez-la à la clé « structure », et l’export des réponses à « fichier »"
        raise refusal(shown(path.name), message, remedy)
    separator, heading = SEPARATORS[source.separateur or ""], source.heading or ALONE
    sheet = read_table(path, content, source.feuille or "", separator=separator, heading=heading)
    structure = max(described, key=lambda one: one.spoken(sheet), default=Structure())
    return answers(source.outil, sheet, structure)


# --- the tables


def _tables(
    project: Project,
    settings: Settings,
    mapping: Mapping,
    read: Sequence[tuple[Source, Sheet]],
    assembler: Assembler,
) -> dict[str, list[Record]]:
    """Table -> its rows; every fault of every table at once."""
    known = known_sites(project, settings, mapping.vague)
    assembler.sites = spellings(known, mapping.sites) if known else {}
    rows: dict[str, list[Record]] = {}
    faults: list[Fault] = []
    # The list of territories first: it teaches their spellings to the other tables.
    for table in sorted(load_dictionary(project), key=lambda table: table.name != TERRITORIES):
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
            remedy = "Vérifiez l’export et la clé « garder » de la correspondance"
            faults.append(mapping.at.fault(f"Aucune ligne pour la table {table.name}", remedy))
        if table.name == TERRITORIES:
            towns = {str(record[TERRITORY]): str(record["commune"]) for record in records}
            assembler.sites = spellings(known | towns, mapping.sites)
        rows[table.name] = ordered(records, table)
    _refuse(assembler.faults + faults)
    return rows


def _reused(project: Project, mapping: Mapping, table: str) -> Iterator[Record]:
    """Rows of another wave, then those that the mapping adds."""
    path = project.raw(mapping.reprendre[table]) / f"{table}.csv"
    file = project.relative(path)
    for line, row in read_rows(read_bytes(path, file), file).items():
        yield {name: Text(cell, Place(file, line, name, shown(cell))) for name, cell in row.items()}
    for added in mapping.ajouter.get(table, ()):
        yield {
            name: Text(said, dataclasses.replace(said.at, column=name, quoted=shown(said)))
            for name, said in added.items()
        }
