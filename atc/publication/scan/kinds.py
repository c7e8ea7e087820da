"""What a file is, by its first bytes; its name only tells apart kinds of text."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"\x1f\x8b": "gz",
    b"PAR1": "parquet",
    b"wOF2": "font",
    b"wOFF": "font",
    b"\x00\x01\x00\x00": "font",
    b"OTTO": "font",
}
#: The part that tells an office document from any other archive.
_OFFICE = {"xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx", "word/document.xml": "docx"}
_BINARY_IMAGES = (b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_BY_EXTENSION = {
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "svg": "svg",
    "xml": "xml",
    "rels": "xml",
    "vml": "xml",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "ipynb": "json",
}
_LEADING = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*<(!doctype html|html|svg|!doctype svg|\w)",
    re.DOTALL | re.IGNORECASE,
)


def content_type(name: str, content: bytes) -> str:
    """``html``, ``pdf``, ``png``… or ``unknown``.

    Args:
        name: Path of the file.
        content: Its bytes.
    """
    for magic, kind in _MAGIC.items():
        if content.startswith(magic):
            return kind
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content)
    if content.startswith(_BINARY_IMAGES) or not _is_text(content):
        return "unknown"
    return _kind_of_text(name, content)


def extension(name: str) -> str:
    """The end of a name, in lower case and without its dot."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return last.rpartition(".")[2].lower() if "." in last else ""


def _kind_of_zip(content: bytes) -> str:
    try:
        names = zipfile.ZipFile(BytesIO(content)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "zip"
    return next((kind for part, kind in _OFFICE.items() if part in names), "zip")


def _is_text(content: bytes) -> bool:
    # Two-byte text has a zero every other byte; a binary file has them anywhere.
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or not content:
        return True
    zeros = content.count(b"\0")
    if not zeros:
        return True
    halves = content[::2].count(b"\0"), content[1::2].count(b"\0")
    return zeros > len(content) * 0.3 and min(halves) < max(halves) * 0.2


def _kind_of_text(name: str, content: bytes) -> str:
    if by_name := _BY_EXTENSION.get(extension(name)):
        return by_name
    start = content[:2000].decode("utf-8", "replace").lstrip("\ufeff")
    if leading := _LEADING.match(start):
        tag = leading[1].lower()
        return "html" if "html" in tag else "svg" if "svg" in tag else "html"
    if start.lstrip()[:1] in ("{", "["):
        try:
            json.loads(content)
        except ValueError:
            return "text"
        return "json"
    return "text"
