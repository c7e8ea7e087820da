"""Read an .xlsx as text; what a table has not (hidden rows, merged cells, comments…) is told.

Readers of workbooks trust the file: one far cell costs 11 GB, and a formula without a stored result or a cell
in error becomes nothing. So the archive and its cells are looked at first, as a stream; then python-calamine
reads the values. What no value can stand for is text that `atc.intake.values` refuses where it is used.
"""

import datetime as dt
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

from atc.intake.sheet import (
    ALONE,
    MAX_COLUMNS,
    MAX_ROWS,
    PROVENANCE,
    WORKBOOK,
    Heading,
    Sheet,
    make_sheet,
    read_delimited,
)
from atc.survey.errors import refusal, shown
from atc.survey.typography import counted

#: What stands in a cell whose formula was never calculated, like Excel's own « #N/A ».
UNCOMPUTED = "#FORMULE!"
_MAX_TEXT = 20_000_000
_MAX_ENTRIES = 300
_MAX_UNPACKED = 60_000_000
_SAFE = {"resolve_entities": False, "no_network": True}
# Real sheets pack twenty to one; bombs, hundreds.
_MAX_RATIO, _SMALL = 100, 1_000_000
_PLACE = re.compile("[A-Z]{1,3}[1-9][0-9]{0,6}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BOMB = ("Classeur démesuré une fois décompressé", "Vérifiez sa provenance")
_DAMAGED = ("Classeur abîmé ou incomplet", "Refaites l’export")
_ELSEWHERE = "Ouvrez-le dans un tableur, et enregistrez-le de nouveau au format .xlsx"
_PROTECTED = ("Classeur protégé par un mot de passe", "Enregistrez-le sans mot de passe")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, LookupError)
# What a sheet has and a table has not, as its XML says it; « xm:f » is the list of a drop-down.
_ODD = {
    "lignes ou colonnes masquées": re.compile(rb'<(?:\w+:)?(?:row|col)\s[^>]*\bhidden="(?:1|true)"'),
    "cellules fusionnées": re.compile(rb"<(?:\w+:)?mergeCell\s"),
    "formules, par leurs derniers résultats": re.compile(rb"<(?:(?!xm:)\w+:)?f[\s>/]"),
}


@dataclass(frozen=True)
class _Tab:
    name: str
    hidden: bool
    path: str  # in the archive


def sheet_names(content: bytes, file: str) -> list[str]:
    """Names of the visible sheets of a workbook."""
    return [tab.name for tab in _tabs(_open(content, file), file) if not tab.hidden]


def book_rows(content: bytes, file: str, wanted: Collection[str] = ()) -> dict[str, list[list[str]]]:
    """Sheets of a workbook that people fill -> rows, as they are: all, or those that are named."""
    archive = _open(content, file)
    tabs = [tab for tab in _tabs(archive, file) if not wanted or tab.name.casefold() in wanted]
    return {tab.name: _rows(content, archive, tab, file)[0] for tab in tabs}


def read_table(
    path: Path, content: bytes, sheet: str = "", *, separator: str = "", heading: Heading = ALONE
) -> Sheet:
    """Read an export, CSV or workbook: of the latter, the sheet that is named, or the only visible one."""
    file = shown(path.name)
    if path.suffix.lower() != WORKBOOK:
        return read_delimited(content, file, separator, heading)
    archive = _open(content, file)
    tabs = _tabs(archive, file)
    names = " ; ".join(tab.name + " (masquée)" * tab.hidden for tab in tabs)
    found = [tab for tab in tabs if (tab.name == sheet if sheet else not tab.hidden)]
    if sheet and not found:
        remedy = f"Corrigez la clé « feuille ». Feuilles du classeur : {names}"
        raise refusal(file, "Feuille absente", remedy, value=sheet)
    if len(found) != 1:
        message = f"Le classeur a {counted(len(tabs), 'feuille')}"
        raise refusal(file, message, f"Nommez celle qu’il faut lire (clé « feuille ») : {names}")
    rows, notes = _rows(content, archive, found[0], file)
    left = [tab.name for tab in tabs if tab.hidden and not sheet]
    notes += [f"feuilles masquées laissées de côté : {', '.join(map(shown, left))}"] if left else []
    return make_sheet(f"{file} [{found[0].name}]", list(enumerate(rows, start=1)), notes, heading)


# --- before any cell is read


