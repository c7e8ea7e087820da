"""The table behind an exhibit: values for the CSV, French text for the page; only what was released."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from atc.disclosure import Count, Measure, Ratio, Released
from atc.disclosure.released import PRIMARY
from atc.survey.datapackage import OBSERVED, PRINTED, WORDS
from atc.survey.typography import french, lower_first, number, percent

ABSENT = "–"
#: Column of the CSV that says what a row is worth.
WORTH = "statut"
#: Columns that others are counted out of.
_OUT_OF = frozenset(
    ("total", "territoires", "compares", "connus_avant", "connus_apres", "total_avant", "total_apres")
)
# A spreadsheet would run a text that starts with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\n")


@dataclass(frozen=True)
class Told(Count):
    """A count of which everybody read « la majorité », and nothing more; charts draw where it can lie."""

    status: str = PRIMARY
    word: str = ""  # as printed

    @property
    def shown(self) -> str:
        """In a table or on a chart."""
        return self.word

    def __str__(self) -> str:
        """In a sentence."""
        return self.word

    def of(self, *_: str | None) -> str:
        """With its noun, which the word stands for."""
        return self.word


def out_of(effectif: Count, total: Count, *, aloud: bool = False) -> str:
    """« 7 sur 14 », « n < 5 sur 14 » (« moins de 5 sur 14 » aloud), or the word of the report alone."""
    if isinstance(effectif, Told):
        return effectif.word
    ratio = Ratio(effectif, total)
    return ratio.comptes if aloud else ratio.shown


@dataclass(frozen=True)
class Column:
    """How one column of a table is shown."""

    name: str  # in the frame and in the CSV
    label: str  # heading
    decimals: int | None = None  # digits after the comma; none for text
    is_part: bool = False  # a share (0–1), shown as a percentage

    def __post_init__(self) -> None:
        """Set the heading in French, as all that is read."""
        object.__setattr__(self, "label", french(self.label))

    @property
    def numeric(self) -> bool:
        """Whether figures are aligned on the right."""
        return self.decimals is not None

    def show(self, value: Any) -> str:
        """One value as readers see it; a missing one is a dash, a masked one its bound."""
        if isinstance(value, Count):
            return value.shown
        if isinstance(value, Measure):
            if value.value is None:
                return "n.c."
            value = value.value
        if pd.isna(value):
            return ABSENT
        if self.decimals is None:
            return french(str(value))
        return (percent if self.is_part else number)(float(value), self.decimals)


@dataclass(frozen=True)
class DataTable:
    """A tidy table and how to show it; its first column names the rows."""

    released: Released  # one row = one row of the table shown
    columns: Sequence[Column]  # those shown, in order; every other column stays out, of the CSV too

    @classmethod
    def headed(cls, released: Released, headings: Mapping[str, str]) -> DataTable:
        """Columns by name and heading: counts are whole, medians have one decimal, all else is text.

        The column ``part`` is a share.
        """
        columns = []
        for name, label in headings.items():
            values = released.frame[name]
            whole = pd.api.types.is_integer_dtype(values) or any(isinstance(v, Count) for v in values)
            digits = 1 if name.startswith("mediane") else 0 if whole or name == "part" else None
            columns.append(Column(name, label, digits, name == "part"))
        return cls(released, columns)

    @property
    def frame(self) -> pd.DataFrame:
        """The table that was released."""
        return self.released.frame

    @property
    def texts(self) -> list[str]:
        """Every text that the table shows: its headings, and its cells that are no numbers."""
        cells = (cell for c in self.columns if not c.numeric for cell in self.frame[c.name].dropna())
        told = [str(cell) for cell in cells if not isinstance(cell, (Count, Measure))]
        return [column.label for column in self.columns] + told

    @property
    def aloud(self) -> str:
        """Its rows for who sees no chart: « Ville, en 2020 : 5 sur 9 ; … »; no absent value, no share."""
        told, numbers = list[str](), [c for c in self.columns if c.numeric and not c.is_part]
        whole = [column.name for column in numbers] == ["effectif", "total"]
        for _, row in self.frame.iterrows():
            # What is under « En 2020 » and « En 2021 » may be one answer.
            labels = [
                f"{lower_first(c.label)} {c.show(row[c.name])}"
                if c.label.startswith("En ")
                else c.show(row[c.name])
                for c in self.columns
                if not c.numeric
            ]
            shown = {c.label: text for c in numbers if (text := c.show(row[c.name])) != ABSENT}
            cells = [text if len(numbers) == 1 else f"{lower_first(n)} {text}" for n, text in shown.items()]
            cells = [out_of(row["effectif"], row["total"])] if whole else cells
            told.append(" : ".join(filter(None, (", ".join(labels), ", ".join(cells)))))
        return f"{' ; '.join(told)}."

    @property
    def released_values(self) -> list[Count | Measure]:
        """Every count and every median that it shows."""
        values = (value for column in self.columns for value in self.frame[column.name])
        return [value for value in values if isinstance(value, (Count, Measure))]

    @property
    def is_masked(self) -> bool:
        """Whether a count or a median that it shows is masked."""
        return any(value.is_masked for value in self.released_values if not isinstance(value, Told))

    @property
    def is_all_masked(self) -> bool:
        """Whether nothing that it counts or measures may be told, not even how much it can be out of what."""
        whole = DataTable(self.released, [column for column in self.columns if column.name in _OUT_OF])
        own = DataTable(self.released, [column for column in self.columns if column.name not in _OUT_OF])
        values = own.released_values
        bounded = any(isinstance(value, Count) and not value.is_withheld for value in values)
        told = any(isinstance(value, Told) or not value.is_masked for value in values)
        known = any(not total.is_masked for total in whole.released_values)
        return bool(values) and not told and not (bounded and known)

    def uncounted(self) -> DataTable:
        """The same without its counts, nor what they are counted out of."""
        return replace(self, columns=[column for column in self.columns if not column.numeric])

    @property
    def rows(self) -> list[list[str]]:
        """The cells as readers see them."""
        shown = [[column.show(value) for value in self.frame[column.name]] for column in self.columns]
        return [list(row) for row in zip(*shown, strict=True)]

    @property
    def csv_labels(self) -> dict[str, str]:
        """Column of the CSV -> what readers call it."""
        labels = {column.name: column.label for column in self.columns}
        masks = {f"statut_{name}": f"Statut : {lower_first(label)}" for name, label in labels.items()}
        return labels | masks | {WORTH: "Ce que valent les données"}

    def csv(self, status: str = "") -> str:
        """For machines: commas, point as decimal mark, one line per row; no cell can be run as a formula.

        A masked count is empty, and the column that follows it, ``statut_<colonne>``, says why (``D``, ``S``,
        or the word that the report prints for it) or that it is told (``V``). It is there as soon as one
        count of the table is not told. ``status`` says what the data are worth, in a last column.
        """
        kept: dict[str, pd.Series] = {}
        worded = self.frame[[c.name for c in self.columns]].map(lambda value: isinstance(value, Told))
        for column in self.columns:
            values = self.frame[column.name].astype("object")
            kept[column.name] = values.map(_plain if column.numeric else _neutral, na_action="ignore")
            if (self.is_masked or worded[column.name].any()) and any(isinstance(v, Count) for v in values):
                kept[f"statut_{column.name}"] = values.map(
                    lambda n: n.word if isinstance(n, Told) else n.status if isinstance(n, Count) else "",
                    na_action="ignore",
                )
        if status and WORTH not in kept:
            kept[WORTH] = worded.any(axis="columns").map({True: PRINTED, False: WORDS[status] or OBSERVED})
        return pd.DataFrame(kept).to_csv(index=False, lineterminator="\n")

    def for_excel(self, separator: str) -> str:
        """For people who have French Excel: headings in words, masks as they are read, decimal comma.

        Cells are parted by a tabulation to paste, by a semicolon in a file.
        """
        typed = [_typed if column.numeric else _neutral for column in self.columns]
        cells = [[type_(cell) for type_, cell in zip(typed, row, strict=True)] for row in self.rows]
        headed = pd.DataFrame(cells, columns=[column.label for column in self.columns], dtype="object")
        return headed.to_csv(sep=separator, index=False, lineterminator="\r\n")


def _typed(shown: str) -> str:
    """A number as it is typed: « 1362 » for « 1 362 », « -0,5 » for « −0,5 »; « n < 5 » as it is."""
    told = re.sub(r"\s", " ", shown).replace("−", "-")
    return "" if told == ABSENT else re.sub(r"(?<=\d) (?=\d|%)", "", told)


def _plain(value: object) -> object:
    known = value.value if isinstance(value, (Count, Measure)) else value
    return "" if known is None else known


def _neutral(value: object) -> str:
    # A lone carriage return is not quoted, and would start a row, hence a formula, of its own.
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(_FORMULA) else text
