"""The verdict: a line for all that was looked at, in words, and the workbook where a person signs alerts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from atc.disclosure.exceptions import ANY, HEARD, Reviewed
from atc.rendering.office import office_bytes, unzipped
from atc.survey.dictionary import Dictionary
from atc.survey.errors import DataRefused, Fault, shown

HEADING = ("Contrôle", "Objet", "Verdict", "Constat", "Que faire")
PASSED, ALERT, REFUSED = "conforme", "à relire", "refusé"


class Line(NamedTuple):
    """One line of the verdict."""

    control: str  # what was looked for
    where: str  # file, exhibit or table
    verdict: str  # ``conforme``, ``à relire`` (a person decides) or ``refusé``
    message: str  # what was found, never the thing itself
    remedy: str = ""  # what to do about it
    key: str = ""  # what a signature answers to, as the run tells it; empty when nothing waits for one

    def __str__(self) -> str:
        """One line for the terminal."""
        told = f"{self.control}, {self.where} : {self.message}"
        return f"{told}. {self.remedy.rstrip('.')}." if self.remedy else f"{told}."


def table(lines: Sequence[Line]) -> bytes:
    """A CSV for the file of the evaluation, as French spreadsheets open it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([HEADING, *(line[: len(HEADING)] for line in lines)])
    return text.getvalue().encode("utf-8-sig")


# --- keys of counts in words: « scores.score&groupe=habitants » is for the audit, and for no evaluator ------

_KEY = re.compile(
    r"(?:(?P<wave>[\w-]+)/)?(?P<table>[a-z_]+)\.(?P<column>[a-z_]+)(?P<rest>(?:[&?≠=][\w|≠-]+)*)"
)
#: What is counted without being a column, or a code of the dictionary.
_DERIVED = {
    "composition": "Composition de l’instance de pilotage",
    "evolution_du_soutien": "Évolution du soutien de la direction",
    "instance_institutionnels": "acteurs institutionnels",
    "egal": "autant",
}
_NO_KEYS = frozenset(["csv", "toml", "json", "html", "pdf", "svg", "ipynb", "xlsx", "docx", "pptx", "e", "s"])


def in_words(text: str, dictionary: Dictionary) -> str:
    """A message whose keys are said with the labels of the dictionary."""
    fields = [f for table in dictionary for f in table.fields.values()]

    def worded(match: re.Match[str]) -> str:
        found = [f for f in fields if f.name == match["column"]]
        found = [f for f in found if f.table == match["table"]] or found
        if match["column"] in _NO_KEYS or not (found or match["wave"] or match["rest"]):
            return match[0]
        # « evolution.carnet_de_bord&modalite=reunions » names a column by its table.
        columns = {f.name: f.label for f in fields if f.table == match["column"]}
        labels = {f.name: f.labels for f in fields if f.table == match["table"]}
        own = found[0].labels if found else {}
        said = [found[0].label if found else _spaced(match["column"])] * (not columns)
        for name, code in re.findall(r"([a-z_]*)[=≠]+([\w|-]+)", match["rest"]):
            told = labels.get(name, own)
            said.append(f"« {told[code]} »" if code in told else columns.get(code) or _spaced(code))
        return ", ".join(said) + (f" ({match['wave']})" if match["wave"] else "")

    return _KEY.sub(worded, text)


def _spaced(code: str) -> str:
    if band := re.fullmatch(r"(\d+)_(\d+)", code):
        return band[1] if band[1] == band[2] else f"{band[1]} à {band[2]}"
    return _DERIVED.get(code, re.sub(r"[_|]+", " ", code))


# --- alerts to sign: a person chooses « oui » or « non » beside each, says why, and signs -------------------

TO_READ, ALL = "À relire", "Contrôles"
YES, NO = "oui", "non"
_ANSWER, _WHY, _WHO, _WHEN = "Peut se dire ?", "Raison", "Relu par", "Relu le"
COLUMNS = ("Figure", "Ce qui est dit", _ANSWER, _WHY, _WHO, _WHEN, "vague", "repère")
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
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        rows = book.get_sheet_by_name(TO_READ).to_python()
    except (CalamineError, OSError, ValueError) as error:
        remedy = "Donnez un autre nom : il en sera écrit un neuf"
        fault = Fault(path.name, 1, "", "", "Ce n’est pas un classeur d’alertes", remedy)
        raise DataRefused([fault]) from error
    heading = next((rank for rank, row in enumerate(rows) if tuple(map(str, row)) == COLUMNS), len(rows))
    found, faults = [], []
    for line, row in enumerate(rows[heading + 1 :], heading + 2):
        texts = {name: str(cell).strip() for name, cell in zip(COLUMNS, row, strict=True)}
        answer, when, written = texts[_ANSWER].lower(), row[COLUMNS.index(_WHEN)], texts[_WHEN]
        if not answer:
            continue
        empty = "La case est vide", "Une signature est complète ou n’est pas"
        wrong = [(column, *empty) for column in (_WHY, _WHO) if not texts[column]]
        if answer not in (YES, NO):
            wrong.append((_ANSWER, "La réponse est inconnue", f"Choisissez « {YES} » ou « {NO} »"))
        try:
            iso = "-".join(reversed(written.split("/"))) if "/" in written else written
            day = (
                dt.date(when.year, when.month, when.day)
                if isinstance(when, dt.date)
                else dt.date.fromisoformat(iso)
            )
        except ValueError:
            wrong.append((_WHEN, "La date n’est pas lisible", "Écrivez-la AAAA-MM-JJ ou JJ/MM/AAAA"))
        faults += [Fault(path.name, line, column, shown(texts[column]), *said) for column, *said in wrong]
        if not wrong:
            alert = (texts["vague"], texts["Figure"], texts["repère"], ANY, HEARD)
            found.append(Reviewed(line, *alert, answer, texts[_WHY], texts[_WHO], day))
    if faults:
        raise DataRefused(faults)
    return tuple(found)


def workbook(lines: Sequence[Line], vague: str, date: dt.date, signed: Sequence[Reviewed]) -> bytes:
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
    asked = [line for line in lines if line.key]
    answers = {(r.exhibit, r.ligne): r for r in signed if r.vague == vague}
    for rank, line in enumerate(asked, 2):
        answer = answers.get((line.where, line.key))
        told = (answer.valeur, answer.raison, answer.relu_par) if answer else ("", "", "")
        sheet.write_row(rank, 0, (line.where, line.message, *told), wrapped)
        if answer:
            sheet.write_datetime(rank, 5, dt.datetime.combine(answer.relu_le, dt.time()), day)
        sheet.write_row(rank, 6, (vague, line.key))
    sheet.data_validation(2, 2, max(len(asked) + 1, 2), 2, {"validate": "list", "source": [YES, NO]})
    sheet.freeze_panes(2, 0)
    every = book.add_worksheet(ALL)
    every.write_row(0, 0, HEADING, bold)
    for rank, width in enumerate((24, 30, 12, 90, 60)):
        every.set_column(rank, rank, width, wrapped)
    for rank, line in enumerate(lines, 1):
        every.write_row(rank, 0, line[: len(HEADING)])
    every.autofilter(0, 0, len(lines), len(HEADING) - 1)
    book.close()
    return office_bytes(unzipped(buffer.getvalue()), date)
