"""Strict reading of CSV: every cell survives as it is, or is refused with its place.

Nothing is guessed: a link could lead outside the project, a guessed encoding once read French as Cyrillic,
and pandas reads ten of nineteen defective files without a word: columns shift, « NA » becomes a hole.
"""

import csv
import errno
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from atc.survey.errors import DataRefused, Fault, Messages, shown
from atc.survey.paths import Project
from atc.survey.typography import counted, number

if TYPE_CHECKING:
    import pandas as pd

_said = Messages(__name__)
_UTF8 = MappingProxyType({"utf-8": "UTF-8"})
MAX_BYTES, MAX_ROWS = 5_000_000, 50_000
_SEPARATORS = {";": "le point-virgule", "\t": "la tabulation", "|": "la barre verticale"}
# Neither a link nor the end of a pipe is waited for; absent from Windows, where these flags have no meaning.
_HOW = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


def read_csv(
    content: bytes, file: str, *, separators: str = ",", columns: Sequence[str] = (), alone: bool = False
) -> tuple[list[str], dict[int, list[str]], list[Fault]]:
    """Heading, line of the file -> as many cells, and faults of other lines; lines without text are no rows.

    Of several admitted separators, the one that cuts the heading most is taken. The heading must be
    ``columns``, in this order, if some are given, and may stand ``alone`` or not. A `DataRefused` tells why
    nothing can be read.
    """
    first, *body = re.split(r"\r\n|\n|\r", re.sub(r"(\r\n|\n|\r)\Z", "", decode(content, file)[0]))
    if len(body) > MAX_ROWS:
        raise _said.refusal("too_long", file, lines=number(len(body)), most=number(MAX_ROWS))
    separator = max(separators, key=first.count)
    # Spreadsheets leave hundreds of them.
    lines = {rank: line for rank, line in enumerate(body, 2) if line.strip(f' "\t,{separator}')}
    if not lines and not alone:
        raise _said.refusal("no_row", file, 1)
    heading = _cells(first, separator, 1, file)
    others = [spelt for other, spelt in _SEPARATORS.items() if other in first and other not in separators]
    if len(heading) == 1 and others:
        raise _said.refusal("separator", file, 1, found=others[0])
    if columns and heading != list(columns):
        raise _said.refusal("heading", file, 1, "", ", ".join(heading), columns=", ".join(columns))
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
    return heading, rows, torn


def _cells(line: str, separator: str, rank: int, file: str, width: int = 0) -> list[str]:
    # One line at a time: a quote left open spoils its own line, and not the rest of the file.
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise _said.refusal("quotes", file, rank, "", line) from error
    if width not in {0, len(cells)}:
        cutting = "points-virgules" if separator == ";" else "virgules"
        message = wrong_width(cells, width)
        raise _said.refusal("width", file, rank, "", line, message=message, cutting=cutting)
    return cells


def wrong_width(cells: Sequence[str], width: int) -> str:
    """What is told of a line that has not as many cells as the heading."""
    return f"{counted(len(cells), 'cellule')}, alors que l’en-tête en compte {width}"


def read_bytes(path: Path, file: str, absent: str = "Ajoutez ce fichier au dossier de la vague") -> bytes:
    """The bytes of a regular file of a sane size, known to the evaluator as ``file``, or why not."""
    try:
        with open(path, "rb", opener=lambda name, how: os.open(name, how | _HOW)) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _said.refusal("irregular", file)
            if status.st_size > MAX_BYTES:
                size, most = (f"{weight / 1e6:.0f} Mo" for weight in (status.st_size, MAX_BYTES))
                raise _said.refusal("too_heavy", file, size=size, most=most)
            return stream.read()
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise _said.refusal("absent", file, remedy=absent) from error
        link = error.errno in {errno.ELOOP, errno.EISDIR}
        raise _said.refusal("irregular" if link else "blocked", file) from error


def decode(content: bytes, file: str, codecs: Mapping[str, str] = _UTF8) -> tuple[str, str]:
    """The text of a file without its mark, and the name of the first of ``codecs`` that reads it."""
    body = content.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise _said.refusal("empty", file)
    if (wrong := body.find(b"\0")) >= 0:
        raise _said.refusal("nul", file, body.count(b"\n", 0, wrong) + 1, "", "\0")
    for codec, name in codecs.items():
        try:
            return body.decode(codec), name
        except UnicodeDecodeError as error:
            wrong = error.start
    line, value = body.count(b"\n", 0, wrong) + 1, f"0x{body[wrong]:02X}"
    if len(codecs) > 1:
        known = ", ".join(f"ni {each}" for each in codecs.values())
        raise _said.refusal("encoding", file, line, "", value, known=known)
    raise _said.refusal("no_utf8", file, line, "", value, rank=wrong - body.rfind(b"\n", 0, wrong))


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
    """Line -> row, if no line and no cell is ``wrong``; the heading may stand ``alone``."""
    content = source if isinstance(source, bytes) else read_bytes(source, file, absent)
    heading, lines, faults = read_csv(content, file, separators=separators, columns=columns, alone=alone)
    rows = dict[int, Row]()
    for line, cells in lines.items():
        row = dict(zip(heading, cells, strict=True))
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
            yield column, *_said.pair("edges")
        elif not value and column not in optional:
            yield column, *_said.pair("empty_cell")
        elif column in choices and value not in choices[column]:
            yield column, *_said.pair("choice", known=", ".join(choices[column]))
        elif not re.fullmatch(pattern, value, re.DOTALL):
            yield column, *_said.pair("form", example=example)


def load_facts(project: Project, name: str, vague: str = "") -> "pd.DataFrame":
    """Rows of a file of ``data/reference``, as text, in order; those of ``vague`` where waves are told."""
    import pandas as pd  # noqa: PLC0415

    path = project.reference / name
    rows = read_rows(path, project.relative(path))
    facts = pd.DataFrame(list(rows.values()), dtype="str")
    return facts[facts["vague"].isin(["", vague])].reset_index(drop=True) if "vague" in facts else facts
