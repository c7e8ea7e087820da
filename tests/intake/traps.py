"""Workbooks that are not what they seem, made byte by byte."""

import io
import zipfile
from collections.abc import Callable, Mapping

SHEET = "xl/worksheets/sheet1.xml"
#: What ties a sheet to its comments.
COMMENTS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Type="http://x/comments" Target="../comments1.xml"/></Relationships>'
)


def rezip(
    content: bytes,
    change: Mapping[str, Callable[[bytes], bytes]] | None = None,
    add: Mapping[str, bytes] | None = None,
) -> bytes:
    """The same archive with some parts changed or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if change and name in change:
                changed = change[name](part)
                assert changed != part, f"nothing changed in {name}"
                part = changed
            new.writestr(name, part)
        for name, part in (add or {}).items():
            new.writestr(name, part)
    return out.getvalue()


def put(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replace one passage of a part, which must be there."""

    def change(part: bytes) -> bytes:
        assert old.encode() in part, f"{old!r} is not in the part"
        return part.replace(old.encode(), new.encode(), 1)

    return change


def repeated_entry(content: bytes) -> bytes:
    """The same sheet twice under one name: two readers would read two different ones."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, archive.read(SHEET))
    return out.getvalue()


def understated(content: bytes, name: str, size: int) -> bytes:
    """An archive that says that one part is smaller than it is."""
    changed = bytearray(content)
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        length = int.from_bytes(content[place + 28 : place + 30], "little")
        if content[place + 46 : place + 46 + length] == name.encode():
            changed[place + 24 : place + 28] = size.to_bytes(4, "little")
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(changed)


def ole(stream: str) -> bytes:
    """The beginning of an OLE file that names one stream."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)
