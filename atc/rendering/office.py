"""Archives and office files whose bytes depend on what they hold alone; every table in one Excel workbook."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from types import MappingProxyType
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from atc.rendering.html import filled
from atc.rendering.report import Cover
from atc.survey.typography import french

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
# Each cell with the name of its style.
_Row = Sequence[tuple[str | float, str]]


def zip_bytes(files: Mapping[str, bytes], date: dt.date) -> bytes:
    """An archive of files, path -> bytes; the date is given to every entry in place of the clock's."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # Office programs tell a file by the part that comes first.
        for path in sorted(files, key=lambda path: (path != "[Content_Types].xml", path)):
            entry = zipfile.ZipInfo(path, (date.year, date.month, date.day, 0, 0, 0))
            # Neither the system nor the rights of whoever makes it.
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path], compresslevel=9)
    return buffer.getvalue()


def office_bytes(
    content: bytes,
    date: dt.date,
    changes: Sequence[tuple[str, str, str]] = (),
    pictures: Mapping[bytes, bytes] = MappingProxyType({}),
) -> bytes:
    """An office file without clock; ``changes``: part, what stood there, what will; ``pictures`` likewise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {name: archive.read(name) for name in archive.namelist()}
    files = {name: pictures.get(part, part) for name, part in read.items()}
    for name, was, becomes in changes:
        files[name] = re.sub(was, becomes.replace("\\", r"\\"), files[name].decode()).encode()
    return zip_bytes(files, date)


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
    how_to_read = cover.how_to_read({each["status"] for each in exhibits})
    lines = filled("classeur.j2", cover=cover, how_to_read=how_to_read).unescape().splitlines()
    told = [[(french(text), style)] for style, _, text in (line.partition("|") for line in lines)]
    _sheet(book, "Lisez-moi", formats, [_WIDEST * 2], told).hide_gridlines(2)
    contents = [
        [(each["id"], "address"), (each["title"], "text"), (each["mention"], "mention")] for each in exhibits
    ]
    widths = [12, _WIDEST * 1.5, _WIDEST]
    _sheet(book, "Sommaire", formats, widths, [[(cover.full_title, "title")], [], *contents])
    for each in exhibits:
        _add_table(book, each, formats)
    book.close()
    return office_bytes(buffer.getvalue(), cover.date)


def _sheet(
    book: Workbook, name: str, formats: Mapping[str, Format], widths: Sequence[float], rows: Iterable[_Row]
) -> Worksheet:
    """A sheet whose columns have these widths, in characters; printed, it is as wide as a page."""
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for rank, row in enumerate(rows):
        if len(row) == len(widths):
            # As high as its texts, cut into lines: LibreOffice does not by itself.
            lines = (ceil(len(str(cell)) / width) for (cell, _), width in zip(row, widths, strict=True))
            sheet.set_row(rank, _LINE * max(1, *lines))
        for column, (cell, style) in enumerate(row):
            if style == "address":
                sheet.write_url(rank, column, f"internal:'{cell}'!A1", string=cell)
            elif isinstance(cell, float):
                sheet.write_number(rank, column, cell, formats[style])
            else:
                sheet.write_string(rank, column, cell, formats.get(style))
    return sheet


def _add_table(book: Workbook, told: Mapping[str, Any], formats: Mapping[str, Format]) -> None:
    names, *body = csv.reader(io.StringIO(told["files"]["csv"]))
    heading = [told["labels"].get(name, name) for name in names]
    # A heading may be cut into lines, between its words.
    columns = zip((label.split() for label in heading), *([[c] for c in row] for row in body), strict=True)
    longest = [max(len(text) for texts in column for text in texts) + 2 for column in columns]
    lines = [name for name in ("title", "subtitle", "mention", "reading", "source") if told[name]]
    rows: list[_Row] = [*([(told[name], name)] for name in lines), []]
    rows.append([(label, "heading") for label in heading])
    top = len(rows)

    def read(name: str, text: str) -> tuple[str | float, str]:
        said = french(_WHY.get(text, text)) if name.startswith(_STATUS) else text
        try:
            return float(said), "text"
        except ValueError:
            # The CSV guards a text that looks like a formula by an apostrophe; here the type does.
            return said.removeprefix("'"), "text"

    rows += [list(map(read, names, cells)) for cells in body]
    widths = [min(max(each, _NARROWEST), _WIDEST) for each in longest]
    _sheet(book, told["id"], formats, widths, rows).freeze_panes(top, 1)
