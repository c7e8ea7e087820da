"""The ten kinds of file that may leave: any other is refused before it is opened, and these are decoded."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO

from atc.publication.scan import markup, office, paper, plain_files
from atc.publication.scan.encodings import unwrapped, without_data
from atc.publication.scan.model import EXHIBIT, Inside, Item, Kind, Piece

#: Extension -> how a file of that kind begins; an office file tells its kind by the part beside.
_STARTS = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "xlsx": b"PK\x03\x04",
    "pptx": b"PK\x03\x04",
    "docx": b"PK\x03\x04",
}
_PARTS = {"xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml", "docx": "word/document.xml"}
_LEADS = {"html": ("<!doctype html", "<html"), "svg": ("<?xml", "<svg", "<!doctype svg")}
_READERS: dict[str, Callable[[bytes, str], Iterator[Item]]] = {
    "html": markup.html_pieces,
    "svg": markup.svg_pieces,
    "xml": markup.xml_pieces,
    "pdf": paper.pieces,
    "png": plain_files.png_pieces,
    "csv": plain_files.csv_pieces,
    "json": plain_files.json_pieces,
    "txt": plain_files.text_pieces,
    "xlsx": office.workbook_pieces,
    "pptx": office.slides_pieces,
    "docx": office.parts_pieces,
}
ALLOWED = tuple(kind for kind in _READERS if kind != "xml")
#: What may stand inside a document: the parts of an office file, the images of a page.
_INSIDE = {"xml", "svg", "png"}
#: Pieces that hold no text of their own to decode again.
_PLAIN = frozenset({Kind.ROW, Kind.UNREADABLE, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED, Kind.TYPE})
_DEEPEST = 4


def extension(name: str) -> str:
    """The end of a name, in lower case; parts of office files are XML under other names."""
    last = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[2].lower()
    return "xml" if last in ("rels", "vml") else last


def is_of(kind: str, content: bytes) -> bool:
    """Whether the bytes are of the kind that a name announces, and text where it announces text."""
    if start := _STARTS.get(kind):
        return content.startswith(start) and (kind not in _PARTS or _PARTS[kind] in _members(content))
    try:
        text = content.decode("utf-8-sig").lstrip().lower()
    except UnicodeDecodeError:
        return False
    leads = _LEADS.get(kind)
    hides = text.startswith(("%pdf-", "pk\x03\x04", *sum(_LEADS.values(), ()))) and kind != "xml"
    return "\0" not in text and (text.startswith(leads) if leads else not hides)


def _members(content: bytes) -> list[str]:
    try:
        return zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return []


def pieces(file: str, content: bytes) -> Iterator[Piece]:
    """Every text of a file, decoded, in the order of the file."""
    yield Piece(file, "nom du fichier", Kind.NAME, file)
    yield from _opened(file, Inside(file, content, ""), set(ALLOWED), 0)


def _opened(file: str, inside: Inside, allowed: set[str], depth: int) -> Iterator[Piece]:
    kind, place = extension(inside.name), inside.place
    if kind not in allowed or not is_of(kind, inside.content) or depth > _DEEPEST:
        yield Piece(file, place or "nom du fichier", Kind.TYPE, kind)
        return
    # A part of an office document comes with its exhibit before its name.
    found = EXHIBIT.match(inside.name) or EXHIBIT.search(inside.name.rpartition("/")[2])
    for item in _READERS[kind](inside.content, inside.name):
        where = ", ".join(filter(None, (place, item.place)))
        if isinstance(item, Inside):
            told = _opened(file, replace(item, place=where), _INSIDE, depth + 1)
        else:
            told = _unwrapped(replace(item, file=file, place=where), depth)
        for piece in told:
            yield piece if piece.exhibit or not found else replace(piece, exhibit=found[0])


def _unwrapped(piece: Piece, depth: int) -> Iterator[Piece]:
    """The piece, and what its text carries once it is decoded again: entities, base64, data: addresses."""
    yield replace(piece, text=without_data(piece.text))
    if piece.kind in _PLAIN or piece.label == "source" or depth > _DEEPEST:
        return
    for layer in unwrapped(piece.text):
        place = f"{piece.place} ({layer.how})"
        if isinstance(layer.content, bytes):
            inside = Inside(layer.name, layer.content, place)
            found = _opened(piece.file, inside, _INSIDE, depth + 1)
        else:
            inner = replace(piece, place=place, kind=Kind.CODE, text=layer.content, cells=())
            found = _unwrapped(inner, depth + 1)
        for part in found:
            yield part if part.exhibit else replace(part, exhibit=piece.exhibit)
