"""Answers to rows, as the mapping says: every cell read, screened, and kept with the place it comes from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from atc.intake.books import Place, Text
from atc.intake.mapping import OUI, Block, Rule, Source
from atc.intake.persons import MOMENT, Pseudonyms, blocked_by_content, personal_by_name
from atc.intake.reading import Sheet
from atc.intake.values import NO, YES, Reading, UnreadableError, ticked, together
from atc.survey.dictionary import Table
from atc.survey.errors import Fault, shown
from atc.survey.typography import counted, nearest, number, skeleton, unambiguous

#: One row of a table on its way to the wave: column -> value as the dictionary writes it, and where it stood.
Record: TypeAlias = Mapping[str, Text]


def key_of(row: Record, columns: Sequence[str]) -> tuple[str, ...]:
    """Values of a row in some columns."""
    return tuple(row.get(column, "") for column in columns)


@dataclass
class Assembler:
    """What reading cells needs, what is wrong, and what is told afterwards: never what names a person."""

    pseudonyms: Pseudonyms  # codes of the persons
    missing: Mapping[str, str]  # spellings of no answer that the mapping adds
    sites: Mapping[str, str] = field(default_factory=dict)  # spelling -> code of a territory
    faults: list[Fault] = field(default_factory=list)
    read: list[str] = field(default_factory=list)  # one line for each file
    dropped: list[str] = field(default_factory=list)  # the same: its columns, and rows, that go nowhere
    # ``(table.colonne, answer, value)`` -> how many times; numbers, dates and texts by column alone.
    recoded: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    converted: Counter[str] = field(default_factory=Counter)

    def summary(self, rows: Mapping[str, Sequence[Record]]) -> Iterator[str]:
        """What was read, dropped, recoded and written: table -> rows."""
        recoded: dict[str, list[str]] = {}
        for (column, answer, value), count in sorted(self.recoded.items()):
            meant = f"« {value} »" if value else "vide"
            recoded.setdefault(column, []).append(f"« {shown(answer)} » → {meant} ({number(count)} fois)")
        told = [f"{column} : {', '.join(pairs)}" for column, pairs in recoded.items()]
        told += [
            f"{column} : {counted(count, 'valeur mise', 'valeurs mises')} à la forme du dictionnaire"
            for column, count in sorted(self.converted.items())
        ] or ["rien"] * (not told)
        if persons := len(self.pseudonyms.given):
            told.append(f"{counted(persons, 'personne')} : pseudonyme à la place de ce qui la nomme")
        written = [f"{name} : {counted(len(records), 'ligne')}" for name, records in sorted(rows.items())]
        parts = {"Lu": self.read, "Écarté": self.dropped or ["rien"], "Recodé": told}
        for part, lines in {**parts, "Refusé": ["rien"], "Écrit": written}.items():
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
        cell = answers.rows[line][rule.source]
        personal = bool(rule.pseudonyme or rule.rempli)
        leak = "" if personal else blocked_by_content(cell)
        if leak == MOMENT and reading.field.type == "date":
            leak = ""  # the day alone is kept
        quoted = "" if personal or leak or rule.deja_code == OUI else shown(cell)
        place = Place(answers.file, line, answers.headings[rule.source], quoted)
        remedy = "Retirez ce passage dans l’outil d’enquête, ou ne gardez pas cette colonne"
        try:
            value = "" if leak else self._value(rule, reading, cell, options[rule.source])
            faults = [place.fault(f"La réponse contient : {leak}", remedy)] if leak else []
        except UnreadableError as error:
            value, faults = "", [place.fault(error.message, error.remedy)]
        self.faults += faults
        return Text(value, place)

    def _value(self, rule: Rule, reading: Reading, cell: str, options: set[str]) -> str:
        empty = reading.is_empty(cell)
        if rule.rempli or rule.pseudonyme:
            reading.check(cell)
        if rule.rempli:
            return rule.rempli[empty]
        if rule.pseudonyme:
            if not cell:
                remedy = "Exportez-le sur toutes les lignes, ou laissez celle-ci de côté (« garder »)"
                raise UnreadableError("Il manque ce qui désigne la personne", remedy)
            return self.pseudonyms.code(rule.pseudonyme, cell)
        if rule.contient and reading.field.type == "boolean" and not empty:
            found, unknown = ticked(cell, options)
            if unknown:
                remedy = "Ajoutez-le à « contient » pour une colonne, ou à « aussi » s’il n’en a pas"
                message = f"Choix que la correspondance ne connaît pas : {shown(unknown)}"
                raise UnreadableError(message, remedy)
            return YES if rule.contient in found else NO
        value = rule.vide or "" if empty else reading(cell)
        dotted = f"{reading.field.table}.{reading.field.name}"
        if cell and value != cell:
            if reading.closed or value in reading.missing:
                self.recoded[dotted, cell, value] += 1
            else:
                self.converted[dotted] += 1
        return value


# --- before any cell is read


def as_named(source: Source, answers: Sheet) -> Sheet:
    """The columns under the names that the mapping gives them, where case, accents or signs differ; told.

    What two columns, or two names, could mean is left as it is.
    """
    rules = (rule.source for _, block in source.blocks for rule in block.rules)
    wanted = {*filter(None, rules), *source.garder, *source.ignorer}
    left = unambiguous((skeleton(name), name) for name in answers.headings if name not in wanted)
    absent = unambiguous((skeleton(name), name) for name in wanted if name not in answers.headings)
    called = {left[spelling]: name for spelling, name in absent.items() if spelling in left}
    if not called:
        return answers

    def renamed(cells: Mapping[str, Any]) -> dict[str, Any]:
        return {called.get(name, name): cell for name, cell in cells.items()}

    said = [f"« {shown(found)} » lue comme « {shown(name)} »" for found, name in called.items()]
    return replace(
        answers,
        headings=renamed(answers.headings),
        rows={line: renamed(cells) for line, cells in answers.rows.items()},
        labels=renamed(answers.labels),
        notes=(*answers.notes, *said),
    )


def column_faults(source: Source, answers: Sheet) -> Iterator[Fault]:
    """What the mapping and the heading of an export do not say alike, and columns that may not be kept."""
    rules = [rule for _, block in source.blocks for rule in block.rules if rule.source]
    named = {**dict.fromkeys(source.garder, source.at)} | {rule.source: rule.at for rule in rules}
    for name, at in named.items():
        if name not in answers.headings:
            meant = nearest(name, answers.headings)
            remedy = f"Sans doute « {shown(meant)} »" if meant else "Corrigez son nom dans la correspondance"
            yield at.fault(f"Colonne absente de {answers.file}", remedy, name)
    gone = {*named, *source.ignorer, *answers.technical}
    for code, heading in answers.headings.items():
        if code not in gone and heading not in source.ignorer:
            remedy = "Dites à quelle colonne elle va (« tables »), ou ajoutez-la à « ignorer »"
            message = "Colonne que la correspondance ne connaît pas"
            yield Fault(answers.file, 1, shown(heading), "", message, remedy)
    for rule in rules:
        kind = personal_by_name(rule.source, answers.headings.get(rule.source, ""))
        if kind and not (rule.pseudonyme or rule.rempli or rule.deja_code == OUI):
            message = f"Cette colonne désigne ou situe des personnes ({kind})"
            remedy = "Remplacez-la par un code (« pseudonyme »), ou ajoutez-la à « ignorer »"
            yield rule.at.fault(message, remedy, rule.source)


def kept_rows(source: Source, answers: Sheet) -> Sheet:
    """The rows that the mapping keeps."""
    rows = {
        line: cells
        for line, cells in answers.rows.items()
        if all(cells.get(column, "") in values for column, values in source.garder.items())
    }
    return replace(answers, rows=rows)


# --- once they are


def gathered(
    given: Iterable[tuple[Record, bool, Mapping[str, str]]], table: Table
) -> tuple[list[Record], list[Fault]]:
    """One row for each key, and what is wrong: nobody's answer is left out unseen.

    Each row comes with whether it only completes the one that another file gives, person by person, and how
    to unite it with that of somebody else for the same site.
    """
    whole: dict[tuple[str, ...], dict[str, Text]] = {}
    additions: dict[tuple[str, ...], dict[str, Text]] = {}
    faults: list[Fault] = []
    key, unique = table.primary_key, [f.name for f in table.fields.values() if f.constraints.get("unique")]
    for row, completes, how in given:
        fresh = dict(row)
        former = (additions if completes else whole).setdefault(key_of(row, key), fresh)
        if former is not fresh:
            told = _united(former, row, table, how) if how else [_double(row, former, key)]
            faults += told
    for keyed, row in additions.items():
        if keyed in whole:
            whole[keyed] |= row
            continue
        message = f"Absent de la liste que complète ce fichier ({table.label})"
        remedy = "Ajoutez cette personne à la liste donnée, ou laissez sa réponse de côté (« garder »)"
        faults.append(row[key[0]].at.fault(message, remedy))
    for name in (name for name in unique if (name,) != key):
        first: dict[str, dict[str, Text]] = {}
        for row in (row for row in whole.values() if name in row):
            if (other := first.setdefault(row[name], row)) is not row:
                faults.append(_double(row, other, (name,)))
    return list(whole.values()), faults


def _united(former: dict[str, Text], row: Record, table: Table, how: Mapping[str, str]) -> Iterator[Fault]:
    for name, other in row.items():
        if former[name] != other and name in how:
            value = together(former[name], other, how[name], table.fields[name], table.missing)
            former[name] = Text(value, former[name].at)
        elif former[name] != other:
            message = f"Deux réponses pour {', '.join(key_of(row, table.primary_key))} diffèrent : {name}"
            remedy = f"Dites comment les réunir : « reunir: {{{name}: somme, maximum, premier… }} »"
            yield other.at.fault(message, remedy)


def _double(row: Record, former: Record, columns: Sequence[str]) -> Fault:
    place, other = row[columns[0]].at, former[columns[0]].at
    message = f"En double : même {', '.join(columns)} qu’à la ligne {other.line} de {other.file}"
    remedy = (
        "Si deux personnes ont répondu, dites comment réunir leurs réponses (« reunir », dans la "
        "correspondance) ; si c’est une réponse répétée, écartez-la (« garder »)"
    )
    return place.fault(message, remedy)


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
