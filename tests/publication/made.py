"""Files made in memory for the tests of the gate: each holds one text, in one carrier."""

import datetime as dt
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pikepdf
import xlsxwriter
from pikepdf import Dictionary, Name
from pptx import Presentation


def page(body: str, head: str = "") -> bytes:
    """A page like those of the report."""
    return (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Essai</title>{head}</head>'
        f"<body><main>{body}</main></body></html>"
    ).encode()


def svg(body: str) -> bytes:
    """A drawing."""
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{body}</svg>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{drawn}'.encode()


def written(file: str, text: str) -> bytes:
    """What a row of ``pages.tsv`` says: the body of a page, after its « <head> », or of a drawing, or all."""
    content = text.replace("\\n", "\n").replace("\\\\", "\\")
    for code in ("200b", "00a0", "202f"):
        content = content.replace(f"\\u{code}", chr(int(code, 16)))
    if file.endswith(".html"):
        head, _, body = content.rpartition("</head>")
        return page(body, head.removeprefix("<head>"))
    return svg(content) if file.endswith(".svg") else content.encode()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """One white pixel, and chunks."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixel = chunk(b"IDAT", zlib.compress(b"\0\xff"))
    middle = b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + middle + pixel + chunk(b"IEND", b"")


def pdf(
    text: str = "Rien", change: Callable[[pikepdf.Pdf], object] = lambda _: None, how: str = "20 400 Td"
) -> bytes:
    """One page that shows a text, each line where ``how`` says; ``change`` adds what pages do not show."""
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(500, 500))
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        made.pages[0].Resources = Dictionary(Font=Dictionary(F1=font))
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        shown = " 0 -10 Td ".join(f"({line}) Tj" for line in escaped.split("\n")).encode("cp1252")
        made.pages[0].Contents = made.make_stream(f"BT /F1 8 Tf {how} ".encode() + shown + b" ET")
        change(made)
        target = BytesIO()
        made.save(target, static_id=True)
    return target.getvalue()


def annotated(**entries: Any) -> bytes:
    """A page of paper with a note, or a link, that says so."""

    def change(document: pikepdf.Pdf) -> None:
        note = Dictionary(Type=Name.Annot, Rect=pikepdf.Array([0, 0, 9, 9]), **entries)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return pdf(change=change)


def link(address: str) -> bytes:
    """A page of paper that leads somewhere."""
    action = Dictionary(S=Name.URI, URI=pikepdf.String(address))
    return annotated(Subtype=Name.Link, A=action)


def informed(**information: str) -> bytes:
    """A page of paper with properties."""
    return pdf(change=lambda d: d.docinfo.update({f"/{key}": text for key, text in information.items()}))


def workbook(fill: Callable[[Any], object]) -> bytes:
    """A workbook without dates of its own; ``fill`` gets it before it is closed."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    created = dt.datetime(2020, 12, 15, tzinfo=dt.UTC)
    book.set_properties({"author": "Équipe d’évaluation", "created": created})
    fill(book)
    if not book.worksheets():
        book.add_worksheet("Vide")
    book.close()
    return target.getvalue()


def sheet(write: Callable[[Any, Any], object], name: str = "Feuille") -> bytes:
    """A workbook of one sheet; ``write`` gets both."""
    return workbook(lambda book: write(book, book.add_worksheet(name)))


def cells(*rows: list[object], name: str = "Données") -> bytes:
    """A workbook of one sheet of cells."""
    return sheet(lambda _, s: [s.write_row(rank, 0, row) for rank, row in enumerate(rows)], name)


def archive(files: Mapping[str, bytes], comment: bytes = b"") -> bytes:
    """A zip without dates."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content)
        made.comment = comment
    return target.getvalue()


def slides(change: Callable[[Any], object]) -> bytes:
    """A presentation of one slide."""
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
