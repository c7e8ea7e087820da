"""A collection form as an Excel workbook: drop-down lists, bounds, and the question under the cursor.

The first row of « Saisie » is the heading that `atc import` reads. The same inputs give the same bytes: the
date of the file is that of the wave.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from atc.intake.newwave.columns import FormColumn, is_person
from atc.survey.dictionary import Table
from atc.survey.rows import Rows

ENTRY, GUIDE, LISTS = "Saisie", "Mode d’emploi", "Listes"
# Answers that a form is ready for; Excel applies no list beyond.
_ROWS = 2_000
_TITLE, _MESSAGE = 32, 255  # Excel's limits
_WIDTHS = (12, 34)
#: Type -> what Excel calls it.
_NUMBERS_AND_DATES = {"integer": "integer", "number": "decimal", "date": "date"}
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


def workbook_bytes(
    table: Table, columns: Sequence[FormColumn], rows: Rows, vague: str, date: dt.date
) -> bytes:
    """The form of one table."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {
            "title": f"{table.label} : saisie, {vague}",
            "created": dt.datetime.combine(date, dt.time(), dt.UTC),
        }
    )
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "locked": True})
    entry, guide, lists = (book.add_worksheet(name) for name in (ENTRY, GUIDE, LISTS))
    formats = {
        kind: book.add_format({"num_format": code})
        for kind, code in {"date": "dd/mm/yyyy", "integer": "0", "number": "General"}.items()
    }
    text = book.add_format({"num_format": "@"})
    for rank, column in enumerate(columns):
        width = min(max(len(column.heading) + 2, _WIDTHS[0]), _WIDTHS[1])
        entry.set_column(rank, rank, width, formats.get(column.field.type, text))
        entry.write_string(0, rank, column.heading, heading)
        _validate(entry, lists, rank, column)
    for line, row in enumerate(rows, start=1):
        for rank, column in enumerate(columns):
            _write(entry, line, rank, row.get(column.target, ""), column)
    entry.freeze_panes(1, 1)
    _explain(guide, table, columns, vague, book.add_format({"text_wrap": True, "valign": "top"}))
    book.close()
    return buffer.getvalue()


def _write(sheet: Worksheet, line: int, rank: int, value: str, column: FormColumn) -> None:
    if column.field.type in ("integer", "number") and value not in ("", *_NO_ANSWERS):
        sheet.write_number(line, rank, float(value))
    elif value:
        sheet.write_string(line, rank, column.field.labels.get(value, value))


def choices(column: FormColumn) -> list[str]:
    """What a drop-down list offers; nothing for a number, a date or a text."""
    offered = list(column.field.labels.values())
    if column.field.type == "boolean":
        offered = ["oui", "non"]
    required = column.field.constraints.get("required", False)
    return offered + list(_NO_ANSWERS) if offered and not required else offered


def _validate(sheet: Worksheet, lists: Worksheet, rank: int, column: FormColumn) -> None:
    offered = choices(column)
    rule: dict[str, Any] = {"validate": "any"}
    if offered:
        lists.write_column(0, rank, [column.heading, *offered])
        letter = xlsxwriter.utility.xl_col_to_name(rank)
        rule = {"validate": "list", "source": f"={LISTS}!${letter}$2:${letter}${len(offered) + 1}"}
    elif column.field.type in _NUMBERS_AND_DATES and "minimum" in column.field.constraints:
        rule = {"validate": _NUMBERS_AND_DATES[column.field.type], **_between(column)}
    rule |= {
        "input_title": _cut(column.heading, _TITLE),
        "input_message": _cut(column.help, _MESSAGE),
        "error_title": "Valeur inattendue",
        "error_message": "Choisissez dans la liste, ou suivez les limites de « Mode d’emploi ».",
        # A number or a date may be replaced by NSP, NC or SO: Excel then asks, and lets through.
        "error_type": "stop" if offered else "warning",
    }
    sheet.data_validation(1, rank, _ROWS, rank, rule)


def _between(column: FormColumn) -> dict[str, Any]:
    low, high = column.field.constraints["minimum"], column.field.constraints.get("maximum")
    if column.field.type == "date":
        low, high = dt.date.fromisoformat(low), dt.date.fromisoformat(high) if high else None
    if high is None:
        return {"criteria": ">=", "value": low}
    return {"criteria": "between", "minimum": low, "maximum": high}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _explain(
    sheet: Worksheet, table: Table, columns: Sequence[FormColumn], vague: str, wrapped: Format
) -> None:
    sheet.set_column(0, 0, 40, wrapped)
    sheet.set_column(1, 2, 60, wrapped)
    sheet.write_string(0, 0, table.label)
    for line, sentence in enumerate(_GUIDE, start=1):
        sheet.write_string(line, 0, sentence.format(grain=table.grain, vague=vague))
    start = len(_GUIDE) + 2
    for rank, title in enumerate(("Colonne", "Question", "Réponses")):
        sheet.write_string(start, rank, title)
    for line, column in enumerate(columns, start=start + 1):
        star = (
            " *" if column.field.constraints.get("required") and not column.target.startswith("item=") else ""
        )
        sheet.write_string(line, 0, f"{column.heading}{star}")
        sheet.write_string(line, 1, column.help)
        sheet.write_string(line, 2, _answers(column))


def _answers(column: FormColumn) -> str:
    if is_person(column.field):
        return "adresse électronique ou jeton"
    offered = choices(column)
    if offered:
        return " | ".join(offered)
    low, high = (column.field.constraints.get(key) for key in ("minimum", "maximum"))
    kinds = {"integer": "nombre entier", "number": "nombre", "date": "date (jj/mm/aaaa)"}
    kind = kinds.get(column.field.type, "texte")
    bounds = [f"à partir de {low}"] if high is None else [f"de {low} à {high}"]
    return ", ".join([kind, *(bounds if low is not None else [])])
