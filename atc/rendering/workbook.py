"""Every table of the report as one Excel workbook: text stays text, and the file has no clock."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from atc.rendering.model import Cover
from atc.rendering.statuses import how_to_read
from atc.rendering.zipped import unzipped, zip_bytes
from atc.survey.typography import day, french

_READ_FIRST, _CONTENTS = "Lisez-moi", "Sommaire"
_WIDEST, _NARROWEST = 60, 10
#: Begins the name of a column that tells why the one before it is empty.
_STATUS = "statut_"
#: What it holds, in words; else the word that the report prints.
_WHY = {
    "D": "caché : effectif trop petit",
    "S": "caché : permettrait d’en déduire un autre",
    "V": "communiqué",
}
_EMPTY = (
    "Une case vide n’est jamais un zéro : la colonne « Statut » qui suit dit pourquoi le nombre est caché, "
    "ou le mot que le rapport imprime à sa place."
)
_SHEETS = (
    "Chaque feuille dit sous son titre ce que valent ses données, et sa dernière colonne ce que vaut chaque "
    "ligne : observé (recueilli pendant la vague), publié, reconstitué ou illustration."
)


def workbook_bytes(exhibits: Sequence[Mapping[str, Any]], cover: Cover) -> bytes:
    """The workbook: how to read it, its contents, then one sheet a table.

    Args:
        exhibits: What each says of itself (see `atc.rendering.exhibits`), in the order of the report.
        cover: What the document says of itself; its date stands in for the clock.

    Returns:
        Bytes of an .xlsx, the same for the same exhibits. No cell is a formula: whatever a text starts with,
        it is written as text.
    """
    buffer = io.BytesIO()
    # Written row by row, each text stands in its own sheet: the gate knows which exhibit it belongs to.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    title = f"{cover.title}. {cover.report_label}"
    created = dt.datetime.combine(cover.date, dt.time(), dt.UTC)
    book.set_properties({"title": title, "author": cover.authors, "created": created})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "mention": book.add_format({"bold": True, "font_color": "#A94A08"}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _explain(book.add_worksheet(_READ_FIRST), cover, title, {each["status"] for each in exhibits}, formats)
    contents = book.add_worksheet(_CONTENTS)
    contents.write_string(0, 0, title, formats["title"])
    contents.set_column(0, 0, 12)
    contents.set_column(1, 1, _WIDEST * 1.5)
    contents.set_column(2, 2, _WIDEST / 2)
    for rank, told in enumerate(exhibits, start=2):
        sheet = book.add_worksheet(told["id"])
        contents.write_url(rank, 0, f"internal:'{told['id']}'!A1", string=told["id"])
        contents.write_string(rank, 1, told["title"], formats["text"])
        contents.write_string(rank, 2, told["mention"], formats["mention"])
        _fill(sheet, told, formats)
    book.close()
    return zip_bytes(unzipped(buffer.getvalue()), cover.date)


def _explain(
    sheet: Worksheet, cover: Cover, title: str, statuses: Collection[str], formats: dict[str, Format]
) -> None:
    sheet.set_column(0, 0, _WIDEST * 2)
    sheet.hide_gridlines(2)
    lines = [
        (title, "title"),
        (f"Diffusion {cover.diffusion} : {cover.tier_label}", "mention"),
        (f"{cover.authors}, {day(cover.date)}", "text"),
        (cover.provenance, "text"),
        (cover.precaution, "text"),
        ("", "text"),
        ("Comment lire", "heading"),
        *((sentence, "text") for sentence in (_SHEETS, *how_to_read(cover, statuses), _EMPTY)),
    ]
    for row, (text, style) in enumerate(lines):
        sheet.write_string(row, 0, french(text), formats[style])


def _fill(sheet: Worksheet, told: Mapping[str, Any], formats: dict[str, Format]) -> None:
    lines = [
        (told["title"], "title"),
        (told["subtitle"], ""),
        (told["mention"], "mention"),
        (told["reading"], ""),
    ]
    heading, *body = csv.reader(io.StringIO(told["files"]["csv"]))
    lines.append((told["source"], ""))
    row = 0
    for text, style in ((text, style) for text, style in lines if text):
        sheet.write_string(row, 0, text, formats.get(style))
        row += 1
    row += 1
    for column, name in enumerate(heading):
        sheet.write_string(row, column, told["labels"].get(name, name), formats["heading"])
        longest = max([len(cells[column]) for cells in body], default=0)
        sheet.set_column(column, column, min(max(longest + 2, _NARROWEST), _WIDEST))
    sheet.freeze_panes(row + 1, 1)
    for cells in body:
        row += 1
        for column, text in enumerate(cells):
            if heading[column].startswith(_STATUS):
                text = french(_WHY.get(text, text))  # noqa: PLW2901 -- the same cell, in words
            _write(sheet, row, column, text, formats["text"])


def _write(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    try:
        sheet.write_number(row, column, float(text))
    except ValueError:
        # The CSV guards a text that looks like a formula by an apostrophe; here the type of the cell does.
        sheet.write_string(row, column, text.removeprefix("'"), style)
