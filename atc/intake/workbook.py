"""Read an .xlsx in a child process with 512 MB and 10 s, so that a trap ends the child and nothing else.

Readers of workbooks trust the file: one far cell cost 11 GB, formulas without a stored result became nothing,
hidden rows were read like the others. The child looks before python-calamine reads; its bytes come on the
standard input and its answer leaves as JSON, never as a file. Linux alone enforces the limit of memory.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import posixpath
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
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
    WORKBOOK,
    Heading,
    Sheet,
    make_sheet,
    read_delimited,
)
from atc.survey.errors import DataRefused, refusal, shown

MEGABYTES = 512
SECONDS = 10
MAX_TEXT = 20_000_000
MAX_ENTRIES = 300
MAX_UNPACKED = 60_000_000
# Real sheets pack twenty to one; bombs, hundreds.
MAX_RATIO = 100
_SMALL = 1_000_000
# What a child is asked, beside one sheet: every name, or every sheet of a workbook that people fill.
_NAMES, _EVERY = "?", "*"
_FORM = "formulaire"  # of a workbook that describes a questionnaire, where formulas are admitted
# What the child says when the workbook is at fault, and not the installation.
_TOO_MUCH = (b"MemoryError", b"PanicException", b"memory allocation")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BOMB = ("Classeur démesuré une fois décompressé", "Vérifiez sa provenance")
_DAMAGED, _AGAIN = "Classeur abîmé ou incomplet", "Refaites l’export"
_ELSEWHERE = "Ouvrez-le dans un tableur, et enregistrez-le de nouveau au format .xlsx"
# What a table has not: told where the mapping names the sheet, else refused.
_ODD = ("lignes ou colonnes masquées", "cellules fusionnées", "commentaires")
_TOLD = {"f": "formules", "mergeCell": _ODD[1]}
_NAME_IT = "nommez la feuille dans le fichier de correspondance (clé « feuille ») pour la lire quand même"


# --- asked by the import


def sheet_names(content: bytes, file: str) -> list[str]:
    """Names of the visible sheets of a workbook."""
    return list(map(str, _ask(content, file, _NAMES)["feuilles"]))


def book_rows(content: bytes, file: str) -> dict[str, list[list[str]]]:
    """Sheets of a workbook that people fill -> rows, as they are."""
    sheets: dict[str, list[list[str]]] = _ask(content, file, _EVERY, _FORM)["lignes"]
    return sheets


def read_workbook(
    content: bytes, file: str, sheet: str = "", heading: Heading = ALONE, *, form: bool = False
) -> Sheet:
    """Read one sheet of a workbook."""
    told = _ask(content, file, sheet, *([_FORM] if form else []))
    ((title, rows),) = told["lignes"].items()
    name = f"{file} [{title}]"
    lines = [(rank, row) for rank, row in enumerate(rows, start=1) if not form or any(row)]
    if form and lines:
        named = [i for i, cell in enumerate(lines[0][1]) if cell.strip()]
        lines = [(rank, [row[i] for i in named]) for rank, row in lines]
    if not lines or not any(map(str.strip, lines[0][1])):
        message = "La première ligne de la feuille est vide"
        raise refusal(name, message, "Mettez-y les noms des colonnes", line=1)
    notes = [*told["notes"], *(["mémoire non limitée sur ce système"] if sys.platform != "linux" else [])]
    return make_sheet(name, lines, notes, heading)


def read_table(
    path: Path, content: bytes, sheet: str = "", *, separator: str = "", heading: Heading = ALONE
) -> Sheet:
    """Read an export, CSV or workbook."""
    name = shown(path.name)
    if path.suffix.lower() == WORKBOOK:
        return read_workbook(content, name, sheet, heading)
    return read_delimited(content, name, separator, heading)


def _ask(content: bytes, file: str, wanted: str, *kind: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "atc.intake.workbook", file, wanted, *kind]
    several = "Vérifiez sa provenance, et n’y gardez que le tableau des réponses"
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise refusal(file, f"Classeur illisible en {SECONDS} secondes", several) from error
    if done.returncode > 0 and not any(sign in done.stderr for sign in _TOO_MUCH):
        raise RuntimeError(done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    if done.returncode:
        message = f"Classeur abîmé, ou illisible avec {MEGABYTES} Mo de mémoire"
        raise refusal(file, message, several)
    told: dict[str, Any] = json.loads(done.stdout)
    if "refus" in told:
        message, remedy, value = told["refus"]
        raise refusal(file, message, remedy, value=value)
    return told


# --- in the child


@dataclass(frozen=True)
class _Tab:
    """Where a workbook keeps one of its sheets."""

    name: str
    hidden: bool
    path: str


def answer(content: bytes, file: str, wanted: str, kind: str = "") -> dict[str, Any]:
    """What the parent wants to know of a workbook."""
    _check_kind(content, file)
    archive = _open(content, file)
    tabs = _tabs(archive, file)
    if wanted == _NAMES:
        return {"feuilles": [tab.name for tab in tabs if not tab.hidden]}
    rows: dict[str, list[list[str]]] = {}
    notes: list[str] = []
    for tab in tabs if wanted == _EVERY else [_chosen(tabs, wanted, file)]:
        notes += _notes(archive, tab, file, named=bool(wanted), form=kind == _FORM)
        try:
            with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
                cells = book.get_sheet_by_name(tab.name).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise refusal(file, _DAMAGED, _AGAIN) from error
        rows[tab.name] = _texts(cells, file)
    return {"lignes": rows, "notes": notes}


def _check_kind(content: bytes, file: str) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise refusal(file, "Classeur protégé par un mot de passe", "Enregistrez-le sans mot de passe")
        raise refusal(file, "Ancien format .xls, renommé en .xlsx", _ELSEWHERE)
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|meta|head)", content[:200], re.IGNORECASE):
        raise refusal(file, "Page web, renommée en .xlsx", _ELSEWHERE)
    if not content.startswith(b"PK"):
        remedy = "Donnez-lui l’extension .csv si c’en est un, sinon refaites l’export"
        raise refusal(file, "Ce n’est pas un classeur .xlsx", remedy)


def _open(content: bytes, file: str) -> zipfile.ZipFile:
    """The archive of a workbook, if unpacking it is safe."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refusal(file, _DAMAGED, _AGAIN) from error
    names = [entry.filename for entry in entries]
    bomb = len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED
    if bomb or any(
        e.file_size > _SMALL and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in entries
    ):
        raise refusal(file, *_BOMB)
    if any(entry.flag_bits & 1 for entry in entries):
        raise refusal(file, "Classeur protégé par un mot de passe", "Enregistrez-le sans mot de passe")
    if len(set(names)) != len(names) or "xl/workbook.xml" not in names:
        raise refusal(file, _DAMAGED, _ELSEWHERE)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise refusal(file, "Classeur avec des macros", "Enregistrez-le sans macros, au format .xlsx")
    for name in names:
        if name.endswith((".xml", ".rels")):
            check_xml(_part(archive, name, file), file, "Classeur", _ELSEWHERE)
    return archive


