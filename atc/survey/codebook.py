"""``codebook.csv`` of a wave: how each variable was asked, and what may be held against the wave before.

One row = one variable: a column that somebody answers or codes, or one item of a battery
(``scores.item=cooperation``). What it declares is held against both wordings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from atc.survey.dictionary import SCORE, Dictionary, Field, Table
from atc.survey.errors import DataRefused, Fault, Messages
from atc.survey.paths import read_toml
from atc.survey.read_csv import Row, read_rows, wrong_cells
from atc.survey.typography import number

if TYPE_CHECKING:
    import pandas as pd

_said = Messages(__name__)
FILE = "codebook.csv"
#: Declared comparability -> as readers see it.
VERDICTS = read_toml(__file__)
# Options of scores when they are a scale, as `options` writes them.
_SCALE = re.compile(r"nombre entier, de (\d{1,2}) à (\d{1,2})")
_TICKED = ("oui", "non")
_MAY_BE_EMPTY = {"question", "options", "filtre", "note"}
# What respondents read: if any of it changed, the variable is not identical.
_ASKED = {"libelle": "le libellé", "question": "la question", "options": "les options", "filtre": "le filtre"}


@dataclass(frozen=True)
class Entry:
    """One variable of one wave."""

    variable: str  # ``table.colonne``, or ``table.colonne=modalite`` for an item
    libelle: str  # as readers see it; for an item, its wording
    question: str = ""  # put to respondents; empty when evaluators code it
    options: str = ""  # answers offered, or the bounds of a number
    filtre: str = ""  # who was asked; empty for everybody
    comparabilite: str = "nouveau"  # one of VERDICTS
    jointure: bool = False  # whether it may be joined to the wave before
    note: str = ""  # what changed, and why joining it is right or wrong
    line: int = 0  # of the file, the heading being line 1


COLUMNS = ("vague", *list(Entry.__dataclass_fields__)[:-1])


@dataclass(frozen=True)
class Codebook:
    """Every variable of one wave, in the order of its ``file``, which is named as the evaluator knows it."""

    vague: str
    file: str
    entries: Mapping[str, Entry]

    def asks(self, variable: str) -> bool:
        """Whether a variable is asked in this wave: it has a row, which does not say that it is gone."""
        entry = self.entries.get(variable)
        return entry is not None and entry.comparabilite != "disparu"

    def asked(self, dictionary: Dictionary) -> Dictionary:
        """The dictionary in the words and on the scale of this wave: a question may have been asked anew."""
        for entry in self.entries.values():
            column, _, code = entry.variable.partition("=")
            field, label = dictionary.field(column), entry.libelle
            if code:
                named = tuple(c.named(label) if c.value == code else c for c in field.categories)
                dictionary = dictionary.changed(column, categories=named)
                continue
            asked = {"question": entry.question or field.question, "asked": bool(entry.question)}
            if column == SCORE and (scale := _SCALE.fullmatch(entry.options)):
                low, high = map(int, scale.groups())
                asked["constraints"] = {**field.constraints, "minimum": low, "maximum": high}
            dictionary = dictionary.changed(column, label=label, **asked)
        return dictionary


# --- the first state of a codebook, from the dictionary alone ---


def variables(tables: Iterable[Table]) -> Iterator[Entry]:
    """Every variable as a wave asks it first, in order: no key, a question or modalités; and items."""
    compared = (table for table in tables if table.name not in {"territoires", "verbatims"})
    for table, field in ((each, field) for each in compared for field in each.fields.values()):
        name = f"{table.name}.{field.name}"
        if field.name not in table.primary_key:
            if field.question or field.categories:
                yield Entry(name, field.label, field.question, options(field))
        elif field.question and field.categories:
            # The column that holds the answers to the items of a battery carries the same question.
            answers = (f for f in table.fields.values() if f.question == field.question and f != field)
            scale = options(next(answers))
            for code, label in field.labels.items():
                yield Entry(f"{name}={code}", label, field.question, scale)


def options(field: Field) -> str:
    """What may be answered, in French: modalités, oui or non, bounds of a number or of a date."""
    if field.categories or field.type == "boolean":
        return " | ".join(field.labels.values() or _TICKED)
    kind = {"integer": "nombre entier", "number": "nombre", "date": "date"}.get(field.type, "texte")
    low, high = (field.constraints.get(end) for end in ("minimum", "maximum"))
    from_, to = ("du", "au") if kind == "date" else ("de", "à")
    if kind != "date":
        low, high = (b if b is None else number(b, len(f"{b:g}".partition(".")[2])) for b in (low, high))
    if low and high:
        return f"{kind}, {from_} {low} {to} {high}"
    return f"{kind}, à partir {from_} {low}" if low else f"{kind}, jusqu’{to} {high}" if high else kind


def codebook_bytes(vague: str, entries: Iterable[Entry]) -> bytes:
    """``codebook.csv`` as it stands on disk."""
    import pandas as pd  # noqa: PLC0415

    rows = [asdict(e) | {"vague": vague, "jointure": "oui" if e.jointure else "non"} for e in entries]
    return pd.DataFrame(rows, columns=COLUMNS).to_csv(index=False, lineterminator="\n").encode()


def read_codebook(source: Path | bytes, shown_as: str, vague: str, known: Collection[str]) -> Codebook:
    """Read the codebook of a wave strictly; ``known`` are the variables of the dictionary."""
    choices = {"comparabilite": VERDICTS, "jointure": _TICKED, "vague": (vague,)}

    def wrong(row: Row, before: Mapping[int, Row]) -> Iterator[tuple[str, str, str]]:
        yield from wrong_cells(row, _MAY_BE_EMPTY, choices=choices)
        variable, verdict, joined = row["variable"], row["comparabilite"], row["jointure"]
        if variable and variable.strip() not in known:
            yield "variable", *_said.pair("unknown")
        if line := next((line for line, other in before.items() if other["variable"] == variable), 0):
            yield "variable", *_said.pair("twice", line=line)
        # What is new or gone has nothing to be joined to, what is the same always has.
        right = {"nouveau": "non", "disparu": "non", "identique": "oui"}.get(verdict, joined)
        if joined in _TICKED and joined != right:
            yield "jointure", *_said.pair("joined", verdict=verdict, joined=joined, right=right)
        if verdict in {"reformule", "rescale"} and not row["note"].strip():
            yield "note", *_said.pair("no_note")

    absent = "Créez-le avec atc new-wave, puis complétez-le"
    rows = read_rows(source, shown_as, COLUMNS, wrong, separators=",;", absent=absent)
    entries: dict[str, Entry] = {}
    for line, row in rows.items():
        told = {name: row[name] for name in COLUMNS if name not in {"vague", "jointure"}}
        entries[row["variable"]] = Entry(line=line, jointure=row["jointure"] == "oui", **told)
    return Codebook(vague, shown_as, entries)


def comparability(*books: Codebook) -> pd.DataFrame:
    """Item by item, what the last of successive waves can be held against in the first, through the others.

    One row = one variable, in the order of the last codebook. ``variable``, ``table``, ``libelle`` (or the
    former one), ``libelle_avant`` (empty for what is new), ``question``, ``question_avant``,
    ``comparabilite`` (code) and ``verdict`` of its last change, ``jointure`` (allowed by each wave), a note.
    A `DataRefused` tells rows that the two wordings deny, and variables left without a word.
    """
    # Who only asks whether a wave was checked does not wait for pandas.
    import pandas as pd  # noqa: PLC0415

    found: dict[str, dict[str, object]] = {}
    for rank, (previous, current) in enumerate(pairwise(books)):
        if faults := list(_contradictions(previous, current)):
            raise DataRefused(faults)
        former, found = found, {}
        for name, entry in current.entries.items():
            was, row = previous.entries.get(name, Entry("", "")), asdict(entry)
            row |= {"libelle_avant": was.libelle, "question_avant": was.question}
            # One that a wave did not ask is new since then.
            then = former.get(name, {"jointure": rank == 0})
            same = entry.comparabilite == "identique"
            row |= {cell: said for cell, said in then.items() if same or cell.endswith("_avant")}
            found[name] = row | {"jointure": entry.jointure and then["jointure"]}
    table = pd.DataFrame(list(found.values()))
    table["table"] = table["variable"].str.partition(".")[0]
    table["verdict"] = table["comparabilite"].map(VERDICTS)
    worded = ["variable", "table", "libelle", "libelle_avant", "question", "question_avant"]
    return table[[*worded, "comparabilite", "verdict", "jointure", "note"]]


def joined(compared: pd.DataFrame, variables: Iterable[str]) -> list[str]:
    """Those variables that may be joined, in the order given; what the codebooks leave out never is."""
    allowed = set(compared.loc[compared["jointure"], "variable"])
    return [variable for variable in variables if variable in allowed]


def _contradictions(previous: Codebook, current: Codebook) -> Iterator[Fault]:
    """What the wave before says against a row, and what to do about it."""
    asked_before = {name: entry for name, entry in previous.entries.items() if previous.asks(name)}
    for name, entry in current.entries.items():
        before, verdict = asked_before.get(name), entry.comparabilite
        place = (current.file, entry.line, "comparabilite", verdict)
        changed = [word for cell, word in _ASKED.items() if getattr(entry, cell) != getattr(before, cell, "")]
        if before is None and verdict != "nouveau":
            yield _said.fault("not_asked_before", *place, name=name, vague=previous.vague)
        elif before is not None and verdict == "nouveau":
            yield _said.fault("asked_before", *place, name=name, vague=previous.vague)
        elif changed and verdict == "identique":
            yield _said.fault("changed", *place, name=name, changed=", ".join(changed))
    for variable in asked_before.keys() - current.entries.keys():
        yield _said.fault("left_out", current.file, 0, "variable", variable, vague=previous.vague)
