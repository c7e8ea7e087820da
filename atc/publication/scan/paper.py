"""PDF: what a reader sees, and each string, link, script, image and file that pages do not show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]

from atc.publication.scan.model import EXHIBIT, Inside, Item, Kind, Piece, piece, unreadable

#: What a line break adds inside a word, and the mark PDFium leaves where it takes one away.
_CUT_WORD = re.compile(r"[\u2010\u00ad]\r?\n|[\ufffe\u0002]")
#: Actions that run, send or open something.
_ACTION_NAMES = "/JavaScript /JS /Launch /SubmitForm /ImportData /GoToR /GoToE"
_ACTIONS = frozenset(_ACTION_NAMES.split())


def pieces(content: bytes, _: str) -> Iterator[Item]:
    """Pieces of a PDF, page by page and then object by object."""
    try:
        pages = list(_pages(content))
        yield from pages
        # A string of a PDF does not say which exhibit it is about: any of the document, then.
        exhibits = tuple(sorted({exhibit for page in pages for exhibit in page.cells}))
        with pikepdf.open(BytesIO(content)) as pdf:
            seen = set[tuple[str, str]]()
            for item in _objects(pdf):
                if isinstance(item, Inside):
                    yield item
                elif (item.label, item.text) not in seen:
                    seen.add((item.label, item.text))
                    yield replace(item, cells=exhibits)
    except (pikepdf.PdfError, pypdfium2.PdfiumError):
        yield unreadable("PDF illisible ou protégé")
        return
    if content.count(b"%%EOF") != 1 or content.rpartition(b"%%EOF")[2].strip():
        yield unreadable("le PDF garde une version antérieure, ou des octets après sa fin")


def _pages(content: bytes) -> Iterator[Piece]:
    with pypdfium2.PdfDocument(content) as pdf:
        exhibit = ""
        for rank, page in enumerate(pdf, 1):
            text = _CUT_WORD.sub("", page.get_textpage().get_text_range())
            # What a page tells may belong to the last exhibit of the page before.
            named = [exhibit, *EXHIBIT.findall(text)]
            exhibit = named[-1]
            yield Piece("", f"page {rank}", Kind.PAGE, text, cells=tuple(sorted({*named} - {""})))


def _objects(pdf: pikepdf.Pdf) -> Iterator[Item]:
    for rank, object_ in enumerate(pdf.objects, 1):
        place = f"objet {rank}"
        yield from _strings(object_, place, "")
        if isinstance(object_, pikepdf.Stream):
            yield from _stream(object_, place)
    for key, value in pdf.docinfo.items():
        yield piece(f"propriété {key}", Kind.METADATA, str(value), label=key)


def _strings(value: Any, place: str, key: str) -> Iterator[Piece]:
    """Strings of one object; the objects it refers to come on their own."""
    if isinstance(value, pikepdf.String):
        yield piece(f"{place}, {key or 'texte'}", Kind.ATTRIBUTE, str(value), label=f"pdf:{key}")
    elif isinstance(value, pikepdf.Name) and str(value) in _ACTIONS:
        yield piece(place, Kind.ELEMENT, f"pdf:{value}")
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        for name, part in value.items():
            if name in _ACTIONS:
                yield piece(place, Kind.ELEMENT, f"pdf:{name}")
            if not getattr(part, "is_indirect", False):
                yield from _strings(part, place, name)
    elif isinstance(value, pikepdf.Array):
        for part in value:
            if not getattr(part, "is_indirect", False):
                yield from _strings(part, place, key)


def _stream(stream: pikepdf.Stream, place: str) -> Iterator[Item]:
    kind, subtype = str(stream.get("/Type", "")), str(stream.get("/Subtype", ""))
    if subtype == "/Image":
        yield piece(place, Kind.IMAGE, "pdf")
    elif kind == "/EmbeddedFile":
        yield piece(f"{place}, fichier joint", Kind.TYPE, "fichier joint")
    elif kind == "/Metadata":
        yield Inside("propriétés.xml", stream.read_bytes(), f"{place}, propriétés XMP")
    elif subtype == "/Form" or b"BDC" in (content := stream.read_bytes()) or b" BI" in content:
        yield from _drawn(stream, place)


def _drawn(stream: pikepdf.Stream, place: str) -> Iterator[Piece]:
    """What stands beside the text that is drawn: replacement texts, pictures drawn inline."""
    # Every tagged stream says /MCID: an image drawn inline says ID otherwise.
    marks = stream.read_bytes().replace(b"/MCID", b"")
    if not any(mark in marks for mark in (b"/ActualText", b"/Alt", b"/E ", b"ID")):
        return
    for instruction in pikepdf.parse_content_stream(stream):
        if isinstance(instruction, pikepdf.ContentStreamInlineImage):
            yield piece(place, Kind.IMAGE, "pdf")
        elif str(instruction.operator) in ("BDC", "DP"):
            for operand in instruction.operands:
                yield from _strings(operand, f"{place}, texte de remplacement", "/ActualText")
