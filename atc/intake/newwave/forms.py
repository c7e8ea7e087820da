"""Collection forms of a wave: Excel workbooks, the same in CSV, and the mapping by which they are imported.

A form has one column for each column of its table, or for each item of a battery, which the import stacks.
The same inputs give the same bytes: the date of a workbook is that of the wave.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import xlsxwriter
import yaml
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from atc.survey.codebook import Codebook, of_table
from atc.survey.dictionary import MISSING, NOT_APPLICABLE, Dictionary, Field, Rows, Table

ENTRY, GUIDE, LISTS = "Saisie", "Mode d’emploi", "Listes"
MAPPING = "correspondance.yml"
#: The table whose rows are known before anybody is asked.
KNOWN = "territoires"
# Tables where people are named, and the letter of their pseudonyms. Of scores, the group decides.
_PREFIXES = {"carnet_de_bord": "A", "questionnaire_flash": "R", "verbatims": "L"}
_GROUPS = {"animateurs": "A", "institutionnels": "R"}
_BATTERY = "scores"
_PERSON = "Adresse ou jeton de la personne : remplacé par un pseudonyme à l’import, jamais gardé."
# Answers that a form is ready for; Excel applies no list beyond.
_ROWS = 2_000
_TITLE, _MESSAGE = 32, 255  # Excel's limits
_WIDTHS = (12, 34)
#: Type of numbers and dates -> what Excel calls it, how it shows them, how the guide names them.
_TYPES = {
    "integer": ("integer", "0", "nombre entier"),
    "number": ("decimal", "General", "nombre"),
    "date": ("date", "dd/mm/yyyy", "date (jj/mm/aaaa)"),
}
_NO_ANSWERS = ("NSP", "NC", "SO")
_GUIDE = (
    "Une ligne de « Saisie » : {grain}.",
    "Remplissez la feuille « Saisie » sans changer sa première ligne, ni ajouter de colonne.",
    (
        "Une cellule vide veut dire « sans réponse ». Écrivez aussi NSP (ne sait pas), NC (non communiqué) "
        "ou SO (sans objet), sauf dans les colonnes obligatoires, marquées d’un astérisque ci-dessous."
    ),
    "Copiez ce fichier hors du dossier du projet avant de le remplir : rempli, il nomme des personnes.",
    "Puis : atc import FICHIERS --vague {vague} --mapping correspondance.yml --key CLÉ",
)


@dataclass(frozen=True)
class FormColumn:
    """One column of a form."""

    heading: str  # first cell, a label of the dictionary
    field: Field  # what its values must be
    help: str  # what is asked, in French
    target: str  # column of the table, or ``item=code`` of a battery
    gone: bool = False  # no longer asked: the form leaves it out, the import writes « sans objet »

    @property
    def is_person(self) -> bool:
        """Whether it names somebody, by a pseudonym once imported."""
        return self.field.kind == "identifier" and self.field.name in {"repondant", "locuteur"}

    @property
    def required(self) -> bool:
        """Whether the table admits no missing code there."""
        return bool(self.field.constraints.get("required"))

    @property
    def choices(self) -> list[str]:
        """What a drop-down list offers; nothing for a number, a date or a text."""
        boolean = self.field.type == "boolean"
        offered = list(self.field.booleans if boolean else self.field.labels.values())
        return [*offered, *_NO_ANSWERS] if offered and not self.required else offered


def form_files(
    dictionary: Dictionary, vague: str, label: str, date: dt.date, book: Codebook, known: Rows
) -> dict[str, bytes]:
    """Every form of a wave, and their mapping: name -> content.

    Args:
        dictionary: The tables.
        vague: Id of the wave.
        label: The same, as readers see it.
        date: Of the wave.
        book: What it asks.
        known: Rows of territories, as text.
    """
    files: dict[str, bytes] = {}
    sources: list[dict[str, Any]] = []
    for table in dictionary:
        columns = form_columns(table, book)
        asked, rows = [c for c in columns if not c.gone], known if table.name == KNOWN else []
        files[f"{table.name}.xlsx"] = workbook_bytes(table, asked, rows, vague, date)
        files[f"{table.name}.csv"] = _form_csv(asked, rows)
        sources += _sources(table, columns)
    year, _, season = vague.partition("-")
    tree = {
        "vague": vague,
        "titre": f"Animation territoriale citoyenne : {label.lower()}",
        "collecte": {"libelle": f"{season} {year}"},
        "sources": sources,
    }
    told = (
        f"# Correspondance des modèles de saisie de la vague {vague}, prête à servir.\n"
        "# Complétez la date de la collecte ; retirez les tables que vous reprenez d’une autre vague.\n"
    )
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=1000)
    return files | {MAPPING: f"{told}{text}".encode()}


def form_columns(table: Table, book: Codebook) -> list[FormColumn]:
    """Columns of the form of one table, in the words of the codebook."""
    known = {entry.variable for entry in of_table(table)}
    columns = []
    for field in table.fields.values():
        name = f"{table.name}.{field.name}"
        if table.name == _BATTERY and field.name in ("item", "score"):
            continue
        entry = book.entries.get(name)
        asked = (entry.question if entry else field.question) or field.description or field.label
        gone = name in known and not book.asks(name) and not field.constraints.get("required")
        column = FormColumn(field.label, field, asked, field.name, gone=gone)
        columns.append(replace(column, help=_PERSON) if column.is_person else column)
    for code in table.fields["item"].labels if table.name == _BATTERY else ():
        variable = f"{_BATTERY}.item={code}"
        if book.asks(variable):
            entry = book.entries[variable]
            asked = f"{entry.question} « {entry.libelle} »"
            columns.append(FormColumn(entry.libelle, table.fields["score"], asked, f"item={code}"))
    return columns


def _form_csv(columns: Sequence[FormColumn], rows: Rows) -> bytes:
    # As a French Excel opens it at a double click: byte order mark and semicolons.
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.heading for column in columns])
    writer.writerows([[c.field.labels.get(row[c.target], row[c.target]) for c in columns] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _sources(table: Table, columns: Sequence[FormColumn]) -> Iterator[dict[str, Any]]:
    """What the mapping says of one form: once, or once for each group that it mixes."""
    labels = table.fields["groupe"].labels if table.name == _BATTERY else {}
    for prefix, group in (
        [(letter, labels[code]) for code, letter in _GROUPS.items()]
        if labels
        else [(_PREFIXES.get(table.name, ""), "")]
    ):
        kept: dict[str, Any] = {"garder": {table.fields["groupe"].label: [group]}} if group else {}
        rules: dict[str, Any] = {}
        for column in columns:
            if column.gone:
                rules[column.target] = {"constante": NOT_APPLICABLE}
            elif column.is_person:
                rules[column.target] = {"colonne": column.heading, "pseudonyme": prefix}
            else:
                rules[column.target] = column.heading
        items = {name[5:]: rules.pop(name) for name in list(rules) if name.startswith("item=")}
        stacked = {"empiler": {"colonne": "item", "valeur": "score", "depuis": items}} if items else {}
        yield {
            "fichier": f"{table.name}.xlsx",
            "outil": "tableur",
            "feuille": ENTRY,
            **kept,
            "tables": {table.name: {"colonnes": rules, **stacked}},
        }


# --- a form as a workbook: drop-down lists, bounds, and the question under the cursor ---


def workbook_bytes(
    table: Table, columns: Sequence[FormColumn], rows: Rows, vague: str, date: dt.date
) -> bytes:
    """The form of one table; the first row of « Saisie » is the heading that `atc import` reads."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    created = dt.datetime.combine(date, dt.time(), dt.UTC)
    book.set_properties({"title": f"{table.label} : saisie, {vague}", "created": created})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "locked": True})
    entry, guide, lists = (book.add_worksheet(name) for name in (ENTRY, GUIDE, LISTS))
    formats = {kind: book.add_format({"num_format": shown}) for kind, (_, shown, _) in _TYPES.items()}
    text = book.add_format({"num_format": "@"})
    for rank, column in enumerate(columns):
        width = min(max(len(column.heading) + 2, _WIDTHS[0]), _WIDTHS[1])
        entry.set_column(rank, rank, width, formats.get(column.field.type, text))
        entry.write_string(0, rank, column.heading, heading)
        offered = column.choices
        if offered:
            lists.write_column(0, rank, [column.heading, *offered])
        entry.data_validation(1, rank, _ROWS, rank, _validation(column, rank))
        for line, row in enumerate(rows, start=1):
            value = row.get(column.target, "")
            if column.field.type in ("integer", "number") and value not in MISSING:
                entry.write_number(line, rank, float(value))
            elif value:
                entry.write_string(line, rank, column.field.labels.get(value, value))
    entry.freeze_panes(1, 1)
    _explain(guide, table, columns, vague, book.add_format({"text_wrap": True, "valign": "top"}))
    book.close()
    return buffer.getvalue()


