"""Strict reading of CSV: every cell survives as it is, or is refused with its place.

Only a regular file of a sane size, in UTF-8, is read at all. Nothing is guessed: a link could lead outside
the project, a pipe would hang the run, and a guessed encoding once read French accents as Mac Cyrillic.
pandas reads ten of nineteen defective files without a word: columns shift, a NUL cuts the text, the code
« NA » becomes a hole. Here a line of the file is a row, and every cell is text.
"""

import csv
import errno
import json
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from atc.survey.errors import DataRefused, Fault, refusal, shown
from atc.survey.paths import Project
from atc.survey.typography import counted, number

if TYPE_CHECKING:
    import pandas as pd

_UTF8 = MappingProxyType({"utf-8": "UTF-8"})
MAX_BYTES, MAX_ROWS = 5_000_000, 50_000
_SEPARATORS = {";": "le point-virgule", "\t": "la tabulation", "|": "la barre verticale"}
# Neither a link nor the end of a pipe is waited for; absent from Windows, where these flags have no meaning.
_HOW = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_IRREGULAR = (
    "Ce n’est pas un fichier ordinaire (lien, dossier, tube ou périphérique)",
    "Mettez à sa place le fichier lui-même",
)
_BLOCKED = (
    "Fichier impossible à ouvrir",
    "Vérifiez que vous avez le droit de le lire et qu’aucun logiciel ne le bloque",
)


@dataclass(frozen=True)
class CsvText:
    """A file as text, before any cell is given a meaning."""

    heading: list[str]  # cells of the first line
    rows: dict[int, list[str]]  # line of the file -> its cells, as many as the heading
    faults: list[Fault]  # lines that could not be read


def read_csv(
    content: bytes,
    file: str,
    *,
    separators: str = ",",
    columns: Sequence[str] = (),
    may_be_empty: bool = False,
) -> CsvText:
    """Read the bytes of one file, known to the evaluator as ``file``; lines without any text are no rows.

    Of several admitted separators, the one that cuts the heading most is taken. The heading must be
    ``columns``, in this order, if some are given. A `DataRefused` tells why it cannot be read at all.
    """
    first, *body = re.split(r"\r\n|\n|\r", re.sub(r"(\r\n|\n|\r)\Z", "", decode(content, file)[0]))
    if len(body) > MAX_ROWS:
        message = f"Fichier trop long : {number(len(body))} lignes"
        remedy = f"Une vague compte moins de {number(MAX_ROWS)} lignes par table : vérifiez sa provenance"
        raise refusal(file, message, remedy)
    separator = max(separators, key=first.count)
    # Spreadsheets leave hundreds of them.
    lines = {rank: line for rank, line in enumerate(body, 2) if line.strip(f' "\t,{separator}')}
    if not lines and not may_be_empty:
        remedy = "Ajoutez les lignes de données : une table ne peut pas être vide"
        raise refusal(file, "L’en-tête n’est suivi d’aucune ligne", remedy, line=1)
    heading = _cells(first, separator, 1, file)
    others = [spelt for other, spelt in _SEPARATORS.items() if other in first and other not in separators]
    if len(heading) == 1 and others:
        message = f"Les colonnes sont séparées par {others[0]} au lieu de la virgule"
        remedy = "Enregistrez le fichier au format « CSV UTF-8 », avec la virgule comme séparateur"
        raise refusal(file, message, remedy, line=1)
    if columns and heading != list(columns):
        remedy = f"Rétablissez les colonnes : {', '.join(columns)}"
        raise refusal(file, "En-tête inattendu", remedy, line=1, value=", ".join(heading))
    rows: dict[int, list[str]] = {}
    torn: list[Fault] = []
    for rank, line in lines.items():
        try:
            rows[rank] = _cells(line, separator, rank, file, len(heading))
        except DataRefused as refused:
            torn += refused.faults
    if not rows and len({fault.message for fault in torn}) == 1 < len(torn):
        # The heading is what differs: once is enough.
        torn = [replace(torn[0], message=f"Toutes les lignes ont {torn[0].message}")]
    return CsvText(heading, rows, torn)


def _cells(line: str, separator: str, rank: int, file: str, width: int = 0) -> list[str]:
    # One line at a time: a quote left open spoils its own line, and not the rest of the file.
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        message = "Guillemets mal placés, ou retour à la ligne dans une cellule"
        remedy = (
            "Entourez la cellule de guillemets droits, doublez ceux qu’elle contient, "
            "et remplacez tout retour à la ligne par un espace"
        )
        raise refusal(file, message, remedy, line=rank, value=line) from error
    if width not in {0, len(cells)}:
        cutting = "points-virgules" if separator == ";" else "virgules"
        remedy = f"Ajoutez ou retirez des {cutting} ; un texte qui en contient se met entre guillemets"
        raise refusal(file, wrong_width(cells, width), remedy, line=rank, value=line)
    return cells


def wrong_width(cells: Sequence[str], width: int) -> str:
    """What is told of a line that has not as many cells as the heading."""
    return f"{counted(len(cells), 'cellule')}, alors que l’en-tête en compte {width}"


