"""Every table of the report as one Excel workbook: text stays text, and the file has no clock."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from atc.publication.archive import zip_bytes
from atc.publication.finished import ShownExhibit
from atc.typography import french

_CONTENTS = "Sommaire"
_WIDEST, _NARROWEST = 60, 10
#: Begins the name of a column that tells why the one before it is empty.
_STATUS = "statut_"
_STATUSES = french(
    "Une case vide est un effectif masqué ; la colonne « Statut » qui la suit dit pourquoi. D : effectif "
    "trop petit ; S : masqué pour en protéger un autre ; V : publié."
)


def workbook_bytes(exhibits: Sequence[ShownExhibit], title: str, authors: str, date: dt.date) -> bytes:
    """The workbook.

    Args:
        exhibits: In the order of the report; one sheet each, after the contents.
        title: Of the document.
        authors: Who signs it.
        date: Of the wave; stands in for the clock.

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
    created = dt.datetime.combine(date, dt.time(), dt.UTC)
    book.set_properties({"title": title, "author": authors, "created": created})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "mention": book.add_format({"bold": True, "font_color": "#A94A08"}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    contents = book.add_worksheet(_CONTENTS)
    contents.write_string(0, 0, title, formats["title"])
    contents.set_column(0, 0, 12)
    contents.set_column(1, 1, _WIDEST * 1.5)
    for rank, exhibit in enumerate(exhibits, start=2):
        sheet = book.add_worksheet(exhibit.id)
        contents.write_url(rank, 0, f"internal:'{exhibit.id}'!A1", string=exhibit.id)
        contents.write_string(rank, 1, exhibit.told["title"], formats["text"])
        contents.write_string(rank, 2, exhibit.told["mention"], formats["mention"])
        _fill(sheet, exhibit, formats)
    book.close()
    with zipfile.ZipFile(buffer) as made:
        return zip_bytes({name: made.read(name) for name in made.namelist()}, date)


def _fill(sheet: Worksheet, exhibit: ShownExhibit, formats: dict[str, Format]) -> None:
    told = exhibit.told
    lines = [
        (told["title"], "title"),
        (told["subtitle"], ""),
        (told["mention"], "mention"),
        (told["reading"], ""),
    ]
    heading, *body = csv.reader(io.StringIO(told["files"]["csv"]))
    lines += [(told["source"], ""), (_STATUSES * any(name.startswith(_STATUS) for name in heading), "")]
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
            _write(sheet, row, column, text, formats["text"])


def _write(sheet: Worksheet, row: int, column: int, text: str, style: Format) -> None:
    try:
        sheet.write_number(row, column, float(text))
    except ValueError:
        # The CSV guards a text that looks like a formula by an apostrophe; here the type of the cell does.
        sheet.write_string(row, column, text.removeprefix("'"), style)
