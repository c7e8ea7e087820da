"""Answers to rows, as the mapping says: every cell read, screened, and kept with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from atc.intake.columns import ColumnRule
from atc.intake.journal import Journal
from atc.intake.mapping import Block, SourceRule
from atc.intake.privacy import MOMENT, blocked_by_content, blocked_by_name
from atc.intake.pseudonyms import Pseudonyms
from atc.intake.records import Place, Record, fault_at
from atc.intake.tools import Answers, Structure
from atc.intake.values import Reading, UnreadableError
from atc.survey.dictionary import Table
from atc.survey.errors import DataRefused, Fault, shown
from atc.survey.spelling import nearest


@dataclass
class Assembler:
    """What reading cells needs, and what it finds."""

    pseudonyms: Pseudonyms  # codes of the persons
    missing: Mapping[str, str]  # spellings of no answer that the mapping adds
    sites: Mapping[str, str]  # spelling -> code of a territory
    journal: Journal  # what will be told
    # Column of the export -> options of its list that the block at hand knows.
    options: dict[str, set[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)  # everything wrong so far

    def rows(self, block: Block, answers: Answers, structure: Structure) -> Iterator[Record]:
        """Rows that one block gives, one for each row of the export, or for each stacked column of it."""
        self.options = {}
        for rule in _rules(block):
            self.options.setdefault(rule.source, set()).update({rule.contains, *rule.also})
        readers = {rule: self._reader(rule, block.table, structure) for rule in _rules(block)}
        for line, cells in answers.rows.items():
            if block.stack and not any(
                not readers[rule].is_empty(cells[rule.source])
                for rule in block.stack.columns.values()
                if rule.source
            ):
                continue  # someone who was not asked, or has left the battery out
            values, places = self._read(block.columns, answers, line, readers)
            if not block.stack:
                yield Record(block.table.name, values, places)
                continue
            for item, rule in block.stack.columns.items():
                value, place = self._cell(rule, answers, line, readers[rule])
                yield Record(
                    block.table.name,
                    {**values, block.stack.item: item, block.stack.value: value},
                    {**places, block.stack.item: place, block.stack.value: place},
                )

    def _reader(self, rule: ColumnRule, table: Table, structure: Structure) -> Reading:
        labels = structure.labels.get(rule.source, {})
        return Reading.of(
            table, rule.target, self.sites, recode=rule.recode, extra_missing=self.missing, answers=labels
        )

    def _read(
        self,
        rules: Mapping[str, ColumnRule],
        answers: Answers,
        line: int,
        readers: Mapping[ColumnRule, Reading],
    ) -> tuple[dict[str, str], dict[str, Place]]:
        read = {name: self._cell(rule, answers, line, readers[rule]) for name, rule in rules.items()}
        return {name: value for name, (value, _) in read.items()}, {name: p for name, (_, p) in read.items()}

    def _cell(self, rule: ColumnRule, answers: Answers, line: int, reading: Reading) -> tuple[str, Place]:
        if rule.constant is not None:
            return rule.constant, Place(answers.file, line, rule.target, shown(rule.constant))
        cell = answers.rows[line][rule.source]
        heading = answers.headings[rule.source]
        personal = bool(rule.prefix or rule.filled)
        leak = "" if personal else blocked_by_content(cell)
        if leak == MOMENT and reading.field.type == "date":
            leak = ""  # the day alone is kept
        quoted = "" if personal or leak or rule.coded else shown(cell)
        place = Place(answers.file, line, heading, quoted)
        if leak:
            remedy = "Retirez ce passage dans l’outil d’enquête, ou ne gardez pas cette colonne"
            self.faults.append(fault_at(place, f"La réponse contient : {leak}", remedy))
            return "", place
        try:
            return self._value(rule, cell, reading), place
        except UnreadableError as error:
            self.faults.append(fault_at(place, error.message, error.remedy))
        except DataRefused as refused:
            self.faults += [fault_at(place, f.message, f.remedy) for f in refused.faults]
        return "", place

    def _value(self, rule: ColumnRule, cell: str, reading: Reading) -> str:
        empty = reading.is_empty(cell)
        if rule.filled:
            return rule.filled[empty]
        if rule.prefix:
            if not cell:
                remedy = "Complétez-la dans l’export : sans elle, la personne n’a pas de code"
                raise UnreadableError("Il manque ce qui désigne la personne", remedy)
            return self.pseudonyms.code(rule.prefix, cell)
        if empty:
            if cell:
                self._tell(f"{reading.field.table}.{rule.target}", cell, rule.empty, reading)
            return rule.empty
        if rule.contains and reading.yes_no:
            return reading.yes_no[rule.contains not in self._ticked(rule, cell)]
        value = reading(cell)
        self._tell(f"{reading.field.table}.{rule.target}", cell, value, reading)
        return value

    def _ticked(self, rule: ColumnRule, cell: str) -> set[str]:
        # Options hold spaces and commas as well as lists do: the longest first, until nothing is left.
        rest, ticked = cell, set()
        for option in sorted(self.options[rule.source] - {""}, key=len, reverse=True):
            rest, found = re.subn(rf"(?<!\w){re.escape(option)}(?!\w)", "|", rest)
            ticked |= {option} if found else set()
        unknown = rest.strip(" \t\n,;|").split("|")[0].strip(" \t\n,;")
        if unknown:
            remedy = "Ajoutez-le à « contient » pour une colonne, ou à « aussi » s’il n’en a pas"
            raise UnreadableError(f"Choix que la correspondance ne connaît pas : {shown(unknown)}", remedy)
        return ticked

    def _tell(self, column: str, cell: str, value: str, reading: Reading) -> None:
        if value == cell:
            return
        closed = bool(reading.field.categories) or reading.sites is not None or reading.yes_no is not None
        if closed or value in reading.missing:
            self.journal.recoded[column, cell, value] += 1
        else:
            self.journal.converted[column] += 1


def _rules(block: Block) -> list[ColumnRule]:
    return [*block.columns.values(), *(block.stack.columns.values() if block.stack else ())]


def column_faults(source: SourceRule, answers: Answers) -> list[Fault]:
    """What the mapping and the heading of an export do not say alike, and columns that may not be kept."""
    rules = [rule for block in source.blocks for rule in _rules(block) if rule.source]
    named = {**dict.fromkeys((*source.kept, *source.checked), source.node)}
    named |= {rule.source: rule.node for rule in rules}
    faults = []
    for name, node in named.items():
        if name not in answers.headings:
            meant = nearest(name, answers.headings)
            remedy = f"Sans doute « {shown(meant)} »" if meant else "Corrigez son nom, ou l’export"
            faults.append(node.fault(f"Colonne absente de {answers.file}", remedy, name))
    gone = {*named, *source.ignored, *answers.technical}
    for code, heading in answers.headings.items():
        if code not in gone and heading not in source.ignored:
            remedy = "Dites à quelle colonne elle va (« tables »), ou ajoutez-la à « ignorer »"
            message = "Colonne que la correspondance ne connaît pas"
            faults.append(Fault(answers.file, 1, shown(heading), "", message, remedy))
    faults += [fault for rule in rules if (fault := _name_fault(rule, answers)) is not None]
    return faults


def _name_fault(rule: ColumnRule, answers: Answers) -> Fault | None:
    if rule.prefix or rule.filled or rule.coded:
        return None
    heading = answers.headings.get(rule.source, "")
    kind = blocked_by_name(rule.source, heading, rule.source.rpartition("/")[2], heading.partition(". ")[2])
    if not kind:
        return None
    remedy = "Remplacez-la par un code (« pseudonyme »), ou ajoutez-la à « ignorer »"
    return rule.node.fault(f"Cette colonne désigne ou situe des personnes ({kind})", remedy, rule.source)


def kept_rows(source: SourceRule, answers: Answers) -> tuple[dict[int, Mapping[str, str]], list[Fault]]:
    """Rows that the mapping keeps, and a fault for each row that is not what it should be."""
    rows: dict[int, Mapping[str, str]] = {}
    faults = []
    for line, cells in answers.rows.items():
        if any(cells.get(column, "") not in values for column, values in source.kept.items()):
            continue
        rows[line] = cells
        for column, expected in source.checked.items():
            if cells.get(column, "") != expected:
                place = Place(
                    answers.file, line, answers.headings.get(column, column), shown(cells.get(column, ""))
                )
                remedy = (
                    "Séparez les lignes dans l’outil d’enquête, ou n’en gardez qu’une partie (« garder »)"
                )
                faults.append(fault_at(place, f"« {expected} » est attendu sur toutes les lignes", remedy))
    return rows, faults
