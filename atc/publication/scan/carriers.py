"""From the bytes of a file to every text it carries, whatever wraps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from atc.publication.scan import archives, images, markup, paper, records
from atc.publication.scan.encodings import unwrapped, without_data
from atc.publication.scan.kinds import content_type
from atc.publication.scan.model import EXHIBIT, Kind, Piece
from atc.publication.scan.wrapping import Inside, Item

#: Wrappings inside wrappings beyond which nobody wraps in good faith.
_DEEPEST = 6
#: Bytes that all the wrappings of one file may unfold to.
_LARGEST = 200_000_000

_READERS: dict[str, Callable[[bytes, str], Iterator[Item]]] = {
    "html": markup.html_pieces,
    "svg": markup.svg_pieces,
    "xml": markup.xml_pieces,
    "pdf": paper.pieces,
    "png": images.png_pieces,
    "jpeg": images.jpeg_pieces,
    "zip": archives.zip_pieces,
    "xlsx": archives.workbook_pieces,
    "pptx": archives.slides_pieces,
    "docx": archives.zip_pieces,
    "gz": archives.gzip_pieces,
    "parquet": records.parquet_pieces,
    "csv": records.csv_pieces,
    "json": records.json_pieces,
    "text": records.text_pieces,
    "font": records.loose_pieces,
    "unknown": records.loose_pieces,
}


#: Pieces that hold no text of their own to decode again.
_PLAIN = frozenset({Kind.ROW, Kind.UNREADABLE, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED})


@dataclass
class _Course:
    """The file being read, and how many bytes its wrappings may still unfold to."""

    file: str
    left: int = _LARGEST


def pieces(file: str, content: bytes) -> Iterator[Piece]:
    """Every text of a file, decoded, in the order of the file.

    Args:
        file: Its path in the bundle.
        content: Its bytes.
    """
    yield from _opened(Inside(file, content, ""), "", 0, _Course(file))


def _opened(inside: Inside, holder: str, depth: int, course: _Course) -> Iterator[Piece]:
    """The pieces of one file, or of one thing inside a file.

    ``holder`` is what it was found in: nothing, ``zip``, ``pdf``… or ``text``.
    """
    name, place = inside.name, inside.place
    kind = content_type(name, inside.content)
    named = place or "nom du fichier"
    yield from _resolved(Piece("", "", Kind.NAME, name, f"{holder}:{kind}"), named, kind, depth, course)
    course.left -= len(inside.content)
    if depth > _DEEPEST or course.left < 0:
        yield Piece(course.file, named, Kind.UNREADABLE, "trop d’enveloppes les unes dans les autres")
        return
    # A part of an office document comes with its exhibit before its name.
    found = EXHIBIT.match(name) or EXHIBIT.search(name.rpartition("/")[2])
    for item in _READERS[kind](inside.content, name):
        for piece in _resolved(item, place, kind, depth, course):
            yield piece if piece.exhibit or not found else replace(piece, exhibit=found[0])


def _resolved(item: Item, place: str, holder: str, depth: int, course: _Course) -> Iterator[Piece]:
    """One item of a reader: the piece and what it wraps, or the pieces of the file that it is."""
    place = ", ".join(filter(None, (place, item.place)))
    if isinstance(item, Inside):
        yield from _opened(replace(item, place=place), holder, depth + 1, course)
        return
    shown = replace(item, file=course.file, place=place, text=without_data(item.text))
    yield shown
    if item.kind not in _PLAIN and item.label != "source":
        yield from _unwrapped(replace(shown, text=item.text), depth, course)


def _unwrapped(piece: Piece, depth: int, course: _Course) -> Iterator[Piece]:
    """What a text carries once it is decoded again: entities, escapes, base64, data: addresses."""
    for layer in unwrapped(piece.text):
        place = f"{piece.place} ({layer.how})"
        if depth >= _DEEPEST:
            yield replace(piece, place=place, kind=Kind.UNREADABLE, text="trop d’enveloppes", cells=())
        elif isinstance(layer.content, bytes):
            for found in _opened(Inside(layer.name, layer.content, place), "text", depth + 1, course):
                yield found if found.exhibit else replace(found, exhibit=piece.exhibit)
        else:
            inner = replace(piece, place=place, kind=Kind.CODE, text=layer.content, cells=())
            yield replace(inner, text=without_data(inner.text))
            yield from _unwrapped(inner, depth + 1, course)
