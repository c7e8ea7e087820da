"""Rules between columns and between tables, of ``rules.toml``, held against a whole wave by SQLite."""

import sqlite3
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from atc.survey.errors import Fault, shown
from atc.survey.quotations import judges_someone, names_a_place, places_of
from atc.survey.validation.reading import TextTable


@dataclass(frozen=True)
class Rule:
    """A rule, and what to say of each row that breaks it."""

    column: str  # where the evaluator should look, as ``table.colonne``
    broken: str  # a condition of SQL on the rows of its table
    message: str  # what is wrong; ``{colonne}`` quotes another column of the row
    remedy: str
    tables: Sequence[str] = ()  # others that are read

    @property
    def table(self) -> str:
        """That of the rows that may break it."""
        return self.column.partition(".")[0]


RULES = [
    Rule(**each) for each in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["rules"]
]


def lines_that_break(rules: Sequence[Rule], frames: Mapping[str, pd.DataFrame]) -> list[list[int]]:
    """Of each rule, the index of the rows that break it; the tables that it reads are among the frames."""
    with closing(sqlite3.connect(":memory:")) as database:
        for name, frame in frames.items():
            filled = frame.assign(remplies=frame.notna().sum(axis=1))
            filled.to_sql(name, database, index_label="ligne")
            # What two tables share is what rows are sought by.
            for column in {"repondant", "territoire"} & {*frame}:
                database.execute(f"create index {name}_{column} on {name} ({column})")
        places = places_of(frames["territoires"]) if "territoires" in frames else ()
        database.create_function("names_a_place", 1, lambda text: text and names_a_place(text, places))
        database.create_function("judges_someone", 1, lambda text: text and judges_someone(text))
        queries = (f"select ligne from {rule.table} where {rule.broken}" for rule in rules)  # noqa: S608
        return [[line for (line,) in database.execute(query)] for query in queries]


def coherence_faults(
    frames: Mapping[str, pd.DataFrame], texts: Mapping[str, TextTable], known: Sequence[Fault]
) -> list[Fault]:
    """Rows that break a rule: one fault for each row and rule.

    A rule is left out when its table is not whole, or when another one that it reads is not sound: it would
    blame right rows. A cell already at fault is not blamed twice.
    """
    places = {(fault.file, fault.line, fault.column) for fault in known}
    sound = {name for name, text in texts.items() if text.is_sound(known)}
    rules = [rule for rule in RULES if rule.table in frames and sound.issuperset(rule.tables)]
    found = []
    for rule, lines in zip(rules, lines_that_break(rules, frames), strict=True):
        text, column = texts[rule.table], rule.column.partition(".")[2]
        for line in lines:
            if (text.file, line, column) not in places:
                row = text.cells.loc[line].map(shown).to_dict()
                message = rule.message.format_map(row)
                found.append(Fault(text.file, line, column, row[column], message, rule.remedy))
    return found
