"""What every subject needs: counts by modalité with the empty ones, ticked boxes, bands, summaries."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators.parts import Part

if TYPE_CHECKING:
    from atc.dictionary import Field


@dataclass(frozen=True)
class Tranche:
    """One band of a banded distribution.

    Attributes:
        modalite: Code.
        libelle: As readers see it.
        intervalle: Values that it holds; its ``closed`` says which bounds belong to it.
    """

    modalite: str
    libelle: str
    intervalle: pd.Interval[float]


@dataclass(frozen=True)
class Resume:
    """One numeric column in five values, missing ones left out.

    Attributes:
        effectif: How many values.
        minimum, maximum, moyenne, mediane: In the unit of the column.
    """

    effectif: int
    minimum: float
    maximum: float
    moyenne: float
    mediane: float


def tally(libelles: Mapping[str, str], codes: pd.Series) -> pd.DataFrame:
    """Count codes, those that nobody gave included.

    Args:
        libelles: Code -> label, in the order wanted.
        codes: One code per row; missing ones are left out of ``total``.

    Returns:
        One row = one code. ``modalite``, ``libelle``, ``effectif`` (rows), ``total`` (rows with a code),
        ``part``.
    """
    known = codes.dropna().astype(str)
    counts = known.value_counts()
    effectifs = [int(counts.get(code, 0)) for code in libelles]
    return with_parts(libelles, effectifs, [len(known)] * len(libelles))


def with_parts(libelles: Mapping[str, str], effectifs: Iterable[int], totaux: Iterable[int]) -> pd.DataFrame:
    """The shape that every count shares.

    Returns:
        One row = one code. ``modalite``, ``libelle``, ``effectif``, ``total``, ``part`` (NaN when the total
        is 0).
    """
    frame = pd.DataFrame(
        {
            "modalite": pd.Series(list(libelles), dtype="str"),
            "libelle": pd.Series(list(libelles.values()), dtype="str"),
            "effectif": pd.Series(list(effectifs), dtype="int64"),
            "total": pd.Series(list(totaux), dtype="int64"),
        }
    )
    # 0 / 0 is NaN in pandas: a share of nobody is unknown, not zero.
    return frame.assign(part=frame["effectif"] / frame["total"])


def par_modalite(table: pd.DataFrame, champ: Field) -> pd.DataFrame:
    """Count the modalités of one column, in the order of the questionnaire, empty ones included.

    Returns:
        One row = one modalité; see `tally`. ``effectif`` counts rows of ``table``.
    """
    return tally(champ.labels, table[champ.name])


def par_groupe(table: pd.DataFrame, champ: Field) -> pd.DataFrame:
    """The same for the wider modalités that the dictionary declares (``group``).

    Returns:
        One row = one wider modalité; see `tally`.
    """
    return tally(champ.group_labels, table[champ.name].astype("str").map(champ.groups))


def presentes(table: pd.DataFrame, champ: Field) -> tuple[str, ...]:
    """Labels of the modalités that at least one row bears, in the order of the questionnaire."""
    return _borne(par_modalite(table, champ))


def groupes_presents(table: pd.DataFrame, champ: Field) -> tuple[str, ...]:
    """Labels of the wider modalités that at least one row bears, in the order of the questionnaire."""
    return _borne(par_groupe(table, champ))


def _borne(counts: pd.DataFrame) -> tuple[str, ...]:
    return tuple(counts.loc[counts["effectif"] > 0, "libelle"])


def cases(table: pd.DataFrame, libelles: Mapping[str, str]) -> pd.DataFrame:
    """Count ticked boxes; one row of ``table`` may tick several, so parts do not add up to 1.

    Args:
        table: One column of nullable booleans per box.
        libelles: Column -> label.

    Returns:
        One row = one box. ``effectif``: rows that ticked it; ``total``: rows that answered, yes or no.
    """
    parts = [part(table, column) for column in libelles]
    return with_parts(libelles, [p.effectif for p in parts], [p.total for p in parts])


def cochees(table: pd.DataFrame, libelles: Mapping[str, str]) -> tuple[str, ...]:
    """Labels of the boxes that at least one row ticked, in the order of the questionnaire."""
    return _borne(cases(table, libelles))


def part(table: pd.DataFrame, colonne: str, valeur: str | bool = True) -> Part:
    """Rows that bear a value, out of those that answered."""
    known = table[colonne].dropna()
    return Part(int((known == valeur).sum()), len(known))


def par_tranche(valeurs: pd.Series, tranches: Sequence[Tranche]) -> pd.DataFrame:
    """Banded distribution of a numeric column.

    Returns:
        One row = one band; see `tally`. Missing values are left out of ``total``.

    Raises:
        ValueError: A value falls into no band.
    """
    codes = valeurs.dropna().map(lambda value: _band(float(value), tranches))
    return tally({t.modalite: t.libelle for t in tranches}, codes)


def etendue(libelles: Sequence[str], tranches: Sequence[Tranche]) -> tuple[float, float]:
    """Where several neighbouring bands begin and end.

    Args:
        libelles: Labels of the bands, in order.
        tranches: All the bands that a column has.

    Returns:
        Left end of the first one and right end of the last one.
    """
    by_label = {tranche.libelle: tranche.intervalle for tranche in tranches}
    return by_label[libelles[0]].left, by_label[libelles[-1]].right


def _band(value: float, tranches: Sequence[Tranche]) -> str:
    for tranche in tranches:
        if value in tranche.intervalle:
            return tranche.modalite
    raise ValueError(f"{value} falls into no band")


def resume(valeurs: pd.Series) -> Resume:
    """Summarise a numeric column, missing values left out; NaN when nobody gave any."""
    known = [float(value) for value in valeurs.dropna()]
    if not known:
        return Resume(0, *[math.nan] * 4)
    # Binary noise goes, or a mean of 0.85 stored as 0.8499999 would print as 0,8.
    mean, median = (round(of(known), 9) for of in (statistics.fmean, statistics.median))
    return Resume(len(known), min(known), max(known), mean, median)
