"""The tables of a wave as text, columns found by their names, then as typed columns once they are right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atc.survey.dictionary import Field, Table
from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.read_csv import read_csv
from atc.survey.spelling import nearest

#: The table that every other one refers to.
SITES = "territoires"
_NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True)
class TextTable:
    """A table as text, before any cell is given a meaning."""

    table: Table
    file: str  # as the evaluator knows it
    # One row = one line of the file, whose number is the index; columns that were found, as text.
    cells: pd.DataFrame
    whole: bool  # no column and no line had to be left out

    def is_sound(self, faults: Iterable[Fault]) -> bool:
        """Whether other tables may be held against this one: it is whole, and its keys are right.

        Otherwise a misspelt pseudonym here would be blamed on every right line elsewhere.
        """
        keys = {*self.table.primary_key}
        keys |= {f.name for f in self.table.fields.values() if f.constraints.get("unique")}
        keys |= {name for local, _, _ in self.table.foreign_keys for name in local}
        own = (fault for fault in faults if fault.file == self.file)
        return self.whole and not any(keys & set(fault.column.split(", ")) for fault in own)


def read_table(content: bytes, file: str, table: Table) -> tuple[TextTable | None, list[Fault]]:
    """Read one file, known to the evaluator as ``file``, with every fault of its form.

    There is no table when the file cannot be read at all.
    """
    try:
        # Nobody may have been interviewed or quoted; without any site there is no wave.
        read = read_csv(content, file, may_be_empty=table.name != SITES)
        places, faults = _match_heading(read.heading, table, file)
    except DataRefused as refused:
        return None, list(refused.faults)
    columns = {name: [cells[place] for cells in read.rows.values()] for name, place in places.items()}
    text = pd.DataFrame(columns, index=pd.Index(read.rows, name="ligne", dtype="int64"), dtype=object)
    whole = read.whole and not faults
    faults += read.faults
    for name, column in text.items():
        field = table.fields[str(name)]
        for line, cell in column.items():
            faults += [
                Fault(file, int(str(line)), field.name, shown(cell), *told)
                for told in _invisible_faults(cell, field)
            ]
    return TextTable(table, file, text.map(_cleaned), whole), faults


def _match_heading(names: Sequence[str], table: Table, file: str) -> tuple[dict[str, int], list[Fault]]:
    """Column -> position in the file, in the order of the dictionary, and what is wrong in the heading.

    A misspelt name is a fault, yet it still tells where its column is: the cells below are checked too.
    """
    spelt = {name if name in table.fields else nearest(name, table.fields) for name in names} - {""}
    if len(spelt) < len(table.fields) / 2:
        remedy = f"Mettez en première ligne les noms des colonnes : {','.join(table.fields)}"
        message = "La première ligne n’est pas l’en-tête attendu"
        raise refusal(file, message, remedy, line=1, value=",".join(names))
    places = {name: names.index(name) for name in table.fields if name in names}
    faults: list[Fault] = []
    for place, name in enumerate(names):
        if places.get(name) == place:
            continue
        column, value = shown(name), ""
        if name in places:
            message, remedy = "Colonne en double", "Gardez-en une seule"
        elif meant := nearest(name, set(table.fields) - set(places)):
            places[meant] = place
            column, value = meant, column
            message, remedy = "Nom de colonne mal écrit", f"Écrivez exactement « {meant} »"
        elif not name.strip():
            column, message = "", f"La colonne n° {place + 1} n’a pas de nom"
            remedy = "Donnez-lui son nom, ou supprimez-la"
        else:
            message = "Colonne inconnue du dictionnaire"
            remedy = f"Supprimez-la, ou décrivez-la dans data/dictionary/{table.name}.json"
        faults.append(Fault(file, 1, column, value, message, remedy))
    for name, field in table.fields.items():
        if name not in places:
            remedy = f"Ajoutez la colonne « {name} » ({field.label})"
            faults.append(Fault(file, 1, name, "", "Colonne absente", remedy))
    return {name: places[name] for name in table.fields if name in places}, faults


def _invisible_faults(cell: str, field: Field) -> Iterator[tuple[str, str]]:
    """What must be mended in one cell before its content can be judged, and how."""
    if cell.isascii() and cell.isprintable() and cell == cell.strip():
        return
    if cell != cell.strip():
        yield "Espace en trop au début ou à la fin", "Supprimez cet espace"
    body = cell.strip()
    is_code = field.type != "string" or bool(field.categories) or "pattern" in field.constraints
    if is_code and any(space in body for space in _NO_BREAK):
        yield "Espace insécable dans un code ou un nombre", "Remplacez-le ou supprimez-le"
    if any(not c.isprintable() and c not in _NO_BREAK for c in body):
        yield "Caractère invisible", "Retapez la valeur à la main : un copier-coller l’a abîmée"
    if "\N{REPLACEMENT CHARACTER}" in body:
        remedy = "Reprenez le texte d’origine : un accent s’est perdu à l’enregistrement"
        yield "Caractère perdu", remedy
    if not unicodedata.is_normalized("NFC", body):
        remedy = "Retapez les lettres accentuées à la main"
        yield "Lettre accentuée écrite en deux caractères", remedy


def _cleaned(cell: str) -> str:
    """What the cell would be without its invisible faults: only used to look for further ones."""
    kept = "".join(c for c in cell.strip() if c.isprintable() or c in _NO_BREAK)
    return unicodedata.normalize("NFC", kept)


def typed_frame(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Give each column of right text its type; every missing code becomes a missing value.

    Same rows and index, in the columns of the dictionary: modalités as ordered categoricals in the order of
    the questionnaire, yes/no as ``boolean``, whole numbers as ``Int64``, numbers as ``float64``, dates as
    ``datetime64``, the rest as text.
    """
    told = cells.mask(cells.isin(list(table.missing)))
    columns = {name: _typed(told[name], field) for name, field in table.fields.items()}
    return pd.DataFrame(columns, index=cells.index)


def _typed(values: pd.Series[Any], field: Field) -> pd.Series[Any]:
    if field.categories:
        return values.astype(pd.CategoricalDtype(list(field.labels), ordered=True))
    match field.type:
        case "boolean":
            return values.map(dict(field.booleans)).astype("boolean")
        case "integer":
            return pd.to_numeric(values).astype("Int64")
        case "number":
            return pd.to_numeric(values).astype("float64")
        case "date":
            return pd.to_datetime(values, format="%Y-%m-%d")
        case _:
            return values.astype("str")
