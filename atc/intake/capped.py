"""Workbooks are read by a child process with 512 MB and 10 s, so that a trap ends the child and nothing else.

The limits on memory hold on Linux. On macOS and Windows only the time is limited, and
`atc.intake.archive` looks into the workbook first: the summary of the import says so.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from atc.intake.source import ALONE, Heading, Sheet, make_sheet
from atc.intake.workbook import EVERY_SHEET, FORM, MEGABYTES, SECONDS
from atc.survey.errors import refusal

# What the child says when the workbook is at fault, and not the installation.
_TOO_MUCH = (b"MemoryError", b"PanicException", b"memory allocation")
_SEVERAL = "Vérifiez sa provenance, et n’y gardez que le tableau des réponses"


def _ask(content: bytes, file: str, wanted: str, *kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "atc.intake.workbook", file, wanted, *kind]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise refusal(file, f"Classeur illisible en {SECONDS} secondes", _SEVERAL) from error
    if done.returncode > 0 and not any(sign in done.stderr for sign in _TOO_MUCH):
        raise RuntimeError(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    if done.returncode:
        message = f"Classeur abîmé, ou illisible avec {MEGABYTES} Mo de mémoire"
        raise refusal(file, message, _SEVERAL)
    told: dict[str, Any] = json.loads(done.stdout)
    if "refus" in told:
        message, remedy, value = told["refus"]
        raise refusal(file, message, remedy, value=value)
    return told


def sheet_names(content: bytes, file: str) -> list[str]:
    """Names of the visible sheets of a workbook."""
    return list(map(str, _ask(content, file, "?")["feuilles"]))


def book_rows(content: bytes, file: str) -> dict[str, list[list[str]]]:
    """Sheets of a workbook that people fill -> rows, as they are."""
    sheets: dict[str, list[list[str]]] = _ask(content, file, EVERY_SHEET, FORM)["feuilles"]
    return sheets


def read_workbook(
    content: bytes, file: str, sheet: str = "", heading: Heading = ALONE, *, form: bool = False
) -> Sheet:
    """Read one sheet of a workbook."""
    told = _ask(content, file, sheet, *([FORM] if form else []))
    name = f"{file} [{told['feuille']}]"
    lines = [(rank, row) for rank, row in enumerate(told["lignes"], start=1) if not form or any(row)]
    if form and lines:
        named = [i for i, name in enumerate(lines[0][1]) if name.strip()]
        lines = [(rank, [row[i] for i in named]) for rank, row in lines]
    if not lines or not any(map(str.strip, lines[0][1])):
        raise refusal(
            name, "La première ligne de la feuille est vide", "Mettez-y les noms des colonnes", line=1
        )
    notes = list(told["notes"])
    if sys.platform != "linux":
        notes.append("mémoire non limitée sur ce système")
    return make_sheet(name, lines, notes, heading)
