"""From a path to a heading and rows of text, before anyone says what they mean; CSV exports are read here.

The encoding and the separator of a CSV are found by proof, never by odds: UTF-8 proves itself; what is not
UTF-8 is Windows-1252, as French Excel writes it, unless it holds traces of both; the separator is the one
that cuts every line in the same number of cells. `atc.intake.workbook` reads an .xlsx.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.paths import Project
from atc.survey.read_csv import line_of, read_bytes, wrong_width

TEXT, WORKBOOK, STRUCTURE = ".csv", ".xlsx", ".lss"
MAX_ROWS = 5_000
MAX_COLUMNS = 1_000
#: Characters of one cell; also what Python's csv reader stops at, unless a library has changed it.
MAX_CELL = 131_072
_PROVENANCE = "Un export d’enquête est bien plus petit : vérifiez sa provenance"
_SAVE = "Enregistrez-le de nouveau au format « CSV UTF-8 »"
# What a text that was pasted brings along, and that nobody sees: it would make one place two.
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
# An apostrophe by which a spreadsheet is told that what follows is text.
_PROTECTED = re.compile(r"^'(?=[=+\-@\d])")

SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
_MARK = b"\xef\xbb\xbf"
# Accented letters and quotes of French, as UTF-8 writes them: gibberish in Windows-1252.
_UTF8_LETTER = re.compile(
    rb"\xc3[\xa0-\xbf\x80-\x9c]|\xc5[\x92\x93]|\xe2\x80[\x93\x94\x98-\x9d\xa6\xaf]|\xc2[\xa0\xab\xb0\xbb]"
)
# What the same bytes look like once read the wrong way, and letters of MS-DOS or Mac read as Windows'.
_SPOILT = re.compile(
    r"Ã[\xa0-\xbf‰Šˆ‡€]|â€[™œ\x9d“”¦]|(?<=[a-z])(?:[‚ŠŽˆ]|[‡‰“Œ](?=[a-z]))|\N{REPLACEMENT CHARACTER}"
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
    heading: tuple[str, ...]  # names of the columns, with plain single spaces
    rows: dict[int, tuple[str, ...]]  # line in the file -> its cells, as many as the heading
    notes: tuple[str, ...]  # how it was read, and what had to be cleaned, in French


@dataclass(frozen=True)
class Heading:
    """Lines of an export that hold the names of its columns, counted from 1."""

    first: int = 1  # the only one, or the one of the questions, which holds for the unnamed columns after it
    last: int = 1  # the one of the choices, as SurveyMonkey writes them: « Question [Choix] »


ALONE = Heading()


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
    if not content.strip():
        raise refusal(file, "Fichier vide", "Refaites l’export")
    return content


def plain_spaces(text: str) -> str:
    """One kind of space, none outside, and letters with their accents in one character."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def make_sheet(file: str, lines: Lines, notes: Sequence[str], where: Heading = ALONE) -> Sheet:
    """Tell the heading from the rows, and refuse what would make a cell stand for another.

    Columns without a name whose cells are all empty are left out, as are empty lines at the end:
    spreadsheets leave them.
    """
    cleaned = [(line, [_PROTECTED.sub("", _INVISIBLE.sub("", c)) for c in row]) for line, row in lines]
    told = list(notes)
    if any(_INVISIBLE.search(cell) for _, cells in lines for cell in cells):
        told.append("caractères invisibles retirés")
    if len(cleaned) < where.last:
        remedy = "Corrigez la clé « entete » de la correspondance"
        raise refusal(file, f"Pas de ligne {where.last} dans ce fichier", remedy)
    first, names = cleaned[where.first - 1]
    if where.last > where.first:
        names = _joined(names, cleaned[where.last - 1][1])
    body = _without_last_blanks(cleaned[where.last :])
    heading = [plain_spaces(name) for name in names]
    if not body:
        remedy = "Vérifiez l’export : il doit contenir une ligne par réponse"
        raise refusal(file, "L’en-tête n’est suivi d’aucune ligne", remedy, line=first)
    if len(body) > MAX_ROWS:
        raise refusal(file, f"Plus de {MAX_ROWS} lignes", _PROVENANCE)
    if len(heading) > MAX_COLUMNS:
        raise refusal(file, f"Plus de {MAX_COLUMNS} colonnes", _PROVENANCE)
    kept = [i for i, name in enumerate(heading) if name or any(cells[i].strip() for _, cells in body)]
    faults = _heading_faults(file, first, {i: heading[i] for i in kept}, body)
    message, remedy = (
        "Ligne vide au milieu des réponses",
        "Supprimez-la : après une ligne vide, deux tableaux pourraient se suivre",
    )
    faults += [Fault(file, line, "", "", message, remedy) for line, cells in body if not _filled(cells)]
    if faults:
        raise DataRefused(faults)
    if any(heading[i] != names[i] for i in kept):
        told.append("espaces des en-têtes nettoyés")
    rows = {line: tuple(cells[i] for i in kept) for line, cells in body}
    return Sheet(file, tuple(heading[i] for i in kept), rows, tuple(told))


