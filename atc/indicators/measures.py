"""What every count needs: answers as codes, bands, quarters, counts with the empty modalités, summaries."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from atc.survey.typography import number, quarter


@dataclass(frozen=True)
class Part:
    """So many out of so many, missing answers left out by whoever builds it, or a `ValueError`."""

    effectif: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.effectif <= self.total:
            raise ValueError(f"{self.effectif} out of {self.total} is not a share")

    @property
    def part(self) -> float:
        """Share between 0 and 1; NaN when nobody could be counted."""
        return self.effectif / self.total if self.total else math.nan

    @property
    def comptes(self) -> str:
        """``17 sur 30``: the counts alone, right whatever the total."""
        return f"{number(self.effectif)} sur {number(self.total)}"


@dataclass(frozen=True)
class Resume:
    """One numeric column in five values, missing ones left out."""

    effectif: int  # how many values
    minimum: float
    maximum: float
    moyenne: float
    mediane: float


@dataclass(frozen=True)
class Coded:
    """One code per row."""

    codes: pd.Series  # missing where nobody answered
    labels: Mapping[str, str]  # code -> label, in order
    # Makes one label of neighbouring ones; nothing where the order means nothing.
    merged: Callable[[Sequence[str]], str] | None = None

    def regrouped(self, together: Mapping[str, Sequence[str]]) -> Coded:
        """The same where some codes are one: its code, ``equipe|partage``, names them all.

        ``together`` is label -> codes; one whose codes are not all here is left aside.
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


@dataclass(frozen=True)
class Band:
    """One band of a number."""

    low: float  # where it begins: with this number if ``whole``, above it otherwise
    high: float  # last number that it holds
    whole: bool = True  # only whole numbers are counted
    zero: str = "Aucun"  # what the band of zero alone is called

    @property
    def modalite(self) -> str:
        """Its code."""
        return f"{self.low:g}_{self.high:g}"

    @property
    def libelle(self) -> str:
        """« Aucun », « 1 ou 2 », « 8 et plus »; « 0,5 ou moins », « Plus de 0,5 à 0,8 »."""
        low, high = (
            str(end) if math.isinf(end) else number(end, end % 1 > 0) for end in (self.low, self.high)
        )
        if not self.low and self.high:
            every = "Quel que soit leur nombre" if self.whole else "Quelle que soit la valeur"
            return every if math.isinf(self.high) else f"{high} ou moins"
        if not self.whole:
            return f"Plus de {low}" if math.isinf(self.high) else f"Plus de {low} à {high}"
        if math.isinf(self.high):
            return f"{low} et plus"
        if self.low == self.high:
            return low if self.low else self.zero
        return f"{low} {'ou' if self.high == self.low + 1 else 'à'} {high}"


def edges(*ends: float, first: float = 0, whole: bool = True, zero: str = "Aucun") -> tuple[Band, ...]:
    """Bands by their upper ends, in order, of which the last may be infinite: see `Band`."""
    starts = [first, *(end + whole for end in ends[:-1])]
    return tuple(Band(low, high, whole, zero) for low, high in zip(starts, ends, strict=True))


def bands(values: pd.Series, bands: Sequence[Band]) -> Coded:
    """A number in bands; neighbouring ones may be merged. A `ValueError`: a value falls into no band."""
    cuts = [bands[0].low - bands[0].whole, *(band.high for band in bands)]
    known = values.astype("float64")
    codes = pd.cut(known, cuts, labels=[band.modalite for band in bands]).astype("object")
    if len(lost := known[codes.isna() & known.notna()]):
        raise ValueError(f"{lost.iloc[0]} falls into no band")
    by_label = {band.libelle: band for band in bands}

    def merged(labels: Sequence[str]) -> str:
        first, last = by_label[labels[0]], by_label[labels[-1]]
        return replace(first, high=last.high).libelle

    return Coded(codes, {band.modalite: band.libelle for band in bands}, merged)


def quarters(dates: pd.Series) -> Coded:
    """Dates by quarter, ``2019-T4``, from the first to the last, empty ones included."""
    periods = pd.to_datetime(dates).dt.to_period("Q")
    known = periods.dropna()
    labels = {}
    if len(known):
        span = pd.period_range(known.min(), known.max(), freq="Q")
        labels = {f"{q.year}-T{q.quarter}": quarter(q.year, q.quarter) for q in span}
    codes = periods.map(lambda q: f"{q.year}-T{q.quarter}", na_action="ignore").astype("object")

    def merged(some: Sequence[str]) -> str:
        # The first and the last are the dates of somebody: they are not named.
        opens, closes = (some[end] == list(labels.values())[end] for end in (0, -1))
        if opens:
            return "Toutes dates" if closes else f"Jusqu’au {some[-1]}"
        # « Du 1er au 2e trimestre 2020 »: a year is said once.
        first = some[0].split()[0] if some[0][-4:] == some[-1][-4:] else some[0]
        return f"Depuis le {some[0]}" if closes else f"Du {first} au {some[-1]}"

    return Coded(codes, labels, merged)


