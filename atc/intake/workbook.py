"""Read one sheet of an .xlsx, in a child process with little memory and time: see `atc.intake.capped`.

The bytes come on the standard input, the answer goes to the standard output as JSON. Nothing is ever
written to a file.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from atc.intake.archive import Oddities, SheetPlace, check_kind, oddities, open_archive, sheet_places
from atc.survey.errors import DataRefused, refusal

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: Says of a workbook that it describes a questionnaire.
FORM = "formulaire"
#: Stands for all sheets of a workbook.
EVERY_SHEET = "*"
MEGABYTES = 512
SECONDS = 10
MAX_TEXT = 20_000_000
_NAME_IT = "nommez la feuille dans le fichier de correspondance (clé « feuille ») pour la lire quand même"


def _cap() -> None:
    # Linux enforces all of these; elsewhere the checks of `archive` and the time limit of the parent remain.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - Windows has none

        size = MEGABYTES * 2**20
        for limit, most in (
            (resource.RLIMIT_AS, size),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (most, most))


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


def _choose(places: Sequence[SheetPlace], wanted: str, file: str) -> SheetPlace:
    names = " ; ".join(place.name for place in places)
    if wanted:
        for place in places:
            if place.name == wanted:
                return place
        remedy = f"Corrigez la clé « feuille ». Feuilles du classeur : {names}"
        raise refusal(file, "Feuille absente", remedy, value=wanted)
    if len(places) != 1:
        remedy = f"Nommez celle qu’il faut lire (clé « feuille ») : {names}"
        raise refusal(file, f"Le classeur a {len(places)} feuilles", remedy)
    if places[0].hidden:
        raise refusal(file, "La feuille est masquée", f"Affichez-la, ou {_NAME_IT}")
    return places[0]


def _check(found: Oddities, *, named: bool, form: bool, file: str) -> list[str]:
    if found.formulas and not form:
        message = f"Formules au lieu de valeurs, dont une en {found.formulas[0]}"
        remedy = "Copiez la feuille, puis collez-la avec « Collage spécial, Valeurs »"
        raise refusal(file, message, remedy)
    if found.errors:
        remedy = "Corrigez ou videz ces cellules"
        raise refusal(file, f"Cellules en erreur (#N/A, #DIV/0!…), dont une en {found.errors[0]}", remedy)
    odd = {
        "lignes ou colonnes masquées": found.hidden,
        "cellules fusionnées": bool(found.merged),
        "commentaires": found.comments,
    }
    present = [name for name, there in odd.items() if there]
    if present and not named:
        message = f"La feuille contient : {', '.join(present)}"
        raise refusal(file, message, f"Retirez-les, ou {_NAME_IT}")
    return [f"lu malgré : {name}" for name in present]


def answer(content: bytes, file: str, wanted: str, kind: str = "") -> dict[str, Any]:
    """What the parent wants to know of a workbook."""
    check_kind(content, file)
    archive = open_archive(content, file)
    places = sheet_places(archive, file)
    names = [place.name for place in places if not place.hidden]
    if wanted == "?":
        return {"feuilles": names}
    chosen = places if wanted == EVERY_SHEET else [_choose(places, wanted, file)]
    rows: dict[str, list[list[str]]] = {}
    for place in chosen:
        notes = _check(oddities(archive, place, file), named=bool(wanted), form=kind == FORM, file=file)
        try:
            with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
                cells = book.get_sheet_by_name(place.name).to_python(skip_empty_area=False)
        except CalamineError as error:
            raise refusal(file, "Classeur abîmé ou incomplet", "Refaites l’export") from error
        rows[place.name] = _texts(cells, file)
    if wanted == EVERY_SHEET:
        return {"feuilles": rows}
    return {"feuilles": names, "feuille": place.name, "lignes": rows[place.name], "notes": notes}


def _texts(rows: Sequence[Sequence[Any]], file: str) -> list[list[str]]:
    texts: list[list[str]] = []
    size = 0
    for row in rows:
        texts.append([as_text(value) for value in row])
        size += sum(map(len, texts[-1]))
        if size > MAX_TEXT:
            # One long text that thousands of cells share takes no place in the archive.
            raise refusal(file, "Classeur démesuré une fois décompressé", "Vérifiez sa provenance")
    return texts


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
