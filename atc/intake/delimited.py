"""Strict reading of CSV exports: the encoding and the separator are found by proof, never by odds.

UTF-8 (with or without its mark) proves itself; what is not UTF-8 is Windows-1252, as French Excel writes
it, unless it holds traces of both. The separator is the one that cuts every line in the same number of
cells.
"""

from __future__ import annotations

import csv
import io
import re

from atc.intake.source import ALONE, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Heading, Sheet, make_sheet
from atc.survey.errors import DataRefused, Fault, refusal
from atc.survey.read_csv import line_of
from atc.survey.typography import counted

SEPARATORS = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}
_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAVE = "Enregistrez-le de nouveau au format « CSV UTF-8 »"
# Accented letters and quotes of French, as UTF-8 writes them: gibberish in Windows-1252.
_UTF8_LETTER = re.compile(
    rb"\xc3[\xa0-\xbf\x80-\x9c]|\xc5[\x92\x93]|\xe2\x80[\x93\x94\x98-\x9d\xa6\xaf]|\xc2[\xa0\xab\xb0\xbb]"
)
# What the same bytes look like once read the wrong way, and letters of MS-DOS or Mac read as Windows'.
_TWICE = re.compile(r"Ã[\xa0-\xbf‰Šˆ‡€]|â€[™œ\x9d“”¦]|(?<=[a-z])(?:[‚ŠŽˆ]|[‡‰“Œ](?=[a-z]))")
# Saved again by Excel, it bears as many separators as the table has columns.
_EXCEL_HINT = re.compile(r"sep=(.)\1*\r?\n", re.IGNORECASE)


def read_delimited(content: bytes, file: str, separator: str = "", heading: Heading = ALONE) -> Sheet:
    """Read a CSV export."""
    text, encoding = _decode(content, file)
    start = 1
    hint = _EXCEL_HINT.match(text)
    if hint:
        separator, text, start = hint[1], text[hint.end() :], 2
    if text.count("\n") + text.count("\r") > 4 * MAX_ROWS:
        remedy = "Un export d’enquête est bien plus petit : vérifiez sa provenance"
        raise refusal(file, f"Plus de {MAX_ROWS} lignes", remedy)
    separator = separator or _separator(text, file)
    lines = _without_last_blanks(_split(text, separator, file, start))
    if not lines:
        raise refusal(file, "Fichier vide", "Refaites l’export")
    _check_width(lines, separator, file)
    spelt = SEPARATORS.get(separator, separator)
    return make_sheet(file, lines, (encoding, f"séparateur {spelt}"), heading)


def _decode(content: bytes, file: str) -> tuple[str, str]:
    if content.startswith(_WIDE_MARKS):
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
    spoilt = _TWICE.search(text) or re.search("\N{REPLACEMENT CHARACTER}", text)
    if spoilt:
        line = text.count("\n", 0, spoilt.start()) + 1
        remedy = "Refaites l’export : les accents se sont perdus à un enregistrement précédent"
        raise refusal(file, "Accents abîmés", remedy, line=line, value=spoilt[0])
    return text, encoding


def _decode_windows(content: bytes, file: str, first_wrong: int) -> str:
    both = _UTF8_LETTER.search(content)
    if content.startswith(_MARK) or both:
        place = both.start() if both and not content.startswith(_MARK) else first_wrong
        message = "Deux encodages mêlés, UTF-8 et Windows-1252"
        raise refusal(file, message, f"Refaites l’export. {_SAVE}", line=line_of(content, place))
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        message = "Encodage inconnu : ni UTF-8, ni Windows-1252"
        value = f"0x{content[error.start]:02X}"
        raise refusal(file, message, _SAVE, line=line_of(content, error.start), value=value) from error


def _split(text: str, separator: str, file: str, start: int = 1) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            lines.append((before + start, cells))
            before = reader.line_num
            if max(map(len, cells), default=0) > MAX_CELL:
                raise _too_long(file, lines[-1][0])
            if len(cells) > MAX_COLUMNS:
                message = f"Plus de {MAX_COLUMNS} colonnes"
                raise refusal(file, message, "Vérifiez la provenance du fichier", line=lines[-1][0])
    except csv.Error as error:
        if "field limit" in str(error):
            raise _too_long(file, before + start) from error
        remedy = "Doublez les guillemets à l’intérieur d’une cellule, et fermez ceux qui l’entourent"
        raise refusal(file, "Guillemets mal placés", remedy, line=before + start) from error
    return lines


def _too_long(file: str, line: int) -> DataRefused:
    message = f"Cellule de plus de {MAX_CELL} caractères"
    return refusal(file, message, "Vérifiez la provenance du fichier", line=line)


def _without_last_blanks(lines: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    while lines and not any(cell.strip() for cell in lines[-1][1]):
        lines.pop()
    return lines


def _widths(text: str, separator: str, file: str) -> set[int]:
    try:
        lines = _without_last_blanks(_split(text, separator, file))
    except DataRefused:
        return set()
    return {len(cells) for _, cells in lines if cells}


def _separator(text: str, file: str) -> str:
    first = text.splitlines()[0] if text.strip() else ""
    present = [separator for separator in SEPARATORS if separator in first]
    if not present:
        remedy = (
            "Enregistrez le fichier avec le point-virgule, la virgule ou la tabulation entre les colonnes"
        )
        raise refusal(file, "Séparateur de colonnes introuvable", remedy, line=1)
    constant = [s for s in present if len(_widths(text, s, file)) == 1]
    if len(constant) > 1:
        found = " et ".join(SEPARATORS[s] for s in constant)
        remedy = "Écrivez le bon dans le fichier de correspondance, à la clé « separateur »"
        raise refusal(file, f"Deux séparateurs possibles ({found})", remedy, line=1)
    # None: the most frequent in the heading, so that the lines at fault can be named.
    return constant[0] if constant else max(present, key=first.count)


def _check_width(lines: list[tuple[int, list[str]]], separator: str, file: str) -> None:
    width = len(lines[0][1])
    faults = []
    for place, (line, cells) in enumerate(lines):
        if not cells:
            lines[place] = (line, [""] * width)
        elif not any(cells[width:]) and len(cells) > width:
            # Some tools end each line of answers with separators that the heading has not.
            lines[place] = (line, cells[:width])
        elif len(cells) != width:
            message = f"{counted(len(cells), 'cellule')}, alors que l’en-tête en compte {width}"
            spelt = SEPARATORS.get(separator, separator)
            remedy = f"Vérifiez les guillemets et les séparateurs ({spelt}) de cette ligne"
            # Without quoting the line: its first cells often name the person.
            faults.append(Fault(file, line, "", "", message, remedy))
    if faults:
        raise DataRefused(faults)
