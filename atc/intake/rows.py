"""Answers to rows, as the mapping says: every cell read, screened, and kept with the place it comes from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from atc.intake.books import Place, Text
from atc.intake.mapping import OUI, Block, Rule, Source
from atc.intake.persons import MOMENT, Pseudonyms, blocked_by_content, personal_by_name
from atc.intake.reading import Sheet
from atc.intake.values import NO, YES, Reading, UnreadableError, ticked, together
from atc.survey.dictionary import Table
from atc.survey.errors import Fault, Messages, shown
from atc.survey.typography import counted, nearest, number

_said = Messages(__name__)
#: One row of a table on its way to the wave: column -> value as the dictionary writes it, and where it stood.
Record: TypeAlias = Mapping[str, Text]


def key_of(row: Record, columns: Sequence[str]) -> tuple[str, ...]:
    """Values of a row in some columns."""
    return tuple(row.get(column, "") for column in columns)


def column_faults(source: Source, answers: Sheet) -> Iterator[Fault]:
    """What the mapping and the heading of an export do not say alike, and columns that may not be kept."""
    rules = [rule for _, block in source.blocks for rule in block.rules if rule.source]
    named = {**dict.fromkeys(source.garder, source.at)} | {rule.source: rule.at for rule in rules}
    for name, at in named.items():
        if name not in answers.headings:
            meant = nearest(name, answers.headings)
            remedy = _said("nearest", name=shown(meant)) if meant else _said("misspelt")
            yield _said.fault("absent", *at.where, name, export=answers.file, remedy=remedy)
    gone = {*named, *source.ignorer, *answers.technical}
    for code, heading in answers.headings.items():
        if code not in gone and heading not in source.ignorer:
            yield _said.fault("unknown", answers.file, 1, heading)
    for rule in rules:
        kind = personal_by_name(rule.source, answers.headings.get(rule.source, ""))
        if kind and not (rule.pseudonyme or rule.rempli or rule.deja_code == OUI):
            yield _said.fault("personal", *rule.at.where, rule.source, kind=kind)


@dataclass
class Assembler:
    """What reading cells needs, what is wrong, and what is told afterwards: never what names a person."""

    pseudonyms: Pseudonyms  # codes of the persons
    missing: Mapping[str, str]  # spellings of no answer that the mapping adds
    sites: Mapping[str, str] = field(default_factory=dict)  # spelling -> code of a territory
    faults: list[Fault] = field(default_factory=list)
    read: list[str] = field(default_factory=list)  # one line for each file
    dropped: list[str] = field(default_factory=list)  # the same: its columns, and rows, that go nowhere
    # Column, answer and value -> how many times; of numbers, dates and texts, the column alone.
    recoded: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def summary(self, rows: Mapping[str, Sequence[Record]]) -> Iterator[str]:
        """What was read, dropped, recoded and written: table -> rows."""
        recoded: dict[str, list[str]] = {}
        for (column, answer, value), count in sorted(self.recoded.items()):
            change = f"« {shown(answer)} » → {f'« {value} »' if value else 'vide'} ({number(count)} fois)"
            values = counted(count, "valeur mise", "valeurs mises")
            recoded.setdefault(column, []).append(change if answer else _said("converted", values=values))
        told = [f"{column} : {', '.join(changes)}" for column, changes in recoded.items()] or ["rien"]
        if persons := len(self.pseudonyms.given):
            told.append(_said("pseudonyms", count=counted(persons, "personne")))
        written = [f"{name} : {counted(len(records), 'ligne')}" for name, records in sorted(rows.items())]
        parts = {"Lu": self.read, "Écarté": self.dropped or ["rien"], "Recodé": told, "Refusé": ["rien"]}
        for part, lines in {**parts, "Écrit": written}.items():
            yield from (f"{part} :", *(f"  {line}" for line in lines))

    def rows(self, table: Table, block: Block, answers: Sheet) -> Iterator[Record]:
        """Rows that one block gives, one for each row of the export, or for each stacked column of it."""
        # What a list of ticked answers may hold.
        options: dict[str, set[str]] = {}
        for rule in block.rules:
            options.setdefault(rule.source, set()).update({rule.contient or "", *rule.aussi})

        def reading(rule: Rule, name: str) -> Reading:
            said = {"recode": rule.recoder, "answers": answers.labels.get(rule.source, {})}
            return Reading(table, name, self.sites, **said, extra_missing=self.missing)

        columns = [(rule, reading(rule, name)) for name, rule in block.colonnes.items()]
        stack = block.empiler
        items = {i: (rule, reading(rule, stack.valeur)) for i, rule in stack.depuis.items()} if stack else {}
        asked = [(rule.source, reading) for rule, reading in items.values() if rule.source]
        for line, cells in answers.rows.items():
            if items and all(reading.is_empty(cells[source]) for source, reading in asked):
                continue  # someone who was not asked, or has left the battery out
            row = {one.field.name: self._cell(rule, one, options, answers, line) for rule, one in columns}
            if stack is None:
                yield row
                continue
            for item, (rule, one) in items.items():
                value = self._cell(rule, one, options, answers, line)
                yield {**row, stack.colonne: Text(item, value.at), stack.valeur: value}

    def _cell(
        self, rule: Rule, reading: Reading, options: Mapping[str, set[str]], answers: Sheet, line: int
    ) -> Text:
        """One cell read and screened; what is wrong with it is kept aside."""
        if rule.constante is not None:
            at = Place(answers.file, line, reading.field.name, shown(rule.constante))
            return Text(rule.constante, at)
        cell, personal = answers.rows[line][rule.source], bool(rule.pseudonyme or rule.rempli)
        leak = "" if personal else blocked_by_content(cell)
        if leak == MOMENT and reading.field.type == "date":
            leak = ""  # the day alone is kept
        quoted = "" if personal or leak or rule.deja_code == OUI else shown(cell)
        at = Place(answers.file, line, answers.headings[rule.source], quoted)
        if leak:
            self.faults.append(_said.fault("leak", *at.where, kind=leak))
            return Text("", at)
        try:
            return Text(self._value(rule, reading, cell, options[rule.source]), at)
        except UnreadableError as error:
            self.faults.append(at.fault(error.fault.message, error.fault.remedy))
            return Text("", at)

    def _value(self, rule: Rule, reading: Reading, cell: str, options: set[str]) -> str:
        empty = reading.is_empty(cell)
        if rule.rempli or rule.pseudonyme:
            reading.check(cell)
        if rule.rempli:
            return rule.rempli[empty]
        if rule.pseudonyme:
            if not cell:
                raise UnreadableError(_said.fault("nobody", ""))
            return self.pseudonyms.code(rule.pseudonyme, cell)
        if rule.contient and reading.field.type == "boolean" and not empty:
            found, unknown = ticked(cell, options)
            if unknown:
                raise UnreadableError(_said.fault("choice", "", choice=shown(unknown)))
            return YES if rule.contient in found else NO
        value = rule.vide or "" if empty else reading(cell)
        if cell and value != cell:
            change = (cell, value) if reading.closed or value in reading.missing else ("", "")
            self.recoded[f"{reading.field.table}.{reading.field.name}", *change] += 1
        return value


def gathered(
    given: Iterable[tuple[Record, bool, Mapping[str, str]]], table: Table
) -> tuple[Sequence[Record], list[Fault]]:
    """One row for each key, and what is wrong: nobody's answer is left out unseen.

    Each row comes with whether it only completes the one that another file gives, person by person, and how
    to unite it with that of somebody else for the same site.
    """
    key = table.primary_key
    unique = dict.fromkeys([key, *((f.name,) for f in table.fields.values() if f.constraints.get("unique"))])
    rows: dict[bool, list[dict[str, Text]]] = {False: [], True: []}
    known: dict[tuple[bool, tuple[str, ...]], dict[str, Text]] = {}
    faults: list[Fault] = []
    for row, completes, how in given:
        former = known.setdefault((completes, key_of(row, key)), fresh := dict(row))
        if how and former is not fresh:
            faults += _unite(former, row, table, how)
        else:
            rows[completes].append(fresh)
    for listed in rows.values():
        first: dict[tuple[tuple[str, ...], ...], Record] = {}
        for row in listed:
            for columns in (columns for columns in unique if columns[0] in row):
                same = first.setdefault((columns, key_of(row, columns)), row)
                if same is not row:
                    at, other = row[columns[0]].at, same[columns[0]].at
                    names, place = ", ".join(columns), f"{other.line} de {other.file}"
                    faults.append(_said.fault("double", *at.where, at.quoted, same=names, place=place))
                    break
    for row in rows[True]:
        if (keyed := (False, key_of(row, key))) in known:
            known[keyed] |= row
        else:
            at = row[key[0]].at
            faults.append(_said.fault("not_listed", *at.where, at.quoted, table=table.label))
    return rows[False], faults


def _unite(former: dict[str, Text], row: Record, table: Table, how: Mapping[str, str]) -> Iterator[Fault]:
    for name in (name for name, other in row.items() if former[name] != other):
        if name in how:
            value = together(former[name], row[name], how[name], table.fields[name], table.missing)
            former[name] = Text(value, former[name].at)
        else:
            at, who = row[name].at, ", ".join(key_of(row, table.primary_key))
            yield _said.fault("differ", *at.where, at.quoted, who=who, name=name)


def ordered(rows: Iterable[Record], table: Table) -> list[Record]:
    """Rows in an order that says nothing of the files: by pseudonym or code, then as the dictionary lists."""
    names = [f.name for f in table.fields.values() if f.kind == "identifier"]
    names += [name for name in table.primary_key if name not in names]
    ranks = {name: {code: rank for rank, code in enumerate(table.fields[name].labels)} for name in names}
    return sorted(rows, key=lambda row: [(ranks[name].get(row[name], 0), row[name]) for name in names])


def at_source(fault: Fault, folder: str, rows: Mapping[str, Sequence[Record]]) -> Fault:
    """A fault of a table, at the place of the file that gave the row: nobody has seen the table."""
    table = fault.file.removeprefix(f"{folder}/").removesuffix(".csv")
    if table not in rows or not 2 <= fault.line < 2 + len(rows[table]):
        return fault
    row = rows[table][fault.line - 2]
    columns = fault.column.split(", ")
    place = next((row[c].at for c in columns if c in row), next(iter(row.values())).at)
    column = f"{place.column} ({table}.{columns[0]})" if columns[0] else place.column
    return replace(fault, file=place.file, line=place.line, column=column, value=place.quoted and fault.value)