def codes(values: pd.Series) -> pd.Series:
    """Answers of any type as codes: ``oui``, ``2019-T4``, ``3``; missing ones stay missing."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype("object").map({True: "oui", False: "non"})
    if pd.api.types.is_datetime64_any_dtype(values):
        return quarters(values).codes
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("object").map(str, na_action="ignore").where(values.notna())
    return values


def tally(libelles: Mapping[str, str], codes: pd.Series) -> pd.DataFrame:
    """Count one code per row, those that nobody gave included; missing ones are in no total."""
    known = codes.dropna().astype(str)
    found = known.value_counts().reindex(list(libelles), fill_value=0)
    return with_parts(libelles, found, [len(known)] * len(libelles))


def with_parts(libelles: Mapping[str, str], effectifs: Iterable[int], totaux: Iterable[int]) -> pd.DataFrame:
    """The shape that every count shares: one row a code of ``libelles`` (-> label)."""
    types = {"modalite": "str", "libelle": "str", "effectif": "int64", "total": "int64"}
    columns = map(list, (libelles, libelles.values(), effectifs, totaux))
    return pd.DataFrame(dict(zip(types, columns, strict=True))).astype(types)


def cases(table: pd.DataFrame, libelles: Mapping[str, str]) -> pd.DataFrame:
    """Count ticked boxes, the columns of ``libelles``, out of those that answered, as `with_parts`."""
    parts = [part(table, column) for column in libelles]
    return with_parts(libelles, [p.effectif for p in parts], [p.total for p in parts])


def part(table: pd.DataFrame, colonne: str | int, valeur: str | bool = True) -> Part:
    """Rows that bear a value, out of those that answered."""
    known = table[colonne].dropna()
    return Part(int((known == valeur).sum()), len(known))


#: The two moments of a question that was asked twice in one wave.
MOMENTS = ("Au démarrage", "Aujourd’hui")
#: Where an answer went between them.
DIRECTIONS = {"baisse": "En baisse", "stable": "Stable", "hausse": "En hausse"}


def directions(avant: pd.Series, apres: pd.Series, modalites: Sequence[str]) -> pd.Series:
    """Where each row that answered both went between two questions: one code of `DIRECTIONS`.

    Both have the same modalités, the strongest one first.
    """
    ranks = {code: rank for rank, code in enumerate(modalites)}
    both = pd.DataFrame({"avant": avant, "apres": apres}).dropna().astype(str)
    # Where nobody answered, what is mapped would stay text.
    steps = both["apres"].map(ranks).astype("float64") - both["avant"].map(ranks).astype("float64")
    return steps.map(lambda step: "baisse" if step > 0 else "hausse" if step else "stable").astype("str")


def signes(steps: pd.Series, plus: str, egal: str, moins: str) -> dict[str, int]:
    """How many steps go up, nowhere and down, under these names; missing ones are none."""
    return {plus: int((steps > 0).sum()), egal: int((steps == 0).sum()), moins: int((steps < 0).sum())}


def partage(paires: pd.DataFrame) -> dict[str, float]:
    """How many territories, one a row, both waves know, each of them, and only one of them."""
    compared, before, after = len(paires.dropna()), *(int(paires[n].count()) for n in ("avant", "apres"))
    return {
        "compares": compared,
        "perdus": before - compared,
        "nouveaux": after - compared,
        "connus_avant": before,
        "connus_apres": after,
    }


def resume(valeurs: pd.Series) -> Resume:
    """Summarise a numeric column, missing values left out; NaN when nobody gave any."""
    known = [float(value) for value in valeurs.dropna()]
    if not known:
        return Resume(0, *[math.nan] * 4)
    # Binary noise goes, or a mean of 0.85 stored as 0.8499999 would print as 0,8.
    mean, median = (round(of(known), 9) for of in (statistics.fmean, statistics.median))
    return Resume(len(known), min(known), max(known), mean, median)


def lignes(table: pd.DataFrame) -> Iterator[Any]:
    """Rows of a tidy table one by one, their columns as attributes: ``ligne.libelle``."""
    return iter(table.itertuples(index=False))
