"""Workbooks that people fill, declared as data: written with lists and help, read back cell by cell.

A sheet has one line of headings, then one line an item. What waits for somebody is yellow until it is filled.
"""

import datetime as dt
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from atc.intake.mapping_tree import Text
from atc.intake.sheet import Place
from atc.intake.workbook import book_rows
from atc.survey.errors import DataRefused, Fault
from atc.survey.typography import skeleton

Row: TypeAlias = Mapping[str, Text]
GUIDE = "Mode d’emploi"
#: Of what is told in the columns of the guide.
_GUIDE_WIDTHS = (40, 60, 60)
# Kind of a cell -> what Excel calls it, and how it shows it.
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("any", "@"),
    "integer": ("integer", "0"),
    "number": ("decimal", "General"),
    "date": ("date", "dd/mm/yyyy"),
}
_LISTS = "Listes"
_ROOM = 2_000  # lines that have their lists, beyond those that are written
_TITLE, _MESSAGE = 32, 255  # Excel's limits
_LINE = 15  # points
_TODO, _KEPT = "#FFF2CC", "#F2F2F2"


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    heading: str
    width: int = 20  # characters; 0 hides it
    kind: str = "text"  # one of KINDS
    #: Of the drop-down list: values, code -> what is shown of it, or a formula.
    choices: Sequence[str] | Mapping[str, str] | str = ()
    closed: bool = False  # nothing but these choices, or nothing
    help: str = ""  # told when a cell is chosen
    bounds: tuple[Any, Any] = (None, None)  # lowest and highest number or date
    locked: bool = False  # told, not asked

    @property
    def key(self) -> str:
        """« Déjà codé » is ``deja_code``."""
        return "_".join(skeleton(self.heading).split())

    @property
    def labels(self) -> Mapping[str, str]:
        """Code -> what is shown of it; none of a list that a formula gives."""
        if isinstance(self.choices, str):
            return {}
        return self.choices if isinstance(self.choices, Mapping) else {one: one for one in self.choices}


@dataclass(frozen=True)
class Form:
    """One sheet."""

    name: str
    columns: Sequence[Column]
    todo: str = ""  # formula, where {key} is a cell of the line: true while somebody must look at it
    frozen: int = 0  # columns that stay in view
    by: Sequence[str] = ()  # keys of the columns that tell a line from the others
    guide: str = ""  # what to do with it