def _part(archive: zipfile.ZipFile, name: str, file: str) -> bytes:
    """One part of the archive, never more than what it says it holds."""
    try:
        with archive.open(name) as stream:
            content = stream.read(MAX_UNPACKED + 1)
    except (
        *(KeyError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError),
        zlib.error,
    ) as error:
        raise refusal(file, _DAMAGED, _AGAIN) from error
    if len(content) > MAX_UNPACKED:
        raise refusal(file, *_BOMB)
    return content


def check_xml(content: bytes, file: str, what: str, remedy: str) -> None:
    """Refuse an XML document that declares entities, or hides them in another encoding."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", content, re.IGNORECASE):
        message = f"{what} piégé : il déclare des entités XML (DOCTYPE)"
        raise refusal(file, message, "Ne l’ouvrez pas, et vérifiez sa provenance")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in content[:4]:
        raise refusal(file, f"{what} écrit dans un encodage inhabituel", remedy)


def parse_xml(content: bytes, file: str) -> etree._Element:
    """The tree of one document, with no entity, network or giant text."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refusal(file, _DAMAGED, _AGAIN) from error


def _tabs(archive: zipfile.ZipFile, file: str) -> list[_Tab]:
    book = parse_xml(_part(archive, "xl/workbook.xml", file), file)
    if any(p.get("date1904") in {"1", "true"} for p in book.iter("{*}workbookPr")):
        remedy = "Dans les options du tableur, décochez « calendrier depuis 1904 », et vérifiez les dates"
        raise refusal(file, "Classeur dont les dates partent de 1904", remedy)
    relations = parse_xml(_part(archive, "xl/_rels/workbook.xml.rels", file), file)
    targets = {r.get("Id"): r.get("Target", "") for r in relations.iter("{*}Relationship")}
    tabs = []
    for sheet in book.iter("{*}sheet"):
        id_ = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
        path = posixpath.normpath(posixpath.join("/xl", targets.get(id_, ""))).lstrip("/")
        if path not in archive.namelist():
            raise refusal(file, _DAMAGED, _ELSEWHERE)
        tabs.append(_Tab(sheet.get("name", ""), sheet.get("state", "visible") != "visible", path))
    return tabs


