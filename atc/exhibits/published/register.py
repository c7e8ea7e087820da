"""Strict reading of ``data/reference/publie.csv``: every fault at once, or every row usable."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from atc.dictionary import load_dictionary
from atc.errors import DataRefused, Fault
from atc.exhibits.published.wordings import RULES, Rule
from atc.indicators.addresses import Address, CellError, parse
from atc.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from atc.paths import Project

FILE = "publie.csv"
STATUTS = ("exact", "ordre", "texte")

_ID = re.compile(r"[A-Z]\d{1,2}(-[a-z0-9_]+)*")
_EXHIBIT = re.compile(r"([FT]\d\d-\d\d)?")


@dataclass(frozen=True)
class Row:
    """One row of the file, as written.

    Attributes:
        id: Of the printed value, unique.
        chapitre, exhibit: Notebook and exhibit that show it; no exhibit if none does.
        section: Of the report.
        enonce: What was printed about, in our words.
        attendu: What the report prints.
        arrondi: Rule that turns a computed value into such a text.
        statut: ``exact`` (a number or names), ``ordre``, or ``texte`` (words for a number).
        mesure, colonne, valeur, filtre: What is measured: see `atc.indicators.addresses`.
        lecture: How a vague wording, or a trap of the report, was read.
    """

    id: str
    chapitre: str
    exhibit: str
    section: str
    enonce: str
    attendu: str
    arrondi: str
    statut: str
    mesure: str
    colonne: str
    valeur: str
    filtre: str
    lecture: str


COLUMNS = tuple(field.name for field in fields(Row))
#: An empty measure or column is told by `parse`.
_MAY_BE_EMPTY = {"exhibit", "mesure", "colonne", "valeur", "filtre", "lecture"}


@dataclass(frozen=True)
class Printed:
    """One printed value, and how to compute it again.

    Attributes:
        row: As written.
        rule: The function that ``arrondi`` names.
        address: What to measure on a wave.
    """

    row: Row
    rule: Rule
    address: Address


def read_register(project: Project) -> tuple[Printed, ...]:
    """Read every printed value, in the order of the file.

    Raises:
        DataRefused: With every fault of the file, in French.
    """
    path = project.reference / FILE
    shown_as = project.relative(path)
    rows, faults = _rows(_text(path, shown_as), shown_as)
    chapters, dictionary = load_settings(project).chapters, load_dictionary(project)
    printed: list[Printed] = []
    seen: set[str] = set()
    for line, row in rows:
        found = _wrong(row, line, shown_as, chapters)
        if row.id in seen:
            found.append(_fault(shown_as, line, "id", row.id, "Identifiant déjà pris"))
        seen.add(row.id)
        try:
            address = parse(row.mesure, row.colonne, row.valeur, row.filtre, dictionary)
        except CellError as error:
            column, message, remedy = error.args
            found.append(_fault(shown_as, line, column, getattr(row, column), message, remedy))
        if not found:
            printed.append(Printed(row, RULES[row.arrondi], address))
        faults += found
    if faults:
        raise DataRefused(faults)
    return tuple(printed)


def _fault(file: str, line: int, column: str, value: str, message: str, remedy: str = "") -> Fault:
    return Fault(file, line, column, value, message, remedy or "Corrigez cette cellule")


def _text(path: Path, shown_as: str) -> str:
    remedy = "Rétablissez ce fichier depuis l’historique du projet"
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataRefused([_fault(shown_as, 0, "", "", "Fichier absent", remedy)]) from error
    except UnicodeDecodeError as error:
        fault = _fault(shown_as, 0, "", "", "Fichier illisible en UTF-8", "Enregistrez-le en UTF-8")
        raise DataRefused([fault]) from error


def _rows(text: str, shown_as: str) -> tuple[list[tuple[int, Row]], list[Fault]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, Row]] = []
    faults: list[Fault] = []
    try:
        heading = next(reader, [])
        if tuple(heading) != COLUMNS:
            remedy = f"Rétablissez les colonnes : {', '.join(COLUMNS)}"
            found = ", ".join(heading)
            raise DataRefused([_fault(shown_as, 1, "", found, "En-tête inattendu", remedy)])
        for cells in reader:
            if len(cells) == len(COLUMNS):
                rows.append((reader.line_num, Row(*cells)))
            else:
                message = f"{len(cells)} cellules au lieu de {len(COLUMNS)}"
                remedy = "Corrigez les virgules et les guillemets de cette ligne"
                faults.append(_fault(shown_as, reader.line_num, "", "", message, remedy))
    except csv.Error as error:
        remedy = "Corrigez les guillemets de cette ligne"
        faults.append(_fault(shown_as, reader.line_num, "", "", f"CSV illisible ({error})", remedy))
    if not rows and not faults:
        faults.append(_fault(shown_as, 0, "", "", "Aucun chiffre publié", "Rétablissez ce fichier"))
    return rows, faults


def _wrong(row: Row, line: int, shown_as: str, chapters: Sequence[str]) -> list[Fault]:
    choices = {"chapitre": chapters, "arrondi": tuple(RULES), "statut": STATUTS}
    patterns = {"id": (_ID, "M03-dp"), "exhibit": (_EXHIBIT, "F02-03")}
    faults = []
    for column in COLUMNS:
        value = getattr(row, column)
        if value != value.strip():
            faults.append(_fault(shown_as, line, column, value, "Espaces au bord de la cellule"))
        elif not value and column not in _MAY_BE_EMPTY:
            faults.append(_fault(shown_as, line, column, "", "Cellule vide", "Remplissez-la"))
        elif column in choices and value not in choices[column]:
            remedy = f"Choisissez parmi : {', '.join(choices[column])}"
            faults.append(_fault(shown_as, line, column, value, "Valeur inconnue", remedy))
        elif column in patterns and not patterns[column][0].fullmatch(value):
            remedy = f"Écrivez comme dans « {patterns[column][1]} »"
            faults.append(_fault(shown_as, line, column, value, "Forme inattendue", remedy))
    return faults
