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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol

from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.read_csv import decode, wrong_width
from atc.survey.typography import counted

WORKBOOK = ".xlsx"
MAX_ROWS, MAX_COLUMNS = 5_000, 1_000
_PROVENANCE = "Un export d’enquête est bien plus petit : vérifiez sa provenance"
# What a text that was pasted brings along, and that nobody sees: it would make one place two. And an
# apostrophe by which a spreadsheet is told that what follows is text.
_ADDED = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]|^'(?=[=+\-@\d])")

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
    """Read an export: a CSV, or the sheet of a workbook that is named, else the only visible one.

    A separator that is told is not looked for.
    """
    file = shown(path.name)
    if path.suffix.lower() != WORKBOOK:
        return _delimited(content, file, separator, heading)
    book = _Book(content, file)
    names = " ; ".join(name + " (masquée)" * hidden for name, hidden, _ in book.tabs)
    found = [tab for tab in book.tabs if (tab[0] == sheet if sheet else not tab[1])]
    if sheet and not found:
        remedy = f"Corrigez la clé « feuille ». Feuilles du classeur : {names}"
        raise refusal(file, "Feuille absente", remedy, value=sheet)
    if len(found) != 1:
        message = f"Le classeur a {counted(len(book.tabs), 'feuille')}"
        raise refusal(file, message, f"Nommez celle qu’il faut lire (clé « feuille ») : {names}")
    rows, notes = book.rows(found[0])
    left = [shown(name) for name, hidden, _ in book.tabs if hidden and not sheet]
    notes += [f"feuilles masquées laissées de côté : {', '.join(left)}"] if left else []
    return make_sheet(f"{file} [{found[0][0]}]", list(enumerate(rows, start=1)), notes, heading)


