"""One row of a table on its way to the wave, which never forgets where each of its cells comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from atc.survey.dictionary import Table
from atc.survey.errors import Fault, shown


@dataclass(frozen=True)
class Place:
    """Where a cell comes from."""

    file: str  # the export, or the mapping for a constant, as the evaluator knows it
    line: int  # line in that file
    column: str  # heading in that file
    shown: str  # what messages may quote of the cell; empty when it names a person


@dataclass(frozen=True)
class Record:
    """One row of a table."""

    table: str  # name of the table
    values: Mapping[str, str]  # column -> value, as the dictionary writes it
    places: Mapping[str, Place]  # column -> where it comes from

    def completed(self, other: Record) -> Record:
        """The same row, where the columns of another one stand instead."""
        return replace(self, values={**self.values, **other.values}, places={**self.places, **other.places})

    def key(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Its values in some columns."""
        return tuple(self.values.get(column, "") for column in columns)


def fault_at(place: Place, message: str, remedy: str) -> Fault:
    """A fault where a cell comes from."""
    return Fault(place.file, place.line, shown(place.column), place.shown, message, remedy)


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
            faults.append(
                fault_at(place, f"Absent de la liste que complète ce fichier ({table.label})", remedy)
            )
        elif key in done:
            faults.append(fault_at(place, "Deux réponses pour la même ligne de la liste", "Gardez-en une"))
        else:
            done.add(key)
            whole[ranks[key]] = whole[ranks[key]].completed(addition)
    return whole, faults


def united(rows: Iterable[Record], table: Table, how: Mapping[str, str]) -> tuple[list[Record], list[Fault]]:
    """One row for each key, where two persons answered for one site: nobody's answer is left out unseen."""
    made: dict[tuple[str, ...], Record] = {}
    faults = []
    for row in rows:
        key = row.key(table.primary_key)
        if key not in made:
            made[key] = row
            continue
        values = dict(made[key].values)
        for name, other in row.values.items():
            if values[name] == other:
                continue
            if name in how:
                values[name] = _together(values[name], other, how[name], table, name)
            else:
                message = f"Deux réponses pour {', '.join(key)}, qui diffèrent : {name}"
                remedy = f"Dites comment les réunir : « reunir: {{{name}: somme, maximum, premier… }} »"
                faults.append(fault_at(row.places[name], message, remedy))
        made[key] = replace(made[key], values=values)
    return list(made.values()), faults


def _together(one: str, other: str, how: str, table: Table, name: str) -> str:
    if how in {"premier", "dernier"}:
        return one if how == "premier" else other
    untold = [value for value in (one, other) if value in table.missing]
    if untold:
        # What one of them does not tell, a sum cannot tell either.
        return untold[0] if how == "somme" or len(untold) == 2 else one if other in untold else other
    if how == "somme":
        return str(Decimal(one) + Decimal(other))
    # Days, and « non » and « oui », are in the order of their letters.
    rank: Callable[[str], Any] = Decimal if table.fields[name].type in {"integer", "number"} else str
    return (max if how == "maximum" else min)(one, other, key=rank)


def repeated(rows: Sequence[Record], table: Table) -> list[Fault]:
    """A fault for each row whose key another one already has."""
    keys = [table.primary_key]
    keys += [(f.name,) for f in table.fields.values() if f.constraints.get("unique")]
    faults = []
    for columns in dict.fromkeys(keys):
        first: dict[tuple[str, ...], Place] = {}
        for row in rows:
            key, place = row.key(columns), row.places[columns[0]]
            if key in first:
                other = first[key]
                message = f"En double : même {', '.join(columns)} qu’à la ligne {other.line} de {other.file}"
                remedy = (
                    "Si deux personnes ont répondu, dites comment réunir leurs réponses (« reunir », dans la "
                    "correspondance) ; si c’est une réponse répétée, écartez-la (« garder »)"
                )
                faults.append(fault_at(place, message, remedy))
            first.setdefault(key, place)
    return faults


def ordered(rows: Iterable[Record], table: Table) -> list[Record]:
    """Rows in an order that says nothing of the files: by pseudonym or code, then as the dictionary lists."""
    names = [f.name for f in table.fields.values() if f.kind == "identifier"]
    names += [name for name in table.primary_key if name not in names]
    ranks = {name: {code: rank for rank, code in enumerate(table.fields[name].labels)} for name in names}

    def sort_key(row: Record) -> list[tuple[int, str]]:
        return [(ranks[name].get(row.values[name], 0), row.values[name]) for name in names]

    return sorted(rows, key=sort_key)
