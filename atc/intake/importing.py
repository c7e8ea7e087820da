"""From exports to ``data/raw/<vague>``: everything passes, or nothing is written.

In order: the mapping, the exports by the codes of their questions, the rows of each table, their files.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from atc.intake.mapping import OUI, SEPARATORS, Block, Mapping, Source, read_mapping
from atc.intake.mapping_book import FORMS
from atc.intake.mapping_tree import Text
from atc.intake.persons import Pseudonyms, read_key
from atc.intake.rows import (
    Assembler,
    Record,
    column_faults,
    complete,
    kept_rows,
    ordered,
    repeated,
    united,
)
from atc.intake.sheet import ALONE, STRUCTURE, WORKBOOK, Place, Sheet, open_export
from atc.intake.tools import Structure, answers, structures
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
    wave = settings.wave(request.vague)
    mapping = _mapping(request, dictionary)
    key = read_key(request.key, project)
    for other in dict.fromkeys((wave.previous, request.vague)):
        try:
            known = json.loads((project.raw(other or "") / FILE).read_bytes()).get(FINGERPRINT, "")
        except (OSError, ValueError, AttributeError):
            continue
        if known and known != key.fingerprint:
            raise UsageError(
                f"Ce n’est pas la clé de la vague {other} : les mêmes personnes auraient d’autres codes. "
                "Reprenez la même clé."
            )
    assembler = Assembler(Pseudonyms(key), mapping.absences)
    exports = _Exports(project, mapping, request, assembler)
    rows = _Tables(project, settings, dictionary, mapping, exports.read(), assembler).rows()
    fingerprint = key.fingerprint if assembler.pseudonyms.given else ""
    changed = deliver(project, mapping, rows, fingerprint, replacing=request.replace)
    return Outcome(tuple(assembler.summary(rows)), changed)


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


def _refuse(faults: Iterable[Fault]) -> None:
    once = dict.fromkeys(faults)
    if once:
        raise DataRefused(once)


# --- the exports


class _Exports:
    """The files that were given, by their names."""

    def __init__(self, project: Project, mapping: Mapping, request: Request, assembler: Assembler) -> None:
        self.project, self.mapping, self.told = project, mapping, assembler
        self.paths: dict[str, Path] = {}
        self.used = request.mapping
        for path in request.files:
            if path.resolve() == request.mapping.resolve():
                continue  # it lies beside the exports
            # macOS writes « é » as two characters.
            name = unicodedata.normalize("NFC", path.name)
            if name in self.paths:
                remedy = "Renommez l’un des deux, ou retirez-le"
                raise refusal(shown(name), "Deux fichiers de même nom", remedy)
            self.paths[name] = path

    def named(self, pattern: str) -> Iterator[Path]:
        # Brackets are part of the name: browsers call a second download « export[1].csv ».
        literal = unicodedata.normalize("NFC", pattern).replace("[", "[[]")
        return (path for name, path in self.paths.items() if fnmatchcase(name, literal))

    def read(self) -> list[tuple[Source, Sheet]]:
        """Every source of the mapping with each of its files, whatever is wrong told at once."""
        _refuse(self.unmatched())
        read: list[tuple[Source, Sheet]] = []
        faults: list[Fault] = []
        for source in self.mapping.sources:
            for path in self.named(source.fichier):
                try:
                    read.append((source, self.read_one(source, path)))
                except DataRefused as refused:
                    faults += refused.faults
        _refuse(faults)
        kept = []
        for source, whole in read:
            sheet, wrong = kept_rows(source, whole)
            faults += [*column_faults(source, sheet), *wrong]
            kept.append((source, sheet))
            self.tell(source, sheet, len(whole.rows))
        _refuse(faults)
        return kept

    def unmatched(self) -> Iterator[Fault]:
        sources = self.mapping.sources
        wanted = [(source, name) for source in sources for name in (source.fichier, source.structure) if name]
        expected = {path for _, pattern in wanted for path in self.named(pattern)}
        for name, path in self.paths.items():
            if path in expected:
                continue
            if path.suffix.lower() == WORKBOOK and _is_mapping(path):
                # A draft that was put beside the exports, or the one that was used before.
                told = "c’est une correspondance, laissée de côté ; celle de cet import est "
                self.told.dropped.append(f"{shown(name)} : {told}{shown(self.used.name)}")
                continue
            remedy = "Décrivez-le dans « sources », ou retirez-le de la commande"
            yield Fault(shown(name), 0, "", "", "Fichier que la correspondance ne connaît pas", remedy)
        for source, pattern in wanted:
            if not any(self.named(pattern)):
                remedy = "Ajoutez-le à la commande, ou corrigez son nom dans la correspondance"
                yield source.at.fault("Fichier attendu, mais pas donné", remedy, pattern)

    def read_one(self, source: Source, path: Path) -> Sheet:
        content, name = open_export(path, self.project), shown(path.name)
        found: Sequence[Structure] = ()
        for beside in self.named(source.structure or ""):
            found = structures(source.outil, open_export(beside, self.project), shown(beside.name))
        if path.suffix.lower() == STRUCTURE:
            message = "C’est la structure d’un questionnaire, pas ses réponses"
            remedy = "Donnez-la à la clé « structure », et l’export des réponses à « fichier »"
            raise refusal(name, message, remedy)
        separator, heading = SEPARATORS[source.separateur or ""], source.heading or ALONE
        sheet = read_table(path, content, source.feuille or "", separator=separator, heading=heading)
        structure = max(found, key=lambda one: one.spoken(sheet), default=Structure())
        return answers(source.outil, sheet, structure)

    def tell(self, source: Source, sheet: Sheet, total: int) -> None:
        size = f"{counted(len(sheet.rows), 'ligne')}, {counted(len(sheet.headings), 'colonne')}"
        self.told.read.append(f"{sheet.file} : {size} ({', '.join((source.outil, *sheet.notes))})")
        if left := total - len(sheet.rows):
            left_aside = (
                f"{counted(left, 'ligne laissée', 'lignes laissées')} de côté sur {total} (« garder »)"
            )
            self.told.dropped.append(f"{sheet.file} : {left_aside}")
        used = {rule.source for _, block in source.blocks for rule in block.rules}
        gone = dict.fromkeys(shown(name) for code, name in sheet.headings.items() if code not in used)
        if gone:
            self.told.dropped.append(f"{sheet.file} : {', '.join(gone)}")


def _is_mapping(path: Path) -> bool:
    try:
        return {form.name for form in FORMS} <= set(sheet_names(read_bytes(path, path.name), path.name))
    except DataRefused:
        return False


# --- the tables


@dataclass(frozen=True)
class _Tables:
    """What makes the rows of every table."""

    project: Project
    settings: Settings
    dictionary: Dictionary
    mapping: Mapping
    read: list[tuple[Source, Sheet]]
    assembler: Assembler

    def rows(self) -> dict[str, list[Record]]:
        """Table -> its rows; every fault of every table at once."""
        mapping, assembler = self.mapping, self.assembler
        known = known_sites(self.project, self.settings, mapping.vague)
        # The very first wave has no list of territories yet: its own codes make it.
        assembler.sites = spellings(known or self.own_codes(), mapping.sites)
        rows: dict[str, list[Record]] = {}
        faults: list[Fault] = []
        # The list of territories first: it teaches their spellings to the other tables.
        for table in sorted(self.dictionary, key=lambda table: table.name != TERRITORIES):
            unreadable = len(assembler.faults)
            if table.name in mapping.reprendre:
                records, found = list(self.reused(table.name)), list[Fault]()
            else:
                records, found = self.assembled(table)
            if len(assembler.faults) == unreadable:
                # Otherwise a cell that could not be read would be blamed twice.
                faults += [*found, *repeated(records, table)]
            if not records and not assembler.faults:
                remedy = "Vérifiez l’export et la clé « garder » de la correspondance"
                faults.append(mapping.at.fault(f"Aucune ligne pour la table {table.name}", remedy))
            if table.name == TERRITORIES:
                towns = {str(record[TERRITORY]): str(record["commune"]) for record in records}
                assembler.sites = spellings(known | towns, mapping.sites)
            rows[table.name] = ordered(records, table)
        _refuse(assembler.faults + faults)
        return rows

    def blocks(self, table: str) -> Iterator[tuple[Block, Sheet]]:
        return (
            (block, sheet) for source, sheet in self.read for name, block in source.blocks if name == table
        )

    def assembled(self, table: Table) -> tuple[list[Record], list[Fault]]:
        made: dict[bool, list[Record]] = {False: [], True: []}
        faults: list[Fault] = []
        for block, sheet in self.blocks(table.name):
            given: Iterable[Record] = self.assembler.rows(table, block, sheet)
            if block.reunir:
                given, unsaid = united(given, table, block.reunir)
                faults += unsaid
            made[block.completer == OUI] += given
        records, absent = complete(made[False], made[True], table)
        return records, [*faults, *absent]

    def own_codes(self) -> dict[str, str]:
        sources = (
            (sheet, block.colonnes[TERRITORY].source)
            for block, sheet in self.blocks(TERRITORIES)
            if block.completer != OUI and TERRITORY in block.colonnes
        )
        cells = {row[source] for sheet, source in sources if source for row in sheet.rows.values()}
        return {cell: "" for cell in cells if cell.isidentifier() and cell.islower()}

    def reused(self, table: str) -> Iterator[Record]:
        """Rows of another wave, then those that the mapping adds."""
        other = self.mapping.reprendre[table]
        self.settings.wave(other)
        path = self.project.raw(other) / f"{table}.csv"
        file = self.project.relative(path)
        for line, row in read_csv(read_bytes(path, file), file).records().items():
            yield {name: Text(cell, Place(file, line, name, shown(cell))) for name, cell in row.items()}
        for added in self.mapping.ajouter.get(table, ()):
            yield {
                name: Text(cell, Place(cell.at.file, cell.at.line, name, shown(cell)))
                for name, cell in added.items()
            }
