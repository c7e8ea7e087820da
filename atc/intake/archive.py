"""A look into an .xlsx before any reader opens it: what it unpacks to, and what a reader would hide.

Readers of workbooks trust the file: one far cell cost 11 GB, formulas without a stored result became
nothing, hidden rows were read like the others. Everything here runs in the capped child process.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from atc.intake.source import MAX_COLUMNS, MAX_ROWS
from atc.survey.errors import refusal

MAX_ENTRIES = 300
MAX_UNPACKED = 60_000_000
# Real sheets pack twenty to one; bombs, hundreds.
MAX_RATIO = 100
_SMALL = 1_000_000
_ELSEWHERE = "Ouvrez-le dans un tableur, et enregistrez-le de nouveau au format .xlsx"
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True)
class SheetPlace:
    """Where a workbook keeps one of its sheets."""

    name: str
    hidden: bool
    path: str


@dataclass(frozen=True)
class Oddities:
    """What a sheet holds that a table does not."""

    formulas: tuple[str, ...]  # cells with a formula
    errors: tuple[str, ...]  # cells with ``#N/A`` and the like
    hidden: bool  # whether rows or columns are hidden
    merged: tuple[str, ...]  # merged ranges
    comments: bool  # whether cells have comments


def check_kind(content: bytes, file: str) -> None:
    """Refuse what is called .xlsx and is something else."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refusal(file, "Classeur protégé par un mot de passe", "Enregistrez-le sans mot de passe")
        raise refusal(file, "Ancien format .xls, renommé en .xlsx", _ELSEWHERE)
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|meta|head)", content[:200], re.IGNORECASE):
        raise refusal(file, "Page web, renommée en .xlsx", _ELSEWHERE)
    if not content.startswith(b"PK"):
        remedy = "Donnez-lui l’extension .csv si c’en est un, sinon refaites l’export"
        raise refusal(file, "Ce n’est pas un classeur .xlsx", remedy)


def open_archive(content: bytes, file: str) -> zipfile.ZipFile:
    """Open the archive of a workbook, if unpacking it is safe."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refusal(file, "Classeur abîmé ou incomplet", "Refaites l’export") from error
    names = [entry.filename for entry in entries]
    bomb = "Classeur démesuré une fois décompressé"
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise refusal(file, bomb, "Vérifiez sa provenance")
    if any(e.file_size > _SMALL and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries):
        raise refusal(file, bomb, "Vérifiez sa provenance")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refusal(file, "Classeur protégé par un mot de passe", "Enregistrez-le sans mot de passe")
    if len(set(names)) != len(names) or "xl/workbook.xml" not in names:
        raise refusal(file, "Classeur abîmé ou incomplet", _ELSEWHERE)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise refusal(file, "Classeur avec des macros", "Enregistrez-le sans macros, au format .xlsx")
    for name in names:
        if name.endswith((".xml", ".rels")):
            _check_xml(part(archive, name, file), file)
    return archive


def part(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """One part of the archive, never more than what it says it holds."""
    try:
        with archive.open(name) as stream:
            content = stream.read(MAX_UNPACKED + 1)
    except (KeyError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise refusal(file, "Classeur abîmé ou incomplet", "Refaites l’export") from error
    except Exception as error:  # zlib.error has no base of its own
        if type(error).__module__ != "zlib":
            raise
        raise refusal(file, "Classeur abîmé ou incomplet", "Refaites l’export") from error
    if len(content) > MAX_UNPACKED:
        raise refusal(file, "Classeur démesuré une fois décompressé", "Vérifiez sa provenance")
    return content


def _check_xml(content: bytes, file: str) -> None:
    if _DECLARATION.search(content):
        message = "Classeur piégé : il déclare des entités XML (DOCTYPE)"
        raise refusal(file, message, "Ne l’ouvrez pas, et vérifiez sa provenance")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in content[:4]:
        raise refusal(file, "Classeur écrit dans un encodage inhabituel", _ELSEWHERE)


def parse_xml(content: bytes, file: str) -> etree._Element:
    """The tree of one part, with no entity, network or giant text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refusal(file, "Classeur abîmé ou incomplet", "Refaites l’export") from error


