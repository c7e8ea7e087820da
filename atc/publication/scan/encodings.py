"""Texts inside texts: entities, escapes, base64, hexadecimal, ``data:`` addresses."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, unquote_to_bytes

_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]+);?")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_UNICODE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{3}))")
_QUOTED = re.compile(r"=[0-9A-F]{2}(?:=[0-9A-F]{2}|=\r?\n)")
_IN_CSS = re.compile(r"\\([0-9a-fA-F]{1,6})\s?(?![0-9a-fA-F])")
_DATA = re.compile(r"data:([\w/+.-]*)((?:;[\w=-]+)*),([A-Za-z0-9+/=_%.~!*'()&$@:-]*)", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}")
_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{20,}\s+)+[A-Za-z0-9+/]+={0,2}")
_HEXADECIMAL = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}){8,}(?![0-9A-Za-z])")
_SUSPECT = re.compile(r"[&%\\]|=[0-9A-F]{2}|data:|[A-Za-z0-9+/_-]{12}", re.IGNORECASE)
_LARGEST = 20_000_000
_CARRIES = (b"%PDF-", b"\x89PNG", b"PK\x03\x04", b"\x1f\x8b", b"\xff\xd8\xff", b"PAR1")
_EXTENSIONS = {"image/svg+xml": "svg", "text/html": "html", "text/csv": "csv", "application/json": "json"}
#: Dropped by readers and by eyes, kept by a search that would miss the word.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffe]"
)


class _Letters(dict[int, str | None]):
    """What becomes of each character when only letters and digits are kept, learnt as they come."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kept = character.isalnum() and not _INVISIBLE.match(character)
        self[code] = character if kept else None
        return self[code]


_LETTERS = _Letters()


@dataclass(frozen=True)
class Layer:
    """What was under one encoding.

    Attributes:
        how: The encoding, in French.
        content: Text, or bytes that are a file of their own.
        name: What such a file may be called, for its extension.
    """

    how: str
    content: str | bytes
    name: str = ""


def decoded(content: bytes) -> str:
    """The text of a file, in the encoding that it declares or shows."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\0" in content[:4000]:
        little = content[1::2].count(b"\0") >= content[::2].count(b"\0")
        return content.decode("utf-16-le" if little else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """One way to write it: compatibility forms, no case, nothing invisible, single spaces."""
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(visible.casefold().split())


@lru_cache(maxsize=64)
def squeezed(text: str) -> str:
    """Its letters and digits only: what a line break, a hyphen or a tag cut is whole again."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)


def without_data(text: str) -> str:
    """The text with the content of its ``data:`` addresses left out: it is read on its own."""
    return _DATA.sub(lambda match: f"data:{match[1]},", text)


def unwrapped(text: str) -> Iterator[Layer]:
    """Each thing that a text hides under one encoding.

    Args:
        text: As it is written in the file.
    """
    # Most texts wrap nothing: one look tells.
    if not _SUSPECT.search(text):
        return
    yield from _addresses(text)
    bare = without_data(text)
    for how, pattern, decode in _ESCAPES:
        if pattern.search(bare) and (changed := decode(bare)) != bare:
            yield Layer(how, changed)
    candidates = [match[0] for match in _BASE64.finditer(bare)]
    candidates += ["".join(match[0].split()) for match in _WRAPPED.finditer(bare)]
    for candidate in candidates:
        yield from _meaningful("base64", _from_base64(candidate))
    for match in _HEXADECIMAL.finditer(bare):
        yield from _meaningful("hexadécimal", binascii.unhexlify(match[0]))


def _unescape_unicode(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        code = int(digits, 16) if digits else int(match[4], 8)
        return chr(code) if code < 0x110000 else match[0]

    return _UNICODE.sub(character, text)


def _unescape_css(text: str) -> str:
    return _IN_CSS.sub(lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 0x110000 else m[0], text)


def _unquote_printable(text: str) -> str:
    return quopri.decodestring(text.encode()).decode("utf-8", "replace")


_ESCAPES = (
    ("entités", _ENTITY, html.unescape),
    ("signes %", _PERCENT, unquote),
    ("échappements", _UNICODE, _unescape_unicode),
    ("quoted-printable", _QUOTED, _unquote_printable),
    ("échappements CSS", _IN_CSS, _unescape_css),
)


def _addresses(text: str) -> Iterator[Layer]:
    for match in _DATA.finditer(text):
        kind, parameters, written = match[1].lower(), match[2].lower(), match[3]
        content = _from_base64(unquote(written)) if "base64" in parameters else unquote_to_bytes(written)
        yield Layer("adresse data:", content, f"contenu.{_EXTENSIONS.get(kind, kind.rpartition('/')[2])}")


def _from_base64(written: str) -> bytes:
    cleaned = written.rstrip("=").replace("-", "+").replace("_", "/")
    cleaned = cleaned[: len(cleaned) - (len(cleaned) % 4 == 1)]
    try:
        return base64.b64decode(cleaned + "=" * (-len(cleaned) % 4))
    except ValueError:
        return b""


def _meaningful(how: str, content: bytes) -> Iterator[Layer]:
    """Random bytes say nothing; a text or a file does."""
    if content[:1] == b"\x78":
        content = _inflated(content)
    if content.startswith(_CARRIES):
        yield Layer(how, content)
    elif text := _as_text(content):
        yield Layer(how, text)


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, _LARGEST)
    except zlib.error:
        return content


def _as_text(content: bytes) -> str:
    for encoding in ("utf-8", "utf-16-le"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(text) >= 4 and all(c.isprintable() or c in "\r\n\t" for c in text) and _is_latin(text):
            return text
    return ""


def _is_latin(text: str) -> bool:
    return sum(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2100 for c in text) >= len(text) * 0.9
