"""Workbooks, slides and Word: each part is XML, hidden sheets and notes of slides like the others."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from atc.publication.scan.model import EXHIBIT, Inside, Item, Kind, piece, unreadable
from atc.publication.scan.plain_files import rows

_LARGEST, _MOST_PARTS = 200_000_000, 5_000


def workbook_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Rows and cells of every sheet, then each part."""
    exhibits: dict[str, str] = {}
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for rank, name in enumerate(book.sheet_names, 1):
            told = EXHIBIT.search(name)
            exhibits[f"xl/worksheets/sheet{rank}.xml"] = told[0] if told else ""
            table = [
                list(map(_text, row)) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            yield from rows(table, f"feuille {rank}", told[0] if told else "")
    except (CalamineError, OSError, ValueError):
        yield unreadable("classeur illisible")
    yield from _parts(content, exhibits)


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def slides_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Slides and their notes: each is about the first exhibit that it names."""
    archive = zipfile.ZipFile(BytesIO(content))
    told = {
        name: EXHIBIT.search(archive.read(name).decode("utf-8", "replace"))
        for name in archive.namelist()
        if name.startswith(("ppt/slides/slide", "ppt/notesSlides/notes"))
    }
    yield from _parts(content, {name: found[0] for name, found in told.items() if found})


def parts_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Parts of a Word document."""
    yield from _parts(content, {})


def _parts(content: bytes, exhibits: Mapping[str, str]) -> Iterator[Item]:
    """Every part, once the archive around them holds nothing of its own."""
    archive = zipfile.ZipFile(BytesIO(content))
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_PARTS or sum(member.file_size for member in members) > _LARGEST:
        yield unreadable("document démesuré")
        return
    said = archive.comment or any(member.comment or member.extra for member in members)
    if said or content[content.rfind(b"PK\x05\x06") + 22 :]:
        yield unreadable("des octets qui ne sont d’aucune partie du document")
    for rank, member in enumerate(members, 1):
        place = (
            f"partie {rank} ({member.filename.rpartition('/')[2]})"
            if member.filename.isascii()
            else f"partie {rank}"
        )
        yield piece(place, Kind.NAME, member.filename)
        yield piece(
            place, Kind.METADATA, "-".join(f"{part:02}" for part in member.date_time[:3]), label="zip:time"
        )
        try:
            # The name of a part of a workbook or of slides is told by its sheet or its slide.
            exhibit = exhibits.get(member.filename, "")
            yield Inside(f"{exhibit} {member.filename}".strip(), archive.read(member), place)
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            yield unreadable("partie chiffrée ou abîmée", place)
