"""What can be counted in each table, what cuts or filters it, how answers are coded: from the dictionary."""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from atc.indicators import measures, territories
from atc.indicators.measures import Coded
from atc.survey.dictionary import Dictionary, Field
from atc.survey.errors import UsageError, shown
from atc.survey.paths import read_toml
from atc.survey.typography import lower_first
from atc.survey.waves import Wave

_DATA = read_toml(__file__)
MODALITES, BOXES, YES_NO = "modalités", "cases à cocher", "oui ou non"
NUMBER, DATE, SCORE, MAP = "nombre", "date", "note", "carte"


class Unit(NamedTuple):
    """What one row of a table counts."""

    one: str
    several: str
    base: str  # those whom a base speaks of


UNITS = {table: Unit(**told) for table, told in _DATA["units"].items()}
#: Tables with one row a territory: their columns cut, and filter, every row that names its own.
SITE_TABLES = ("territoires", "positionnements", "carnet_de_bord")
#: Name of a filter -> what readers call it, and the column that it looks at; any other filter is named by its
#: column, ``table.colonne``.
FILTERS: Mapping[str, tuple[str, str]] = _DATA["filters"]
ALL_ITEMS = "scores.score"
_ITEM = "scores.item="
_MAPPED, _PLACE = "territoires.recueil", ("territoire", "commune", "departement", "longitude", "latitude")


@dataclass(frozen=True)
class Variable:
    """Something that can be counted."""

    name: str  # ``table.colonne``, ``table.groupe_de_cases`` or ``scores.item=code``
    label: str  # as readers see it
    kind: str  # one of the constants of this module; it decides of the display
    columns: tuple[str, ...]  # columns that it reads, as ``table.colonne``

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
    """What may be asked of one table, by name, in the order of its columns."""
    described = dictionary.table(table)
    if table == "scores":
        items = described.fields["item"].labels.items()
        named = {ALL_ITEMS: "Notes, toutes les phrases"} | {f"{_ITEM}{code}": label for code, label in items}
        columns = tuple(f"scores.{name}" for name in described.fields)
        return {name: Variable(name, label, SCORE, columns) for name, label in named.items()}
    found: dict[str, Variable] = {}
    for field in described.fields.values():
        dotted, label, kind, read = f"{table}.{field.name}", field.label, _kind(field), [field.name]
        if dotted == _MAPPED:
            kind, read = MAP, [field.name, *_PLACE]
        elif field.group:
            dotted, label, kind = f"{table}.{field.group}", described.groups[field.group], BOXES
            read = list(described.in_group(field.group))
        if kind:
            columns = tuple(f"{table}.{name}" for name in read)
            found.setdefault(dotted, Variable(dotted, label, kind, columns))
    return found


def _kind(field: Field) -> str:
    if field.categories:
        return MODALITES
    if field.type in {"integer", "number"} and field.unit != "degrés":
        return NUMBER
    return {"boolean": YES_NO, "date": DATE}.get(field.type, "")


def variable(dictionary: Dictionary, name: str) -> Variable:
    """One variable."""
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


# --- what cuts and filters ---


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
    """A column that cuts: one ticked box is a yes or no, which tells of what."""
    field = dictionary.field(dotted)
    asked = dictionary.table(field.table).groups.get(field.group, "")
    label = f"{asked} : {lower_first(field.label)}" if asked else field.label
    return Variable(dotted, label, SCORE if dotted == ALL_ITEMS else _kind(field), (dotted,))


def filters(dictionary: Dictionary, table: str) -> dict[str, str]:
    """Filters that hold for a table: name -> label; those that have a name of their own come first."""
    homes = {table, *(SITE_TABLES if "territoire" in dictionary.table(table).fields else ())}
    named = {name: label for name, (label, column) in FILTERS.items() if column.partition(".")[0] in homes}
    columns = set(map(column_of, named))
    return named | {name: label for name, label in groups(dictionary, table).items() if name not in columns}


def column_of(name: str) -> str:
    """The column that a filter looks at, as ``table.colonne``."""
    return FILTERS[name][1] if name in FILTERS else name


