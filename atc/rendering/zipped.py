"""Archives whose bytes depend on their files alone: a .zip, and the office files that are one inside."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

_READABLE = 0o100644 << 16
#: Office programs tell a file by the part that comes first.
_FIRST = "[Content_Types].xml"
#: Where they keep the program that made them, its firm, how long it took: ours say nothing of it.
PROPERTIES = "docProps/app.xml"
NO_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/extended-properties"></Properties>'
)


def zip_bytes(files: Mapping[str, bytes], date: dt.date) -> bytes:
    """An archive of files.

    Args:
        files: Path -> bytes.
        date: Given to every entry, in place of the clock's.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files, key=lambda path: (path != _FIRST, path)):
            entry = zipfile.ZipInfo(path, (date.year, date.month, date.day, 0, 0, 0))
            # Neither the system nor the rights of whoever makes it.
            entry.create_system, entry.external_attr = 3, _READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path], compresslevel=9)
    return buffer.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """Path -> bytes of what an archive holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
