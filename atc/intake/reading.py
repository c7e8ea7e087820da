"""From a path to a heading and rows of text, CSV or .xlsx, before anyone says what they mean.

The encoding and the separator of a CSV are found by proof, never by odds. Readers of workbooks trust the file
(one far cell costs 11 GB, a formula without a stored result becomes nothing): the archive is looked at first,
as a stream; then python-calamine reads the values. What no value can stand for is text, refused where used.
"""

import csv
import datetime as dt
import io
import itertools
import posixpath
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

from atc.survey.errors import DataRefused, Messages, shown
from atc.survey.paths import read_toml
from atc.survey.read_csv import decode, wrong_width
from atc.survey.typography import counted

_said = Messages(__name__)
WORKBOOK = ".xlsx"
MAX_ROWS, MAX_COLUMNS = 5_000, 1_000
_KNOWN = read_toml(__file__)
_FORMS = {name: re.compile(pattern) for name, pattern in _KNOWN["forms"].items()}
# What a sheet has and a table has not, as its XML says it.
_ODD = {kind: re.compile(pattern.encode()) for kind, pattern in _KNOWN["odd"].items()}

Lines = list[tuple[int, list[str]]]
#: Lines that hold the names of the columns, counted from 1: the only one twice, or the one of the questions,
#: which holds for the unnamed columns after it, and the one of the choices (« Question [Choix] »).
Heading: TypeAlias = tuple[int, int]
ALONE: Heading = (1, 1)


@dataclass(frozen=True)
class Sheet:
    """One file, or one sheet of a workbook, as text."""

    file: str  # as the evaluator knows it; a workbook's sheet is named after it
    headings: Mapping[str, str]  # what a column is called here -> its heading in the file
    rows: Mapping[int, Mapping[str, str]]  # line in the file -> column -> cell, without outer spaces
    notes: tuple[str, ...] = ()  # how it was read, and what had to be cleaned, in French
    technical: Collection[str] = ()  # columns that the tool adds, dropped unless the mapping uses them
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # column -> answer -> its label


def read_table(
    path: Path, content: bytes, sheet: str = "", *, separator: str = "", heading: Heading = ALONE
) -> Sheet:
    """Read an export: a CSV, or the sheet of a workbook that is named, else the only visible one."""
    file = shown(path.name)
    if path.suffix.lower() != WORKBOOK:
        return _delimited(content, file, separator, heading)
    book = _Book(content, file)
    hidden = [name for name, tab in book.tabs.items() if tab[0]]
    found = [name for name in book.tabs if (name == sheet if sheet else name not in hidden)]
    if len(found) != 1:
        names = " ; ".join(name + " (masquée)" * (name in hidden) for name in book.tabs)
        raise _said.refusal("sheets", file, value=sheet, names=names)
    rows, notes = book.rows(found[0])
    if hidden and not sheet:
        notes.append(f"feuilles masquées laissées de côté : {', '.join(map(shown, hidden))}")
    return make_sheet(f"{file} [{found[0]}]", list(enumerate(rows, start=1)), notes, heading)


