"""The alerts in a workbook: a person chooses « oui » or « non » beside each, says why, and signs."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from atc.disclosure.exceptions import ANY, HEARD, Reviewed
from atc.publication.gate import HEADING, Verdict
from atc.rendering.office import office_bytes, unzipped
from atc.survey.errors import DataRefused, Fault, shown

TO_READ, ALL = "À relire", "Contrôles"
YES, NO = "oui", "non"
COLUMNS = ("Figure", "Ce qui est dit", "Peut se dire ?", "Raison", "Relu par", "Relu le", "vague", "repère")
_WIDTHS = (12, 70, 14, 40, 24, 12, 0, 0)
_ASKED = (
    "Tous, ou personne : on connaît alors la réponse de chacun. Cela peut-il se dire à ces lecteurs ? "
    "Choisissez oui ou non, dites pourquoi, signez et datez, enregistrez, puis relancez la même commande."
)


def read_signed(path: Path) -> tuple[Reviewed, ...]:
    """The alerts that somebody signed in the workbook of a former verdict; « non » has `valeur` « non »."""
    if not path.is_file():
        return ()
    try:
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
            .get_sheet_by_name(TO_READ)
            .to_python()
        )
    except (CalamineError, OSError, ValueError) as error:
        remedy = "Donnez un autre nom : il en sera écrit un neuf"
        raise DataRefused(
            [Fault(path.name, 1, "", "", "Ce n’est pas un classeur d’alertes", remedy)]
        ) from error
    heading = next((rank for rank, row in enumerate(rows) if tuple(map(str, row)) == COLUMNS), len(rows))
    found, faults = [], []
    for line, row in enumerate(rows[heading + 1 :], heading + 2):
        cells = dict(zip(COLUMNS, row, strict=True))
        if not str(cells["Peut se dire ?"]).strip():
            continue
        wrong = list(_faults(path.name, line, cells))
        faults += wrong
        if not wrong:
            texts = {name: str(cell).strip() for name, cell in cells.items()}
            found.append(
                Reviewed(
                    line,
                    texts["vague"],
                    texts["Figure"],
                    texts["repère"],
                    ANY,
                    HEARD,
                    texts["Peut se dire ?"].lower(),
                    texts["Raison"],
                    texts["Relu par"],
                    _day(cells["Relu le"]),
                )
            )
    if faults:
        raise DataRefused(faults)
    return tuple(found)


def _faults(file: str, line: int, cells: Mapping[str, object]) -> Iterator[Fault]:
    answer = str(cells["Peut se dire ?"]).strip().lower()
    if answer not in (YES, NO):
        yield Fault(
            file,
            line,
            "Peut se dire ?",
            shown(answer),
            "La réponse est inconnue",
            f"Choisissez « {YES} » ou « {NO} »",
        )
    for column in ("Raison", "Relu par"):
        if not str(cells[column]).strip():
            yield Fault(file, line, column, "", "La case est vide", "Une signature est complète ou n’est pas")
    try:
        _day(cells["Relu le"])
    except ValueError:
        yield Fault(
            file,
            line,
            "Relu le",
            shown(str(cells["Relu le"])),
            "La date n’est pas lisible",
            "Écrivez-la AAAA-MM-JJ ou JJ/MM/AAAA",
        )


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime | dt.date):
        return dt.date(value.year, value.month, value.day)
    text = str(value).strip()
    return dt.date.fromisoformat("-".join(reversed(text.split("/"))) if "/" in text else text)


def workbook(verdict: Verdict, vague: str, date: dt.date, signed: Sequence[Reviewed]) -> bytes:
    """What waits for a signature, what was signed already, and every control."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": dt.datetime.combine(date, dt.time(), dt.UTC)})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
    sheet = book.add_worksheet(TO_READ)
    sheet.merge_range(0, 0, 0, 5, _ASKED, wrapped)
    sheet.set_row(0, 34)
    sheet.write_row(1, 0, COLUMNS, bold)
    for rank, width in enumerate(_WIDTHS):
        sheet.set_column(rank, rank, width or 2, wrapped, {"hidden": not width})
    asked = [line for line in verdict.lines if line.key]
    answers = {(r.exhibit, r.ligne): r for r in signed if r.vague == vague}
    for rank, line in enumerate(asked, 2):
        answer = answers.get((line.where, line.key))
        told = (answer.valeur, answer.raison, answer.relu_par) if answer else ("", "", "")
        sheet.write_row(rank, 0, (line.where, line.message, *told), wrapped)
        if answer:
            sheet.write_datetime(rank, 5, dt.datetime.combine(answer.relu_le, dt.time()), day)
        sheet.write_row(rank, 6, (vague, line.key))
    last = len(asked) + 1
    sheet.data_validation(2, 2, max(last, 2), 2, {"validate": "list", "source": [YES, NO]})
    sheet.freeze_panes(2, 0)
    controls = book.add_worksheet(ALL)
    controls.write_row(0, 0, HEADING, bold)
    for rank, width in enumerate((24, 30, 12, 90, 60)):
        controls.set_column(rank, rank, width, wrapped)
    for rank, line in enumerate(verdict.lines, 1):
        controls.write_row(rank, 0, line.cells)
    controls.autofilter(0, 0, len(verdict.lines), len(HEADING) - 1)
    book.close()
    return office_bytes(unzipped(buffer.getvalue()), date)