def _named(tree: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from tree.iter(f"{{*}}{name}")


def sheet_places(archive: zipfile.ZipFile, file: str) -> list[SheetPlace]:
    """The sheets of a workbook, in the order of their tabs."""
    book = parse_xml(part(archive, "xl/workbook.xml", file), file)
    if any(p.get("date1904") in {"1", "true"} for p in _named(book, "workbookPr")):
        remedy = "Dans les options du tableur, décochez « calendrier depuis 1904 », et vérifiez les dates"
        raise refusal(file, "Classeur dont les dates partent de 1904", remedy)
    relations = parse_xml(part(archive, "xl/_rels/workbook.xml.rels", file), file)
    targets = {r.get("Id"): r.get("Target", "") for r in _named(relations, "Relationship")}
    places = []
    for sheet in _named(book, "sheet"):
        id_ = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/xl", targets.get(id_, ""))).lstrip("/")
        if path not in archive.namelist():
            raise refusal(file, "Classeur abîmé ou incomplet", _ELSEWHERE)
        hidden = sheet.get("state", "visible") != "visible"
        places.append(SheetPlace(sheet.get("name", ""), hidden, path))
    return places


def oddities(archive: zipfile.ZipFile, place: SheetPlace, file: str) -> Oddities:
    """Go through the cells of a sheet once, as a stream.

    Refused: a cell stands further than any survey goes.
    """
    formulas: list[str] = []
    errors: list[str] = []
    merged: list[str] = []
    hidden = False
    column = row = 0
    content = io.BytesIO(part(archive, place.path, file))
    tags = tuple(f"{{*}}{name}" for name in ("row", "c", "f", "col", "mergeCell"))
    try:
        for event, element in etree.iterparse(
            content, events=("start", "end"), tag=tags, resolve_entities=False, no_network=True
        ):
            name = etree.QName(element).localname
            if event == "start":
                if name == "row":
                    row, column = int(element.get("r") or row + 1), 0
                    _check_reach(file, row, 0, f"ligne {row}")
                elif name == "c":
                    place_of = element.get("r") or ""
                    column = _column(place_of) or column + 1
                    _check_reach(file, _row(place_of) or row, column, place_of)
                elif name == "f":
                    parent = element.getparent()
                    formulas.append((parent.get("r") if parent is not None else "") or f"ligne {row}")
                elif name == "mergeCell":
                    merged.append(element.get("ref") or "")
                hidden |= name in {"row", "col"} and element.get("hidden") in {"1", "true"}
                continue
            if name == "c" and element.get("t") == "e":
                errors.append(element.get("r") or f"ligne {row}")
            if name == "row":
                element.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal(file, "Classeur abîmé ou incomplet", "Refaites l’export") from error
    return Oddities(tuple(formulas), tuple(errors), hidden, tuple(merged), _has_comments(archive, place))


def _check_reach(file: str, row: int, column: int, where: str) -> None:
    if row > MAX_ROWS + 1 or column > MAX_COLUMNS:
        message = f"Cellule au-delà de {MAX_ROWS} lignes ou de {MAX_COLUMNS} colonnes"
        remedy = "Supprimez les lignes et les colonnes au-delà du tableau, puis enregistrez"
        raise refusal(file, message, remedy, value=where)


def _column(reference: str) -> int:
    found = _CELL.fullmatch(reference)
    if not found:
        return 0
    rank = 0
    for letter in found[1]:
        rank = rank * 26 + ord(letter) - ord("A") + 1
    return rank


def _row(reference: str) -> int:
    found = _CELL.fullmatch(reference)
    return int(found[2]) if found else 0


def _has_comments(archive: zipfile.ZipFile, place: SheetPlace) -> bool:
    folder, name = posixpath.split(place.path)
    relations = f"{folder}/_rels/{name}.rels"
    return relations in archive.namelist() and b"omments" in archive.read(relations)
