"""What an image file carries beside its pixels. Pixels themselves are judged by rule: see `rules.shipped`."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache

from atc.publication.scan.encodings import decoded
from atc.publication.scan.model import Kind
from atc.publication.scan.wrapping import Inside, Item, piece, unreadable

_SIGNATURE = 8
#: Chunks that only say how to show the pixels.
_PICTURE = frozenset(["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "pHYs", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD"])
_KNOWN_CHUNKS = _PICTURE | frozenset(["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "iCCP", "hIST", "sPLT"])
_READABLE = re.compile(rb"(?:[\x20-\x7e\x80-\xff]{4,}|(?:[\x20-\x7e]\0){4,})")
_LARGEST = 20_000_000


def png_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Chunks of a PNG that are no picture, and what follows its end."""
    yield piece("image", Kind.IMAGE, "png", label=hashlib.sha256(content).hexdigest())
    position = _SIGNATURE
    while position + 8 <= len(content):
        size, name = struct.unpack(">I4s", content[position : position + 8])
        label, data = name.decode("latin-1"), content[position + 8 : position + 8 + size]
        position += 12 + size
        if label not in _PICTURE:
            shown = label if label in _KNOWN_CHUNKS else "inconnu"
            yield from _chunk(label, data, f"bloc {shown}")
        if label == "IEND":
            break
    else:
        yield unreadable("image PNG tronquée")
    if left := content[position:]:
        yield unreadable("octets après la fin de l’image")
        yield Inside("suite", left, "après la fin de l’image")


def _chunk(label: str, data: bytes, place: str) -> Iterator[Item]:
    keyword, _, rest = data.partition(b"\0")
    if label == "zTXt":
        rest = _inflated(rest[1:])
    elif label == "iTXt":
        rest = _international(rest)
    if label in ("tEXt", "zTXt", "iTXt"):
        yield piece(place, Kind.METADATA, decoded(keyword) + " " + decoded(rest), label=f"png:{label}")
    else:
        profile = _inflated(rest[1:]) if label == "iCCP" else b""
        yield piece(place, Kind.METADATA, readable(data) + readable(profile), label=f"png:{label}")


def _international(rest: bytes) -> bytes:
    compressed, (_language, _, after) = rest[:1] == b"\x01", rest[2:].partition(b"\0")
    translated, _, text = after.partition(b"\0")
    return translated + b" " + (_inflated(text) if compressed else text)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _LARGEST)
    except zlib.error:
        return data


def jpeg_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Segments of a JPEG that are no picture: comments, EXIF, XMP, IPTC."""
    yield piece("image", Kind.IMAGE, "jpeg")
    position = 2
    while position + 4 <= len(content) and content[position] == 0xFF and content[position + 1] != 0xDA:
        marker, size = content[position + 1], int.from_bytes(content[position + 2 : position + 4])
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            data = content[position + 4 : position + 2 + size]
            place = "commentaire" if marker == 0xFE else f"segment APP{marker - 0xE0}"
            yield piece(place, Kind.METADATA, readable(data), label="jpeg")
        position += 2 + size
    if left := content.rpartition(b"\xff\xd9")[2]:
        yield piece("après la fin de l’image", Kind.CODE, readable(left))


@lru_cache(maxsize=512)  # The fonts of a bundle come with each of its pages.
def readable(data: bytes) -> str:
    """The words of bytes in no known form, in one-byte or two-byte letters."""
    return "\n".join(_decoded(match[0].replace(b"\0", b"")) for match in _READABLE.finditer(data))


def _decoded(run: bytes) -> str:
    try:
        return run.decode("utf-8")
    except UnicodeDecodeError:
        return run.decode("latin-1")
