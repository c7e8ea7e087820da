"""``codebook.csv`` of a wave: how each variable was asked, and what may be held against the wave before.

One row = one wave × one variable. A variable is a column (``carnet_de_bord.etp``) or one item of a battery
(``scores.item=cooperation``). What breaks a second wave is an item code used again for another question, an
option that changed, a filter that changed unseen: so what a row declares is held against both wordings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from atc.survey.errors import DataRefused, Fault, shown
from atc.survey.read_csv import read_bytes, read_csv

if TYPE_CHECKING:
    import pandas as pd

    from atc.survey.dictionary import Dictionary

FILE = "codebook.csv"
COLUMNS = (
    "vague",
    "variable",
    "libelle",
    "question",
    "options",
    "filtre",
    "comparabilite",
    "jointure",
    "note",
)
#: Declared comparability -> as readers see it.
VERDICTS = {
    "identique": "identique",
    "reformule": "reformulé",
    "rescale": "changé d’échelle",
    "nouveau": "nouveau",
    "disparu": "disparu",
}
#: The column of scores, and its options when they are a scale, as `atc.survey.questionnaire` writes them.
SCORE = "scores.score"
_SCALE = re.compile(r"nombre entier, de (\d{1,2}) à (\d{1,2})")
_JOINED = {"oui": True, "non": False}
_REQUIRED = ("vague", "variable", "libelle", "comparabilite", "jointure")
# What respondents read: if any of it changed, the variable is not identical.
_ASKED = {"libelle": "le libellé", "question": "la question", "options": "les options", "filtre": "le filtre"}
_ALONE = ("nouveau", "disparu")


@dataclass(frozen=True)
class Entry:
    """One variable of one wave.

    Attributes:
        line: Line of the file, the heading being line 1.
        variable: ``table.colonne``, or ``table.colonne=modalite`` for an item.
        libelle: As readers see it; for an item, its wording.
        question: Wording put to respondents; empty when nobody was asked.
        options: Answers offered, or the scale.
        filtre: Who was asked; empty for everybody.
        comparabilite: One of `VERDICTS`.
        jointure: Whether it may be joined to the wave before.
        note: What changed, and why joining it is right or wrong.
    """

    line: int
    variable: str
    libelle: str
    question: str
    options: str
    filtre: str
    comparabilite: str
    jointure: bool
    note: str


@dataclass(frozen=True)
class Codebook:
    """Every variable of one wave.

    Attributes:
        vague: Id of the wave.
        file: The file as the evaluator knows it, for messages.
        entries: Variable -> its row, in the order of the file.
    """

    vague: str
    file: str
    entries: Mapping[str, Entry]

    def asks(self, variable: str) -> bool:
        """Whether a variable is asked in this wave: it has a row, which does not say that it is gone."""
        entry = self.entries.get(variable)
        return entry is not None and entry.comparabilite != "disparu"

    def asked(self, dictionary: Dictionary) -> Dictionary:
        """The dictionary in the words and on the scale of this wave: a question may have been asked anew."""
        worded = dictionary
        for entry in self.entries.values():
            column, _, code = entry.variable.partition("=")
            if code:
                worded = worded.with_category(column, code, entry.libelle)
            else:
                worded = worded.with_words(column, entry.libelle, entry.question)
            if column == SCORE and (scale := _SCALE.fullmatch(entry.options)):
                worded = worded.with_bounds(column, *map(int, scale.groups()))
        return worded


def read_codebook(path: Path, shown_as: str, vague: str, known: Collection[str]) -> Codebook:
    """Read the codebook of a wave strictly: every fault at once, or every row usable.

    Args:
        path: The file: UTF-8, commas or, as French spreadsheets save, semicolons.
        shown_as: The same as the evaluator knows it, for messages.
        vague: Id of the wave, which each row must repeat.
        known: Variables that the dictionary knows.

    Raises:
        DataRefused: With every fault of the file, in French.
    """
    content = read_bytes(path, shown_as, "Créez-le avec atc new-wave, puis complétez-le")
    return parse_codebook(content, shown_as, vague, known)


def parse_codebook(content: bytes, shown_as: str, vague: str, known: Collection[str]) -> Codebook:
    """The same of a codebook that is not in its place yet."""
    read = read_csv(content, shown_as, separators=",;", columns=COLUMNS)
    faults = list(read.faults)
    entries: dict[str, Entry] = {}
    for line, cells in read.rows.items():
        row = dict(zip(COLUMNS, cells, strict=True))
        found = list(_row_faults(row, line, shown_as, vague, known))
        if row["variable"] in entries:
            message = f"Variable déjà décrite à la ligne {entries[row['variable']].line}"
            found.append(
                _fault(shown_as, line, "variable", row["variable"], message, "Gardez une seule ligne")
            )
        faults += found
        if not found:
            kept = {name: row[name] for name in COLUMNS if name not in {"vague", "jointure"}}
            entries[row["variable"]] = Entry(line, jointure=_JOINED[row["jointure"]], **kept)
    if faults:
        raise DataRefused(faults)
    return Codebook(vague, shown_as, entries)


def _fault(file: str, line: int, column: str, value: str, message: str, remedy: str) -> Fault:
    return Fault(file, line, column, shown(value), message, remedy)


def _row_faults(
    row: Mapping[str, str], line: int, file: str, vague: str, known: Collection[str]
) -> Iterator[Fault]:
    for column, value in row.items():
        if value != value.strip():
            yield _fault(file, line, column, value, "Espaces au bord de la cellule", "Supprimez-les")
        elif not value and column in _REQUIRED:
            yield _fault(file, line, column, "", "Cellule vide", "Remplissez-la")
    allowed: dict[str, Collection[str]] = {"comparabilite": VERDICTS, "jointure": _JOINED, "vague": (vague,)}
    for column, values in allowed.items():
        value = row[column].strip()
        if value and value not in values:
            remedy = f"Choisissez parmi : {', '.join(values)}"
            yield _fault(file, line, column, value, "Valeur inconnue", remedy)
    if row["variable"] and row["variable"].strip() not in known:
        remedy = (
            "Écrivez « table.colonne » ou, pour un item, « scores.item=code », comme dans le dictionnaire"
        )
        yield _fault(file, line, "variable", row["variable"], "Variable inconnue du dictionnaire", remedy)
    yield from _joining_faults(row, line, file)


def _joining_faults(row: Mapping[str, str], line: int, file: str) -> Iterator[Fault]:
    verdict, joined = row["comparabilite"], row["jointure"]
    if verdict in _ALONE and joined == "oui":
        message = f"Une variable déclarée « {verdict} » n’a rien à quoi être rapprochée"
        yield _fault(file, line, "jointure", joined, message, "Écrivez « non »")
    elif verdict == "identique" and joined == "non":
        message = "Une variable identique se rapproche toujours"
        remedy = "Écrivez « oui », ou déclarez-la « reformule » ou « rescale » et dites pourquoi dans la note"
        yield _fault(file, line, "jointure", joined, message, remedy)
    if verdict in {"reformule", "rescale"} and not row["note"].strip():
        remedy = "Dites ce qui a changé, et pourquoi la rapprocher ou non"
        yield _fault(file, line, "note", "", "Note absente pour une variable modifiée", remedy)


def comparability(previous: Codebook, current: Codebook) -> pd.DataFrame:
    """Item by item, what can be held against the wave before.

    Args:
        previous: Codebook of the wave before.
        current: Codebook of the wave.

    Returns:
        One row = one variable of either wave, in the order of the current codebook. ``variable``, ``table``,
        ``libelle`` (current, or the former one for what is gone), ``libelle_avant`` (empty for what is new),
        ``question``, ``question_avant``, ``comparabilite`` (code), ``verdict`` (see `VERDICTS`),
        ``jointure`` (whether the two waves may be joined), ``note``.

    Raises:
        DataRefused: A row says something that the two wordings deny, or a variable is left without a word.
    """
    # Who only asks whether a wave was checked does not wait for pandas.
    import pandas as pd  # noqa: PLC0415

    faults = list(_contradictions(previous, current))
    if faults:
        raise DataRefused(faults)
    rows = [_compared(entry, previous.entries.get(entry.variable)) for entry in current.entries.values()]
    columns = [
        "variable",
        "table",
        "libelle",
        "libelle_avant",
        "question",
        "question_avant",
        "comparabilite",
        "verdict",
        "jointure",
        "note",
    ]
    return pd.DataFrame(rows, columns=columns)


def _compared(entry: Entry, before: Entry | None) -> dict[str, object]:
    return {
        "variable": entry.variable,
        "table": entry.variable.partition(".")[0],
        "libelle": entry.libelle,
        "libelle_avant": before.libelle if before else "",
        "question": entry.question,
        "question_avant": before.question if before else "",
        "comparabilite": entry.comparabilite,
        "verdict": VERDICTS[entry.comparabilite],
        "jointure": entry.jointure,
        "note": entry.note,
    }


def _contradictions(previous: Codebook, current: Codebook) -> Iterator[Fault]:
    asked_before = {v: e for v, e in previous.entries.items() if e.comparabilite != "disparu"}
    for entry in current.entries.values():
        yield from _denied(entry, asked_before.get(entry.variable), previous, current)
    for variable in asked_before.keys() - current.entries.keys():
        message = f"Variable de la vague {previous.vague} sans ligne dans ce codebook"
        remedy = "Ajoutez sa ligne ; si elle n’est plus posée, déclarez-la « disparu »"
        yield _fault(current.file, 0, "variable", variable, message, remedy)


def _denied(entry: Entry, before: Entry | None, previous: Codebook, current: Codebook) -> Iterator[Fault]:
    def fault(message: str, remedy: str) -> Fault:
        return _fault(current.file, entry.line, "comparabilite", entry.comparabilite, message, remedy)

    if before is None and entry.comparabilite != "nouveau":
        message = f"{entry.variable} n’était pas dans la vague {previous.vague}"
        yield fault(message, "Déclarez-la « nouveau », ou corrigez son nom")
    elif before is not None and entry.comparabilite == "nouveau":
        message = f"{entry.variable} était déjà posée dans la vague {previous.vague}"
        yield fault(message, "Déclarez ce qui a changé ; pour une autre question, prenez un autre code")
    elif before is not None and entry.comparabilite == "identique":
        changed = _changed(entry, before)
        if changed:
            message = f"{entry.variable} est déclarée identique, alors que change : {', '.join(changed)}"
            yield fault(message, "Rétablissez le texte, ou déclarez « reformule » ou « rescale »")


def _changed(entry: Entry, before: Entry) -> list[str]:
    return [name for field, name in _ASKED.items() if getattr(entry, field) != getattr(before, field)]


def along(books: Sequence[Codebook]) -> pd.DataFrame:
    """The same of the first and the last of several waves, through those between them.

    A variable is joined where each wave allows it; its verdict is the last change that it went through.

    Args:
        books: Codebooks of successive waves, two at least.

    Raises:
        DataRefused: See `comparability`.
    """
    *before, found = (comparability(*pair) for pair in pairwise(books))
    for step in before:
        known = step.set_index("variable")
        # One that a wave did not ask is new since then.
        there = found["variable"].isin(known.index)
        former = known.reindex(found["variable"]).reset_index(drop=True)
        found["jointure"] &= former["jointure"].eq(other=True)
        same = there & found["comparabilite"].eq("identique")
        for name in ("comparabilite", "verdict", "note"):
            found[name] = former[name].where(same, found[name])
        for name in ("libelle_avant", "question_avant"):
            found[name] = former[name].where(there, found[name])
    return found


def joined(compared: pd.DataFrame, variables: Iterable[str]) -> list[str]:
    """Those variables that may be joined, in the order given.

    Args:
        compared: See `comparability`.
        variables: ``table.colonne`` or items; one that the codebooks leave out is never joined.
    """
    allowed = set(compared.loc[compared["jointure"], "variable"])
    return [variable for variable in variables if variable in allowed]
