"""From a path to a heading and rows of text, before anyone says what they mean; CSV exports are read here.

The encoding and the separator of a CSV are found by proof, never by odds: UTF-8 and UTF-16 prove themselves;
what is neither is Windows-1252, as French Excel writes it, unless its letters come out spoilt; the separator
is the one that cuts every line in the same number of cells. `atc.intake.workbook` reads an .xlsx.
"""

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import decode, read_bytes, wrong_width
from atc.survey.typography import counted

TEXT, WORKBOOK, STRUCTURE = ".csv", ".xlsx", ".lss"
MAX_ROWS, MAX_COLUMNS = 5_000, 1_000
PROVENANCE = "Un export d’enquête est bien plus petit : vérifiez sa provenance"
# What a text that was pasted brings along, and that nobody sees: it would make one place two. And an
# apostrophe by which a spreadsheet is told that what follows is text.
_ADDED = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]|^'(?=[=+\-@\d])")
SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
# Letters of French in UTF-8 read as Windows-1252, and letters of MS-DOS or Mac read as Windows'.
_SPOILT = re.compile(
    r"Ã[\xa0-\xbf‰Šˆ‡€]|Å[“’]|Â[\xa0«°»]|â€[™œ\x9d“”¦˜]|"
    r"(?<=[a-z])(?:[‚ŠŽˆ]|[‡‰“Œ](?=[a-z]))|\N{REPLACEMENT CHARACTER}"
)
# Saved again by Excel, it bears as many separators as the table has columns.
_EXCEL_HINT = re.compile(r"sep=(.)\1*\r?\n", re.IGNORECASE)

Lines = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Place:
    """Where something stands in a file of the evaluator."""

    file: str  # as the evaluator knows it
    line: int
    column: str  # heading in an export, keys or cell in a mapping
    quoted: str = ""  # what messages may show of it; empty when it names a person

    def fault(self, message: str, remedy: str, value: str = "") -> Fault:
        """One thing wrong here."""
        found = shown(value) if value else self.quoted
        return Fault(self.file, self.line, shown(self.column), found, message, remedy)


@dataclass(frozen=True)
class Sheet:
    """One file, or one sheet of a workbook, as text."""

    file: str  # as the evaluator knows it; a workbook's sheet is named after it
    headings: Mapping[str, str]  # what a column is called here -> its heading in the file
    rows: Mapping[int, Mapping[str, str]]  # line in the file -> column -> cell, without outer spaces
    notes: tuple[str, ...] = ()  # how it was read, and what had to be cleaned, in French
    # Columns that the tool adds by itself, to be dropped unless the mapping uses them.
    technical: Collection[str] = ()
    # What the questionnaire says of them: column -> code of an answer -> its label.
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def heading(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.headings)


#: Lines that hold the names of the columns, counted from 1: the only one twice, or the one of the questions,
#: which holds for the unnamed columns after it, and the one of the choices (« Question [Choix] »).
Heading: TypeAlias = tuple[int, int]
ALONE: Heading = (1, 1)


def open_export(path: Path, project: Project) -> bytes:
    """The bytes of one export: of a known kind, and kept outside the repository."""
    file = shown(path.name)
    if path.suffix.lower() not in {TEXT, WORKBOOK, STRUCTURE}:
        remedy = "Exportez en .csv ou en .xlsx (ou .lss pour la structure d’un questionnaire LimeSurvey)"
        raise refusal(file, "Ce n’est pas un type de fichier admis", remedy, value=path.suffix)
    if path.exists() and path.resolve().is_relative_to(project.root.resolve()):
        remedy = "Déplacez-le hors du projet : un export nomme des personnes, et le projet se partage"
        raise refusal(file, "L’export est dans le dossier du projet", remedy)
    content = read_bytes(path, file, "Vérifiez le chemin donné à la commande")
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise refusal(file, "Fichier vide", "Refaites l’export")
    return content


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
            raise refusal(file, f"Plus de {most} {what}", PROVENANCE)
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


# --- CSV


def read_delimited(content: bytes, file: str, separator: str = "", heading: Heading = ALONE) -> Sheet:
    """Read a CSV export; a separator that is told is not looked for."""
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
    spelt, lines = _cut(re.sub("(?m)^\ufeff", "", text), file, separator)
    width = len(lines[0][1])
    remedy = (
        f"Refaites l’export, guillemets autour des textes ; s’il n’est pas en {spelt}, dites « separateur »"
    )
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


def _cut(text: str, file: str, separator: str) -> tuple[str, Lines]:
    """The name of the separator, and the lines that it cuts."""
    start = 1
    if hint := _EXCEL_HINT.match(text):
        separator, text, start = hint[1], text[hint.end() :], 2
    first = next(iter(text.splitlines()), "")
    found = {
        one: _split(text, one, file, start)
        for one in ([separator] if separator else SEPARATORS)
        if separator or one in first
    }
    if not found:
        remedy = (
            "Enregistrez le fichier avec le point-virgule, la virgule ou la tabulation entre les colonnes"
        )
        raise refusal(file, "Séparateur de colonnes introuvable", remedy, line=1)
    constant = [
        one
        for one, lines in found.items()
        if isinstance(lines, list) and len({len(cells) for _, cells in lines if any(cells)}) == 1
    ]
    if len(constant) > 1:
        named = " et ".join(SEPARATORS[one] for one in constant)
        remedy = "Écrivez le bon dans le fichier de correspondance, à la clé « separateur »"
        raise refusal(file, f"Deux séparateurs possibles ({named})", remedy, line=1)
    # None: the most frequent in the heading, so that the lines at fault can be named.
    separator = constant[0] if constant else max(found, key=first.count)
    lines, spelt = found[separator], SEPARATORS.get(separator, separator)
    if isinstance(lines, Fault):
        raise DataRefused([lines])
    return spelt, lines


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
                return Fault(file, 0, "", "", f"Plus de {MAX_ROWS} lignes", PROVENANCE)
    except csv.Error:
        message = "Guillemets mal placés, ou cellule démesurée"
        remedy = "Refaites l’export : un guillemet se double à l’intérieur d’une cellule, et se ferme après"
        return Fault(file, line, "", "", message, remedy)
    return lines
