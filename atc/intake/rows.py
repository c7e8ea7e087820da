"""Answers to rows, as the mapping says: every cell read, screened, and kept with the place it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from atc.intake.mapping import OUI, Block, Rule, Source
from atc.intake.persons import MOMENT, Pseudonyms, blocked_by_content, blocked_by_name
from atc.intake.sheet import Place
from atc.intake.tools import Answers, Structure
from atc.intake.values import NO, YES, Reading, UnreadableError, ticked, together
from atc.survey.dictionary import Table
from atc.survey.errors import Fault, shown
from atc.survey.spelling import nearest
from atc.survey.typography import counted, number


@dataclass
class Journal:
    """What an import tells afterwards: what was read, dropped and recoded; never what names a person."""

    read: list[str] = field(default_factory=list)  # one line for each file
    # One line for each file: its columns, and rows, that go nowhere.
    dropped: list[str] = field(default_factory=list)
    # ``(table.colonne, answer, value)`` -> how many times; answers with few values only.
    recoded: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    # ``table.colonne`` -> how many numbers, dates or texts were written otherwise.
    converted: Counter[str] = field(default_factory=Counter)

    def lines(self, persons: int, rows: Mapping[str, int]) -> list[str]:
        """The summary, with how many received a pseudonym, and table -> rows written."""
        recoded: dict[str, list[str]] = {}
        for (column, answer, value), count in sorted(self.recoded.items()):
            meant = f"« {value} »" if value else "vide"
            recoded.setdefault(column, []).append(f"« {shown(answer)} » → {meant} ({number(count)} fois)")
        told = [f"{column} : {', '.join(pairs)}" for column, pairs in recoded.items()]
        told += [
            f"{column} : {counted(count, 'valeur mise', 'valeurs mises')} à la forme du dictionnaire"
            for column, count in sorted(self.converted.items())
        ]
        told = told or ["rien"]
        if persons:
            told.append(f"{counted(persons, 'personne')} : pseudonyme à la place de ce qui la nomme")
        written = [f"{name} : {counted(count, 'ligne')}" for name, count in sorted(rows.items())]
        parts = {"Lu": self.read, "Écarté": self.dropped or ["rien"], "Recodé": told}
        parts |= {"Refusé": ["rien"], "Écrit": written}
        return [line for part, lines in parts.items() for line in (f"{part} :", *(f"  {x}" for x in lines))]


@dataclass(frozen=True)
class Record:
    """One row of a table on its way to the wave."""

    values: Mapping[str, str]  # column -> value, as the dictionary writes it
    places: Mapping[str, Place]  # column -> where it comes from

    def key(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Its values in some columns."""
        return tuple(self.values.get(column, "") for column in columns)


@dataclass(frozen=True)
class _Column:
    rule: Rule
    name: str  # column of the table
    reading: Reading
    options: set[str]  # of the list of ticked answers that it is found in


