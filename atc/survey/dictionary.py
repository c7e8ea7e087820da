"""The data dictionary: one Table Schema per table, which alone says what a column means.

Validation, typed loading, labels on charts and the page ``docs/dictionnaire.md`` all read it here.
The files follow the Table Schema of Data Package v2 (``categories``, ``missingValues`` with labels);
``kind``, ``protege``, ``question``, ``unit``, ``group`` and ``grain`` are our own properties.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from atc.survey.errors import DataRefused, Fault, UsageError
from atc.survey.paths import Project

KINDS = ("identifier", "quasi-identifier", "sensitive", "plain")
#: What a column tells of: what a person is, thinks or earns, or what was done in public.
PERSON, PUBLIC_ACT = PROTECTED = ("personne", "acte_public")


@dataclass(frozen=True)
class Category:
    """One modalité of a column.

    Attributes:
        value: Code in the files.
        label: As readers see it.
        group: Code of the wider modalité that it belongs to; its own code if none.
        group_label: Label of that wider modalité.
    """

    value: str
    label: str
    group: str
    group_label: str


@dataclass(frozen=True)
class Field:
    """One column.

    Attributes:
        table: Table that holds it.
        name: Name in the files.
        type: Table Schema type.
        label: As readers see it.
        description: What it holds, when the label is not enough.
        question: Wording put to respondents; empty when nobody was asked.
        asked: Whether the codebook of the wave gives that wording; else it is ours.
        unit: Unit of the values; empty for codes and texts.
        kind: identifier, quasi-identifier, sensitive or plain.
        protects: Whom a count of it could hurt: `PERSON`, or nobody but a body that acted (`PUBLIC_ACT`).
        group: Code of the set of ticked boxes that it belongs to; empty if none.
        categories: Modalités, in the order of the questionnaire.
        constraints: Table Schema constraints.
    """

    table: str
    name: str
    type: str
    label: str
    description: str
    question: str
    unit: str
    kind: str
    protects: str
    group: str
    categories: tuple[Category, ...]
    constraints: Mapping[str, Any]
    asked: bool = False

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


@dataclass(frozen=True)
class Table:
    """One table.

    Attributes:
        name: Name of the table and of its file.
        label: As readers see it.
        description: What it is.
        grain: What one row is.
        source: How exhibits name where it comes from.
        fields: Columns, in the order of the file.
        missing: Missing code -> label.
        groups: Set of ticked boxes -> label.
        primary_key: Columns that identify a row.
        foreign_keys: ``(columns, other table, its columns)``.
        schema: The file itself, for what reads Table Schema.
    """

    name: str
    label: str
    description: str
    grain: str
    source: str
    fields: Mapping[str, Field]
    missing: Mapping[str, str]
    groups: Mapping[str, str]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]
    schema: Mapping[str, Any] = field(repr=False, compare=False)

    def in_group(self, group: str) -> dict[str, str]:
        """Ticked boxes of one question: column -> label, in the order of the questionnaire."""
        return {f.name: f.label for f in self.fields.values() if f.group == group}


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Every table, by name. Each equals itself alone: what is read in it may be kept (`lru_cache`)."""

    tables: Mapping[str, Table]

    def __iter__(self) -> Iterator[Table]:
        """Tables in alphabetical order of their names."""
        return iter(self.tables.values())

    def with_words(self, dotted: str, label: str, question: str) -> Dictionary:
        """The same, where one column has another label and, unless it is empty, another question."""
        field_ = self.field(dotted)
        return self._with_field(
            replace(field_, label=label, question=question or field_.question, asked=bool(question))
        )

    def with_category(self, dotted: str, code: str, label: str) -> Dictionary:
        """The same, where one modalité has another label."""
        field_ = self.field(dotted)
        renamed = tuple(
            replace(c, label=label, group_label=label if c.group == code else c.group_label)
            if c.value == code
            else c
            for c in field_.categories
        )
        return self._with_field(replace(field_, categories=renamed))

    def with_bounds(self, dotted: str, low: int | str, high: int | str) -> Dictionary:
        """The same, where the numbers or the dates of one column have other bounds."""
        field_ = self.field(dotted)
        bounds = {"minimum": low, "maximum": high}
        return self._with_field(replace(field_, constraints={**field_.constraints, **bounds}))

    def _with_field(self, changed: Field) -> Dictionary:
        table = self.table(changed.table)
        fields = {**table.fields, changed.name: changed}
        return Dictionary({**self.tables, table.name: replace(table, fields=fields)})

    @property
    def variables(self) -> dict[str, str]:
        """What a codebook describes, with its label: ``table.colonne``, and each item of a battery.

        A battery is a key column with modalités: ``scores.item=cooperation``.
        """
        found: dict[str, str] = {}
        for table in self:
            for field_ in table.fields.values():
                dotted = f"{table.name}.{field_.name}"
                found[dotted] = field_.label
                if field_.name in table.primary_key:
                    found |= {f"{dotted}={code}": label for code, label in field_.labels.items()}
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
        """One table.

        Raises:
            UsageError: The dictionary has no such table.
        """
        if name not in self.tables:
            raise UsageError(
                f"La table « {name} » n’est pas dans le dictionnaire. "
                f"Tables décrites : {', '.join(self.tables)}."
            )
        return self.tables[name]

    def field(self, dotted: str) -> Field:
        """One column, named ``table.colonne``.

        Raises:
            UsageError: The dictionary has no such column.
        """
        table, _, column = dotted.partition(".")
        fields = self.table(table).fields
        if column not in fields:
            raise UsageError(
                f"La colonne « {dotted} » n’est pas dans le dictionnaire. "
                f"Colonnes de {table} : {', '.join(fields)}."
            )
        return fields[column]