def plain_spaces(text: str) -> str:
    """One kind of space, none outside, and letters with their accents in one character."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def make_sheet(file: str, lines: Lines, notes: Sequence[str], where: Heading = ALONE) -> Sheet:
    """Tell the heading from the rows, all of one width; what had to be left out or named is told.

    Nameless columns whose cells are all empty are left out, as are empty lines: spreadsheets leave them.
    """
    cleaned = [(line, [_ADDED.sub("", cell) for cell in cells]) for line, cells in lines]
    told = [*notes, *(["caractères invisibles ou apostrophes de tête retirés"] if cleaned != lines else [])]
    top, last = where
    if len(cleaned) < last:
        remedy = "Vérifiez l’export, et la clé « entete » de la correspondance"
        raise refusal(file, f"Pas de ligne {last} dans ce fichier", remedy)
    first, names = cleaned[top - 1]
    if last > top:
        asked = ""
        for rank, (question, choice) in enumerate(zip(names, cleaned[last - 1][1], strict=True)):
            asked = question.strip() or asked
            names[rank] = f"{asked} [{choice.strip()}]" if choice.strip() else asked
    body = [(line, cells) for line, cells in cleaned[last:] if any(map(str.strip, cells))]
    if not body:
        remedy = "Vérifiez l’export : il doit contenir une ligne par réponse"
        raise refusal(file, "L’en-tête n’est suivi d’aucune ligne", remedy, line=first)
    between = sum(line < body[-1][0] for line, _ in cleaned[last:]) - len(body) + 1
    if between:
        told.append(counted(between, "ligne vide sautée", "lignes vides sautées"))
    if again := next((line for line, cells in body if cells == names), 0):
        remedy = "Donnez les deux fichiers séparément à la commande"
        raise refusal(file, "L’en-tête revient : deux fichiers ont été mis bout à bout", remedy, line=again)
    kept = [i for i, name in enumerate(names) if name.strip() or any(cells[i].strip() for _, cells in body)]
    for what, number, most in (("lignes", len(body), MAX_ROWS), ("colonnes", len(kept), MAX_COLUMNS)):
        if number > most:
            raise refusal(file, f"Plus de {most} {what}", _PROVENANCE)
    columns = _columns(file, first, {i: plain_spaces(names[i]) for i in kept}, body)
    rows = {line: {name: cells[i].strip() for name, i in columns.items()} for line, cells in body}
    return Sheet(file, {name: name for name in columns}, rows, tuple(told))


def _columns(file: str, line: int, names: Mapping[int, str], body: Lines) -> dict[str, int]:
    """Name -> rank of each column; one without a name, or with that of another, takes a number."""
    if sum(not name for name in names.values()) > 1:
        # Titles and sections stand above a line that names every column.
        for better, cells in body[:4]:
            if len({plain_spaces(cells[i]) for i in names} - {""}) == len(names):
                message = f"Les noms des colonnes sont sans doute à la ligne {better}"
                remedy = f"Écrivez « entete: {better} » dans la correspondance, sous le nom de ce fichier"
                raise refusal(file, message, remedy, line=line)
    columns: dict[str, int] = {}
    for i, name in names.items():
        wanted = name or f"colonne n° {i + 1}"
        ranks = (f"{wanted} ({rank})" for rank in itertools.count(2))
        columns[next(one for one in itertools.chain([wanted], ranks) if one not in columns)] = i
    return columns


_SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
# Letters of French in UTF-8 read as Windows-1252, and letters of MS-DOS or Mac read as Windows'.
_SPOILT = re.compile(
    r"Ã[\xa0-\xbf‰Šˆ‡€]|Å[“’]|Â[\xa0«°»]|â€[™œ\x9d“”¦˜]|"
    r"(?<=[a-z])(?:[‚ŠŽˆ]|[‡‰“Œ](?=[a-z]))|\N{REPLACEMENT CHARACTER}"
)
# Saved again by Excel, it bears as many separators as the table has columns.
_EXCEL_HINT = re.compile(r"sep=(.)\1*\r?\n", re.IGNORECASE)


def _delimited(content: bytes, file: str, separator: str, heading: Heading) -> Sheet:
    known = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        # What could not be read comes out as spoilt.
        content, known = content.decode("utf-16", "replace").encode(), {"utf-8": "UTF-16"}
    text, encoding = decode(content, file, known)
    if spoilt := _SPOILT.search(text):
        message = "Accents abîmés, ou deux encodages mêlés"
        remedy = "Refaites l’export : les accents se sont perdus à un enregistrement précédent"
        line = text.count("\n", 0, spoilt.start()) + 1
        raise refusal(file, message, remedy, line=line, value=spoilt[0])
    # A mark at the beginning of a line would hide the quotes after it.
    text, start = re.sub("(?m)^\ufeff", "", text), 1
    if hint := _EXCEL_HINT.match(text):
        separator, text, start = hint[1], text[hint.end() :], 2
    first = next(iter(text.splitlines()), "")
    candidates = [separator] if separator else [one for one in _SEPARATORS if one in first]
    if not candidates:
        remedy = "Enregistrez-le avec des points-virgules, virgules ou tabulations entre les colonnes"
        raise refusal(file, "Séparateur de colonnes introuvable", remedy, line=1)
    found = {one: _split(text, one, file, start) for one in candidates}
    constant = [
        one
        for one, lines in found.items()
        if isinstance(lines, list) and len({len(cells) for _, cells in lines if any(cells)}) == 1
    ]
    if len(constant) > 1:
        named = " et ".join(_SEPARATORS[one] for one in constant)
        remedy = "Écrivez le bon dans le fichier de correspondance, à la clé « separateur »"
        raise refusal(file, f"Deux séparateurs possibles ({named})", remedy, line=1)
    # None: the most frequent in the heading, so that the lines at fault can be named.
    separator = constant[0] if constant else max(found, key=first.count)
    lines, spelt = found[separator], _SEPARATORS.get(separator, separator)
    if isinstance(lines, Fault):
        raise DataRefused([lines])
    width = len(lines[0][1])
    remedy = f"Refaites l’export, textes entre guillemets ; s’il n’est pas en {spelt}, dites « separateur »"
    # Some tools end each line with separators that the heading has not. A line is not quoted: its first
    # cells often name the person.
    faults = [
        Fault(file, line, "", "", wrong_width(cells, width), remedy)
        for line, cells in lines
        if any(cells) and (len(cells) < width or any(cells[width:]))
    ]
    if faults:
        raise DataRefused(faults)
    squared = [(line, [*cells[:width], *[""] * (width - len(cells))]) for line, cells in lines]
    return make_sheet(file, squared, (encoding, f"séparateur {spelt}"), heading)


def _split(text: str, separator: str, file: str, start: int) -> Lines | Fault:
    """Lines of a text, each with its number; a fault if they cannot be cut so."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: Lines = []
    line = start
    try:
        for cells in reader:
            lines.append((line, cells))
            line = reader.line_num + start
            if len(lines) > 4 * MAX_ROWS:  # empty ones included
                return Fault(file, 0, "", "", f"Plus de {MAX_ROWS} lignes", _PROVENANCE)
    except csv.Error:
        message = "Guillemets mal placés, ou cellule démesurée"
        remedy = "Refaites l’export : un guillemet se double à l’intérieur d’une cellule, et se ferme après"
        return Fault(file, line, "", "", message, remedy)
    return lines