@dataclass
class Assembler:
    """What reading cells needs, and what it finds."""

    pseudonyms: Pseudonyms  # codes of the persons
    missing: Mapping[str, str]  # spellings of no answer that the mapping adds
    sites: Mapping[str, str]  # spelling -> code of a territory
    journal: Journal  # what will be told
    faults: list[Fault] = field(default_factory=list)  # everything wrong so far

    def rows(self, table: Table, block: Block, answers: Answers, structure: Structure) -> Iterator[Record]:
        """Rows that one block gives, one for each row of the export, or for each stacked column of it."""
        options: dict[str, set[str]] = {}
        for rule in block.rules:
            options.setdefault(rule.source, set()).update({rule.contient or "", *rule.aussi})

        def column(rule: Rule, name: str) -> _Column:
            said = {"recode": rule.recoder, "answers": structure.labels.get(rule.source, {})}
            reading = Reading.of(table, name, self.sites, extra_missing=self.missing, **said)
            return _Column(rule, name, reading, options[rule.source])

        columns = [column(rule, name) for name, rule in block.colonnes.items()]
        stack = block.empiler
        stacked = {k: column(r, stack.valeur) for k, r in stack.depuis.items()} if stack else {}
        for line, cells in answers.rows.items():
            asked = [(one.reading, one.rule.source) for one in stacked.values() if one.rule.source]
            if stacked and all(reading.is_empty(cells[source]) for reading, source in asked):
                continue  # someone who was not asked, or has left the battery out
            read = {one.name: self._cell(one, answers, line) for one in columns}
            values = {name: value for name, (value, _) in read.items()}
            places = {name: place for name, (_, place) in read.items()}
            if stack is None:
                yield Record(values, places)
            for item, one in stacked.items():
                value, place = self._cell(one, answers, line)
                names = (stack.colonne, stack.valeur) if stack else ()
                yield Record(
                    values | dict(zip(names, (item, value), strict=True)),
                    places | dict.fromkeys(names, place),
                )

    def _cell(self, column: _Column, answers: Answers, line: int) -> tuple[str, Place]:
        rule = column.rule
        if rule.constante is not None:
            return rule.constante, Place(answers.file, line, column.name, shown(rule.constante))
        cell = answers.rows[line][rule.source]
        personal = bool(rule.pseudonyme or rule.rempli)
        leak = "" if personal else blocked_by_content(cell)
        if leak == MOMENT and column.reading.field.type == "date":
            leak = ""  # the day alone is kept
        quoted = "" if personal or leak or rule.deja_code == OUI else shown(cell)
        place = Place(answers.file, line, answers.headings[rule.source], quoted)
        if leak:
            remedy = "Retirez ce passage dans l’outil d’enquête, ou ne gardez pas cette colonne"
            self.faults.append(place.fault(f"La réponse contient : {leak}", remedy))
            return "", place
        try:
            return self._value(column, cell), place
        except UnreadableError as error:
            self.faults.append(place.fault(error.message, error.remedy))
        return "", place

    def _value(self, column: _Column, cell: str) -> str:
        rule, reading = column.rule, column.reading
        empty = reading.is_empty(cell)
        if rule.rempli:
            return rule.rempli[empty]
        if rule.pseudonyme:
            if not cell:
                remedy = "Complétez-la dans l’export : sans elle, la personne n’a pas de code"
                raise UnreadableError("Il manque ce qui désigne la personne", remedy)
            return self.pseudonyms.code(rule.pseudonyme, cell)
        if rule.contient and reading.field.type == "boolean" and not empty:
            found, unknown = ticked(cell, column.options)
            if unknown:
                remedy = "Ajoutez-le à « contient » pour une colonne, ou à « aussi » s’il n’en a pas"
                message = f"Choix que la correspondance ne connaît pas : {shown(unknown)}"
                raise UnreadableError(message, remedy)
            return YES if rule.contient in found else NO
        value = rule.vide or "" if empty else reading(cell)
        dotted = f"{reading.field.table}.{column.name}"
        if cell and value != cell:
            if reading.closed or value in reading.missing:
                self.journal.recoded[dotted, cell, value] += 1
            else:
                self.journal.converted[dotted] += 1
        return value


# --- before any cell is read


def column_faults(source: Source, answers: Answers) -> list[Fault]:
    """What the mapping and the heading of an export do not say alike, and columns that may not be kept."""
    rules = [rule for _, block in source.blocks for rule in block.rules if rule.source]
    named = {**dict.fromkeys((*source.garder, *source.verifier), source.at)}
    named |= {rule.source: rule.at for rule in rules}
    faults = []
    for name, at in named.items():
        if name not in answers.headings:
            meant = nearest(name, answers.headings)
            remedy = f"Sans doute « {shown(meant)} »" if meant else "Corrigez son nom, ou l’export"
            faults.append(at.fault(f"Colonne absente de {answers.file}", remedy, name))
    gone = {*named, *source.ignorer, *answers.technical}
    for code, heading in answers.headings.items():
        if code not in gone and heading not in source.ignorer:
            remedy = "Dites à quelle colonne elle va (« tables »), ou ajoutez-la à « ignorer »"
            message = "Colonne que la correspondance ne connaît pas"
            faults.append(Fault(answers.file, 1, shown(heading), "", message, remedy))
    for rule in rules:
        kind = personal_by_name(rule.source, answers.headings.get(rule.source, ""))
        if kind and not (rule.pseudonyme or rule.rempli or rule.deja_code == OUI):
            message = f"Cette colonne désigne ou situe des personnes ({kind})"
            remedy = "Remplacez-la par un code (« pseudonyme »), ou ajoutez-la à « ignorer »"
            faults.append(rule.at.fault(message, remedy, rule.source))
    return faults


def personal_by_name(code: str, heading: str) -> str:
    """What a column of an export tells of persons by its names; empty if nothing."""
    return blocked_by_name(code, heading, code.rpartition("/")[2], heading.partition(". ")[2])


