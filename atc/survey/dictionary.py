"""The data dictionary: one Table Schema per table, which alone says what a column means.

The files follow the Table Schema of Data Package v2 (``categories``, ``missingValues`` with labels);
``kind``, ``protege``, ``question``, ``unit``, ``group`` and ``grain`` are our own properties.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from atc.survey.errors import DataRefused, Fault, UsageError, shown
from atc.survey.paths import Project

KINDS = ("identifier", "quasi-identifier", "sensitive", "plain")
#: What a column tells of: what a person is, thinks or earns, or what was done in public.
PERSON, PUBLIC_ACT = PROTECTED = ("personne", "acte_public")
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


@dataclass(frozen=True)
class Category:
    """One modalité of a column, and the wider one that it belongs to: itself if none."""

    value: str
    label: str
    group: str
    group_label: str


@dataclass(frozen=True)
class Field:
    """One column."""

    table: str
    name: str
    type: str
    label: str  # as readers see it
    description: str  # what it holds, when the label is not enough
    question: str  # put to respondents; empty when nobody was asked
    unit: str  # empty for codes and texts
    kind: str  # one of KINDS
    protects: str  # whom a count of it could hurt: PERSON, or nobody but a body that acted, PUBLIC_ACT
    group: str  # code of the set of ticked boxes that it belongs to; empty if none
    categories: tuple[Category, ...]  # in the order of the questionnaire
    constraints: Mapping[str, Any]  # of Table Schema
    booleans: Mapping[str, bool]  # how yes and no are written, yes first; of a tick box only
    asked: bool = False  # the codebook of the wave gives the question; else it is ours

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
        if not re.fullmatch(form, text) or (self.type == "boolean" and text not in self.booleans):
            raise ValueError(text)
        return reader(text)


@dataclass(frozen=True)
class Table:
    """One table."""

    name: str  # and that of its file
    label: str  # as readers see it
    description: str
    grain: str  # what one row is
    source: str  # how exhibits name where it comes from
    fields: Mapping[str, Field]  # in the order of the file
    missing: Mapping[str, str]  # code -> label
    groups: Mapping[str, str]  # set of ticked boxes -> label
    primary_key: tuple[str, ...]
    foreign_keys: tuple[
        tuple[tuple[str, ...], str, tuple[str, ...]], ...
    ]  # columns, other table, its columns

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

    def changed(self, dotted: str, **changes: Any) -> Dictionary:
        """The same, where one column is described otherwise: its label, its question, or its bounds."""
        column = replace(self.field(dotted), **changes)
        table = self.tables[column.table]
        fields = {**table.fields, column.name: column}
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
        """One table; a `UsageError` if the dictionary has none of that name."""
        if name not in self.tables:
            raise UsageError(
                f"La table « {name} » n’est pas dans le dictionnaire. "
                f"Tables décrites : {', '.join(self.tables)}."
            )
        return self.tables[name]

    def field(self, dotted: str) -> Field:
        """One column, named ``table.colonne``; a `UsageError` if the dictionary has none of that name."""
        table, _, column = dotted.partition(".")
        fields = self.table(table).fields
        if column not in fields:
            raise UsageError(
                f"La colonne « {dotted} » n’est pas dans le dictionnaire. "
                f"Colonnes de {table} : {', '.join(fields)}."
            )
        return fields[column]


def _table(name: str, raw: Mapping[str, Any]) -> Table:
    def names(columns: str | list[str]) -> tuple[str, ...]:
        # Table Schema lets a single column stand without its list.
        return (columns,) if isinstance(columns, str) else tuple(columns)

    key = names(raw["primaryKey"])
    fields = {f["name"]: _field(name, f, f["name"] in key) for f in raw["fields"]}
    if raw["name"] != name or len(fields) != len(raw["fields"]):
        raise KeyError("name")  # one name for a file and its table, one column a name
    return Table(
        name=name,
        label=raw["title"],
        **{told: raw[told] for told in ("description", "grain", "source")},
        fields=fields,
        missing={code["value"]: code["label"] for code in raw["missingValues"]},
        groups=raw.get("groups", {}),
        primary_key=key,
        foreign_keys=tuple(
            (names(k["fields"]), k["reference"]["resource"], names(k["reference"]["fields"]))
            for k in raw.get("foreignKeys", ())
        ),
    )


def _field(table: str, raw: Mapping[str, Any], key: bool) -> Field:
    spelt = dict.fromkeys(raw.get("trueValues", ["oui"]), True)
    spelt |= dict.fromkeys(raw.get("falseValues", ["non"]), False)
    return Field(
        table=table,
        label=raw["title"],
        protects=raw["protege"],
        **{told: raw[told] for told in ("name", "type", "kind")},
        **{told: raw.get(told, "") for told in ("description", "question", "unit", "group")},
        categories=tuple(
            Category(c["value"], c["label"], c.get("group", c["value"]), c.get("groupLabel", c["label"]))
            for c in raw.get("categories", ())
        ),
        # No row goes without its key.
        constraints={**raw.get("constraints", {}), **({"required": True} if key else {})},
        booleans=spelt if raw["type"] == "boolean" else {},
    )


def load_dictionary(project: Project) -> Dictionary:
    """Read every Table Schema of ``data/dictionary/``, each time: someone may edit one meanwhile.

    A `DataRefused` tells that a file is not JSON, lacks something, or is not named like its table.
    """
    paths = sorted(project.dictionary.glob("*.json"))
    return _parse(tuple((path.stem, path.read_bytes()) for path in paths))


@lru_cache(maxsize=8)
def _parse(files: tuple[tuple[str, bytes], ...]) -> Dictionary:
    tables: dict[str, Table] = {}
    faults: list[Fault] = []
    for name, content in files:
        file = f"data/dictionary/{name}.json"
        try:
            tables[name] = _table(name, json.loads(content))
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            remedy = "Corrigez la ponctuation du fichier (virgules, guillemets, accolades)"
            faults.append(Fault(file, getattr(error, "lineno", 0), "", "", "JSON illisible", remedy))
        except (KeyError, TypeError, AttributeError) as error:
            remedy = "Complétez la description en suivant celle d’une autre table"
            entry = error.args[0] if isinstance(error, KeyError) else ""
            faults.append(Fault(file, 0, "", entry, "Entrée absente ou mal formée", remedy))
    if faults:
        raise DataRefused(faults)
    return Dictionary(tables)


# --- what would make it unusable ---

#: Type -> how a value is read; one spelling a value, of a length that Int64 holds.
_TYPES: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "string": (str, r"(?s:.*)"),
    "integer": (int, r"0|-?[1-9][0-9]{0,14}"),
    "number": (float, r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?"),
    "boolean": (str, r".*"),
    "date": (dt.date.fromisoformat, r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
_BOUNDS = ("minimum", "maximum")
#: Constraint -> type of its value, and those of the columns that may have it.
_CONSTRAINTS: Mapping[str, tuple[type, tuple[str, ...]]] = {
    "required": (bool, tuple(_TYPES)),
    "unique": (bool, tuple(_TYPES)),
    "minLength": (int, ("string",)),
    "maxLength": (int, ("string",)),
    "pattern": (str, ("string",)),
    **dict.fromkeys(_BOUNDS, (object, ("integer", "number", "date"))),
}
#: Columns -> codes that the code names.
_CODES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def dictionary_faults(dictionary: Dictionary) -> Iterator[Fault]:
    """What makes the dictionary itself unusable, or the chapters unable to count: one fault for each."""
    for table in dictionary:
        file = f"data/dictionary/{table.name}.json"
        remedy = "Corrigez la description de cette colonne, en suivant celle d’une autre"
        found = [wrong for field in table.fields.values() for wrong in _property_faults(field)]
        for column, value, message in [*found, *_key_faults(table, dictionary)]:
            yield Fault(file, 0, column, shown(value), message, remedy)
        for field in table.fields.values():
            for value, message, remedy in _code_faults(field):
                yield Fault(file, 0, field.name, shown(value), message, remedy)


def _property_faults(field: Field) -> Iterator[tuple[str, str, str]]:
    for value, known, message in (
        (field.type, _TYPES, "Type inconnu (types admis"),
        (field.kind, KINDS, "Nature inconnue (kind"),
        (field.protects, PROTECTED, "Protection inconnue (protege"),
    ):
        if value not in known:
            yield field.name, value, f"{message} : {', '.join(known)})"
    for name, value in field.constraints.items():
        kind, types = _CONSTRAINTS.get(name, (str, ()))
        if (field.type not in types and field.type in _TYPES) or not isinstance(value, kind):
            yield field.name, f"{name} : {value}", "Description refusée par Table Schema"
            continue
        try:
            if name == "pattern":
                re.compile(value)
            elif name in _BOUNDS and field.type in _TYPES:
                field.read(str(value))
        except re.error:
            yield field.name, value, "Modèle (pattern) illisible"
        except ValueError:
            yield field.name, str(value), f"Borne illisible ({name})"


def _key_faults(table: Table, dictionary: Dictionary) -> Iterator[tuple[str, str, str]]:
    for name in table.primary_key:
        if name not in table.fields:
            yield name, "", "La clé primaire nomme une colonne qui n’existe pas"
    for local, other, theirs in table.foreign_keys:
        known = dictionary.tables[other].fields if other in dictionary.tables else {}
        if not set(local) <= set(table.fields) or not set(theirs) <= set(known):
            value = f"{other}.{', '.join(theirs)}"
            yield ", ".join(local), value, "La clé étrangère nomme une colonne qui n’existe pas"


def _code_faults(field: Field) -> Iterator[tuple[str, str, str]]:
    """What the chapters could not count, told before they are run."""
    dotted = f"{field.table}.{field.name}"
    closed, codes = set(_CODES["closed"].get(dotted, ())), set(field.labels)
    for code in sorted((closed or set(_CODES["named"].get(dotted, ()))) - codes):
        remedy = "Remettez cette modalité : son libellé peut changer, non son code"
        yield code, "Modalité absente, que les chapitres lisent par son code", remedy
    for code in sorted(codes - closed) if closed else ():
        remedy = "Retirez-la, ou demandez à qui tient le code de l’ajouter aux chapitres"
        yield code, "Modalité qu’aucun chapitre ne sait compter", remedy
    if dotted == SCORE and not all(isinstance(field.constraints.get(end), int) for end in _BOUNDS):
        remedy = "Écrivez minimum et maximum, en nombres entiers : les figures en tirent leur échelle"
        yield "", "Échelle des notes sans ses deux bouts", remedy
