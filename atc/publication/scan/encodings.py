"""Texts inside texts: entities, percent signs, base64, ``data:`` addresses; one way to write each."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, unquote_to_bytes

from atc.publication.scan.reading import INVISIBLE

_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]+);?")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_DATA = re.compile(r"data:([\w/+.-]*)((?:;[\w=-]+)*),([A-Za-z0-9+/=_%.~!*'()&$@:-]*)", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}")
_SUSPECT = re.compile(r"[&%]|data:|[A-Za-z0-9+/_-]{12}", re.IGNORECASE)
#: Fonts and style sheets are those of the project; anything else is opened as the file that it is.
_SKIPPED = ("font/", "application/font")
_EXTENSIONS = {"image/svg+xml": "svg", "image/png": "png"}


class _Letters(dict[int, str | None]):
    """What becomes of each character when only letters and digits are kept, learnt as they come."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        self[code] = character if character.isalnum() and not INVISIBLE.match(character) else None
        return self[code]


_LETTERS = _Letters()


@dataclass(frozen=True)
class Layer:
    """What was under one encoding: a text, or bytes that are a file, with a name for its kind."""

    how: str
    content: str | bytes
    name: str = ""


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """One way to write it: compatibility forms, no case, nothing invisible, single spaces."""
    visible = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(visible.casefold().split())


@lru_cache(maxsize=64)
def squeezed(text: str) -> str:
    """Its letters and digits only: what a line break, a hyphen or a tag cut is whole again."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)


def without_data(text: str) -> str:
    """The text with the content of its ``data:`` addresses left out: it is read on its own."""
    return _DATA.sub(lambda match: f"data:{match[1]},", text)


def unwrapped(text: str) -> Iterator[Layer]:
    """Each thing that a text hides under one encoding."""
    # Most texts wrap nothing: one look tells.
    if not _SUSPECT.search(text):
        return
    for match in _DATA.finditer(text):
        kind = match[1].lower()
        if not kind.startswith(_SKIPPED):
            is_base64 = "base64" in match[2].lower()
            content = _from_base64(unquote(match[3])) if is_base64 else unquote_to_bytes(match[3])
            yield Layer("adresse data:", content, f"contenu.{_EXTENSIONS.get(kind, kind.rpartition('/')[2])}")
    bare = without_data(text)
    for how, pattern, decode in (("entités", _ENTITY, html.unescape), ("signes %", _PERCENT, unquote)):
        if pattern.search(bare) and (changed := decode(bare)) != bare:
            yield Layer(how, changed)
    for match in _BASE64.finditer(bare):
        try:
            inside = _from_base64(match[0]).decode()
        except UnicodeDecodeError:
            continue
        # Random bytes say nothing.
        if len(inside) >= 4 and inside.isprintable() and all(ord(c) < 0x2100 for c in inside):
            yield Layer("base64", inside)


def _from_base64(written: str) -> bytes:
    cleaned = written.rstrip("=").replace("-", "+").replace("_", "/")
    cleaned = cleaned[: len(cleaned) - (len(cleaned) % 4 == 1)]
    try:
        return base64.b64decode(cleaned + "=" * (-len(cleaned) % 4))
    except ValueError:
        return b""
