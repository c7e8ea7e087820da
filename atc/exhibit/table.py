"""The table behind an exhibit: raw values for the CSV, French text for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atc.typography import french, number, percent

ABSENT = "–"
# A spreadsheet would run a text that starts with one of these.
_FORMULA = ("=", "+", "-", "@", "\t", "\n")


@dataclass(frozen=True)
class Column:
    """How one column of a table is shown.

    Attributes:
        name: Name in the frame and in the CSV.
        label: Heading.
        decimals: Digits after the comma; ``None`` for text.
        is_part: Whether the value is a share (0–1), to be shown as a percentage.
    """

    name: str
    label: str
    decimals: int | None = None
    is_part: bool = False

    @property
    def numeric(self) -> bool:
        """Whether figures are aligned on the right."""
        return self.decimals is not None

    def show(self, value: Any) -> str:
        """One value as readers see it; a missing one is a dash."""
        if pd.isna(value):
            return ABSENT
        if self.decimals is None:
            return french(str(value))
        shown = percent if self.is_part else number
        return shown(float(value), self.decimals)


@dataclass(frozen=True)
class DataTable:
    """A tidy table and how to show it; its first column names the rows.

    Attributes:
        frame: One row = one row of the table shown.
        columns: Columns shown, in order; every other column of the frame stays out, of the CSV too.
    """

    frame: pd.DataFrame
    columns: Sequence[Column]

    @property
    def rows(self) -> list[list[str]]:
        """The cells as readers see them."""
        kept = self.frame[[column.name for column in self.columns]]
        return [
            [column.show(value) for column, value in zip(self.columns, row, strict=True)]
            for row in kept.itertuples(index=False, name=None)
        ]

    def csv(self) -> str:
        """For machines: commas, point as decimal mark, one line per row; no cell can be run as a formula."""
        kept = self.frame[[column.name for column in self.columns]].copy()
        for column in self.columns:
            if not column.numeric:
                kept[column.name] = kept[column.name].map(_neutral, na_action="ignore")
        return kept.to_csv(index=False, lineterminator="\n")


def _neutral(value: object) -> str:
    # A lone carriage return is not quoted, and would start a row, hence a formula, of its own.
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(_FORMULA) else text