def _filled(cells: Sequence[str]) -> bool:
    return any(map(str.strip, cells))


def _joined(questions: Sequence[str], choices: Sequence[str]) -> list[str]:
    names, asked = [], ""
    for question, choice in zip(questions, choices, strict=True):
        asked = question.strip() or asked
        names.append(f"{asked} [{choice.strip()}]" if choice.strip() else asked)
    return names


def _heading_faults(file: str, line: int, names: dict[int, str], body: Lines) -> list[Fault]:
    if sum(not name for name in names.values()) > 1:
        # Titles and sections stand above a line that names every column.
        for better, cells in body[:4]:
            named = [plain_spaces(cells[i]) for i in names]
            if all(named) and len(set(named)) == len(named):
                message = f"Les noms des colonnes sont sans doute à la ligne {better}"
                remedy = f"Écrivez « entete: {better} » dans la correspondance, sous le nom de ce fichier"
                return [Fault(file, line, "", "", message, remedy)]
    faults: list[Fault] = []
    seen: set[str] = set()
    for rank, name in names.items():
        if not name:
            message = f"La colonne n° {rank + 1} n’a pas de nom"
            remedy = "Donnez-lui un nom ; si des cellules de l’en-tête sont fusionnées, défusionnez-les"
            faults.append(Fault(file, line, "", "", message, remedy))
        elif name in seen:
            remedy = "Exportez avec les codes des questions, ou donnez un nom différent à chaque colonne"
            faults.append(Fault(file, line, shown(name), "", "Colonne en double", remedy))
        seen.add(name)
    return faults


def _without_last_blanks(lines: Lines) -> Lines:
    while lines and not _filled(lines[-1][1]):
        lines.pop()
    return lines


# --- CSV


def read_delimited(content: bytes, file: str, separator: str = "", heading: Heading = ALONE) -> Sheet:
    """Read a CSV export."""
    text, encoding = _decode(content, file)
    start = 1
    hint = _EXCEL_HINT.match(text)
    if hint:
        separator, text, start = hint[1], text[hint.end() :], 2
    if text.count("\n") + text.count("\r") > 4 * MAX_ROWS:
        raise refusal(file, f"Plus de {MAX_ROWS} lignes", _PROVENANCE)
    separator = separator or _separator(text, file)
    spelt = SEPARATORS.get(separator, separator)
    lines = _squared(_split(text, separator, file, start), spelt, file)
    return make_sheet(file, lines, (encoding, f"séparateur {spelt}"), heading)


