"""Rows of a tidy table, one by one, for those who write sentences or draw marks.

pandas cannot tell the type of a cell; the docstring of the indicator does, so rows are typed ``Any`` here, in
one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def lignes(table: pd.DataFrame) -> Iterator[Any]:
    """Each row, whose columns are attributes: ``ligne.libelle``, ``ligne.effectif``."""
    return iter(table.itertuples(index=False))


def premiere(table: pd.DataFrame) -> Any:
    """The first row.

    Raises:
        StopIteration: The table is empty.
    """
    return next(lignes(table))


def plus_grande(table: pd.DataFrame, colonne: str = "effectif") -> Any:
    """The row with the largest absolute value in one column, the first one if several are equal.

    Raises:
        StopIteration: The table is empty.
    """
    order = table[colonne].abs().sort_values(ascending=False, kind="stable").index
    return premiere(table.loc[order])
