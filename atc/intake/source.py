"""What was read of a file, before anyone says what it means: a heading and rows of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from atc.errors import DataRefused, Fault, refusal, shown

MAX_ROWS = 5_000
MAX_COLUMNS = 1_000
#: Characters of one cell; also what Python's csv reader stops at, unless a library has changed it.
MAX_CELL = 131_072
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Sheet:
    """One file, or one sheet of a workbook, as text.

    Attributes:
        file: As the evaluator knows it; a workbook's sheet is named after it.
        heading: Names of the columns, with plain single spaces.
        rows: Line in the file -> its cells, as many as the heading.
        notes: How it was read, and what had to be cleaned, in French.
    """

    file: str
    heading: tuple[str, ...]
    rows: dict[int, tuple[str, ...]]
    notes: tuple[str, ...]


def plain_spaces(text: str) -> str:
    """One kind of space, none outside, and letters with their accents in one character."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def make_sheet(file: str, lines: Sequence[tuple[int, Sequence[str]]], notes: Sequence[str]) -> Sheet:
    """Tell the heading from the rows, and refuse what would make a cell stand for another.

    Columns without a name whose cells are all empty are left out, as are empty lines at the end:
    spreadsheets leave them.

    Args:
        file: As the evaluator knows it.
        lines: Number of each line and its cells, the heading first, all of one length.
        notes: How it was read.

    Raises:
        DataRefused: A name is missing or repeated, there is no row, too many rows or columns, or an
            empty line between others.
    """
    (first, names), *body = lines
    heading = [plain_spaces(name) for name in names]
    while body and not any(map(str.strip, body[-1][1])):
        body.pop()
    if not body:
        remedy = "Vérifiez l’export : il doit contenir une ligne par réponse"
        raise refusal(file, "L’en-tête n’est suivi d’aucune ligne", remedy, line=first)
    _check_size(file, len(body), len(heading))
    kept = [i for i, name in enumerate(heading) if name or any(cells[i].strip() for _, cells in body)]
    faults = _heading_faults(file, first, [(i, heading[i]) for i in kept])
    faults += _blank_faults(file, body)
    if faults:
        raise DataRefused(faults)
    told = list(notes)
    if any(heading[i] != names[i] for i in kept):
        told.append("espaces des en-têtes nettoyés")
    rows = {line: tuple(cells[i] for i in kept) for line, cells in body}
    return Sheet(file, tuple(heading[i] for i in kept), rows, tuple(told))


def _check_size(file: str, rows: int, columns: int) -> None:
    remedy = "Un export d’enquête est bien plus petit : vérifiez sa provenance"
    if rows > MAX_ROWS:
        raise refusal(file, f"Plus de {MAX_ROWS} lignes", remedy)
    if columns > MAX_COLUMNS:
        raise refusal(file, f"Plus de {MAX_COLUMNS} colonnes", remedy)


def _heading_faults(file: str, line: int, names: Sequence[tuple[int, str]]) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, name in names:
        if not name:
            message = f"La colonne n° {place + 1} n’a pas de nom"
            remedy = "Donnez-lui un nom ; si des cellules de l’en-tête sont fusionnées, défusionnez-les"
            faults.append(Fault(file, line, "", "", message, remedy))
        elif name in seen:
            remedy = "Exportez avec les codes des questions, ou donnez un nom différent à chaque colonne"
            faults.append(Fault(file, line, shown(name), "", "Colonne en double", remedy))
        seen.add(name)
    return faults


def _blank_faults(file: str, body: Sequence[tuple[int, Sequence[str]]]) -> list[Fault]:
    remedy = "Supprimez-la : après une ligne vide, deux tableaux pourraient se suivre"
    return [
        Fault(file, line, "", "", "Ligne vide au milieu des réponses", remedy)
        for line, cells in body
        if not any(map(str.strip, cells))
    ]
