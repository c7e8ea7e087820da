"""Values as codes with labels, whatever their type: what distributions and crossings count."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from atc.dictionary import Field
from atc.exhibits.variables import DATE, NUMBER, SCORE, YES_NO, Variable
from atc.indicators import animation, measures, pilotage, scores
from atc.indicators.measures import Band, Coded

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
    """The bands that the report uses, or plain ones that do not depend on who answered."""
    if variable.name == "carnet_de_bord.etp":
        return animation.TRANCHES_ETP
    if variable.name == "carnet_de_bord.reunions_pilotage":
        return pilotage.TRANCHES_REUNIONS
    # Up to the band of the largest value.
    most = values.max() if values.notna().any() else 0
    return measures.edges(*_ENDS[: 1 + sum(bool(end < most) for end in _ENDS)])
