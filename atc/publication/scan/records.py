"""Tables, JSON and plain text: cells, rows with their headings, keys and values."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from atc.publication.scan.encodings import decoded
from atc.publication.scan.images import readable
from atc.publication.scan.model import Kind, Piece
from atc.publication.scan.wrapping import Item, piece, unreadable

_LONGEST_FIELD = 10_000_000


def rows(table: Sequence[Sequence[str]], place: str, exhibit: str = "") -> Iterator[Piece]:
    """Each cell on its own, then each row with the headings of its columns.

    Args:
        table: Its headings are its first row of several cells: a title may stand above them.
        place: Where the table is.
        exhibit: Id of the exhibit it gives the data of.
    """
    headings: tuple[str, ...] = ()
    least = min(2, max(map(len, table), default=0))
    for rank, row in enumerate(table, 1):
        for column, cell in enumerate(row, 1):
            if cell:
                yield piece(f"{place}, ligne {rank}, colonne {column}", Kind.CELL, cell, exhibit=exhibit)
        yield Piece(
            "", f"{place}, ligne {rank}", Kind.ROW, " | ".join(row), "", exhibit, tuple(row), headings
        )
        if not headings and sum(map(bool, row)) >= least:
            headings = tuple(row)


def csv_pieces(content: bytes, _: str) -> Iterator[Item]:
    """A CSV file, whatever separates its fields."""
    text = decoded(content)
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    # The limit belongs to the whole process: an import that follows must find it as it was.
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        table = list(csv.reader(StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        yield unreadable("tableau CSV illisible")
        yield from text_pieces(content, "")
        return
    finally:
        csv.field_size_limit(before)
    yield from rows(table, "tableau")


def parquet_pieces(content: bytes, _: str) -> Iterator[Item]:
    """A Parquet file: columns, values, metadata."""
    try:
        table = pq.read_table(BytesIO(content))
    except (pa.ArrowException, OSError):
        yield unreadable("fichier Parquet illisible")
        return
    for name, value in (table.schema.metadata or {}).items():
        yield piece(
            "propriété du fichier", Kind.METADATA, f"{decoded(name)} {decoded(value)}", label="parquet"
        )
    written = [["" if value is None else str(value) for value in row.values()] for row in table.to_pylist()]
    yield from rows([table.column_names, *written], "tableau")


def json_pieces(content: bytes, name: str) -> Iterator[Item]:
    """A JSON file: every key and every text, and whether it is a notebook that was run."""
    try:
        value = json.loads(decoded(content))
    except ValueError:
        yield unreadable("JSON illisible")
        yield from text_pieces(content, name)
        return
    if isinstance(value, dict) and isinstance(value.get("cells"), list):
        yield from _notebook(value["cells"])
    for rank, text in enumerate(_texts(value), 1):
        yield piece(f"texte {rank}", Kind.CODE, text, label="json")


def _notebook(cells: list[Any]) -> Iterator[Piece]:
    for rank, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("outputs"):
            yield piece(f"cellule {rank}", Kind.ELEMENT, "notebook:outputs")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def text_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Plain text, paragraph by paragraph."""
    for rank, paragraph in enumerate(decoded(content).split("\n\n"), 1):
        if paragraph.strip():
            yield piece(f"paragraphe {rank}", Kind.PROSE, paragraph)


def loose_pieces(content: bytes, _: str) -> Iterator[Item]:
    """The words of a font, or of a file of no known form."""
    yield piece("octets", Kind.GLUED, readable(content))
