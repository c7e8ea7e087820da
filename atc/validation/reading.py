"""Strict reading of one CSV file: every cell survives as it is, or is refused with its place.

pandas reads ten of nineteen defective files without a word: columns shift, a NUL cuts the text, the
code « NA » becomes a hole. So here a line of the file is a row, columns are found by their names, and
every cell stays text until the dictionary has judged it.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from atc.dictionary import Table
from atc.errors import DataRefused, Fault, shown
from atc.typography import counted, number
from atc.validation.cells import cleaned, invisible_faults
from atc.validation.heading import match_heading
from atc.validation.opening import decode

MAX_ROWS = 50_000
MAX_LINE = 50_000
_COMMAS = "Ajoutez ou retirez des virgules ; un texte qui en contient se met entre guillemets"


@dataclass(frozen=True)
class TextTable:
    """A table as text, before any cell is given a meaning.

    Attributes:
        table: What the dictionary says of it.
        file: The file as the evaluator knows it.
        cells: One row = one line of the file, whose number is the index; columns that were found, as text.
        whole: Whether no column and no line had to be left out.
    """

    table: Table
    file: str
    cells: pd.DataFrame
    whole: bool

    def is_sound(self, faults: Iterable[Fault]) -> bool:
        """Whether other tables may be held against this one: it is whole, and its keys are right.

        Otherwise a misspelt pseudonym here would be blamed on every right line elsewhere.

        Args:
            faults: What is known to be wrong, in any file.
        """
        keys = {*self.table.primary_key}
        keys |= {f.name for f in self.table.fields.values() if f.constraints.get("unique")}
        keys |= {name for local, _, _ in self.table.foreign_keys for name in local}
        own = (fault for fault in faults if fault.file == self.file)
        return self.whole and not any(keys & set(fault.column.split(", ")) for fault in own)


def read_table(content: bytes, file: str, table: Table) -> tuple[TextTable | None, list[Fault]]:
    """Read one file.

    Args:
        content: Its bytes.
        file: The file as the evaluator knows it, for messages.
        table: What the dictionary expects in it.

    Returns:
        The table, or nothing when the file cannot be read at all, and every fault of its form.
    """
    try:
        heading, *body = _lines(decode(content, file), file)
        names = _split(heading, 1, file)
        places, faults = match_heading(names, table, file)
    except DataRefused as refused:
        return None, list(refused.faults)
    rows, torn = _rows(body, len(names), file)
    columns = {name: [cells[place] for cells in rows.values()] for name, place in places.items()}
    text = pd.DataFrame(columns, index=pd.Index(rows, name="ligne", dtype="int64"), dtype=object)
    whole = not faults and not torn and bool(rows)
    faults += [*torn, *_blank_faults(body, file), *_invisible(text, table, file)]
    return TextTable(table, file, text.map(cleaned), whole), faults


def _lines(text: str, file: str) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", text)
    if lines[-1] == "":
        lines.pop()
    if len(lines) - 1 > MAX_ROWS:
        message = f"Fichier trop long : {number(len(lines) - 1)} lignes"
        remedy = f"Une vague compte moins de {number(MAX_ROWS)} lignes par table : vérifiez sa provenance"
        raise DataRefused([Fault(file, 0, "", "", message, remedy)])
    if not any(map(_is_not_blank, lines[1:])):
        remedy = "Ajoutez les lignes de données : une table ne peut pas être vide"
        raise DataRefused([Fault(file, 1, "", "", "L’en-tête n’est suivi d’aucune ligne", remedy)])
    return lines


def _split(line: str, rank: int, file: str) -> list[str]:
    # One line at a time: a quote left open spoils its own line, and not the rest of the file.
    if len(line) > MAX_LINE:
        remedy = "Vérifiez que le fichier a bien une ligne par réponse"
        raise DataRefused([Fault(file, rank, "", shown(line), "Ligne trop longue", remedy)])
    try:
        return next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        message = "Guillemets mal placés, ou retour à la ligne dans une cellule"
        remedy = (
            "Entourez la cellule de guillemets droits, doublez ceux qu’elle contient, "
            "et remplacez tout retour à la ligne par un espace"
        )
        raise DataRefused([Fault(file, rank, "", shown(line), message, remedy)]) from error


def _rows(body: Sequence[str], width: int, file: str) -> tuple[dict[int, list[str]], list[Fault]]:
    rows: dict[int, list[str]] = {}
    torn: list[Fault] = []
    for rank, line in enumerate(body, start=2):
        if not _is_not_blank(line):
            continue
        try:
            cells = _split(line, rank, file)
        except DataRefused as refused:
            torn += refused.faults
            continue
        if len(cells) == width:
            rows[rank] = cells
            continue
        message = f"{counted(len(cells), 'cellule')}, alors que l’en-tête en compte {width}"
        torn.append(Fault(file, rank, "", shown(line), message, _COMMAS))
    if not rows and len({fault.message for fault in torn}) == 1 < len(torn):
        # The heading is what differs: once is enough.
        return rows, [replace(torn[0], message=f"Toutes les lignes ont {torn[0].message}")]
    return rows, torn


def _is_not_blank(line: str) -> bool:
    return bool(line.strip(' ,"\t'))


def _blank_faults(body: Sequence[str], file: str) -> Iterator[Fault]:
    # Spreadsheets leave hundreds of them in a row: one fault says it.
    ranked = enumerate(body, start=2)
    for filled, group in itertools.groupby(ranked, key=lambda pair: _is_not_blank(pair[1])):
        if not filled:
            ranks = [rank for rank, _ in group]
            if len(ranks) == 1:
                message, remedy = "Ligne vide", "Supprimez-la"
            else:
                message, remedy = f"Lignes vides jusqu’à la ligne {ranks[-1]}", "Supprimez-les"
            yield Fault(file, ranks[0], "", "", message, remedy)


def _invisible(text: pd.DataFrame, table: Table, file: str) -> Iterator[Fault]:
    for column in text:
        described = table.fields[str(column)]
        for rank, cell in text[column].items():
            for message, remedy in invisible_faults(cell, described):
                yield Fault(file, int(str(rank)), described.name, shown(cell), message, remedy)