def _decode(content: bytes, file: str) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refusal(file, "Fichier enregistré en UTF-16", _SAVE)
    if b"\0" in content:
        line = line_of(content, content.index(b"\0"))
        raise refusal(file, "Caractère nul : fichier abîmé, ou enregistré en UTF-16", _SAVE, line=line)
    body = content.removeprefix(_MARK)
    # Inside a line, it came with a text that was pasted; `make_sheet` drops it.
    second = re.search(rb"[\r\n]" + _MARK, body)
    if second:
        line = line_of(body, second.end())
        message = "Marque de début de fichier (BOM) au milieu : deux fichiers ont été mis bout à bout"
        raise refusal(file, message, "Donnez les deux fichiers séparément à la commande", line=line)
    try:
        text, encoding = body.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        text, encoding = _decode_windows(content, file, error.start), "Windows-1252"
    spoilt = _SPOILT.search(text)
    if spoilt:
        line = text.count("\n", 0, spoilt.start()) + 1
        remedy = "Refaites l’export : les accents se sont perdus à un enregistrement précédent"
        raise refusal(file, "Accents abîmés", remedy, line=line, value=spoilt[0])
    return text, encoding


def _decode_windows(content: bytes, file: str, first_wrong: int) -> str:
    marked, both = content.startswith(_MARK), _UTF8_LETTER.search(content)
    if marked or both:
        line = line_of(content, both.start() if both and not marked else first_wrong)
        message = "Deux encodages mêlés, UTF-8 et Windows-1252"
        raise refusal(file, message, f"Refaites l’export. {_SAVE}", line=line)
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        message = "Encodage inconnu : ni UTF-8, ni Windows-1252"
        value = f"0x{content[error.start]:02X}"
        raise refusal(file, message, _SAVE, line=line_of(content, error.start), value=value) from error


def _separator(text: str, file: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    present = [separator for separator in SEPARATORS if separator in first]
    if not present:
        remedy = (
            "Enregistrez le fichier avec le point-virgule, la virgule ou la tabulation entre les colonnes"
        )
        raise refusal(file, "Séparateur de colonnes introuvable", remedy, line=1)
    constant = [separator for separator in present if _has_one_width(text, separator, file)]
    if len(constant) > 1:
        found = " et ".join(SEPARATORS[s] for s in constant)
        remedy = "Écrivez le bon dans le fichier de correspondance, à la clé « separateur »"
        raise refusal(file, f"Deux séparateurs possibles ({found})", remedy, line=1)
    # None: the most frequent in the heading, so that the lines at fault can be named.
    return constant[0] if constant else max(present, key=first.count)


def _has_one_width(text: str, separator: str, file: str) -> bool:
    try:
        return len({len(cells) for _, cells in _split(text, separator, file) if cells}) == 1
    except DataRefused:
        return False


def _split(text: str, separator: str, file: str, start: int = 1) -> Lines:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: Lines = []
    line, remedy = start, "Vérifiez la provenance du fichier"
    try:
        for cells in reader:
            lines.append((line, cells))
            if max(map(len, cells), default=0) > MAX_CELL:
                raise csv.Error("field limit")  # noqa: TRY301 - as the reader itself says it
            if len(cells) > MAX_COLUMNS:
                raise refusal(file, f"Plus de {MAX_COLUMNS} colonnes", remedy, line=line)
            line = reader.line_num + start
    except csv.Error as error:
        message = f"Cellule de plus de {MAX_CELL} caractères"
        if "field limit" not in str(error):
            message = "Guillemets mal placés"
            remedy = "Doublez les guillemets à l’intérieur d’une cellule, et fermez ceux qui l’entourent"
        raise refusal(file, message, remedy, line=line) from error
    return _without_last_blanks(lines)


def _squared(lines: Lines, separator: str, file: str) -> Lines:
    """Every line as wide as the first; some tools end each line with separators that the heading has not."""
    width = len(lines[0][1]) if lines else 0
    remedy = f"Vérifiez les guillemets et les séparateurs ({separator}) de cette ligne"
    # Without quoting the line: its first cells often name the person.
    faults = [
        Fault(file, line, "", "", wrong_width(cells, width), remedy)
        for line, cells in lines
        if cells and (len(cells) < width or any(cells[width:]))
    ]
    if faults or not lines:
        raise DataRefused(faults or [Fault(file, 0, "", "", "Fichier vide", "Refaites l’export")])
    return [(line, cells[:width] or [""] * width) for line, cells in lines]
