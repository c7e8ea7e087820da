"""Archives, compressed files and workbooks: each file inside is read as a file."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

from atc.publication.scan.images import readable
from atc.publication.scan.model import EXHIBIT, Kind
from atc.publication.scan.workbook import parts, sheets
from atc.publication.scan.wrapping import Inside, Item, piece, unreadable

_LARGEST = 200_000_000
_MOST_MEMBERS = 5_000


def zip_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Members of an archive, its comment and theirs, and bytes that belong to no member."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        yield unreadable("archive illisible")
        return
    yield from _members(archive, lambda rank: f"élément {rank} de l’archive")


def workbook_pieces(content: bytes, _: str) -> Iterator[Item]:
    """A workbook: its sheets as tables, hidden ones too, and each of its parts as XML."""
    archive = zipfile.ZipFile(BytesIO(content))
    exhibits: Mapping[str, str] = {}
    try:
        exhibits = parts(archive)
        yield from sheets(archive)
    except (KeyError, ValueError, SyntaxError, zipfile.BadZipFile):
        yield unreadable("classeur illisible")
    yield from _members(archive, lambda rank: f"partie {rank} du classeur", exhibits)


def slides_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Slides and their notes, each part as XML: it is about the first exhibit that it names."""
    archive = zipfile.ZipFile(BytesIO(content))
    told = {
        name: EXHIBIT.search(archive.read(name).decode("utf-8", "replace"))
        for name in archive.namelist()
        if name.startswith(("ppt/slides/slide", "ppt/notesSlides/notes"))
    }
    exhibits = {name: found[0] for name, found in told.items() if found}
    yield from _members(archive, lambda rank: f"partie {rank} du diaporama", exhibits)


def _members(
    archive: zipfile.ZipFile, place_of: Callable[[int], str], exhibits: Mapping[str, str] | None = None
) -> Iterator[Item]:
    if archive.comment:
        yield piece(
            "commentaire de l’archive", Kind.METADATA, _lossless(archive.comment), label="zip:comment"
        )
    yield from _around(archive)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _LARGEST:
        yield unreadable("archive démesurée")
        return
    for rank, member in enumerate(members, 1):
        place = place_of(rank)
        if member.comment:
            yield piece(place, Kind.METADATA, _lossless(member.comment), label="zip:comment")
        if member.extra:
            yield piece(place, Kind.GLUED, readable(member.extra))
        written = "-".join(f"{part:02}" for part in member.date_time[:3])
        yield piece(place, Kind.METADATA, written, label="zip:time")
        try:
            # The name of a file tells its exhibit; that of a part of a workbook is told by its sheet.
            exhibit = (exhibits or {}).get(member.filename, "")
            yield Inside(f"{exhibit} {member.filename}".strip(), archive.read(member), place)
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            yield unreadable("élément chiffré ou abîmé", place)


def _around(archive: zipfile.ZipFile) -> Iterator[Item]:
    """Bytes after the end: a reader of archives skips them, another does not."""
    assert archive.fp is not None
    archive.fp.seek(0)
    content = archive.fp.read()
    end = content.rfind(b"PK\x05\x06") + 22 + len(archive.comment)
    if left := content[end:]:
        yield unreadable("octets après la fin de l’archive")
        yield piece("après la fin de l’archive", Kind.GLUED, readable(left))


def gzip_pieces(content: bytes, name: str) -> Iterator[Item]:
    """The file inside, and the name that the header keeps."""
    if seconds := int.from_bytes(content[4:8], "little"):
        written = dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()
        yield piece("date gardée par la compression", Kind.METADATA, written, label="gz:time")
    if content[3] & 0x08:
        kept = content[10:].partition(b"\0")[0]
        yield piece("nom gardé par la compression", Kind.METADATA, _lossless(kept), label="gz:name")
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as file:
            inner = file.read(_LARGEST)
    except (OSError, EOFError, zlib.error):
        yield unreadable("fichier compressé illisible")
        return
    yield Inside(name.removesuffix(".gz"), inner, "fichier décompressé")


def _lossless(data: bytes) -> str:
    return data.decode("utf-8", "replace")
