"""Workbooks that people fill, declared as data: written with lists and help, read back cell by cell.

A sheet has one line of headings, then one line an item. What waits for somebody is yellow until it is filled.
"""

import datetime as dt
import io
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any, Final, Self, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from atc.intake.reading import book_rows
from atc.intake.values import UnreadableError, read_day
from atc.survey.errors import DataRefused, Fault, Messages, shown
from atc.survey.typography import skeleton

_said = Messages(__name__)
GUIDE = "Mode d’emploi"
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
class Place:
    """Where something stands in a file of the evaluator."""

    file: str  # as the evaluator knows it
    line: int
    column: str  # heading in an export, keys or cell in a mapping
    quoted: str = ""  # what messages may show of it; empty when it names a person

    @property
    def where(self) -> tuple[str, int, str]:
        """File, line and column, as a `Fault` has them."""
        return self.file, self.line, self.column

    def fault(self, message: str, remedy: str, value: str = "") -> Fault:
        """One thing wrong here."""
        found = shown(value) if value else self.quoted
        return Fault(self.file, self.line, shown(self.column), found, message, remedy)


class Text(str):
    """A text, and its place; that of its key if it has one, which may stand lines above."""

    __slots__ = ("at",)
    at: Place

    def __new__(cls, text: str, at: Place) -> Self:
        """Keep both."""
        made = super().__new__(cls, text)
        made.at = at
        return made


#: One line of a sheet, by the keys of its columns.
Row: TypeAlias = Mapping[str, Text]


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


def book_bytes(
    filled: Sequence[tuple[Form, Sequence[Mapping[str, str]]]],
    guide: Sequence[Sequence[str]],
    date: dt.date,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Write a workbook to fill; the same bytes for the same inputs.

    ``filled`` has the lines of each sheet (key of a column -> text, as files write it), ``guide`` those of
    the first; ``date`` is in place of the clock's; ``lists`` names the values for the formulas of choices.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": dt.datetime.combine(date, dt.time(), dt.UTC)})
        told = book.add_worksheet(GUIDE)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for rank, width in enumerate((40, 60, 60) if any(len(r) > 1 for r in guide) else (110,)):
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
    top, locked = {"text_wrap": True, "valign": "top"}, any(column.locked for column in form.columns)
    heading = book.add_format({**top, "bold": True, "bottom": 1})
    for rank, column in enumerate(form.columns):
        cell = {**top, "num_format": KINDS[column.kind][1]}
        open_ = book.add_format({**cell, "locked": False})
        style = book.add_format({**cell, "bg_color": _KEPT}) if column.locked else open_
        sheet.set_column(rank, rank, column.width, open_, {"hidden": not column.width})
        sheet.write_string(0, rank, column.heading, heading)
        for line, row in enumerate(rows, start=1):
            sheet.write(line, rank, _shown(column, row.get(column.key, "")), style)
        source = column.choices if isinstance(column.choices, str) else ""
        if column.labels:
            lists[f"liste_{len(lists)}"] = list(column.labels.values())
            source = f"={list(lists)[-1]}"
        if rule := _validation(column, source):
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
    if locked:
        allowed = ("format_columns", "format_rows", "insert_rows", "sort", "autofilter")
        sheet.protect("", dict.fromkeys(allowed, True))


def _validation(column: Column, source: str) -> dict[str, Any]:
    """What Excel is told to accept in a column, whose list has a ``source``; nothing where all is right."""
    low, high = column.bounds
    rule: dict[str, Any] = {"validate": "any"}
    if source:
        rule = {"validate": "list", "source": source}
    elif low is not None:
        criteria = ">=" if high is None else "between"
        rule = {"validate": KINDS[column.kind][0], "criteria": criteria, "minimum": low, "maximum": high}
    elif not column.help:
        return {}
    return rule | {
        "input_title": shorten(column.heading, _TITLE, placeholder="…") if column.help else "",
        "input_message": shorten(column.help, _MESSAGE, placeholder="…"),
        "error_title": "Valeur inattendue",
        "error_message": _said("unexpected", guide=GUIDE),
        # Otherwise a warning: Excel asks, and lets through what may be right.
        "error_type": "stop" if column.closed else "warning",
    }


def _shown(column: Column, text: str) -> str | float | dt.date:
    """A cell as Excel knows it; a missing code stays text."""
    if column.kind == "text":
        return column.labels.get(text, text)
    with suppress(ValueError):
        return dt.date.fromisoformat(text) if column.kind == "date" else float(text)
    return text


def answered(form: Form, rows: Sequence[Mapping[str, str]], former: Sequence[Row]) -> list[Mapping[str, str]]:
    """Lines to write again, with what somebody answered to the same ones in a workbook of before."""
    asked = [column.key for column in form.columns if not column.locked]
    known: dict[tuple[str, ...], Mapping[str, str]] = {
        tuple(row[key] for key in form.by): {key: row[key] for key in asked} for row in former
    }
    return [{**row, **known.get(tuple(row[key].strip() for key in form.by), {})} for row in rows]


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
            faults.append(_said.fault("headings", where, 1, headings=", ".join(absent)))
            continue
        read[form.name] = []
        for line, cells in enumerate(others, start=2):
            if any(map(str.strip, cells)):
                row = {}
                for rank, column in ((keys.index(column.key), column) for column in form.columns):
                    at = Place(where, line, xl_rowcol_to_cell(line - 1, rank))
                    row[column.key] = Text(_value(column, cells[rank].strip(), at, faults), at)
                read[form.name].append(row)
    if faults:
        raise DataRefused(faults)
    return read


def _value(column: Column, text: str, at: Place, faults: list[Fault]) -> str:
    """What a cell says; itself where that cannot be read."""
    if text and column.kind == "date":
        try:
            return read_day(text)
        except UnreadableError:
            faults.append(_said.fault("day", *at.where, text))
    elif text and column.closed:
        names = {skeleton(name): code for code, label in column.labels.items() for name in (code, label)}
        if skeleton(text) in names:
            return names[skeleton(text)]
        choices = ", ".join(column.labels.values())
        faults.append(_said.fault("choice", *at.where, text, heading=column.heading, choices=choices))
    return text
