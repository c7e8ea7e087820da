"""The data dictionary: one Table Schema per table, which alone says what a column means.

The files follow the Table Schema of Data Package v2 (``categories``, ``missingValues`` with labels);
``kind``, ``protege``, ``question``, ``unit``, ``group`` and ``grain`` are our own properties.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AliasPath, BeforeValidator, TypeAdapter, ValidationError, ValidationInfo
from pydantic import Field as Entry

from atc.survey.errors import DataRefused, Fault, Messages, UsageError, shown
from atc.survey.paths import Project, read_toml

_said = Messages(__name__)
#: What a column tells of: what a person is, thinks or earns, or what was done in public.
PERSON, PUBLIC_ACT = "personne", "acte_public"
#: Missing codes, and a table as files hold it: text, before any type.
NO_ANSWER, UNKNOWN, NOT_DISCLOSED, NOT_APPLICABLE = "", "NSP", "NC", "SO"
MISSING = frozenset({NO_ANSWER, UNKNOWN, NOT_DISCLOSED, NOT_APPLICABLE})
Row = dict[str, str]
Rows = list[Row]
Tables = Mapping[str, Rows]
#: The notes that respondents gave, whose scale a codebook may change.
SCORE = "scores.score"


def yes(condition: bool) -> str:
    """A tick box as the files write it."""
    return "oui" if condition else "non"


_T = TypeVar("_T")


def read_described(form: TypeAdapter[_T], content: bytes, file: str, like: str) -> _T:
    """A description in JSON, of one ``form``; who got it wrong is shown another ``like`` it."""
    try:
        return form.validate_python(json.loads(content))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _said.refusal("json", file, getattr(error, "lineno", 0)) from error
    except ValidationError as error:
        faults = []
        for each in error.errors(include_url=False):
            if each["type"] == "default_factory_not_called" or "part_of" in each["loc"]:
                continue  # of an entry that is told itself
            told, found, place = each.get("ctx", {}), each["input"], ".".join(map(str, each["loc"]))
            choices = str(told.get("expected", "")).replace("'", "").replace(" or ", " ou ")
            value = str(found) if isinstance(found, str | int | float) else ""
            message, remedy = _said.pair("malformed", like=like)
            remedy = f"Écrivez {choices}" if choices else remedy
            faults.append(Fault(file, 0, shown(place), shown(value), str(told.get("error", message)), remedy))
        raise DataRefused(faults) from error


def by_name(listed: Any, info: ValidationInfo) -> Any:
    """A list of descriptions that each have a ``name``, by it; each is told what it is part of."""
    try:
        named = {each["name"]: {**each, "part_of": info.data} for each in listed}
    except (TypeError, KeyError):
        return listed
    if len(named) != len(listed):
        raise ValueError("Le même nom y est deux fois")
    return named


# Table Schema lets a single column stand without its list.
_Names = Annotated[tuple[str, ...], BeforeValidator(lambda n: (n,) if isinstance(n, str) else n)]


@dataclass(frozen=True)
class Category:
    """One modalité of a column, and the wider one that it belongs to: itself if none."""

    value: str
    label: str
    group: Annotated[str, Entry(default_factory=lambda said: said["value"])]
    group_label: Annotated[str, Entry(alias="groupLabel", default_factory=lambda said: said["label"])]

    def named(self, label: str) -> "Category":
        """The same under another label, which is that of a wider one that holds nothing else."""
        return replace(self, label=label, group_label=label if self.group == self.value else self.group_label)


@dataclass(frozen=True)
class Field:
    """One column."""

    table: Annotated[str, Entry(validation_alias=AliasPath("part_of", "name"))]
    name: str
    type: Literal["string", "integer", "number", "boolean", "date"]
    label: Annotated[str, Entry(alias="title")]  # as readers see it
    kind: Literal["identifier", "quasi-identifier", "sensitive", "plain"]
    # Whom a count of it could hurt; then the key of its table.
    protects: Annotated[Literal["personne", "acte_public"], Entry(alias="protege")]
    key: Annotated[tuple[str, ...], Entry(validation_alias=AliasPath("part_of", "primary_key"))]
    constraints: Annotated[Mapping[str, Any], Entry(default_factory=dict)]  # of Table Schema
    description: str = ""  # what it holds, when the label is not enough
    question: str = ""  # put to respondents; empty when nobody was asked
    unit: str = ""  # empty for codes and texts
    group: str = ""  # code of the set of ticked boxes that it belongs to; empty if none
    categories: tuple[Category, ...] = ()  # in the order of the questionnaire
    asked: bool = False  # the codebook of the wave gives the question; else it is ours

    def __post_init__(self) -> None:
        """No row goes without its key; a `ValueError` tells a constraint that no value could be held to."""
        if self.name in self.key:
            object.__setattr__(self, "constraints", {**self.constraints, "required": True})
        for name, value in self.constraints.items():
            try:
                if name in _BOUNDS:
                    self.read(str(value))
                known = name in _BOUNDS or isinstance(value, _CONSTRAINTS[name])
                re.compile(value if name == "pattern" and known else "")
            except (KeyError, ValueError, re.error):
                known = False
            if not known:
                raise ValueError(f"Contrainte illisible ({name} : {value})")

    @property
    def booleans(self) -> dict[str, bool]:
        """How yes and no are written, yes first; of a tick box only."""
        return {"oui": True, "non": False} if self.type == "boolean" else {}

    @property
    def labels(self) -> dict[str, str]:
        """Code -> label, in the order of the questionnaire."""
        return {category.value: category.label for category in self.categories}

    @property
    def group_labels(self) -> dict[str, str]:
        """Code of the wider modalité -> its label, in the order of the questionnaire."""
        return {category.group: category.group_label for category in self.categories}

    @property
    def groups(self) -> dict[str, str]:
        """Code -> code of the wider modalité."""
        return {category.value: category.group for category in self.categories}

    def read(self, text: str) -> Any:
        """A value as Python compares it with the bounds; a `ValueError` if it is none of this type."""
        reader, form = _TYPES[self.type]
        if not re.fullmatch(form, text):
            raise ValueError(text)
        return reader(text)


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values are those of columns of another table."""

    columns: Annotated[_Names, Entry(alias="fields")]
    table: Annotated[str, Entry(validation_alias=AliasPath("reference", "resource"))]
    theirs: Annotated[_Names, Entry(validation_alias=AliasPath("reference", "fields"))]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.columns, self.table, self.theirs))


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str  # and that of its file
    label: Annotated[str, Entry(alias="title")]  # as readers see it
    description: str
    grain: str  # what one row is
    source: str  # how exhibits name where it comes from
    primary_key: Annotated[_Names, Entry(alias="primaryKey")]
    groups: Annotated[Mapping[str, str], Entry(default_factory=dict)]  # set of ticked boxes -> label
    # In the order of the file.
    fields: Annotated[Mapping[str, Field], BeforeValidator(by_name)]
    missing_values: Annotated[tuple[Category, ...], Entry(alias="missingValues")]
    foreign_keys: Annotated[tuple[ForeignKey, ...], Entry(alias="foreignKeys")] = ()

    @property
    def missing(self) -> dict[str, str]:
        """Code -> label."""
        return {category.value: category.label for category in self.missing_values}

    def in_group(self, group: str) -> dict[str, str]:
        """Ticked boxes of one question: column -> label, in the order of the questionnaire."""
        return {f.name: f.label for f in self.fields.values() if f.group == group != ""}


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Every table, by name. Each equals itself alone: what is read in it may be kept (`lru_cache`)."""

    tables: Mapping[str, Table]  # in alphabetical order of their names

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())

    def changed(self, dotted: str, **changes: Any) -> "Dictionary":
        """The same, where one column is described otherwise: its label, its question, or its bounds."""
        column = replace(self.field(dotted), **changes)
        table = self.tables[column.table]
        fields = {**table.fields, column.name: column}
        return Dictionary({**self.tables, table.name: replace(table, fields=fields)})

    @property
    def variables(self) -> dict[str, str]:
        """What a codebook describes, with its label: ``table.colonne``, and ``scores.item=cooperation``."""
        found: dict[str, str] = {}
        for field_ in (field_ for table in self for field_ in table.fields.values()):
            dotted = f"{field_.table}.{field_.name}"
            items = field_.labels if field_.name in field_.key else {}
            found |= {dotted: field_.label, **{f"{dotted}={code}": label for code, label in items.items()}}
        return found

    @cached_property
    def protects(self) -> dict[str, str]:
        """Name of a column, or of a set of boxes -> what it tells of: a person if any table says so."""
        found: dict[str, str] = {}
        for field_ in (field_ for table in self for field_ in table.fields.values()):
            for name in filter(None, (field_.name, field_.group)):
                found[name] = field_.protects if found.get(name) != PERSON else PERSON
        return found

    def table(self, name: str) -> Table:
        """One table; a `UsageError` if the dictionary has none of that name."""
        if name not in self.tables:
            raise UsageError(_said("no_table", name=name, known=", ".join(self.tables)))
        return self.tables[name]

    def field(self, dotted: str) -> Field:
        """One column, named ``table.colonne``; a `UsageError` if the dictionary has none of that name."""
        table, _, column = dotted.partition(".")
        fields = self.table(table).fields
        if column not in fields:
            raise UsageError(_said("no_field", name=dotted, table=table, known=", ".join(fields)))
        return fields[column]


def load_dictionary(project: Project) -> Dictionary:
    """Every Table Schema of ``data/dictionary/``, read each time: someone may edit one meanwhile."""
    paths = sorted(project.dictionary.glob("*.json"))
    return _parse(tuple((path.stem, path.read_bytes()) for path in paths))


@lru_cache(maxsize=8)
def _parse(files: tuple[tuple[str, bytes], ...]) -> Dictionary:
    tables: dict[str, Table] = {}
    faults: list[Fault] = []
    for name, content in files:
        file = f"data/dictionary/{name}.json"
        try:
            tables[name] = read_described(_TABLE, content, file, "table")
        except DataRefused as refused:
            faults += refused.faults
            continue
        if tables[name].name != name:
            faults.append(_said.fault("other_name", file, 0, "name", tables[name].name, name=name))
    if faults:
        raise DataRefused(faults)
    return Dictionary(tables)


_TABLE = TypeAdapter(Table)
#: Type -> how a value is read; one spelling a value, of a length that Int64 holds.
_TYPES: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "string": (str, r"(?s:.*)"),
    "integer": (int, r"0|-?[1-9][0-9]{0,14}"),
    "number": (float, r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?"),
    "boolean": (str, r"oui|non"),
    "date": (dt.date.fromisoformat, r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
_BOUNDS = ("minimum", "maximum")
#: Beside the bounds, which are of the type of the column.
_CONSTRAINTS = {"required": bool, "unique": bool, "minLength": int, "maxLength": int, "pattern": str}

#: Columns -> codes that the code names.
_CODES = read_toml(__file__)


def dictionary_faults(dictionary: Dictionary) -> Iterator[Fault]:
    """Keys that name no column, and what the chapters could not count, told before they are run."""
    for table in dictionary:
        file, keys = f"data/dictionary/{table.name}.json", [(table.name, table.primary_key)]
        for key in table.foreign_keys:
            keys += [(table.name, key.columns), (key.table, key.theirs)]
        for other, names in keys:
            if other not in dictionary.tables or not {*names} <= {*dictionary.tables[other].fields}:
                yield _said.fault("no_column", file, 0, ", ".join(names), other)
        for field in table.fields.values():
            dotted, codes = f"{table.name}.{field.name}", {*field.labels}
            closed, named = ({*_CODES[kind].get(dotted, codes)} for kind in ("closed", "named"))
            told = [("absent_code", code) for code in sorted((closed | named) - codes)]
            told += [("uncounted_code", code) for code in sorted(codes - closed)]
            if dotted == SCORE and not all(isinstance(field.constraints.get(e), int) for e in _BOUNDS):
                told.append(("no_scale", ""))
            for kind, code in told:
                yield _said.fault(kind, file, 0, field.name, code)
