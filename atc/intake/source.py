"""What was read of a file, before anyone says what it means: a heading and rows of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from atc.survey.errors import DataRefused, Fault, refusal, shown

MAX_ROWS = 5_000
MAX_COLUMNS = 1_000
#: Characters of one cell; also what Python's csv reader stops at, unless a library has changed it.
MAX_CELL = 131_072
_SPACES = re.compile(r"\s+")
# What a text that was pasted brings along, and that nobody sees: it would make one place two.
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
# An apostrophe by which a spreadsheet is told that what follows is text.
_PROTECTED = re.compile(r"^'(?=[=+\-@\d])")


@dataclass(frozen=True)
class Sheet:
    """One file, or one sheet of a workbook, as text."""

    file: str  # as the evaluator knows it; a workbook's sheet is named after it
    heading: tuple[str, ...]  # names of the columns, with plain single spaces
    rows: dict[int, tuple[str, ...]]  # line in the file -> its cells, as many as the heading
    notes: tuple[str, ...]  # how it was read, and what had to be cleaned, in French


@dataclass(frozen=True)
class Heading:
    """Lines of an export that hold the names of its columns, counted from 1."""

    first: int  # the only one, or the one of the questions, whose name holds for the unnamed columns after it
    last: int  # the one of the choices, as SurveyMonkey writes them: « Question [Choix] »


ALONE = Heading(1, 1)


def plain_spaces(text: str) -> str:
    """One kind of space, none outside, and letters with their accents in one character."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def make_sheet(
    file: str, lines: Sequence[tuple[int, Sequence[str]]], notes: Sequence[str], where: Heading = ALONE
) -> Sheet:
    """Tell the heading from the rows, and refuse what would make a cell stand for another.

    Columns without a name whose cells are all empty are left out, as are empty lines at the end:
    spreadsheets leave them.
    """
    cleaned = [(line, [_PROTECTED.sub("", _INVISIBLE.sub("", c)) for c in row]) for line, row in lines]
    told = list(notes)
    if any(_INVISIBLE.search(cell) for _, cells in lines for cell in cells):
        told.append("caractères invisibles retirés")
    if len(cleaned) < where.last:
        remedy = "Corrigez la clé « entete » de la correspondance"
        raise refusal(file, f"Pas de ligne {where.last} dans ce fichier", remedy)
    first, names = cleaned[where.first - 1]
    if where.last > where.first:
        names = _joined(names, cleaned[where.last - 1][1])
    body = cleaned[where.last :]
    heading = [plain_spaces(name) for name in names]
    while body and not any(map(str.strip, body[-1][1])):
        body.pop()
    if not body:
        remedy = "Vérifiez l’export : il doit contenir une ligne par réponse"
        raise refusal(file, "L’en-tête n’est suivi d’aucune ligne", remedy, line=first)
    _check_size(file, len(body), len(heading))
    kept = [i for i, name in enumerate(heading) if name or any(cells[i].strip() for _, cells in body)]
    faults = _heading_faults(file, first, [(i, heading[i]) for i in kept], _better_heading(body, kept))
    faults += _blank_faults(file, body)
    if faults:
        raise DataRefused(faults)
    if any(heading[i] != names[i] for i in kept):
        told.append("espaces des en-têtes nettoyés")
    rows = {line: tuple(cells[i] for i in kept) for line, cells in body}
    return Sheet(file, tuple(heading[i] for i in kept), rows, tuple(told))


def _joined(questions: Sequence[str], choices: Sequence[str]) -> list[str]:
    names, asked = [], ""
    for question, choice in zip(questions, choices, strict=True):
        asked = question.strip() or asked
        names.append(f"{asked} [{choice.strip()}]" if choice.strip() else asked)
    return names


def _better_heading(body: Sequence[tuple[int, Sequence[str]]], kept: Sequence[int]) -> int:
    # Among the first lines, one that names every column: titles and sections stand above it. 0 if none does.
    for line, cells in body[:4]:
        named = [plain_spaces(cells[i]) for i in kept]
        if all(named) and len(set(named)) == len(named):
            return line
    return 0


def _check_size(file: str, rows: int, columns: int) -> None:
    remedy = "Un export d’enquête est bien plus petit : vérifiez sa provenance"
    if rows > MAX_ROWS:
        raise refusal(file, f"Plus de {MAX_ROWS} lignes", remedy)
    if columns > MAX_COLUMNS:
        raise refusal(file, f"Plus de {MAX_COLUMNS} colonnes", remedy)


def _heading_faults(file: str, line: int, names: Sequence[tuple[int, str]], better: int) -> list[Fault]:
    if better and sum(not name for _, name in names) > 1:
        message = f"Les noms des colonnes sont sans doute à la ligne {better}"
        remedy = f"Écrivez « entete: {better} » dans la correspondance, sous le nom de ce fichier"
        return [Fault(file, line, "", "", message, remedy)]
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
