"""The situation of the territories, as two groups score it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from atc.disclosure import Measure, Release, Released
from atc.indicators import scores
from atc.indicators.measures import lignes
from atc.waves import Wave


def situations(vague: Wave, release: Release) -> Released:
    """The two medians of each item and, territory by territory, who is higher; widest gaps first.

    Args:
        vague: With the columns of ``scores``.
        release: Of the exhibit that tells them.
    """
    table = vague.table("scores")
    period = scores.periode_jugee(table)
    compared = release.splits(
        scores.comparaison(table, vague.dictionary, period),
        f"scores.territoire&periode={period}",
        by=("item",),
        total="territoires",
        parts=("plus_haut", "egal", "plus_bas"),
        values=("mediane_institutionnels", "mediane_animateurs"),
    )
    return compared.reshaped(_by_gap)


def medianes(row: Any) -> tuple[Measure, Measure]:
    """Medians of institutional actors and of animateurs on one item."""
    return row.mediane_institutionnels, row.mediane_animateurs


def plus_grand_ecart(compared: Released) -> Any | None:
    """The item on which the medians of the two groups are furthest apart, if any is known."""
    known = [(abs(gap), row) for row in compared if (gap := _gap(row)) is not None]
    return max(known, key=lambda pair: pair[0])[1] if known else None


def _gap(row: Any) -> float | None:
    first, second = (median.known for median in medianes(row))
    return None if first is None or second is None else first - second


def _by_gap(frame: pd.DataFrame) -> pd.DataFrame:
    # What is withheld comes last, whatever it is.
    gaps = pd.Series([_gap(row) for row in lignes(frame)], index=frame.index, dtype="float64")
    return frame.loc[gaps.sort_values(ascending=False, kind="stable", na_position="last").index]
