"""Files made in memory for the tests of the scanner: each holds one text, in one carrier."""

from __future__ import annotations

import datetime as dt
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pikepdf
import xlsxwriter
from pptx import Presentation


def page(body: str, head: str = "") -> bytes:
    """A page like those of the report."""
    return (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title>{head}</head>'
        f"<body><main>{body}</main></body></html>"
    ).encode()


def exhibit(body: str, id_: str = "F02-02") -> bytes:
    """A page whose body is an exhibit."""
    return page(f'<figure class="exhibit" id="{id_}">{body}</figure>')


def table(headings: list[str], *rows: list[str]) -> str:
    """A table as exhibits write them."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table><caption>Essai</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def svg(body: str) -> bytes:
    """A drawing."""
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{body}</svg>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{drawn}'.encode()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """One white pixel, and chunks."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\xff"))
    middle = b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + middle + pixel + chunk(b"IEND", b"")


def pdf(text: str = "Rien", change=lambda pdf: None) -> bytes:
    """One page that shows a text; ``change`` adds what pages do not show."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(500, 500))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        made.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        shown = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        made.pages[0].Contents = made.make_stream(b"BT /F1 8 Tf 20 400 Td (" + shown + b") Tj ET")
        change(made)
        target = BytesIO()
        made.save(target, static_id=True)
    return target.getvalue()


def workbook(fill) -> bytes:
    """A workbook without dates of its own; ``fill`` gets it before it is closed."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties(
        {"author": "Équipe d’évaluation", "created": dt.datetime(2020, 12, 15, tzinfo=dt.UTC)}
    )
    fill(book)
    if not book.worksheets():
        book.add_worksheet("Vide")
    book.close()
    return target.getvalue()


def cells(*rows: list[object], name: str = "Données") -> bytes:
    """A workbook of one sheet."""

    def fill(book) -> None:
        sheet = book.add_worksheet(name)
        for rank, row in enumerate(rows):
            sheet.write_row(rank, 0, row)

    return workbook(fill)


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip without dates."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def notebook(outputs: list[dict]) -> bytes:
    """A notebook of one cell."""
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "execution_count": 1, "outputs": outputs}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def slides(change: Callable[[Any], object]) -> bytes:
    """A presentation of one slide, whose parts bear no date."""
    deck = Presentation()
    change(deck.slides.add_slide(deck.slide_layouts[5]))
    target = BytesIO()
    deck.save(target)
    return target.getvalue()


def word(inside: str) -> bytes:
    """A document of Word that holds this markup."""
    names = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{names}"><w:body>{inside}</w:body></w:document>'
    return archive({"word/document.xml": body.encode()})