def plain_spaces(text: str) -> str:
    """One kind of space, none outside, and letters with their accents in one character."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def make_sheet(file: str, lines: Lines, notes: Sequence[str], where: Heading = ALONE) -> Sheet:
    """Tell the heading from the rows, all of one width.

    Nameless columns whose cells are all empty are left out, as are empty lines: spreadsheets leave them.
    """
    cleaned = [(line, [_FORMS["added"].sub("", cell) for cell in cells]) for line, cells in lines]
    told = [*notes, *(["caractères invisibles ou apostrophes de tête retirés"] if cleaned != lines else [])]
    top, last = where
    if len(cleaned) < last:
        raise _said.refusal("no_line", file, last=last)
    first, names = cleaned[top - 1]
    if last > top:
        asked = ""
        for rank, (question, choice) in enumerate(zip(names, cleaned[last - 1][1], strict=True)):
            asked = question.strip() or asked
            names[rank] = f"{asked} [{choice.strip()}]" if choice.strip() else asked
    body = [(line, cells) for line, cells in cleaned[last:] if any(map(str.strip, cells))]
    if not body:
        raise _said.refusal("no_row", file, first)
    if between := sum(line < body[-1][0] for line, _ in cleaned[last:]) - len(body) + 1:
        told.append(counted(between, "ligne vide sautée", "lignes vides sautées"))
    if again := next((line for line, cells in body if cells == names), 0):
        raise _said.refusal("two_files", file, again)
    kept = [i for i, name in enumerate(names) if name.strip() or any(cells[i].strip() for _, cells in body)]
    columns = _columns(file, first, {i: plain_spaces(names[i]) for i in kept}, body)
    rows = {line: {name: cells[i].strip() for name, i in columns.items()} for line, cells in body}
    return Sheet(file, {name: name for name in columns}, rows, tuple(told))


def _columns(file: str, line: int, names: Mapping[int, str], body: Lines) -> dict[str, int]:
    """Name -> rank of each column; one without a name, or with that of another, takes a number."""
    if sum(not name for name in names.values()) > 1:
        # Titles and sections stand above a line that names every column.
        for better, cells in body[:4]:
            if len({plain_spaces(cells[i]) for i in names} - {""}) == len(names):
                raise _said.refusal("heading_below", file, line, better=better)
    columns: dict[str, int] = {}
    for i, name in names.items():
        wanted = name or f"colonne n° {i + 1}"
        tries = itertools.chain([wanted], (f"{wanted} ({rank})" for rank in itertools.count(2)))
        columns[next(one for one in tries if one not in columns)] = i
    return columns


def _delimited(content: bytes, file: str, separator: str, heading: Heading) -> Sheet:
    known = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        # What could not be read comes out as spoilt.
        content, known = content.decode("utf-16", "replace").encode(), {"utf-8": "UTF-16"}
    text, encoding = decode(content, file, known)
    if spoilt := _FORMS["spoilt"].search(text):
        raise _said.refusal("spoilt", file, text.count("\n", 0, spoilt.start()) + 1, value=spoilt[0])
    # A mark at the beginning of a line would hide the quotes after it.
    text, start = re.sub("(?m)^\ufeff", "", text), 1
    if hint := _FORMS["excel_hint"].match(text):
        separator, text, start = hint[1], text[hint.end() :], 2
    first = next(iter(text.splitlines()), "")

    def cut_evenly(one: str) -> bool:
        with suppress(DataRefused):
            return len({len(cells) for _, cells in _split(text, one, file, start) if any(cells)}) == 1
        return False

    candidates = [separator] if separator else [one for one in _KNOWN["separators"] if one in first]
    if not candidates:
        raise _said.refusal("no_separator", file, 1)
    separator = max(candidates, key=lambda one: (cut_evenly(one), first.count(one)))
    lines, spelt = _split(text, separator, file, start), _KNOWN["separators"].get(separator, separator)
    width = len(lines[0][1])
    # Some tools end each line with separators that the heading has not. A line is not quoted: its first
    # cells often name the person.
    faults = [
        _said.fault("width", file, line, told=wrong_width(cells, width), separator=spelt)
        for line, cells in lines
        if any(cells) and (len(cells) < width or any(cells[width:]))
    ]
    if faults:
        raise DataRefused(faults)
    squared = [(line, [*cells[:width], *[""] * (width - len(cells))]) for line, cells in lines]
    return make_sheet(file, squared, (encoding, f"séparateur {spelt}"), heading)


def _split(text: str, separator: str, file: str, start: int) -> Lines:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: Lines = []
    line = start
    try:
        for cells in reader:
            lines.append((line, cells))
            line = reader.line_num + start
            # Spreadsheets leave empty ones.
            if any(cells[MAX_COLUMNS:]) or len(lines) > MAX_ROWS * (1 if any(cells) else 4):
                raise _said.refusal("too_large", file, rows=MAX_ROWS, columns=MAX_COLUMNS)
    except csv.Error as error:
        raise _said.refusal("quotes", file, line) from error
    return lines


# --- workbooks

#: What stands in a cell whose formula was never calculated, like Excel's own « #N/A ».
_UNCOMPUTED = "#FORMULE!"
_MAX_TEXT, _MAX_ENTRIES, _MAX_UNPACKED = 20_000_000, 300, 30_000_000
_SAFE = {"resolve_entities": False, "no_network": True}
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, LookupError),
    *(etree.XMLSyntaxError, CalamineError),
)


def sheet_names(content: bytes, file: str) -> list[str]:
    """Names of the visible sheets of a workbook."""
    return [name for name, (hidden, _) in _Book(content, file).tabs.items() if not hidden]


def book_rows(content: bytes, file: str, wanted: Collection[str] = ()) -> dict[str, list[list[str]]]:
    """Sheets of a workbook that people fill -> rows, as they are: all, or those that are named."""
    book = _Book(content, file)
    return {name: book.rows(name)[0] for name in book.tabs if not wanted or name.casefold() in wanted}


def check_xml(content: bytes, file: str) -> bytes:
    """An XML document, unless it declares entities."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        raise _said.refusal("trapped", file)
    return content