def read_bytes(path: Path, file: str, absent: str = "Ajoutez ce fichier au dossier de la vague") -> bytes:
    """The bytes of one file, known to the evaluator as ``file``.

    A `DataRefused` tells that it is absent, cannot be read, is a link, a folder, a pipe, or is too large.
    """
    try:
        with open(path, "rb", opener=lambda name, how: os.open(name, how | _HOW)) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise refusal(file, *_IRREGULAR)
            if status.st_size > MAX_BYTES:
                message = f"Fichier trop lourd : {status.st_size / 1e6:.0f} Mo"
                most = f"Un fichier d’enquête pèse moins de {MAX_BYTES / 1e6:.0f} Mo"
                raise refusal(file, message, f"{most} : vérifiez sa provenance")
            return stream.read()
    except OSError as error:
        told = {errno.ENOENT: ("Fichier absent", absent), errno.ELOOP: _IRREGULAR, errno.EISDIR: _IRREGULAR}
        raise refusal(file, *told.get(error.errno or 0, _BLOCKED)) from error


def decode(content: bytes, file: str, codecs: Mapping[str, str] = _UTF8) -> tuple[str, str]:
    """The text of a file, without its byte order mark, and the name of the first of ``codecs`` that reads it.

    A `DataRefused` tells that it is empty, holds a NUL, or is in none of them, with the line and the byte.
    """
    body = content.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise refusal(file, "Fichier vide", "Remettez le fichier exporté, avec son en-tête et ses lignes")
    message, wrong, value = "Caractère nul : fichier abîmé, ou enregistré en UTF-16", body.find(b"\0"), "\0"
    for codec, name in codecs.items() if wrong < 0 else ():
        try:
            return body.decode(codec), name
        except UnicodeDecodeError as error:
            wrong, value = error.start, f"0x{body[error.start]:02X}"
            rank = wrong - body.rfind(b"\n", 0, wrong)
            message = f"Le fichier n’est pas enregistré en UTF-8 : octet n° {rank} de la ligne"
            if len(codecs) > 1:
                message = f"Encodage inconnu : {', '.join(f'ni {each}' for each in codecs.values())}"
    remedy = "Enregistrez-le de nouveau au format « CSV UTF-8 »"
    raise refusal(file, message, remedy, line=body.count(b"\n", 0, wrong) + 1, value=value)


# --- rows, by their columns ---

Row = dict[str, str]
#: A row, and those before it by their line -> column, message and remedy of each of its faults.
Check = Callable[[Row, Mapping[int, Row]], Iterable[tuple[str, str, str]]]


def read_rows(
    source: Path | bytes,
    file: str,
    columns: Sequence[str] = (),
    wrong: Check = lambda *_: (),
    *,
    separators: str = ",",
    alone: bool = False,
    absent: str = "Rétablissez ce fichier depuis l’historique du projet",
) -> dict[int, Row]:
    """Line -> row of a file or of its bytes, with these columns if any; the heading may stand ``alone``.

    A `DataRefused` tells every fault of its lines, and of the cells that are ``wrong``.
    """
    content = source if isinstance(source, bytes) else read_bytes(source, file, absent)
    read = read_csv(content, file, separators=separators, columns=columns, may_be_empty=alone)
    rows, faults = dict[int, Row](), list(read.faults)
    for line, cells in read.rows.items():
        row = dict(zip(read.heading, cells, strict=True))
        told = wrong(row, rows)
        faults += [Fault(file, line, column, shown(row[column]), *why) for column, *why in told]
        rows[line] = row
    if faults:
        raise DataRefused(faults)
    return rows


def wrong_cells(
    row: Row,
    optional: Collection[str] = (),
    forms: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    choices: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Iterator[tuple[str, str, str]]:
    """Cells that are empty and not ``optional``, or as ``forms`` (pattern, example) or ``choices`` forbid."""
    for column, value in row.items():
        pattern, example = forms.get(column, (".*", ""))
        if value != value.strip():
            yield column, "Espaces au bord de la cellule", "Supprimez-les"
        elif not value and column not in optional:
            yield column, "Cellule vide", "Remplissez-la"
        elif column in choices and value not in choices[column]:
            yield column, "Valeur inconnue", f"Choisissez parmi : {', '.join(choices[column])}"
        elif not re.fullmatch(pattern, value, re.DOTALL):
            yield column, "Forme inattendue", f"Écrivez comme dans « {example} »"


# --- public facts of ``data/reference``: what exhibits draw, and what a reader already knows of the sites ---


def load_background(project: Project) -> Any:
    """Outlines of France, Martinique and countries around, as GeoJSON; the ``role`` of each says which."""
    return json.loads((project.reference / "fond_de_carte.geojson").read_text(encoding="utf-8"))


def load_roster(project: Project) -> "pd.DataFrame":
    """The posts that everybody can name: what an outsider would join to our pages.

    One row = one post of one territory. ``territoire`` (code), ``commune``, ``fonction`` (codes of
    ``verbatims.fonction``), ``poste`` (as it is called). Nobody's name; nothing is missing.
    """
    return load_facts(project, "roster.csv")


def load_facts(project: Project, name: str, vague: str = "") -> "pd.DataFrame":
    """Rows of a file that evaluators may edit, as text, in order; those of ``vague`` where waves are told.

    A `DataRefused` tells that a line could not be read.
    """
    import pandas as pd  # noqa: PLC0415

    path = project.reference / name
    rows = read_rows(path, project.relative(path))
    facts = pd.DataFrame(list(rows.values()), dtype="str")
    return facts[facts["vague"].isin(["", vague])].reset_index(drop=True) if "vague" in facts else facts
