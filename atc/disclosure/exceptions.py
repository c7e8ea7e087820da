"""``data/reference/exceptions.csv``: counts that were reviewed one by one, and why they may be shown, or not.

The interim report printed extremes, names of sites and small counts: what is already public is not masked
again. Each row names one cell, its value, a reason, who reviewed it and when. One that no longer matches what
the data give is an error, never a silent pass.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from atc.survey.errors import DataRefused, Fault, shown
from atc.survey.paths import Project

FILE = "exceptions.csv"
SHOW, HIDE, HEARD = "montrer", "masquer", "alerte"
COLUMNS = ("vague", "exhibit", "ligne", "colonne", "effet", "valeur", "raison", "relu_par", "relu_le")
#: Stands for every row of a table.
ANY = "*"


@dataclass(frozen=True)
class Reviewed:
    """One row of the file.

    Attributes:
        line: Line in the file.
        vague: Wave of the cell.
        exhibit: Its exhibit.
        ligne: Its row: codes joined with « | ».
        colonne: Its column.
        effet: ``montrer`` shows a count that would be masked, ``masquer`` masks one that would be shown,
            ``alerte`` says that an alert of the gate (its text is the ``ligne``) was read and may stand.
        valeur: The value that was reviewed, as the data give it (decimal point).
        raison: Why.
        relu_par: Who reviewed it.
        relu_le: When.
    """

    line: int
    vague: str
    exhibit: str
    ligne: str
    colonne: str
    effet: str
    valeur: str
    raison: str
    relu_par: str
    relu_le: dt.date

    @property
    def place(self) -> str:
        """Where the evaluator will look for it."""
        return f"data/reference/{FILE}:{self.line} ({self.exhibit}, {self.ligne}, {self.colonne})"


Cells = Mapping[tuple[str, str], Reviewed]


def read_exceptions(project: Project) -> tuple[Reviewed, ...]:
    """Every reviewed exception.

    Args:
        project: Where the file is; none is no exception at all.

    Raises:
        DataRefused: With every fault of the file.
    """
    path = project.reference / FILE
    if not path.is_file():
        return ()
    name = project.relative(path)
    reader = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig", errors="replace")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        wanted = ",".join(COLUMNS)
        raise DataRefused(
            [Fault(name, 1, "", "", "L’en-tête n’est pas celui attendu", f"Écrivez : {wanted}")]
        )
    found: list[Reviewed] = []
    faults: list[Fault] = []
    for line, row in enumerate(reader, start=2):
        wrong = list(_faults(name, line, row))
        faults += wrong
        if not wrong:
            found.append(_reviewed(line, {column: row[column].strip() for column in COLUMNS}))
    faults += _repeated(name, found)
    if faults:
        raise DataRefused(faults)
    return tuple(found)


def _reviewed(line: int, row: Mapping[str, str]) -> Reviewed:
    *texts, date = (row[column] for column in COLUMNS)
    vague, exhibit, ligne, colonne, effet, valeur, raison, relu_par = texts
    when = dt.date.fromisoformat(date)
    return Reviewed(line, vague, exhibit, ligne, colonne, effet, valeur, raison, relu_par, when)


def _faults(name: str, line: int, row: Mapping[str | Any, str | Any]) -> Iterator[Fault]:
    if None in row:
        yield Fault(name, line, "", "", "La ligne a trop de cases", "Mettez les virgules entre guillemets")
    for column in COLUMNS:
        if not (row.get(column) or "").strip():
            yield Fault(name, line, column, "", "La case est vide", "Une exception est complète ou n’est pas")
    if row.get("effet") not in {SHOW, HIDE, HEARD}:
        remedy = f"Écrivez « {SHOW} », « {HIDE} » ou « {HEARD} »"
        yield Fault(name, line, "effet", shown(row.get("effet") or ""), "L’effet est inconnu", remedy)
    try:
        dt.date.fromisoformat((row.get("relu_le") or "").strip())
    except ValueError:
        found = shown(row.get("relu_le") or "")
        yield Fault(name, line, "relu_le", found, "La date n’est pas lisible", "Écrivez-la AAAA-MM-JJ")


def _repeated(name: str, found: Iterable[Reviewed]) -> Iterator[Fault]:
    seen: set[tuple[str, ...]] = set()
    for row in found:
        cell = (row.vague, row.exhibit, row.ligne, row.colonne)
        if cell in seen:
            yield Fault(
                name, row.line, "ligne", row.ligne, "Cette case a déjà une exception", "Gardez-en une"
            )
        seen.add(cell)


def of_exhibit(reviewed: Iterable[Reviewed], vague: str, exhibit: str) -> Cells:
    """The exceptions of the cells of one exhibit of one wave, by row and column.

    Args:
        reviewed: All of them.
        vague: Id of the wave.
        exhibit: Id of the exhibit.
    """
    return {
        (r.ligne, r.colonne): r
        for r in reviewed
        if (r.vague, r.exhibit) == (vague, exhibit) and r.effet != HEARD
    }


def heard(reviewed: Iterable[Reviewed], vague: str) -> Mapping[tuple[str, str], Reviewed]:
    """The alerts of one wave that somebody has read, by exhibit and text.

    Args:
        reviewed: All exceptions.
        vague: Id of the wave.
    """
    return {(r.exhibit, r.ligne): r for r in reviewed if r.vague == vague and r.effet == HEARD}
