"""Values as codes with labels, whatever their type: what distributions and crossings count."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from atc.dictionary import Field
from atc.exhibits.variables import DATE, NUMBER, SCORE, YES_NO, Variable
from atc.indicators import measures, scores
from atc.indicators.measures import Band, Coded

#: Bands that were decided. Half a post and a full post are the thresholds that readers have in mind, and most
#: sites stand between.
_BANDS = {
    "carnet_de_bord.etp": measures.edges(0.5, 0.8, 1, math.inf, whole=False),
    "carnet_de_bord.reunions_pilotage": measures.edges(0, 2, 4, 7, math.inf, zero="Aucune"),
}
#: Upper ends of the bands of a number of which nobody decided the bands.
_ENDS = (0, 2, 4, 7, 10, 20, 50, 100, math.inf)


def coded(variable: Variable, field: Field, values: pd.Series) -> Coded:
    """The values of one variable as codes.

    Args:
        variable: What is counted; ticked boxes are counted one by one.
        field: Its column in the dictionary.
        values: Its column.
    """
    if variable.kind == YES_NO:
        return Coded(measures.codes(values), {"oui": "Oui", "non": "Non"})
    if variable.kind == NUMBER:
        return measures.bands(values, _bands(variable, values))
    if variable.kind == SCORE:
        return measures.bands(values, scores.TRANCHES_NOTES)
    if variable.kind == DATE:
        return measures.quarters(values)
    return Coded(values.astype("object"), field.labels)


def _bands(variable: Variable, values: pd.Series) -> Sequence[Band]:
    """Those that were decided, or plain ones, up to that of the largest value."""
    if variable.name in _BANDS:
        return _BANDS[variable.name]
    most = values.max() if values.notna().any() else 0
    return measures.edges(*_ENDS[: 1 + sum(bool(end < most) for end in _ENDS)])
