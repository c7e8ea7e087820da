"""Values as codes with labels, whatever their type: what distributions and crossings count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from atc.dictionary import Field
from atc.exhibits.variables import DATE, NUMBER, SCORE, YES_NO, Variable
from atc.indicators import animation, measures, pilotage, scores
from atc.indicators.measures import Tranche
from atc.typography import number, quarter

_YES_NO = {"oui": "Oui", "non": "Non"}
#: Upper ends of the bands of a number of which nobody decided the bands.
_ENDS = (0, 2, 4, 7, 10, 20, 50, 100)
Label = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Coded:
    """One code per row.

    Attributes:
        codes: Missing where nobody answered.
        labels: Code -> label, in order.
        merged: Makes one label of neighbouring ones; ``None`` where the order means nothing.
    """

    codes: pd.Series
    labels: Mapping[str, str]
    merged: Label | None = None

    def regrouped(self, together: Mapping[str, Sequence[str]]) -> Coded:
        """The same where some codes are one: its code, ``equipe|partage``, names them all.

        Args:
            together: Label -> codes; one whose codes are not all here is left aside.
        """
        known = {label: codes for label, codes in together.items() if set(codes) <= set(self.labels)}
        if not known:
            return self
        joined = {
            code: ("|".join(each for each in self.labels if each in codes), label)
            for label, codes in known.items()
            for code in codes
        }
        labels = dict(joined.get(code, (code, label)) for code, label in self.labels.items())
        codes = self.codes.map(lambda code: joined[code][0] if code in joined else code, na_action="ignore")
        return Coded(codes, labels)


def coded(variable: Variable, field: Field, values: pd.Series) -> Coded:
    """The values of one variable as codes.

    Args:
        variable: What is counted; ticked boxes are counted one by one.
        field: Its column in the dictionary.
        values: Its column.
    """
    if variable.kind == YES_NO:
        codes = values.astype("object").map({True: "oui", False: "non"})
        return Coded(codes, _YES_NO)
    if variable.kind == NUMBER:
        bands, merged = _bands(variable, values)
        return Coded(_banded(values, bands), {b.modalite: b.libelle for b in bands}, merged)
    if variable.kind == SCORE:
        bands = scores.TRANCHES_NOTES
        return Coded(_banded(values, bands), {b.modalite: b.libelle for b in bands}, _merged_scores)
    if variable.kind == DATE:
        return _quarters(values)
    return Coded(values.astype("object"), field.labels)


def _banded(values: pd.Series, bands: Sequence[Tranche]) -> pd.Series:
    def band(value: float) -> str:
        return next(b.modalite for b in bands if value in b.intervalle)

    return values.astype("float64").map(band, na_action="ignore").astype("object")


def _bands(variable: Variable, values: pd.Series) -> tuple[Sequence[Tranche], Label]:
    """The bands that the report uses, or plain ones that do not depend on who answered."""
    if variable.name == "carnet_de_bord.etp":
        return animation.TRANCHES_ETP, animation.tranches_etp_reunies
    if variable.name == "carnet_de_bord.reunions_pilotage":
        return pilotage.TRANCHES_REUNIONS, pilotage.tranches_de_reunions_reunies
    known = values.dropna().astype("float64")
    bands = _plain_bands(float(known.max()) if len(known) else 0.0)
    return bands, lambda labels: _merged_bands(labels, bands)


def _plain_bands(most: float) -> tuple[Tranche, ...]:
    """« Aucune », « 1 à 2 », « 3 à 4 »…, up to the band of the largest value."""
    starts = [float("-inf"), *_ENDS]
    bands = []
    for start, end in zip(starts, [*_ENDS, float("inf")], strict=True):
        low = int(start) + 1 if start != float("-inf") else 0
        bands.append(Tranche(f"{low}", _span(low, end), pd.Interval(start, end, closed="right")))
        if most <= end:
            break
    return tuple(bands)


def _span(low: float, high: float) -> str:
    if high == 0:
        return "Aucun"
    if high == float("inf"):
        return f"{number(low)} et plus"
    return number(low) if low == high else f"{number(low)} {'ou' if high == low + 1 else 'à'} {number(high)}"


def _merged_bands(labels: Sequence[str], bands: Sequence[Tranche]) -> str:
    _, high = measures.etendue(labels, bands)
    low = next(int(band.modalite) for band in bands if band.libelle == labels[0])
    if not low:
        return "Quel que soit leur nombre" if high == float("inf") else f"{number(high)} ou moins"
    return _span(low, high)


def _merged_scores(labels: Sequence[str]) -> str:
    return f"{labels[0].split()[0]} à {labels[-1].split()[-1]}"


def _quarters(values: pd.Series) -> Coded:
    periods = pd.to_datetime(values).dt.to_period("Q")
    known = periods.dropna()
    if known.empty:
        return Coded(periods.astype("object"), {})
    span = pd.period_range(known.min(), known.max(), freq="Q")
    labels = {f"{q.year}-T{q.quarter}": quarter(q.year, q.quarter) for q in span}
    codes = periods.map(lambda q: f"{q.year}-T{q.quarter}", na_action="ignore").astype("object")
    return Coded(codes, labels, animation.trimestres_reunis)