def _open(content: bytes, file: str) -> zipfile.ZipFile:
    """The archive of a workbook, if unpacking and parsing it is safe."""
    if not content.startswith(b"PK"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refusal(file, *_PROTECTED)
        remedy = f"{_ELSEWHERE} ; si c’est un CSV, donnez-lui l’extension .csv"
        raise refusal(file, "Ce n’est pas un classeur .xlsx : page web, ancien .xls ou CSV, renommé", remedy)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
        if (
            len(entries) > _MAX_ENTRIES
            or sum(entry.file_size for entry in entries) > _MAX_UNPACKED
            or any(entry.file_size > max(_SMALL, _MAX_RATIO * entry.compress_size) for entry in entries)
        ):
            raise refusal(file, *_BOMB)
        if any(entry.flag_bits & 1 for entry in entries):
            raise refusal(file, *_PROTECTED)
        names = archive.namelist()
        if len({name.casefold() for name in names}) != len(names) or "xl/workbook.xml" not in names:
            raise refusal(file, _DAMAGED[0], _ELSEWHERE)
        if any(name.endswith("vbaProject.bin") for name in names):
            raise refusal(file, "Classeur avec des macros", "Enregistrez-le sans macros, au format .xlsx")
        for name in names:
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    # Never more than what it may hold, whatever the archive says of its size.
                    check_xml(part.read(_MAX_UNPACKED + 1), file, "Classeur", _ELSEWHERE)
    except _UNREADABLE as error:
        raise refusal(file, *_DAMAGED) from error
    return archive


def check_xml(content: bytes, file: str, what: str, remedy: str) -> None:
    """Refuse an XML document that declares entities, or hides them in another encoding."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        message = f"{what} piégé : il déclare des entités XML (DOCTYPE)"
        raise refusal(file, message, "Ne l’ouvrez pas, et vérifiez sa provenance")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in content[:4]:
        raise refusal(file, f"{what} écrit dans un encodage inhabituel", remedy)


def parse_xml(content: bytes, file: str) -> etree._Element:
    """The tree of one document, with no entity, network or giant text."""
    try:
        return etree.fromstring(content, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise refusal(file, *_DAMAGED) from error


def _tabs(archive: zipfile.ZipFile, file: str) -> list[_Tab]:
    names = archive.namelist()
    relations = "xl/_rels/workbook.xml.rels"
    links = parse_xml(archive.read(relations), file) if relations in names else ()
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    tabs = []
    for sheet in parse_xml(archive.read("xl/workbook.xml"), file).iter("{*}sheet"):
        id_ = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/xl", targets.get(id_, ""))).lstrip("/")
        if path not in names:
            raise refusal(file, _DAMAGED[0], _ELSEWHERE)
        tabs.append(_Tab(sheet.get("name", ""), sheet.get("state", "visible") != "visible", path))
    return tabs


# --- cells


def _rows(
    content: bytes, archive: zipfile.ZipFile, tab: _Tab, file: str
) -> tuple[list[list[str]], list[str]]:
    """Cells of one sheet as text, and what is told of it."""
    try:
        part = archive.read(tab.path)
        marks = _marks(part, _lengths(archive), file)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            rows = book.get_sheet_by_name(tab.name).to_python(skip_empty_area=False)
    except BaseException as error:
        # A panic of Rust is no `Exception`, and its class has no place to import it from.
        known = isinstance(error, (*_UNREADABLE, etree.XMLSyntaxError, CalamineError))
        if known or type(error).__name__ == "PanicException":
            raise refusal(file, *_DAMAGED) from error
        raise
    height = max([len(rows), *(row + 1 for row, _ in marks)])
    width = max([len(rows[0]) if rows else 0, *(column + 1 for _, column in marks)])
    texts = [[as_text(value) for value in row] for row in rows]
    texts += [[]] * (height - len(rows))
    texts = [[*cells, *[""] * (width - len(cells))] for cells in texts]
    for (row, column), mark in marks.items():
        texts[row][column] = mark
    odd = [kind for kind, found in _ODD.items() if found.search(part)]
    odd += ["feuille masquée"] if tab.hidden else []
    odd += ["commentaires du classeur"] if any("/comments" in name for name in archive.namelist()) else []
    return texts, [f"lu malgré : {', '.join(odd)}"] if odd else []


def _lengths(archive: zipfile.ZipFile) -> list[int]:
    """Characters of each text that the cells of a workbook share."""
    name = next((name for name in archive.namelist() if name.casefold() == "xl/sharedstrings.xml"), "")
    lengths = []
    if name:
        for _, item in etree.iterparse(io.BytesIO(archive.read(name)), tag="{*}si", **_SAFE):
            lengths.append(sum(map(len, item.itertext())))
            item.clear()
    return lengths


def _marks(part: bytes, lengths: Sequence[int], file: str) -> dict[tuple[int, int], str]:
    """Row and column -> what stands there for want of a value; a sheet larger than surveys is refused."""
    marks: dict[tuple[int, int], str] = {}
    size = above = column = 0
    for _, cell in etree.iterparse(io.BytesIO(part), tag=("{*}row", "{*}c"), **_SAFE):
        place = cell.get("r")
        if etree.QName(cell).localname == "row":
            above, column = int(place or above + 1), 0
            cell.clear()
            continue
        # Without places, cells and rows come one after the other.
        row = int(cell.getparent().get("r") or above + 1) - 1
        if place and not _PLACE.fullmatch(place):
            raise ValueError(place)
        row, column = xl_cell_to_rowcol(place) if place else (row, column)
        value, kind = cell.find("{*}v"), cell.get("t")
        text = (value.text or "") if value is not None else ""
        if text and kind == "s":
            size += lengths[int(text)]
        if size > _MAX_TEXT:
            # One long text that thousands of cells share takes no place in the archive.
            raise refusal(file, *_BOMB)
        if len(cell) and (row > MAX_ROWS or column >= MAX_COLUMNS):
            message = f"Cellule au-delà de {MAX_ROWS} lignes ou de {MAX_COLUMNS} colonnes"
            raise refusal(file, message, PROVENANCE, value=place or f"ligne {row + 1}")
        # An empty text is a result of a formula too.
        computed = text or (value is not None and kind == "str")
        if kind == "e" or (not computed and cell.find("{*}f") is not None):
            marks[row, column] = text or UNCOMPUTED
        column += 1
    return marks


def as_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as ISO 8601, truths as French Excel shows them."""
    match value:
        case bool():
            return "VRAI" if value else "FAUX"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            # What XML cannot hold is written by its number: `_x000D_` is the end of a line.
            return _ESCAPED.sub(_character, str(value))


def _character(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else " "