def _validation(column: FormColumn, rank: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"validate": "any"}
    low, high = (column.field.constraints.get(end) for end in ("minimum", "maximum"))
    if column.choices:
        letter = xl_col_to_name(rank)
        rule = {"validate": "list", "source": f"={LISTS}!${letter}$2:${letter}${len(column.choices) + 1}"}
    elif column.field.type in _TYPES and low is not None:
        if column.field.type == "date":
            low, high = dt.date.fromisoformat(low), dt.date.fromisoformat(high) if high else None
        between = {"criteria": "between", "minimum": low, "maximum": high}
        rule = {"validate": _TYPES[column.field.type][0]}
        rule |= {"criteria": ">=", "value": low} if high is None else between
    return rule | {
        "input_title": _cut(column.heading, _TITLE),
        "input_message": _cut(column.help, _MESSAGE),
        "error_title": "Valeur inattendue",
        "error_message": "Choisissez dans la liste, ou suivez les limites de « Mode d’emploi ».",
        # A number or a date may be replaced by NSP, NC or SO: Excel then asks, and lets through.
        "error_type": "stop" if column.choices else "warning",
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _explain(sheet: Worksheet, table: Table, columns: Sequence[FormColumn], vague: str, wrapped: Any) -> None:
    sheet.set_column(0, 0, 40, wrapped)
    sheet.set_column(1, 2, 60, wrapped)
    told = [table.label, *(sentence.format(grain=table.grain, vague=vague) for sentence in _GUIDE)]
    sheet.write_column(0, 0, told)
    sheet.write_row(len(told) + 1, 0, ("Colonne", "Question", "Réponses"))
    for line, column in enumerate(columns, start=len(told) + 2):
        star = " *" if column.required and not column.target.startswith("item=") else ""
        sheet.write_row(line, 0, (f"{column.heading}{star}", column.help, _answers(column)))


def _answers(column: FormColumn) -> str:
    if column.is_person:
        return "adresse électronique ou jeton"
    if column.choices:
        return " | ".join(column.choices)
    low, high = (column.field.constraints.get(key) for key in ("minimum", "maximum"))
    kind = _TYPES[column.field.type][2] if column.field.type in _TYPES else "texte"
    if low is None:
        return kind
    return f"{kind}, à partir de {low}" if high is None else f"{kind}, de {low} à {high}"