# --- workbooks

#: What stands in a cell whose formula was never calculated, like Excel's own « #N/A ».
_UNCOMPUTED = "#FORMULE!"
_MAX_TEXT, _MAX_ENTRIES, _MAX_UNPACKED = 20_000_000, 300, 60_000_000
# Real sheets pack twenty to one; bombs, hundreds.
_MAX_RATIO, _SMALL = 100, 1_000_000
_SAFE = {"resolve_entities": False, "no_network": True}
_CELL = re.compile("[A-Z]{1,3}[1-9][0-9]{0,6}")
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
#: Name of a sheet, whether it is hidden, and where it is in the archive.
_Tab: TypeAlias = tuple[str, bool, str]


def sheet_names(content: bytes, file: str) -> list[str]:
    """Names of the visible sheets of a workbook."""
    return [name for name, hidden, _ in _Book(content, file).tabs if not hidden]


def book_rows(content: bytes, file: str, wanted: Collection[str] = ()) -> dict[str, list[list[str]]]:
    """Sheets of a workbook that people fill -> rows, as they are: all, or those that are named."""
    book = _Book(content, file)
    return {tab[0]: book.rows(tab)[0] for tab in book.tabs if not wanted or tab[0].casefold() in wanted}


def check_xml(content: bytes, file: str, what: str = "Classeur", remedy: str = _ELSEWHERE) -> None:
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


