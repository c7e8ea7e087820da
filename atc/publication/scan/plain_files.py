"""Tables, JSON, plain text and images: cells, rows with their headings, keys and values."""

from __future__ import annotations

import csv
import hashlib
import json
import struct
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from atc.publication.scan.model import Item, Kind, Piece, piece, unreadable

#: Chunks of a PNG that only say how to show the pixels.
_PICTURE_NAMES = "IHDR PLTE IDAT IEND tRNS pHYs gAMA cHRM sRGB sBIT bKGD"
_PICTURE = frozenset(_PICTURE_NAMES.split())


def rows(table: Sequence[Sequence[str]], place: str, exhibit: str = "") -> Iterator[Piece]:
    """Each cell, then each row with its headings: the first row of several cells, under a title."""
    headings: tuple[str, ...] = ()
    least = min(2, max(map(len, table), default=0))
    for rank, row in enumerate(table, 1):
        for column, cell in enumerate(row, 1):
            if cell:
                yield piece(f"{place}, ligne {rank}, colonne {column}", Kind.CELL, cell, exhibit=exhibit)
        where, text = f"{place}, ligne {rank}", " | ".join(row)
        yield Piece("", where, Kind.ROW, text, "", exhibit, tuple(row), headings)
        if not headings and sum(map(bool, row)) >= least:
            headings = tuple(row)


def csv_pieces(content: bytes, _: str) -> Iterator[Item]:
    """A CSV file, whatever separates its fields."""
    text = content.decode("utf-8-sig")
    separator = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        table = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        yield unreadable("tableau CSV illisible")
        return
    yield from rows(table, "tableau")


def json_pieces(content: bytes, _: str) -> Iterator[Item]:
    """A JSON file: every key and every text."""
    try:
        value = json.loads(content)
    except ValueError:
        yield unreadable("JSON illisible")
        return
    if isinstance(value, dict) and isinstance(value.get("cells"), list):
        yield piece("", Kind.TYPE, "ipynb")
    for rank, text in enumerate(_texts(value), 1):
        yield piece(f"texte {rank}", Kind.CODE, text, label="json")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def text_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Plain text, paragraph by paragraph."""
    for rank, paragraph in enumerate(content.decode("utf-8-sig").split("\n\n"), 1):
        if paragraph.strip():
            yield piece(f"paragraphe {rank}", Kind.PROSE, paragraph)


def png_pieces(content: bytes, _: str) -> Iterator[Item]:
    """The pixels, that nothing reads, and anything else that the file keeps."""
    yield piece("image", Kind.IMAGE, "png", label=hashlib.sha256(content).hexdigest())
    position, name = 8, ""
    while position + 8 <= len(content) and name != "IEND":
        size, raw = struct.unpack(">I4s", content[position : position + 8])
        name, position = raw.decode("latin-1"), position + 12 + size
        if name not in _PICTURE:
            yield piece("bloc de l’image", Kind.METADATA, name, label="png")
    if name != "IEND" or position != len(content):
        yield unreadable("image tronquée, ou suivie d’autres octets")
