"""The tables of a wave as text, columns found by their names, then as typed columns once they are right."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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
    for name, cells in columns.items():
        for line, cell in zip(read.rows, cells, strict=True):
            told = _invisible_faults(cell, table.fields[name])
            faults += [Fault(file, line, name, shown(cell), *each) for each in told]
    # Without these faults, further ones may be looked for.
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
    body = cell.strip()
    if cell == body and cell.isascii() and cell.isprintable():
        return
    if cell != body:
        yield "Espace en trop au début ou à la fin", "Supprimez cet espace"
    is_code = field.type != "string" or bool(field.categories) or "pattern" in field.constraints
    if is_code and any(space in body for space in _NO_BREAK):
        yield "Espace insécable dans un code ou un nombre", "Remplacez-le ou supprimez-le"
    if any(not c.isprintable() and c not in _NO_BREAK for c in body):
        yield "Caractère invisible", "Retapez la valeur à la main : un copier-coller l’a abîmée"
    if "\N{REPLACEMENT CHARACTER}" in body:
        remedy = "Reprenez le texte d’origine : un accent s’est perdu à l’enregistrement"
        yield "Caractère perdu", remedy
    if not unicodedata.is_normalized("NFC", body):
        yield "Lettre accentuée écrite en deux caractères", "Retapez les lettres accentuées à la main"


def _cleaned(cell: str) -> str:
    kept = "".join(c for c in cell.strip() if c.isprintable() or c in _NO_BREAK)
    return unicodedata.normalize("NFC", kept)


def typed_frame(cells: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Columns of the dictionary, each of its type; every missing code of right text becomes a missing value.

    Modalités are ordered categoricals in the order of the questionnaire, yes and no ``boolean``, whole
    numbers ``Int64``, numbers ``float64``, dates ``datetime64``, the rest text.
    """
    told = cells.mask(cells.isin(list(table.missing)))
    for name, field in table.fields.items():
        if field.categories:
            told[name] = told[name].astype(pd.CategoricalDtype(list(field.labels), ordered=True))
        elif field.type == "boolean":
            told[name] = told[name].map(dict(field.booleans)).astype("boolean")
        elif field.type == "date":
            told[name] = pd.to_datetime(told[name], format="%Y-%m-%d")
        elif field.type == "string":
            told[name] = told[name].astype("str")
        else:
            told[name] = pd.to_numeric(told[name]).astype("Int64" if field.type == "integer" else "float64")
    return told[list(table.fields)]


def typed_frames(texts: Mapping[str, TextTable], known: Iterable[Fault]) -> dict[str, pd.DataFrame]:
    """Typed tables, where a cell at fault counts as missing; the line in the file is the index.

    Tables that are not whole are left out. Texts are kept, right or wrong: a pseudonym tells who answered.
    """
    cells = {text.file: text.cells.copy() for text in texts.values() if text.whole}
    fields = {text.file: text.table.fields for text in texts.values()}
    for fault in known:
        field = fields.get(fault.file, {}).get(fault.column)
        wrong = cells.get(fault.file, pd.DataFrame())
        if field and fault.line in wrong.index and (field.type != "string" or field.categories):
            wrong.loc[fault.line, fault.column] = ""
    return {name: typed_frame(cells[text.file], text.table) for name, text in texts.items() if text.whole}
