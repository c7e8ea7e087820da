"""What each variable asks, from the dictionary alone: the first state of a codebook and of a form.

A variable is a column that somebody answers or codes (it has a question, or modalités), or one item of a
battery. Keys and what describes sites and quotations are no variables: nobody compares them between waves.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from atc.survey.codebook import COLUMNS
from atc.survey.dictionary import Dictionary, Field, Table
from atc.survey.typography import number

_DESCRIPTIVE = frozenset({"territoires", "verbatims"})


@dataclass(frozen=True)
class Variable:
    """One variable as it is asked.

    Attributes:
        name: ``table.colonne``, or ``table.colonne=modalite`` for an item.
        label: As readers see it; for an item, its wording.
        question: Wording put to respondents; empty when evaluators code it.
        options: Answers offered, or the bounds of a number.
    """

    name: str
    label: str
    question: str
    options: str


def variables(dictionary: Dictionary) -> tuple[Variable, ...]:
    """Every variable, by table and in the order of its columns; items in the order of the questionnaire."""
    return tuple(variable for table in dictionary for variable in of_table(table))


def of_table(table: Table) -> Iterator[Variable]:
    """Variables of one table, in the order of its columns; what describes sites or quotations has none."""
    if table.name in _DESCRIPTIVE:
        return
    for field in table.fields.values():
        name = f"{table.name}.{field.name}"
        if field.name not in table.primary_key:
            if field.question or field.categories:
                yield Variable(name, field.label, field.question, options(field))
        elif field.question and field.categories:
            scale = options(_answer_to(field, table))
            for code, label in field.labels.items():
                yield Variable(f"{name}={code}", label, field.question, scale)


def _answer_to(item: Field, table: Table) -> Field:
    """The column that holds the answers to the items of a battery: both carry the same question."""
    return next(f for f in table.fields.values() if f.question == item.question and f.name != item.name)


def options(field: Field) -> str:
    """What may be answered, in French: modalités, oui or non, bounds of a number or of a date."""
    if field.categories:
        return " | ".join(field.labels.values())
    if field.type == "boolean":
        return "oui | non"
    low, high = (field.constraints.get(key) for key in ("minimum", "maximum"))
    kind = {"integer": "nombre entier", "number": "nombre", "date": "date"}.get(field.type, "texte")
    if field.type == "date" and low and not high:
        return f"date, à partir du {low}"
    if low is None or high is None:
        return kind
    if field.type == "date":
        return f"date, du {low} au {high}"
    return f"{kind}, de {_plain(low)} à {_plain(high)}"


def _plain(bound: float) -> str:
    return number(bound, 0 if float(bound).is_integer() else 1)


def first_row(vague: str, variable: Variable) -> dict[str, str]:
    """Row of a codebook for a variable that no wave asked before."""
    return {
        "vague": vague,
        "variable": variable.name,
        "libelle": variable.label,
        "question": variable.question,
        "options": variable.options,
        "filtre": "",
        "comparabilite": "nouveau",
        "jointure": "non",
        "note": "",
    }


def codebook_bytes(rows: Iterable[Mapping[str, str]]) -> bytes:
    """``codebook.csv`` as it stands on disk."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