def kept_rows(source: Source, answers: Answers) -> tuple[dict[int, Mapping[str, str]], list[Fault]]:
    """Rows that the mapping keeps, and a fault for each row that is not what it should be."""
    rows: dict[int, Mapping[str, str]] = {}
    faults = []
    for line, cells in answers.rows.items():
        if any(cells.get(column, "") not in values for column, values in source.garder.items()):
            continue
        rows[line] = cells
        for column, expected in source.verifier.items():
            found = cells.get(column, "")
            if found != expected:
                place = Place(answers.file, line, answers.headings.get(column, column), shown(found))
                remedy = (
                    "Séparez les lignes dans l’outil d’enquête, ou n’en gardez qu’une partie (« garder »)"
                )
                faults.append(place.fault(f"« {expected} » est attendu sur toutes les lignes", remedy))
    return rows, faults


# --- once they are


def complete(
    rows: list[Record], additions: Iterable[Record], table: Table
) -> tuple[list[Record], list[Fault]]:
    """Put the answers of some files in the rows that others gave, person by person."""
    ranks = {row.key(table.primary_key): rank for rank, row in enumerate(rows)}
    whole, faults, done = list(rows), [], set()
    for addition in additions:
        key = addition.key(table.primary_key)
        place = addition.places[table.primary_key[0]]
        if key not in ranks:
            remedy = "Ajoutez cette ligne au fichier qui donne la liste, ou retirez la réponse"
            faults.append(place.fault(f"Absent de la liste que complète ce fichier ({table.label})", remedy))
        elif key in done:
            faults.append(place.fault("Deux réponses pour la même ligne de la liste", "Gardez-en une"))
        else:
            done.add(key)
            former = whole[ranks[key]]
            whole[ranks[key]] = Record(
                {**former.values, **addition.values}, {**former.places, **addition.places}
            )
    return whole, faults


def united(rows: Iterable[Record], table: Table, how: Mapping[str, str]) -> tuple[list[Record], list[Fault]]:
    """One row for each key, where two persons answered for one site: nobody's answer is left out unseen."""
    made: dict[tuple[str, ...], Record] = {}
    faults = []
    for row in rows:
        key = row.key(table.primary_key)
        values = dict(made.setdefault(key, row).values)
        for name, other in row.values.items():
            if values[name] == other:
                continue
            if name in how:
                values[name] = together(values[name], other, how[name], table.fields[name], table.missing)
            else:
                message = f"Deux réponses pour {', '.join(key)}, qui diffèrent : {name}"
                remedy = f"Dites comment les réunir : « reunir: {{{name}: somme, maximum, premier… }} »"
                faults.append(row.places[name].fault(message, remedy))
        made[key] = replace(made[key], values=values)
    return list(made.values()), faults


def repeated(rows: Sequence[Record], table: Table) -> list[Fault]:
    """A fault for each row whose key another one already has."""
    keys = [table.primary_key]
    keys += [(f.name,) for f in table.fields.values() if f.constraints.get("unique")]
    faults = []
    for columns in dict.fromkeys(keys):
        first: dict[tuple[str, ...], Place] = {}
        for row in rows:
            place = row.places[columns[0]]
            other = first.setdefault(row.key(columns), place)
            if other is not place:
                message = f"En double : même {', '.join(columns)} qu’à la ligne {other.line} de {other.file}"
                remedy = (
                    "Si deux personnes ont répondu, dites comment réunir leurs réponses (« reunir », dans la "
                    "correspondance) ; si c’est une réponse répétée, écartez-la (« garder »)"
                )
                faults.append(place.fault(message, remedy))
    return faults


def ordered(rows: Iterable[Record], table: Table) -> list[Record]:
    """Rows in an order that says nothing of the files: by pseudonym or code, then as the dictionary lists."""
    names = [f.name for f in table.fields.values() if f.kind == "identifier"]
    names += [name for name in table.primary_key if name not in names]
    ranks = {name: {code: rank for rank, code in enumerate(table.fields[name].labels)} for name in names}

    def sort_key(row: Record) -> list[tuple[int, str]]:
        return [(ranks[name].get(row.values[name], 0), row.values[name]) for name in names]

    return sorted(rows, key=sort_key)


def at_source(fault: Fault, folder: str, rows: Mapping[str, Sequence[Record]]) -> Fault:
    """A fault of a table, at the place of the file that gave the row: nobody has seen the table."""
    table = fault.file.removeprefix(f"{folder}/").removesuffix(".csv")
    if table not in rows or not 2 <= fault.line < 2 + len(rows[table]):
        return fault
    record = rows[table][fault.line - 2]
    columns = fault.column.split(", ")
    place = next((record.places[c] for c in columns if c in record.places), None)
    place = place or next(iter(record.places.values()))
    column = f"{place.column} ({table}.{columns[0]})" if columns[0] else place.column
    return replace(fault, file=place.file, line=place.line, column=column, value=place.quoted and fault.value)
