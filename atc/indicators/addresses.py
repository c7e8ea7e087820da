"""One value of a wave, addressed by four words: a row of ``publie.csv`` has them as columns.

``mesure``: one of `MEASURES`. ``colonne``: ``table.colonne``, its wider modalités ``….portage.groupe``, the
boxes of one question ``carnet_de_bord.themes``, or several columns ``scores.item;groupe``. ``filtre``: the
rows to keep, ``role=dp|ville;posture=*`` (``*`` any answer, ``≠`` any other one), also by a table that a key
links to this one. ``valeur``: in the same words, what a share counts among those rows. Answers are written as
`measures.codes` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pandas as pd

from atc.indicators import measures
from atc.indicators.measures import Part
from atc.survey.errors import UsageError

if TYPE_CHECKING:
    from atc.survey.dictionary import Dictionary, Field
    from atc.survey.waves import Wave

_ANY = "*"
_CONDITION = re.compile(r"([^=≠]+)([=≠])(.+)")
#: How answers are written in a column without modalités, by type, and how to say so.
_WRITTEN = {
    "boolean": (r"oui|non", "Écrivez oui ou non"),
    "date": (r"\d{4}-T[1-4]", "Écrivez un trimestre comme « 2019-T4 »"),
    "integer": (r"\d+", "Écrivez un nombre entier"),
    "number": (r"\d+(\.\d+)?", "Écrivez un nombre, avec un point avant les décimales"),
}


#: What is found in the rows that are kept and, of these, in those that are chosen: both as codes of the
#: columns addressed, by rank; of each, code -> label in the order of the questionnaire.
Taken: TypeAlias = Callable[[pd.DataFrame, pd.DataFrame, Sequence[Mapping[str, str]]], Any]


def _distinct(kept: pd.DataFrame, *_: object) -> int:
    """How many distinct answers, or combinations of answers; a missing one counts for nothing."""
    return len(kept.dropna().drop_duplicates())


def _part(kept: pd.DataFrame, chosen: pd.DataFrame, *_: object) -> Part:
    return Part(_distinct(chosen), _distinct(kept))


def _by_answer(take: Taken) -> Taken:
    """The same for each answer that the last column may give: label -> what is found."""

    def by_answer(kept: pd.DataFrame, chosen: pd.DataFrame, labels: Sequence[Mapping[str, str]]) -> Any:
        last = len(labels) - 1

        def among(rows: pd.DataFrame, code: str) -> pd.DataFrame:
            return rows[rows[last] == code].drop(columns=last)

        return {name: take(among(kept, c), among(chosen, c), ()) for c, name in labels[last].items()}

    return by_answer


def _shared(kept: pd.DataFrame, _: object, labels: Sequence[Mapping[str, str]]) -> int:
    """How many answers of the first column stand beside every answer that the second may give."""
    beside = kept[kept[1].isin(labels[1])].groupby(0)[1].nunique()
    return int((beside == len(labels[1])).sum())


def _names(kept: pd.DataFrame, _: object, labels: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Labels of the answers given, as the questionnaire orders them; without labels, the answers in order."""
    if any(labels):
        named = ((rank, code, label) for rank, each in enumerate(labels) for code, label in each.items())
        return tuple(label for rank, code, label in named if (kept[rank] == code).any())
    given = {answer for rank in kept for answer in kept[rank].dropna()}
    return tuple(sorted(given, key=lambda name: (len(name) * name.isdecimal(), name)))


def _strongest(kept: pd.DataFrame, _: object, labels: Sequence[Mapping[str, str]]) -> dict[str, Part]:
    """How often the strongest modalité is given at both moments."""
    moments = zip(measures.MOMENTS, labels, strict=True)
    return {moment: measures.part(kept, rank, next(iter(e))) for rank, (moment, e) in enumerate(moments)}