def parse_xml(content: bytes, file: str) -> etree._Element:
    """The tree of one document, with no entity, network or giant text."""
    try:
        return etree.fromstring(check_xml(content, file), etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise _said.refusal("damaged", file) from error


class _Book:
    """A workbook that may be unpacked and parsed; name of a sheet -> whether it is hidden, and its part."""

    def __init__(self, content: bytes, file: str) -> None:
        if not content.startswith(b"PK"):
            locked = "EncryptedPackage".encode("utf-16-le") in content
            raise _said.refusal("password" if locked else "no_workbook", file)
        self.content, self.file, self.tabs = content, file, dict[str, tuple[bool, str]]()
        try:
            self.archive = archive = zipfile.ZipFile(io.BytesIO(content))
            entries, names = archive.infolist(), archive.namelist()
            if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
                raise _said.refusal("bomb", file)
            # Another reader may believe less of what the archive says of its parts.
            if archive.testzip() or len({name.casefold() for name in names}) != len(names):
                raise zipfile.BadZipFile
            relations = "xl/_rels/workbook.xml.rels"
            links = parse_xml(archive.read(relations), file) if relations in names else ()
            targets = {link.get("Id"): link.get("Target", "") for link in links}
            for sheet in parse_xml(archive.read("xl/workbook.xml"), file).iter("{*}sheet"):
                id_ = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
                path = posixpath.normpath(posixpath.join("/xl", targets.get(id_, ""))).lstrip("/")
                archive.getinfo(path)
                self.tabs[sheet.get("name", "")] = (sheet.get("state", "visible") != "visible", path)
        except _UNREADABLE as error:
            raise _said.refusal("damaged", file) from error

    def rows(self, name: str) -> tuple[list[list[str]], list[str]]:
        """Cells of one sheet as text, and what is told of it."""
        hidden, path = self.tabs[name]
        try:
            part = check_xml(self.archive.read(path), self.file)
            marks = self._marks(part)
            with CalamineWorkbook.from_filelike(io.BytesIO(self.content)) as book:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except BaseException as error:
            # A panic of Rust is no `Exception`, and its class has no place to import it from.
            if isinstance(error, _UNREADABLE) or type(error).__name__ == "PanicException":
                raise _said.refusal("damaged", self.file) from error
            raise
        height = max([len(rows), *(row + 1 for row, _ in marks)])
        width = max([*map(len, rows[:1]), *(column + 1 for _, column in marks)], default=0)
        texts = [[*map(_as_text, row), *[""] * (width - len(row))] for row in rows]
        texts += [[""] * width for _ in range(height - len(rows))]
        for (row, column), mark in marks.items():
            texts[row][column] = mark
        odd = [kind for kind, found in _ODD.items() if found.search(part)] + ["feuille masquée"] * hidden
        odd += ["commentaires du classeur"] * any("/comments" in each for each in self.archive.namelist())
        return texts, [f"lu malgré : {', '.join(odd)}"] if odd else []

    def _marks(self, part: bytes) -> dict[tuple[int, int], str]:
        """Row and column -> what stands there for want of a value; what is larger than surveys is refused."""
        lengths: list[int] = []
        for name in (name for name in self.archive.namelist() if name.casefold() == "xl/sharedstrings.xml"):
            shared = io.BytesIO(check_xml(self.archive.read(name), self.file))
            for _, item in etree.iterparse(shared, tag="{*}si", **_SAFE):
                lengths.append(sum(map(len, item.itertext())))
                item.clear()
        marks: dict[tuple[int, int], str] = {}
        size = line = 0
        for _, row in etree.iterparse(io.BytesIO(part), tag="{*}row", **_SAFE):
            # Without places, cells and rows come one after the other.
            line, column = int(row.get("r") or line + 1), -1
            for cell in row.iterchildren("{*}c"):
                place, kind, value = cell.get("r"), cell.get("t"), cell.findtext("{*}v")
                if place and not _FORMS["cell"].fullmatch(place):
                    raise ValueError(place)
                rank, column = xl_cell_to_rowcol(place) if place else (line - 1, column + 1)
                size += lengths[int(value)] if value and kind == "s" else 0
                if size > _MAX_TEXT:
                    # One long text that thousands of cells share takes no place in the archive.
                    raise _said.refusal("bomb", self.file)
                if len(cell) and (rank > MAX_ROWS or column >= MAX_COLUMNS):
                    raise _said.refusal(
                        "too_large", self.file, line, value=place or "", rows=MAX_ROWS, columns=MAX_COLUMNS
                    )
                # An empty text is a result of a formula too.
                computed = value or (value == "" and kind == "str")
                if kind == "e" or (not computed and cell.find("{*}f") is not None):
                    marks[rank, column] = value or _UNCOMPUTED
            row.clear()
        return marks


def _as_text(value: Any) -> str:
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
    # What XML cannot hold is written by its number: `_x000D_` is the end of a line.
    told = _FORMS["escaped"].sub(lambda found: chr(int(found[1], 16)), str(value))
    return re.sub(r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", " ", told)
