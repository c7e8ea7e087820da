"""Neighbouring bands put together, before anything is masked (docs/confidentialite.md, règle 7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from atc.indicators.measures import lignes


@dataclass(frozen=True)
class Band:
    """One band, or several that were merged.

    Attributes:
        codes: Of the bands that it holds, in order.
        labels: The same, as readers see them.
        counts: Persons or sites in each.
        exempt: Whether a reviewed exception names it as it is.
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    exempt: bool = False

    @property
    def code(self) -> str:
        """``1_2|3_5``."""
        return "|".join(self.codes)

    @property
    def count(self) -> int:
        """Persons or sites."""
        return sum(self.counts)

    def named(self, label: Callable[[Sequence[str]], str]) -> str:
        """Its own label, or the one made for several."""
        return self.labels[0] if len(self.labels) == 1 else label(self.labels)

    def small(self, floor: int) -> list[str]:
        """Codes of the small bands that it was merged of."""
        parts = zip(self.codes, self.counts, strict=True) if len(self.codes) > 1 else ()
        return [code for code, value in parts if 1 <= value < floor]

    def joined(self, after: Band) -> Band:
        """This one and the next as one."""
        return Band(self.codes + after.codes, self.labels + after.labels, self.counts + after.counts)


def merged_bands(counts: pd.DataFrame, by: str, floor: int, exempt: Collection[str] = ()) -> list[Band]:
    """The bands of a table, in order, small ones merged but those that reviewed exceptions name."""
    bands = []
    for row in lignes(counts):
        code = str(getattr(row, by))
        bands.append(Band((code,), (row.libelle,), (int(row.effectif),), code in exempt))
    return merged(bands, floor)


def as_table(
    bands: Sequence[Band], by: str, label: Callable[[Sequence[str]], str], counts: pd.DataFrame
) -> pd.DataFrame:
    """Bands as the table that they come from, whose ``total`` is the same in every row."""
    total = int(counts["total"].iloc[0]) if len(counts) else 0
    rows = [(band.code, band.named(label), band.count, total) for band in bands]
    return pd.DataFrame(rows, columns=[by, "libelle", "effectif", "total"])


def merged(bands: Sequence[Band], floor: int) -> list[Band]:
    """Merge each small band with those that follow until none is small; the last, with what comes before.

    A band never chooses its neighbour: a choice of the smaller one would tell, to whoever runs this code
    backwards, which one it was, and at times how many were in it. A band that nobody is in stays so, unless
    a small one beside it grows over it.
    """
    kept: list[Band] = []
    for band in bands:
        if kept and _is_open(kept[-1], floor) and not band.exempt:
            kept[-1] = kept[-1].joined(band)
        else:
            kept.append(band)
    for i in range(len(kept) - 1, 0, -1):
        if _is_open(kept[i], floor) and not kept[i - 1].exempt:
            kept[i - 1 : i + 1] = [kept[i - 1].joined(kept[i])]
    return kept


def _is_open(band: Band, floor: int) -> bool:
    return 1 <= band.count < floor and not band.exempt