def _chosen(tabs: Sequence[_Tab], wanted: str, file: str) -> _Tab:
    names = " ; ".join(tab.name for tab in tabs)
    if wanted:
        for tab in tabs:
            if tab.name == wanted:
                return tab
        remedy = f"Corrigez la clé « feuille ». Feuilles du classeur : {names}"
        raise refusal(file, "Feuille absente", remedy, value=wanted)
    if len(tabs) != 1:
        remedy = f"Nommez celle qu’il faut lire (clé « feuille ») : {names}"
        raise refusal(file, f"Le classeur a {len(tabs)} feuilles", remedy)
    if tabs[0].hidden:
        raise refusal(file, "La feuille est masquée", f"Affichez-la, ou {_NAME_IT}")
    return tabs[0]


def _notes(archive: zipfile.ZipFile, tab: _Tab, file: str, *, named: bool, form: bool) -> list[str]:
    """What a sheet holds that a table does not: refused, or told where the mapping names the sheet."""
    found = _look(archive, tab, file)
    if found["formules"] and not form:
        message = f"Formules au lieu de valeurs, dont une en {found['formules'][0]}"
        remedy = "Copiez la feuille, puis collez-la avec « Collage spécial, Valeurs »"
        raise refusal(file, message, remedy)
    if found["erreurs"]:
        message = f"Cellules en erreur (#N/A, #DIV/0!…), dont une en {found['erreurs'][0]}"
        raise refusal(file, message, "Corrigez ou videz ces cellules")
    folder, name = posixpath.split(tab.path)
    relations = f"{folder}/_rels/{name}.rels"
    if relations in archive.namelist() and b"omments" in archive.read(relations):
        found["commentaires"].append(relations)
    present = [kind for kind in _ODD if found[kind]]
    if present and not named:
        message = f"La feuille contient : {', '.join(present)}"
        raise refusal(file, message, f"Retirez-les, ou {_NAME_IT}")
    return [f"lu malgré : {kind}" for kind in present]


def _look(archive: zipfile.ZipFile, tab: _Tab, file: str) -> dict[str, list[str]]:
    """Go through the cells of a sheet once, as a stream; refuse one that stands further than surveys go."""
    found: dict[str, list[str]] = {kind: [] for kind in ("formules", "erreurs", *_ODD)}
    column = row = 0
    cell = ""
    tags = tuple(f"{{*}}{name}" for name in ("row", "c", "f", "col", "mergeCell"))
    stream = io.BytesIO(_part(archive, tab.path, file))
    safe = {"resolve_entities": False, "no_network": True}
    try:
        for event, element in etree.iterparse(stream, events=("start", "end"), tag=tags, **safe):
            name, place = etree.QName(element).localname, element.get("r") or ""
            if event == "end":
                if name == "row":
                    element.clear()
                continue
            if name == "row":
                row, column = int(place or row + 1), 0
                _check_reach(file, row, 0, f"ligne {row}")
            elif name == "c":
                known = re.fullmatch("[A-Z]{1,3}[0-9]{1,7}", place)
                there, column = xl_cell_to_rowcol(place) if known else (row - 1, column)
                column, cell = column + 1, place or f"ligne {row}"
                _check_reach(file, there + 1, column, place)
            hidden = name in {"row", "col"} and element.get("hidden") in {"1", "true"}
            kind = _ODD[0] if hidden else "erreurs" if element.get("t") == "e" else _TOLD.get(name)
            if kind:
                found[kind].append(cell)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refusal(file, _DAMAGED, _AGAIN) from error
    return found


def _check_reach(file: str, row: int, column: int, where: str) -> None:
    if row > MAX_ROWS + 1 or column > MAX_COLUMNS:
        message = f"Cellule au-delà de {MAX_ROWS} lignes ou de {MAX_COLUMNS} colonnes"
        remedy = "Supprimez les lignes et les colonnes au-delà du tableau, puis enregistrez"
        raise refusal(file, message, remedy, value=where)


def _texts(rows: Sequence[Sequence[Any]], file: str) -> list[list[str]]:
    texts: list[list[str]] = []
    size = 0
    for row in rows:
        texts.append([as_text(value) for value in row])
        size += sum(map(len, texts[-1]))
        if size > MAX_TEXT:
            # One long text that thousands of cells share takes no place in the archive.
            raise refusal(file, *_BOMB)
    return texts


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


def _cap() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - Windows has none

        limits = {"AS": MEGABYTES * 2**20, "CPU": SECONDS, "FSIZE": 0, "CORE": 0}
        for name, most in limits.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def main() -> None:
    """Answer on the standard output: ``python -m atc.intake.workbook FILE SHEET [formulaire] < content``."""
    _cap()
    file, wanted, *kind = sys.argv[1:]
    try:
        told = answer(sys.stdin.buffer.read(), file, wanted, *kind)
    except DataRefused as refused:
        fault = refused.faults[0]
        told = {"refus": [fault.message, fault.remedy, fault.value]}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