def filter_label(dictionary: Dictionary, name: str) -> str:
    """What readers call a filter."""
    return FILTERS[name][0] if name in FILTERS else group_variable(dictionary, name).label


# --- answers as codes ---

#: Bands that were decided. Half a post and a full post are the thresholds that readers have in mind, and most
#: sites stand between.
_BANDS = {
    "carnet_de_bord.etp": measures.edges(0.5, 0.8, 1, math.inf, whole=False),
    "carnet_de_bord.reunions_pilotage": measures.edges(0, 2, 4, 7, math.inf, zero="Aucune"),
}
#: Upper ends of the bands of a number of which nobody decided the bands.
_ENDS = (0, 2, 4, 7, 10, 20, 50, 100, math.inf)


def coded(variable: Variable, field: Field, values: pd.Series) -> Coded:
    """The values of one variable as codes with labels, whatever their type.

    ``values`` is one column: ticked boxes are counted one by one, as ``field`` of the dictionary.
    """
    if variable.kind == YES_NO:
        return Coded(measures.codes(values), {"oui": "Oui", "non": "Non"})
    if variable.kind == SCORE:
        return measures.bands(values, territories.Scale.of(field).bands)
    if variable.kind == DATE:
        return measures.quarters(values)
    if variable.kind == NUMBER:
        # Plain bands stop at that of the largest value.
        most = values.max() if values.notna().any() else 0
        plain = measures.edges(*_ENDS[: 1 + sum(bool(end < most) for end in _ENDS)])
        return measures.bands(values, _BANDS.get(variable.name, plain))
    return Coded(values.astype("object"), field.labels)


#: Rows whose group nobody knows: they count, or the totals would not be those of the whole.
UNKNOWN = ("sans_reponse", "Non renseigné")
KEY, SITES = "territoire", "territoires"


# --- rows, with what their territories are ---


def needed(table: str, linked: Iterable[str], filtres: Mapping[str, str]) -> tuple[str, ...]:
    """Columns that a selection reads besides its variable: those that cut and filter, and what links them."""
    columns = {*linked, *(column_of(name) for name, code in filtres.items() if code)}
    outside = {column for column in columns if not column.startswith(f"{table}.")}
    keys = {f"{column.partition('.')[0]}.{KEY}" for column in outside}
    keys |= {f"{table}.{KEY}"} if outside else set()
    # A territory is filtered by the column that each table already has.
    return tuple(sorted(columns | keys))


def linked_rows(wave: Wave, table: str, linked: Iterable[str], chosen: Mapping[str, str]) -> pd.DataFrame:
    """Rows of one table that the filters keep, with columns of the tables that describe its territories."""
    frame = wave.table(table)
    kept = {column_of(name): code for name, code in chosen.items() if code}
    for dotted in dict.fromkeys([*linked, *kept]):
        home, _, column = dotted.partition(".")
        if column not in frame:
            # Its type goes with it: whether it is a number, a date or a yes decides of its codes.
            known = wave.table(home).set_index(KEY)[column]
            known.index = known.index.astype(str)
            frame[column] = frame[KEY].astype(str).map(known)
    for dotted, code in kept.items():
        codes = cut(wave, dotted, frame).codes.astype("object").fillna(UNKNOWN[0])
        frame = frame[codes.astype(str).isin(code.split("|"))]
    return frame.reset_index(drop=True)


def cut(wave: Wave, dotted: str, frame: pd.DataFrame) -> Coded:
    """The codes of a column that cuts or filters."""
    return coded(group_variable(wave.dictionary, dotted), wave.field(dotted), frame[dotted.partition(".")[2]])


def labels_of(wave: Wave, dotted: str) -> dict[str, str]:
    """Codes of a column with their labels, in order; of a territory, the name of its commune."""
    if dotted == f"{SITES}.{KEY}":
        sites = wave.using((dotted, f"{SITES}.commune")).table(SITES).sort_values("commune")
        return dict(zip(sites[KEY].astype(str), sites["commune"].astype(str), strict=True))
    frame = wave.using((dotted,)).table(dotted.partition(".")[0])
    return wave.field(dotted).labels or dict(cut(wave, dotted, frame).labels)