def _moved(kept: pd.DataFrame, _: object, labels: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """How many go down and up from the first column to the second: label of the direction -> rows."""
    found = list(measures.directions(kept[0], kept[1], list(labels[0])))
    return {name: found.count(code) for code, name in measures.DIRECTIONS.items() if code != "stable"}


class Measure(NamedTuple):
    """One measure."""

    take: Taken | None  # how; nothing for when the table was collected, which its papers say
    columns: int = 0  # how many columns it takes; 0 for any number
    value: bool = False  # whether it counts a value
    numeric: bool = False  # whether its column holds numbers


def _of_numbers(take: Callable[[list[float]], float]) -> Measure:
    return Measure(lambda kept, *_: take(list(kept[0].dropna().astype("float64"))), columns=1, numeric=True)


MEASURES: Mapping[str, Measure] = {
    "nombre": Measure(_distinct),
    "nombre_selon": Measure(_by_answer(_distinct), columns=2),
    "communs": Measure(_shared, columns=2),
    "part": Measure(_part, value=True),
    "part_selon": Measure(_by_answer(_part), columns=2, value=True),
    "noms": Measure(_names),
    "minimum": _of_numbers(min),
    "maximum": _of_numbers(max),
    "somme": _of_numbers(sum),
    "moyenne": _of_numbers(lambda numbers: measures.resume(pd.Series(numbers)).moyenne),
    "fort_par_moment": Measure(_strongest, columns=2),
    "sens": Measure(_moved, columns=2),
    "periode": Measure(None),
}


class CellError(ValueError):
    """Which cell is wrong, why and what to do: the three arguments, the last two in French."""


@dataclass(frozen=True)
class Column:
    """One column of the dictionary or, ``wide``, its wider modalités."""

    field: Field
    wide: bool = False

    @property
    def dotted(self) -> str:
        """``table.colonne``."""
        return f"{self.field.table}.{self.field.name}"

    @property
    def labels(self) -> dict[str, str]:
        """Code -> label, in the order of the questionnaire; a box has its own, when it is ticked."""
        if self.field.type == "boolean":
            return {"oui": self.field.label}
        return self.field.group_labels if self.wide else self.field.labels

    def codes(self, table: pd.DataFrame) -> pd.Series:
        """Answers as codes, in a table whose columns are called `dotted`."""
        codes = measures.codes(table[self.dotted]).astype("object")
        return codes.map(self.field.groups) if self.wide else codes


@dataclass(frozen=True)
class Condition:
    """Rows whose column gives one of some answers or, ``other``, an answer that is none of them."""

    column: Column
    answers: frozenset[str]
    other: bool = False

    def admits(self, code: Any) -> bool:
        """Whether this answer keeps its row; never a missing one."""
        return not pd.isna(code) and (_ANY in self.answers or (code in self.answers) != self.other)


@dataclass(frozen=True)
class Address:
    """What a row measures, and where."""

    measure: Measure  # how
    columns: tuple[Column, ...]  # what, of one table
    kept: tuple[Condition, ...] = ()  # what the filter asks of a row
    chosen: tuple[Condition, ...] = ()  # what the value asks of it besides
    # Other table that they name -> column of this table, and of that one, that link the two.
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table that is measured."""
        return self.columns[0].field.table

    @property
    def reads(self) -> frozenset[str]:
        """Every column that it reads, as ``table.colonne``."""
        asked = (condition.column for condition in (*self.kept, *self.chosen))
        keys = ((f"{self.table}.{own}", f"{other}.{its}") for other, (own, its) in self.links.items())
        return frozenset(column.dotted for column in (*self.columns, *asked)).union(*keys)

    def on(self, wave: Wave) -> Any:
        """Measure it on a wave, through the columns that it reads."""
        if self.measure.take is None:
            return wave.package.resources[self.table].collected
        wave = wave.using(self.reads)
        rows = wave.table(self.table).add_prefix(f"{self.table}.")
        for name, (own, its) in self.links.items():
            # Once for each row that is linked to it: what is asked of those must hold on one and the same.
            other = wave.table(name).add_prefix(f"{name}.").set_index(f"{name}.{its}", drop=False)
            rows = rows.join(other, on=f"{self.table}.{own}")
        taken = []
        for conditions in (self.kept, self.chosen):
            for asked in conditions:
                rows = rows[asked.column.codes(rows).map(asked.admits).astype(bool)]
            # Each row of the table once, as codes.
            once = rows[~rows.index.duplicated()]
            taken.append(pd.DataFrame({rank: column.codes(once) for rank, column in enumerate(self.columns)}))
        kept, chosen = taken
        return self.measure.take(kept, chosen, [self._through(column) for column in self.columns])

    def _through(self, column: Column) -> dict[str, str]:
        """The labels of a column, those of its answers that the filter lets through."""
        asks = [condition for condition in self.kept if condition.column == column]
        return {code: told for code, told in column.labels.items() if all(each.admits(code) for each in asks)}


def measured(wave: Wave, mesure: str, colonne: str, *, valeur: str = "", filtre: str = "") -> Any:
    """The value that these words address: ``measured(vague, "nombre", "entretiens.entretien")``."""
    return parse(mesure, colonne, valeur, filtre, wave.dictionary).on(wave)


def parse(mesure: str, colonne: str, valeur: str, filtre: str, dictionary: Dictionary) -> Address:
    """What these four cells address; a `CellError` when one of them addresses nothing."""
    if mesure not in MEASURES:
        raise CellError("mesure", "Mesure inconnue", f"Choisissez parmi : {', '.join(MEASURES)}")
    measure, (first, *others) = MEASURES[mesure], colonne.split(";")
    columns = [*_columns("colonne", first, "", dictionary)]
    table = columns[0].field.table
    columns += [each for name in others for each in _columns("colonne", name, table, dictionary)]
    kept, chosen = (
        tuple(_condition(cell, piece, table, dictionary) for piece in text.split(";") if text)
        for cell, text in (("filtre", filtre), ("valeur", valeur))
    )
    if any(column.field.table != table for column in columns):
        raise CellError("colonne", "Colonnes de plusieurs tables", "Nommez celles d’une même table")
    if measure.columns not in {0, len(columns)}:
        takes = f"« {mesure} » prend {measure.columns} colonne(s)"
        raise CellError("colonne", takes, "Changez l’une ou l’autre")
    if measure.numeric and columns[0].field.type not in {"integer", "number"}:
        raise CellError("colonne", f"« {mesure} » prend une colonne de nombres", "Changez l’une ou l’autre")
    if measure.value != bool(chosen):
        takes = f"« {mesure} » {'compte une valeur' if measure.value else 'ne compte pas de valeur'}"
        raise CellError("valeur", takes, "Remplissez ou videz cette cellule")
    homes = {condition.column.field.table for condition in (*kept, *chosen)} - {table}
    links = {home: link for home in homes if (link := _link(table, home, dictionary))}
    return Address(measure, tuple(columns), kept, chosen, links)


def _columns(cell: str, name: str, table: str, dictionary: Dictionary) -> list[Column]:
    """What a name stands for in a row about this table: a column, its wider modalités, or several boxes."""
    home, _, rest = name.partition(".")
    if table and home not in dictionary.tables:
        home, rest = table, name
    column, _, wide = rest.partition(".")
    try:
        boxes = dictionary.table(home).in_group(column)
        fields = [dictionary.field(f"{home}.{each}") for each in boxes or (column,)]
    except UsageError as error:
        message, _, remedy = str(error).rpartition(". ")
        raise CellError(cell, message, remedy) from error
    if wide and (wide != "groupe" or fields[0].group_labels == fields[0].labels):
        raise CellError(cell, f"« {home}.{column} » n’a pas de « .{wide} »", "Nommez la colonne seule")
    return [Column(each, bool(wide)) for each in fields]


def _condition(cell: str, piece: str, table: str, dictionary: Dictionary) -> Condition:
    match = _CONDITION.fullmatch(piece)
    if match is None:
        raise CellError(cell, "Condition mal écrite", "Écrivez « colonne=réponse » ou « colonne≠réponse »")
    name, sign, answers = match.groups()
    column, *others = _columns(cell, name, table, dictionary)
    home, type_ = column.field.table, column.field.type
    if others:
        raise CellError(cell, f"« {name} » réunit plusieurs cases", "Nommez une seule case")
    if home != table and not _link(table, home, dictionary):
        raise CellError(cell, f"Aucune clé ne relie « {home} » et « {table} »", "Filtrez par une table liée")
    pattern, remedy = _WRITTEN.get(type_, (".+", ""))
    if type_ not in _WRITTEN and column.labels:
        pattern, remedy = "|".join(column.labels), f"Choisissez parmi : {', '.join(column.labels)}"
    for answer in answers.split("|"):
        if answer != _ANY and not re.fullmatch(pattern, answer):
            raise CellError(cell, f"« {answer} » n’est pas une réponse de « {name} »", remedy)
    return Condition(column, frozenset(answers.split("|")), sign == "≠")


def _link(table: str, other: str, dictionary: Dictionary) -> tuple[str, str] | None:
    """The columns of both that a foreign key links, whichever table declares it."""
    for home, target in ((table, other), (other, table)):
        for own, resource, its in dictionary.table(home).foreign_keys:
            if resource == target and len(own) == 1:
                return (own[0], its[0]) if home == table else (its[0], own[0])
    return None
