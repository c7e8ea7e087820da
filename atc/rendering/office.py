"""Archives and office files whose bytes depend on what they hold alone; every table in one Excel workbook."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from atc.rendering.html import filled
from atc.rendering.report import Cover
from atc.survey.typography import french

#: Office programs tell a file by the part that comes first.
_FIRST = "[Content_Types].xml"
#: Where they keep the program that made them, its firm, how long it took: ours say nothing of it.
_PROPERTIES = "docProps/app.xml"
_NO_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/extended-properties"></Properties>'
)

# Of columns, in characters; of a line of text, in points.
_WIDEST, _NARROWEST, _LINE = 60, 10, 15
#: Begins the name of a column that tells why the one before it is empty.
_STATUS = "statut_"
#: What it holds, in words; else the word that the report prints.
_WHY = {
    "D": "caché : effectif trop petit",
    "S": "caché : permettrait d’en déduire un autre",
    "V": "communiqué",
}
_STYLES: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "font_size": 13},
    "mention": {"bold": True, "font_color": "#A94A08", "valign": "top"},
    "heading": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "text": {"text_wrap": True, "valign": "top"},
}


def zip_bytes(files: Mapping[str, bytes], date: dt.date) -> bytes:
    """An archive of files, path -> bytes; the date is given to every entry in place of the clock's."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files, key=lambda path: (path != _FIRST, path)):
            entry = zipfile.ZipInfo(path, (date.year, date.month, date.day, 0, 0, 0))
            # Neither the system nor the rights of whoever makes it.
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path], compresslevel=9)
    return buffer.getvalue()


def office_bytes(content: bytes, date: dt.date, changes: Sequence[tuple[str, str, str]] = ()) -> bytes:
    """An office file that tells neither clock nor program; ``changes``: part, what stood there, what will."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, was, becomes in changes:
        files[name] = re.sub(was, becomes.replace("\\", r"\\"), files[name].decode()).encode()
    return zip_bytes({**files, _PROPERTIES: _NO_PROPERTIES}, date)


def workbook_bytes(exhibits: Sequence[Mapping[str, Any]], cover: Cover) -> bytes:
    """The workbook: how to read it, its contents, then one sheet a table.

    No cell is a formula: whatever a text starts with, it is written as text.
    """
    buffer = io.BytesIO()
    # Written row by row, each text stands in its own sheet: the gate knows which exhibit it belongs to.
    book = xlsxwriter.Workbook(
        buffer,
        {"constant_memory": True}
        | dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False),
    )
    created = dt.datetime.combine(cover.date, dt.time(), dt.UTC)
    book.set_properties({"title": cover.full_title, "author": cover.authors, "created": created})
    formats = {name: book.add_format(style) for name, style in _STYLES.items()}
    wide, widths = [_WIDEST * 2], [12, _WIDEST * 1.5, _WIDEST]
    opening = _sheet(book, "Lisez-moi", wide)
    opening.hide_gridlines(2)
    how_to_read = cover.how_to_read({each["status"] for each in exhibits})
    lines = filled("classeur.j2", cover=cover, how_to_read=how_to_read).unescape().splitlines()
    for row, (style, _, text) in enumerate(line.partition("|") for line in lines):
        _heighten(opening, row, [text], wide)
        opening.write_string(row, 0, french(text), formats[style])
    contents = _sheet(book, "Sommaire", widths)
    contents.write_string(0, 0, cover.full_title, formats["title"])
    for row, told in enumerate(exhibits, start=2):
        _heighten(contents, row, ("", told["title"], told["mention"]), widths)
        contents.write_url(row, 0, f"internal:'{told['id']}'!A1", string=told["id"])
        contents.write_string(row, 1, told["title"], formats["text"])
        contents.write_string(row, 2, told["mention"], formats["mention"])
        _add_table(book, told, formats)
    book.close()
    return office_bytes(buffer.getvalue(), cover.date)


def _sheet(book: Workbook, name: str, widths: Sequence[float]) -> Worksheet:
    """A sheet whose columns have these widths, in characters; printed, it is as wide as a page."""
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return sheet


def _heighten(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Make a row as high as its texts, cut into lines: LibreOffice does not by itself."""
    lines = (ceil(len(text) / width) for text, width in zip(texts, widths, strict=True))
    sheet.set_row(row, _LINE * max(1, *lines))


def _add_table(book: Workbook, told: Mapping[str, Any], formats: Mapping[str, Format]) -> None:
    names, *body = csv.reader(io.StringIO(told["files"]["csv"]))
    heading = [told["labels"].get(name, name) for name in names]
    # A heading may be cut into lines, between its words.
    columns = zip(
        (label.split() for label in heading), *([[cell] for cell in row] for row in body), strict=True
    )
    longest = [max(len(text) for texts in column for text in texts) + 2 for column in columns]
    widths = [min(max(each, _NARROWEST), _WIDEST) for each in longest]
    sheet = _sheet(book, told["id"], widths)
    lines = [name for name in ("title", "subtitle", "mention", "reading", "source") if told[name]]
    for row, name in enumerate(lines):
        sheet.write_string(row, 0, told[name], formats.get(name))
    top = len(lines) + 1
    sheet.freeze_panes(top + 1, 1)
    _heighten(sheet, top, heading, widths)
    for column, label in enumerate(heading):
        sheet.write_string(top, column, label, formats["heading"])
    for row, cells in enumerate(body, start=top + 1):
        _heighten(sheet, row, cells, widths)
        for column, (name, text) in enumerate(zip(names, cells, strict=True)):
            said = french(_WHY.get(text, text)) if name.startswith(_STATUS) else text
            try:
                sheet.write_number(row, column, float(said), formats["text"])
            except ValueError:
                # The CSV guards a text that looks like a formula by an apostrophe; here the type does.
                sheet.write_string(row, column, said.removeprefix("'"), formats["text"])
