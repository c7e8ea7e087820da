"""A median and the reason why there is none, for the scores of the desk."""

from __future__ import annotations

import pandas as pd

from atc.desk.asked import Asked
from atc.disclosure import Measure
from atc.errors import UsageError


def nobody(asked: Asked, frame: pd.DataFrame) -> UsageError:
    """Why there is nothing to count, and what to choose instead."""
    label = asked.variable.label
    if asked.filters and frame.empty:
        return UsageError(
            f"Aucune ligne ne répond à ce filtre{asked.filters_aloud()}. Élargissez ou retirez-le."
        )
    return UsageError(
        f"Personne n’a répondu à « {label} » dans cette sélection ({asked.wave.settings.label}"
        f"{asked.filters_aloud()}). Choisissez une autre variable, une autre vague ou un autre filtre."
    )


def median(asked: Asked, values: pd.Series, what: str) -> Measure:
    """Median of the answers that are known, withheld where too few stand behind it."""
    known = values.dropna().astype("float64")
    table = pd.DataFrame({"mediane": [known.median()], "n": [len(known)]})
    released = asked.release.statistics(table, what, by=(), values=("mediane",), n="n")
    measure: Measure = next(iter(released)).mediane
    return measure
