"""The ten kinds of file that may leave: any other is refused before it is opened, and these are decoded."""

import base64
import csv
import hashlib
import html
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from atc.publication import documents
from atc.publication.documents import Inside, Item, rows, unreadable
from atc.publication.pieces import EXHIBIT, FORMATS, Kind, Piece


def _csv(content: bytes) -> Iterator[Item]:
    """A CSV file, whatever separates its fields."""
    text = content.decode("utf-8-sig")
    separator = max(",;\t|", key=text.partition("\n")[0].count)
    yield from rows(list(csv.reader(StringIO(text, newline=""), delimiter=separator)), "tableau")


def _json(content: bytes) -> Iterator[Item]:
    value = json.loads(content)
    if isinstance(value, dict) and isinstance(value.get("cells"), list):
        yield Piece("", Kind.TYPE, "ipynb")
    for rank, text in enumerate(texts(value), 1):
        yield Piece(f"texte {rank}", Kind.CODE, text, "json")


def texts(value: Any) -> Iterator[str]:
    """Every key and every text of what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        parts = [*map(str, value), *value.values()] if isinstance(value, dict) else value
        yield from chain.from_iterable(map(texts, parts))


def _txt(content: bytes) -> Iterator[Item]:
    for rank, paragraph in enumerate(content.decode("utf-8-sig").split("\n\n"), 1):
        if paragraph.strip():
            yield Piece(f"paragraphe {rank}", Kind.PROSE, paragraph)


_PICTURE, _SKIPPED = (tuple(FORMATS[name].split()) for name in ("picture", "skipped"))


def _png(content: bytes) -> Iterator[Item]:
    """The pixels, that nothing reads, and anything else that the file keeps."""
    yield Piece("image", Kind.IMAGE, "png", hashlib.sha256(content).hexdigest())
    position, name = 8, ""
    while position + 8 <= len(content) and name != "IEND":
        size, raw = struct.unpack(">I4s", content[position : position + 8])
        name, position = raw.decode("latin-1"), position + 12 + size
        if name not in _PICTURE:
            yield Piece("bloc de l’image", Kind.METADATA, name, "png")
    if name != "IEND" or position != len(content):
        yield unreadable("image tronquée, ou suivie d’autres octets")


class _Format(NamedTuple):
    read: Callable[[bytes], Iterator[Item]]
    start: bytes = b""  # how its bytes begin
    part: str = ""  # an office file tells its kind by a part
    leads: tuple[str, ...] = ()  # how its text begins


_FORMATS = {
    "html": _Format(documents.page, leads=("<!doctype html", "<html")),
    "svg": _Format(documents.drawing, leads=("<?xml", "<svg", "<!doctype svg")),
    "xml": _Format(documents.part),
    "pdf": _Format(documents.paper, b"%PDF-"),
    "png": _Format(_png, b"\x89PNG\r\n\x1a\n"),
    "csv": _Format(_csv),
    "json": _Format(_json),
    "txt": _Format(_txt),
    "xlsx": _Format(documents.workbook, b"PK\x03\x04", "xl/workbook.xml"),
    "pptx": _Format(documents.office, b"PK\x03\x04", "ppt/presentation.xml"),
    "docx": _Format(documents.office, b"PK\x03\x04", "word/document.xml"),
}
ALLOWED = tuple(kind for kind in _FORMATS if kind != "xml")
#: What may stand inside a document: the parts of an office file, the images of a page.
_INSIDE = frozenset({"xml", "svg", "png"})
#: Pieces that hold no text of their own to decode again.
_PLAIN = frozenset({Kind.ROW, Kind.UNREADABLE, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED, Kind.TYPE})
_DEEPEST = 4
#: What readers raise of a file that is not what it says, or that a password keeps.
_BROKEN = (csv.Error, ValueError, OSError, RuntimeError, SyntaxError, zlib.error, *documents.BROKEN)


def is_of(kind: str, content: bytes) -> bool:
    """Whether the bytes are of the kind that a name announces, and text where it announces text."""
    told = _FORMATS[kind]
    try:
        if told.start:
            holds = not told.part or told.part in zipfile.ZipFile(BytesIO(content)).namelist()
            return content.startswith(told.start) and holds
        text = content.decode("utf-8-sig").lstrip().lower()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    others = ("%pdf-", "pk\x03\x04", *(lead for each in _FORMATS.values() for lead in each.leads))
    hides = kind != "xml" and text.startswith(others)
    return "\0" not in text and (text.startswith(told.leads) if told.leads else not hides)


def pieces(file: str, content: bytes) -> Iterator[Piece]:
    """Every text of a file, decoded, in the order of the file."""
    yield Piece("nom du fichier", Kind.NAME, file, file=file)
    yield from _opened(file, Inside(file, content, ""), frozenset(ALLOWED), 0)


def _opened(file: str, inside: Inside, allowed: frozenset[str], depth: int) -> Iterator[Piece]:
    # Parts of office files are XML under other names.
    kind = re.sub(r"^(?:rels|vml)$", "xml", re.split(r"[\\/]", inside.name)[-1].rpartition(".")[2].lower())
    if kind not in allowed or not is_of(kind, inside.content) or depth > _DEEPEST:
        yield Piece(inside.place or "nom du fichier", Kind.TYPE, kind, file=file)
        return
    # A part of an office document comes with its exhibit before its name.
    found = EXHIBIT.match(inside.name) or EXHIBIT.search(inside.name.rpartition("/")[2])
    try:
        items = list(_FORMATS[kind].read(inside.content))
    except _BROKEN:
        items = [unreadable("abîmé, chiffré ou protégé")]
    for item in items:
        where = ", ".join(filter(None, (inside.place, item.place)))
        if isinstance(item, Inside):
            told = _opened(file, item._replace(place=where), _INSIDE, depth + 1)
        else:
            told = _unwrapped(replace(item, file=file, place=where), depth)
        for piece in told:
            yield piece if piece.exhibit or not found else replace(piece, exhibit=found[0])


_DATA = re.compile(r"data:([\w/+.-]*)((?:;[\w=-]+)*),([A-Za-z0-9+/=_%.~!*'()&$@:-]*)", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}")
_SUSPECT = re.compile(r"[&%]|data:|[A-Za-z0-9+/_-]{12}", re.IGNORECASE)


def _unwrapped(piece: Piece, depth: int) -> Iterator[Piece]:
    """The piece, and what its text carries once it is decoded again."""
    bare = _DATA.sub(lambda match: f"data:{match[1]},", piece.text)
    yield replace(piece, text=bare)
    # Most texts wrap nothing: one look tells.
    skipped = piece.kind in _PLAIN or piece.label == "source" or depth > _DEEPEST
    if skipped or not _SUSPECT.search(piece.text):
        return
    for match in _DATA.finditer(piece.text):
        if (kind := match[1].lower()).startswith(_SKIPPED):
            continue
        is_base64 = "base64" in match[2].lower()
        content = _from_base64(unquote(match[3])) if is_base64 else unquote_to_bytes(match[3])
        name = f"contenu.{kind.rpartition('/')[2].removesuffix('+xml')}"
        inside = Inside(name, content, f"{piece.place} (adresse data:)")
        for part in _opened(piece.file, inside, _INSIDE, depth + 1):
            yield part if part.exhibit else replace(part, exhibit=piece.exhibit)
    found = [("entités", html.unescape(bare)), ("signes %", unquote(bare))]
    coded = (_from_base64(match[0]) for match in _BASE64.finditer(bare))
    found += [("base64", content.decode(errors="surrogateescape")) for content in coded]
    for how, text in found:
        # Random bytes say nothing.
        random = how == "base64" and (len(text) < 4 or not text.isprintable() or max(text) > "\u2100")
        if text != bare and not random:
            told = replace(piece, place=f"{piece.place} ({how})", kind=Kind.CODE, text=text, cells=())
            yield from _unwrapped(told, depth + 1)


def _from_base64(written: str) -> bytes:
    bare = written.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    try:
        return base64.b64decode(bare[: len(bare) - (len(bare) % 4 == 1)] + "==")
    except ValueError:
        return b""