def _open(content: bytes, file: str) -> zipfile.ZipFile:
    """The archive of a workbook, if unpacking and parsing it is safe."""
    if not content.startswith(b"PK"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refusal(file, *_PROTECTED)
        remedy = f"{_ELSEWHERE} ; si c’est un CSV, donnez-lui l’extension .csv"
        raise refusal(file, "Ce n’est pas un classeur .xlsx : page web, ancien .xls ou CSV, renommé", remedy)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries, names = archive.infolist(), archive.namelist()
        packed = any(entry.file_size > max(_SMALL, _MAX_RATIO * entry.compress_size) for entry in entries)
        if packed or len(entries) > _MAX_ENTRIES or sum(e.file_size for e in entries) > _MAX_UNPACKED:
            raise refusal(file, *_BOMB)
        if any(entry.flag_bits & 1 for entry in entries):
            raise refusal(file, *_PROTECTED)
        if len({name.casefold() for name in names}) != len(names) or "xl/workbook.xml" not in names:
            raise refusal(file, _DAMAGED[0], _ELSEWHERE)
        if any(name.endswith("vbaProject.bin") for name in names):
            raise refusal(file, "Classeur avec des macros", "Enregistrez-le sans macros, au format .xlsx")
        for name in names:
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    # Never more than what it may hold, whatever the archive says of its size.
                    check_xml(part.read(_MAX_UNPACKED + 1), file)
    except _UNREADABLE as error:
        raise refusal(file, *_DAMAGED) from error
    return archive


class _Book:
    """A workbook, and its sheets."""

    def __init__(self, content: bytes, file: str) -> None:
        self.content, self.file, self.archive = content, file, _open(content, file)
        archive, names = self.archive, self.archive.namelist()
        relations = "xl/_rels/workbook.xml.rels"
        links = parse_xml(archive.read(relations), file) if relations in names else ()
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        self.tabs: list[_Tab] = []
        for sheet in parse_xml(archive.read("xl/workbook.xml"), file).iter("{*}sheet"):
            id_ = next((value for key, value in sheet.attrib.items() if str(key).endswith("}id")), "")
            path = posixpath.normpath(posixpath.join("/xl", targets.get(id_, ""))).lstrip("/")
            if path not in names:
                raise refusal(file, _DAMAGED[0], _ELSEWHERE)
            self.tabs.append((sheet.get("name", ""), sheet.get("state", "visible") != "visible", path))

    def rows(self, tab: _Tab) -> tuple[list[list[str]], list[str]]:
        """Cells of one sheet as text, and what is told of it."""
        name, hidden, path = tab
        try:
            part = self.archive.read(path)
            marks = self._marks(part)
            with CalamineWorkbook.from_filelike(io.BytesIO(self.content)) as book:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except BaseException as error:
            # A panic of Rust is no `Exception`, and its class has no place to import it from.
            known = isinstance(error, (*_UNREADABLE, etree.XMLSyntaxError, CalamineError))
            if known or type(error).__name__ == "PanicException":
                raise refusal(self.file, *_DAMAGED) from error
            raise
        height = max([len(rows), *(row + 1 for row, _ in marks)])
        width = max([len(rows[0]) if rows else 0, *(column + 1 for _, column in marks)])
        texts = [[_as_text(value) for value in row] for row in rows] + [[]] * (height - len(rows))
        texts = [[*cells, *[""] * (width - len(cells))] for cells in texts]
        for (row, column), mark in marks.items():
            texts[row][column] = mark
        odd = [kind for kind, found in _ODD.items() if found.search(part)]
        odd += ["feuille masquée"] if hidden else []
        odd += ["commentaires du classeur"] if any("/comments" in n for n in self.archive.namelist()) else []
        return texts, [f"lu malgré : {', '.join(odd)}"] if odd else []

    def _marks(self, part: bytes) -> dict[tuple[int, int], str]:
        """Row and column -> what stands there for want of a value; what is larger than surveys is refused."""
        names, lengths = self.archive.namelist(), []
        for name in (name for name in names if name.casefold() == "xl/sharedstrings.xml"):
            for _, item in etree.iterparse(io.BytesIO(self.archive.read(name)), tag="{*}si", **_SAFE):
                lengths.append(sum(map(len, item.itertext())))
                item.clear()
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
            if place and not _CELL.fullmatch(place):
                raise ValueError(place)
            row, column = xl_cell_to_rowcol(place) if place else (row, column)
            value, kind = cell.find("{*}v"), cell.get("t")
            text = (value.text or "") if value is not None else ""
            size += lengths[int(text)] if text and kind == "s" else 0
            if size > _MAX_TEXT:
                # One long text that thousands of cells share takes no place in the archive.
                raise refusal(self.file, *_BOMB)
            if len(cell) and (row > MAX_ROWS or column >= MAX_COLUMNS):
                message = f"Cellule au-delà de {MAX_ROWS} lignes ou de {MAX_COLUMNS} colonnes"
                raise refusal(self.file, message, _PROVENANCE, value=place or f"ligne {row + 1}")
            # An empty text is a result of a formula too.
            computed = text or (value is not None and kind == "str")
            if kind == "e" or (not computed and cell.find("{*}f") is not None):
                marks[row, column] = text or _UNCOMPUTED
            column += 1
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
    return _ESCAPED.sub(_character, str(value))


def _character(escaped: re.Match[str]) -> str:
    character = chr(int(escaped[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else " "