def declared(path: Path) -> tuple[list[str], tuple[Form, ...]]:
    """The guide and the sheets of a workbook, as its TOML file says them."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    forms = (Form(**told | {"columns": [Column(**c) for c in told["columns"]]}) for told in said["forms"])
    return said.get("guide", []), tuple(forms)


# --- writing


def book_bytes(
    filled: Sequence[tuple[Form, Sequence[Mapping[str, str]]]],
    guide: Sequence[Sequence[str]],
    date: dt.date,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Write a workbook to fill; the same bytes for the same inputs.

    Args:
        filled: Sheets, with their lines: key of a column -> text, as files write it.
        guide: Lines of the first sheet.
        date: Of the file, in place of the clock's.
        lists: Name -> values, for the formulas of choices.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": dt.datetime.combine(date, dt.time(), dt.UTC)})
        told = book.add_worksheet(GUIDE)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for rank, width in enumerate(_GUIDE_WIDTHS if any(len(r) > 1 for r in guide) else (110,)):
            told.set_column(rank, rank, width, wrapped)
        told.fit_to_pages(1, 0)
        for rank, cells in enumerate(guide):
            told.write_row(rank, 0, cells)
        named = dict(lists or {})
        for form, rows in filled:
            _sheet(book, form, rows, named)
        offered = book.add_worksheet(_LISTS)
        offered.hide()
        for rank, (name, values) in enumerate(named.items()):
            offered.write_column(0, rank, [name, *values])
            letter = xl_col_to_name(rank)
            book.define_name(name, f"={_LISTS}!${letter}$2:${letter}${len(values) + 1}")
    return buffer.getvalue()


def _sheet(
    book: xlsxwriter.Workbook,
    form: Form,
    rows: Sequence[Mapping[str, str]],
    lists: dict[str, Sequence[str]],
) -> None:
    sheet, last = book.add_worksheet(form.name), len(rows) + _ROOM
    top = {"text_wrap": True, "valign": "top"}
    heading = book.add_format({**top, "bold": True, "bottom": 1})
    for rank, column in enumerate(form.columns):
        cell = {**top, "num_format": KINDS[column.kind][1]}
        open_ = book.add_format({**cell, "locked": False})
        style = book.add_format({**cell, "bg_color": _KEPT}) if column.locked else open_
        sheet.set_column(rank, rank, column.width, open_, {"hidden": not column.width})
        sheet.write_string(0, rank, column.heading, heading)
        for line, row in enumerate(rows, start=1):
            sheet.write(line, rank, _shown(column, row.get(column.key, "")), style)
        if column.labels:
            lists[f"liste_{len(lists)}"] = list(column.labels.values())
        if rule := _validation(column, f"={list(lists)[-1]}" if column.labels else str(column.choices or "")):
            sheet.data_validation(1, rank, last, rank, rule)
    for line, row in enumerate(rows, start=1):
        # LibreOffice leaves lines as high as they are told.
        texts = ((row.get(column.key, ""), column.width) for column in form.columns if column.width)
        most = max(sum(len(part) // width + 1 for part in text.split("\n")) for text, width in texts)
        sheet.set_row(line, _LINE * most)
    if form.todo:
        letters = {column.key: f"${xl_col_to_name(rank)}2" for rank, column in enumerate(form.columns)}
        # Over what is shown, so that it goes once the line is filled.
        look = {"type": "formula", "criteria": form.todo.format_map(letters)}
        yellow = book.add_format({"bg_color": _TODO})
        sheet.conditional_format(1, 0, last, len(letters) - 1, {**look, "format": yellow})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(1, form.frozen)
    sheet.autofilter(0, 0, len(rows), len(form.columns) - 1)
    if any(column.locked for column in form.columns):
        allowed = ("format_columns", "format_rows", "insert_rows", "sort", "autofilter")
        sheet.protect("", dict.fromkeys(allowed, True))


def _validation(column: Column, source: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"validate": "any"}
    low, high = column.bounds
    if source:
        rule = {"validate": "list", "source": source}
    elif low is not None:
        between = {"criteria": "between", "minimum": low, "maximum": high}
        rule = {"validate": KINDS[column.kind][0]}
        rule |= {"criteria": ">=", "value": low} if high is None else between
    elif not column.help:
        return {}
    return rule | {
        "input_title": _cut(column.heading, _TITLE) if column.help else "",
        "input_message": _cut(column.help, _MESSAGE),
        "error_title": "Valeur inattendue",
        "error_message": f"Choisissez dans la liste, ou suivez les limites de « {GUIDE} ».",
        # Otherwise a warning: Excel asks, and lets through what may be right.
        "error_type": "stop" if column.closed else "warning",
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _shown(column: Column, text: str) -> str | float | dt.date:
    """A cell as Excel knows it; a missing code stays text."""
    if column.kind == "text":
        return column.labels.get(text, text)
    with suppress(ValueError):
        return dt.date.fromisoformat(text) if column.kind == "date" else float(text)
    return text


def answered(form: Form, rows: Sequence[Mapping[str, str]], former: Sequence[Row]) -> list[Mapping[str, str]]:
    """Lines to write again, with what somebody answered to the same ones in a workbook of before."""
    known: dict[tuple[str, ...], Row] = {tuple(row[key] for key in form.by): row for row in former}
    answers = (known.get(tuple(row[key].strip() for key in form.by), {}) for row in rows)
    asked = [column.key for column in form.columns if not column.locked]
    return [
        {**row, **{key: answer[key] for key in asked if answer}}
        for row, answer in zip(rows, answers, strict=True)
    ]


# --- reading


def read_book(content: bytes, file: str, forms: Sequence[Form], *, all_: bool = True) -> dict[str, list[Row]]:
    """Lines of each sheet, every fault at once; without ``all_``, of those that are there.

    A choice comes back as its code and a date as ISO 8601; a `DataRefused` names sheet and cell.
    """
    sheets, read, faults = book_rows(content, file), dict[str, list[Row]](), list[Fault]()
    for form in forms:
        if form.name not in sheets and not all_:
            continue
        first, *others = sheets.get(form.name) or [[]]
        keys, where = ["_".join(skeleton(name).split()) for name in first], f"{file} [{form.name}]"
        if absent := [column.heading for column in form.columns if column.key not in keys]:
            remedy = f"Rétablissez sur la première ligne : {', '.join(absent)}"
            faults.append(Place(where, 1, "").fault("Titres de colonnes absents", remedy))
            continue
        read[form.name] = []
        for line, cells in enumerate(others, start=2):
            if not any(map(str.strip, cells)):
                continue
            row = {}
            for rank, column in ((keys.index(column.key), column) for column in form.columns):
                at = Place(where, line, xl_rowcol_to_cell(line - 1, rank))
                text = cells[rank].strip()
                faults += _wrong(column, text, at)
                row[column.key] = Text(_code(column, text), at)
            read[form.name].append(row)
    if faults:
        raise DataRefused(faults)
    return read


def _code(column: Column, text: str) -> str:
    """What a cell says; itself where that cannot be read."""
    if column.kind == "date":
        return _day(text) or text
    if not column.closed or not text:
        return text
    names = {skeleton(name): code for code, label in column.labels.items() for name in (code, label)}
    return names.get(skeleton(text), text)


def _day(text: str) -> str:
    """ISO 8601; nothing where it is no date."""
    day = text.partition(" ")[0]  # Excel adds midnight
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            return dt.datetime.strptime(day, shape).date().isoformat()  # noqa: DTZ007
    return ""


def _wrong(column: Column, text: str, at: Place) -> Iterator[Fault]:
    if text and column.closed and _code(column, text) not in column.labels:
        remedy = f"Choisissez dans la liste : {', '.join(column.labels.values())}"
        yield at.fault(f"{column.heading} : valeur inconnue", remedy, text)
    if text and column.kind == "date" and not _day(text):
        yield at.fault("La date n’est pas lisible", "Écrivez-la JJ/MM/AAAA ou AAAA-MM-JJ", text)
