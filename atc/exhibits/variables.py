"""What can be counted in each table, by type, and what can cut it: read from the dictionary."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from atc.dictionary import Dictionary, Field, Table
from atc.errors import UsageError, shown
from atc.typography import lower_first

MODALITES, BOXES, YES_NO, NUMBER, DATE, SCORE, MAP = (
    "modalités",
    "cases à cocher",
    "oui ou non",
    "nombre",
    "date",
    "note",
    "carte",
)
#: What one row of a table counts: one, several, and of whom a base speaks.
UNITS: Mapping[str, tuple[str, str, str]] = {
    "carnet_de_bord": ("territoire", "territoires", "carnets de bord rendus"),
    "positionnements": ("site", "sites", "sites placés par les évaluateurs"),
    "territoires": ("site", "sites", "sites de l’expérimentation"),
    "questionnaire_flash": ("personne", "personnes", "acteurs institutionnels qui ont cette réponse"),
    "scores": ("réponse", "réponses", "réponses"),
    "entretiens": ("entretien", "entretiens", "entretiens et observations"),
    "effets": ("effet constaté", "effets constatés", "effets constatés"),
    "legitimites": ("réseau", "réseaux", "réseaux porteurs"),
    "verbatims": ("propos", "propos", "propos du registre"),
}
#: Tables with one row a territory: their columns cut, and filter, every row that names its own.
SITE_TABLES = ("territoires", "positionnements", "carnet_de_bord")
ALL_ITEMS = "scores.score"
_ITEM = "scores.item="


@dataclass(frozen=True)
class Variable:
    """Something that can be counted.

    Attributes:
        name: As `View.variable` names it.
        label: As readers see it.
        kind: One of the constants of this module; it decides of the display.
        columns: Columns that it reads, as ``table.colonne``.
    """

    name: str
    label: str
    kind: str
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table that holds it."""
        return self.name.partition(".")[0]

    @property
    def item(self) -> str:
        """Code of the item that is scored; empty for all of them, and for what is no score."""
        return self.name.removeprefix(_ITEM) if self.name.startswith(_ITEM) else ""


@lru_cache
def variables(dictionary: Dictionary, table: str) -> Mapping[str, Variable]:
    """What may be asked of one table, by name, in the order of its columns.

    Raises:
        UsageError: The dictionary has no such table.
    """
    described = dictionary.table(table)
    if table == "scores":
        return {variable.name: variable for variable in _scores(dictionary)}
    found: dict[str, Variable] = {}
    for field in described.fields.values():
        variable = _variable(described, field)
        if variable is not None:
            found.setdefault(variable.name, variable)
    return found


def _scores(dictionary: Dictionary) -> Iterable[Variable]:
    columns = tuple(f"scores.{name}" for name in dictionary.table("scores").fields)
    yield Variable(ALL_ITEMS, "Notes, toutes les phrases", SCORE, columns)
    for code, label in dictionary.field("scores.item").labels.items():
        yield Variable(f"{_ITEM}{code}", label, SCORE, columns)


def _variable(table: Table, field: Field) -> Variable | None:
    dotted = f"{table.name}.{field.name}"
    if dotted == "territoires.recueil":
        known = ("territoire", "commune", "departement", "recueil", "longitude", "latitude")
        return Variable(dotted, field.label, MAP, tuple(f"{table.name}.{name}" for name in known))
    kind = _kind(field)
    if field.group:
        columns = tuple(f"{table.name}.{name}" for name in table.in_group(field.group))
        return Variable(f"{table.name}.{field.group}", table.groups[field.group], BOXES, columns)
    return Variable(dotted, field.label, kind, (dotted,)) if kind else None


def _kind(field: Field) -> str:
    if field.categories:
        return MODALITES
    if field.type == "boolean":
        return YES_NO
    if field.type in {"integer", "number"} and field.unit != "degrés":
        return NUMBER
    return DATE if field.type == "date" else ""


def variable(dictionary: Dictionary, name: str) -> Variable:
    """One variable.

    Raises:
        UsageError: There is no such variable; with those that look like it.
    """
    table = name.partition(".")[0]
    if not name:
        raise UsageError(f"Choisissez une variable, par exemple « {ALL_ITEMS} ».")
    offered = variables(dictionary, table)
    if name not in offered:
        near = difflib.get_close_matches(name, offered, 3, 0.4) or list(offered)[:3]
        raise UsageError(
            f"La variable « {shown(name)} » ne se compte pas. Dans la table « {table} », essayez par "
            f"exemple : {', '.join(near)}."
        )
    return offered[name]


@lru_cache
def groups(dictionary: Dictionary, table: str) -> Mapping[str, str]:
    """What may cut a table: ``table.colonne`` -> label; its own columns first, then those of its territories.

    Modalités, yes or no, numbers in bands and dates by quarter. An item of a battery, and the period that its
    scores judge, are chosen and cut nothing.
    """
    own = dictionary.table(table).fields
    tables = [table, *(name for name in SITE_TABLES if name != table and "territoire" in own)]
    # A column of the same name that the rows have themselves is the one to choose.
    names = [
        f"{home}.{f.name}"
        for home in tables
        for f in dictionary.table(home).fields.values()
        if _kind(f) and f.name not in {"item", "periode"} and (home == table or f.name not in own)
    ]
    return {name: group_variable(dictionary, name).label for name in names}


def group_variable(dictionary: Dictionary, dotted: str) -> Variable:
    """A column that cuts: one ticked box is a yes or no, which tells of what.

    Raises:
        UsageError: The dictionary has no such column.
    """
    field = dictionary.field(dotted)
    asked = dictionary.table(field.table).groups.get(field.group, "")
    label = f"{asked} : {lower_first(field.label)}" if asked else field.label
    return Variable(dotted, label, SCORE if dotted == ALL_ITEMS else _kind(field), (dotted,))


def unit(table: str) -> tuple[str, str, str]:
    """One, several, and of whom a base speaks."""
    return UNITS.get(table, ("ligne", "lignes", "lignes"))
