"""Every cell against the dictionary, every key against its table: Table Schema, as frictionless checks it.

What frictionless lets through is refused here first (seen with 5.21): ``1_000``, ``1e3``, ``007``,
``NaN`` and digits of other scripts are numbers to it, ``2020-1-5`` is a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from frictionless import Error, Package, Resource, Schema
from frictionless.errors import CellError, ForeignKeyError, RowError

from atc.survey.dictionary import Field
from atc.survey.errors import Fault, shown
from atc.survey.validation.catalogue import (
    Advice,
    Cell,
    broken_constraint,
    repeated,
    unknown_reference,
    wrong_type,
)
from atc.survey.validation.reading import TextTable
from atc.survey.validation.schema import table_schema

# One spelling a value, of a length that Int64 holds.
_FORMS = {
    "integer": re.compile(r"0|-?[1-9][0-9]{0,14}"),
    "number": re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


def content_faults(texts: Mapping[str, TextTable], known: Sequence[Fault]) -> list[Fault]:
    """Every cell and key that breaks the dictionary, with one fault a cell.

    Form of the value first, then what frictionless says.
    """
    package = Package(name="vague", resources=[_resource(text, texts) for text in texts.values()])
    found = [fault for text in texts.values() for fault in _form_faults(text)]
    references: list[tuple[str, Fault]] = []
    for resource in package.resources:
        text = texts[str(resource.name)]
        # 0: no limit. By default frictionless keeps silent after a thousand errors.
        errors = resource.validate(limit_errors=0).task.errors
        found += _faults([e for e in errors if not isinstance(e, ForeignKeyError)], text)
        references += _reference_faults(errors, text, texts)
    sound = {name for name, text in texts.items() if text.is_sound([*known, *found])}
    found += [fault for reference, fault in references if reference in sound]
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in found:
        first.setdefault((fault.file, fault.line, fault.column), fault)
    return list(first.values())


def _resource(text: TextTable, texts: Mapping[str, TextTable]) -> Resource:
    columns = [str(column) for column in text.cells]
    whole = [name for name, other in texts.items() if other.whole]
    schema = Schema.from_descriptor(table_schema(text.table, columns, whole))
    rows = text.cells.to_numpy().tolist()
    return Resource(name=text.table.name, data=[columns, *rows], schema=schema)


def _form_faults(text: TextTable) -> Iterator[Fault]:
    for column in text.cells:
        field = text.table.fields[str(column)]
        form = _FORMS.get(field.type)
        if form is None:
            continue
        for line, value in text.cells[column].items():
            if value not in text.table.missing and not form.fullmatch(value):
                yield _fault(text, int(str(line)), field.name, wrong_type(_cell(text, line, field)))


def _faults(errors: Sequence[Error], text: TextTable) -> Iterator[Fault]:
    blank = {_line(error, text) for error in errors if error.type == "blank-row"}
    for error in errors:
        line = _line(error, text)
        if error.type == "blank-row":
            remedy = "Supprimez cette ligne, ou remplissez-la"
            yield _fault(text, line, "", ("Ligne sans aucune réponse", remedy))
        elif isinstance(error, CellError):
            yield _cell_fault(error, text, line)
        elif line not in blank:
            yield from _key_faults(text, line)


def _reference_faults(
    errors: Sequence[Error], text: TextTable, texts: Mapping[str, TextTable]
) -> Iterator[tuple[str, Fault]]:
    for error in errors:
        if isinstance(error, ForeignKeyError):
            name = error.reference_name
            codes = texts[name].cells[error.reference_field_names].agg(" · ".join, axis=1)
            advice = unknown_reference(" · ".join(error.field_cells), name, codes)
            yield name, _fault(text, _line(error, text), ", ".join(error.field_names), advice)


def _line(error: Error, text: TextTable) -> int:
    # frictionless counts rows from the heading, which is 1; the file may have empty lines between.
    assert isinstance(error, RowError), error.message  # headings were judged before
    return int(text.cells.index[error.row_number - 2])


def _cell_fault(error: CellError, text: TextTable, line: int) -> Fault:
    field = text.table.fields[error.field_name]
    cell = _cell(text, line, field)
    if error.type == "unique-error":
        return _repeated(text, line, (field.name,))
    if error.type == "type-error":
        return _fault(text, line, field.name, wrong_type(cell))
    constraint = re.match(r'constraint "(\w+)"', error.note)
    advice = broken_constraint(constraint[1] if constraint else "", cell)
    return _fault(text, line, field.name, advice)


def _key_faults(text: TextTable, line: int) -> Iterator[Fault]:
    columns = text.table.primary_key
    if set(text.cells.loc[line, list(columns)]) <= set(text.table.missing):
        for name in columns:
            cell = _cell(text, line, text.table.fields[name])
            yield _fault(text, line, name, broken_constraint("required", cell))
    else:
        yield _repeated(text, line, columns)


def _repeated(text: TextTable, line: int, columns: Sequence[str]) -> Fault:
    key = text.cells[list(columns)]
    first = int(key.index[(key == key.loc[line]).all(axis=1)][0])
    return _fault(text, line, ", ".join(columns), repeated(columns, first))


def _cell(text: TextTable, line: object, field: Field) -> Cell:
    pattern = field.constraints.get("pattern", "")
    column = text.cells[field.name]
    good = column[column.str.fullmatch(pattern)] if pattern else column[:0]
    value = str(column.loc[line])  # type: ignore[call-overload]
    return Cell(value, field, text.table.missing, next(iter(good), ""))


def _fault(text: TextTable, line: int, columns: str, advice: Advice) -> Fault:
    names = columns.split(", ") if columns else []
    value = " · ".join(str(text.cells.loc[line, name]) for name in names)
    return Fault(text.file, line, columns, shown(value), *advice)
