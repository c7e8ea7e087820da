"""Rules between columns and between tables, which a Table Schema cannot say, held against a whole wave."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atc.survey.errors import Fault, shown
from atc.survey.validation.reading import TextTable
from atc.survey.validation.typed import typed_frame


@dataclass(frozen=True)
class Rule:
    """A rule, and what to say of each row that breaks it.

    Attributes:
        broken: Tables in, a boolean for each row of the table of ``column`` out.
        column: Where the evaluator should look, as ``table.colonne``.
        message: What is wrong; ``{colonne}`` quotes another column of the row.
        remedy: What to do about it.
    """

    broken: Callable[..., pd.Series[Any]]
    column: str
    message: str
    remedy: str

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that the rule reads: the names of its parameters."""
        return tuple(inspect.signature(self.broken).parameters)


def typed_frames(texts: Mapping[str, TextTable], known: Iterable[Fault]) -> dict[str, pd.DataFrame]:
    """Typed tables, where a cell at fault counts as missing; the line in the file is the index.

    Tables that are not whole are left out.
    """
    places = {(fault.file, fault.line, fault.column) for fault in known}
    return {name: _frame(text, places) for name, text in texts.items() if text.whole}


def coherence_faults(
    frames: Mapping[str, pd.DataFrame],
    texts: Mapping[str, TextTable],
    known: Sequence[Fault],
    rules: Iterable[Rule],
) -> Iterator[Fault]:
    """Rows that break a rule: one fault for each row and rule.

    A rule is left out when its table is not whole, or when another one that it reads is not sound: it would
    blame right rows. A cell already at fault is not blamed twice.
    """
    places = {(fault.file, fault.line, fault.column) for fault in known}
    sound = {name for name, text in texts.items() if text.is_sound(known)}
    for rule in rules:
        table, _, column = rule.column.partition(".")
        if table not in frames or not set(rule.tables) <= sound | {table}:
            continue
        text = texts[table]
        broken = rule.broken(**{name: frames[name] for name in rule.tables})
        # A comparison with a missing value says neither yes nor no.
        for line in broken.index[broken.astype("boolean").fillna(value=False)]:
            if (text.file, line, column) not in places:
                row = {str(name): shown(value) for name, value in text.cells.loc[line].items()}
                message = rule.message.format_map(row)
                yield Fault(text.file, int(line), column, row[column], message, rule.remedy)


def _frame(text: TextTable, places: set[tuple[str, int, str]]) -> pd.DataFrame:
    cells = text.cells.copy()
    for file, line, column in places:
        # Texts are kept, wrong or not: a pseudonym still tells whose answers these are.
        if file == text.file and line in cells.index and _must_be_typed(text, column):
            cells.loc[line, column] = ""
    return typed_frame(cells, text.table)


def _must_be_typed(text: TextTable, column: str) -> bool:
    field = text.table.fields.get(column)
    return field is not None and (field.type != "string" or bool(field.categories))