def _category(raw: Mapping[str, str]) -> Category:
    group = raw.get("group", raw["value"])
    return Category(raw["value"], raw["label"], group, raw.get("groupLabel", raw["label"]))


def _field(table: str, raw: Mapping[str, Any]) -> Field:
    return Field(
        table=table,
        name=raw["name"],
        type=raw["type"],
        label=raw["title"],
        description=raw.get("description", ""),
        question=raw.get("question", ""),
        unit=raw.get("unit", ""),
        kind=raw["kind"],
        protects=raw["protege"],
        group=raw.get("group", ""),
        categories=tuple(_category(category) for category in raw.get("categories", ())),
        constraints=dict(raw.get("constraints", {})),
    )


def _table(name: str, raw: Mapping[str, Any]) -> Table:
    fields = {f["name"]: _field(name, f) for f in raw["fields"]}
    if raw["name"] != name or len(fields) != len(raw["fields"]):
        raise KeyError("name")  # one name for a file and its table, one column a name
    keys = raw.get("foreignKeys", ())
    return Table(
        name=name,
        label=raw["title"],
        description=raw["description"],
        grain=raw["grain"],
        source=raw["source"],
        fields=fields,
        missing={code["value"]: code["label"] for code in raw["missingValues"]},
        groups=raw.get("groups", {}),
        primary_key=_names(raw["primaryKey"]),
        foreign_keys=tuple(
            (_names(k["fields"]), k["reference"]["resource"], _names(k["reference"]["fields"])) for k in keys
        ),
        schema=raw,
    )


def _names(columns: str | list[str]) -> tuple[str, ...]:
    # Table Schema lets a single column stand without its list.
    return (columns,) if isinstance(columns, str) else tuple(columns)


def load_dictionary(project: Project) -> Dictionary:
    """Read every Table Schema of ``data/dictionary/``.

    The files are read each time, for someone may edit them while a notebook stays open, and parsed once.

    Raises:
        DataRefused: A file is not JSON, lacks something, or is not named like its table.
    """
    paths = sorted(project.dictionary.glob("*.json"))
    return _parse(tuple((path.stem, path.read_bytes()) for path in paths))


@lru_cache(maxsize=8)
def _parse(files: tuple[tuple[str, bytes], ...]) -> Dictionary:
    tables: dict[str, Table] = {}
    faults: list[Fault] = []
    for name, content in files:
        try:
            tables[name] = _table(name, json.loads(content))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            remedy = "Corrigez la ponctuation du fichier (virgules, guillemets, accolades)"
            faults.append(_fault(name, getattr(error, "lineno", 0), "", "JSON illisible", remedy))
        except (KeyError, TypeError, AttributeError) as error:
            remedy = "Complétez la description en suivant celle d’une autre table"
            entry = error.args[0] if isinstance(error, KeyError) else ""
            faults.append(_fault(name, 0, entry, "Entrée absente ou mal formée", remedy))
    if faults:
        raise DataRefused(faults)
    return Dictionary(tables)


def _fault(name: str, line: int, value: str, message: str, remedy: str) -> Fault:
    return Fault(f"data/dictionary/{name}.json", line, "", value, message, remedy)
