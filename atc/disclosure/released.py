"""Numbers of persons or sites as readers may know them, and the tables that are made of them.

All that a page says or draws is made from these: a sentence, a bar and a cell tell no more than one another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from atc.survey.typography import NBSP, counted, number, percent

if TYPE_CHECKING:
    from atc.survey.settings import SmallNumbers

#: Statuses of docs/confidentialite.md, règle 6.
PUBLISHED, PRIMARY, SECONDARY = "V", "D", "S"
#: Whoever holds it is this room: a table made elsewhere is refused as soon as it is made.
SEAL = object()


@dataclass(frozen=True)
class Count:
    """How many persons, or sites: between two bounds, included, which are equal when it is published."""

    low: int
    high: int
    status: str = PUBLISHED  # ``D`` masked for its size, ``S`` masked to protect another one
    of_the_rest: bool = False  # masked because too few are left out of it, and not in it

    @classmethod
    def exactly(cls, value: int) -> Count:
        """A published count."""
        return cls(value, value)

    @property
    def value(self) -> int | None:
        """The count, or nothing when it is masked."""
        return self.low if self.status == PUBLISHED else None

    @property
    def is_masked(self) -> bool:
        """Whether readers only know bounds."""
        return self.status != PUBLISHED

    @property
    def floor(self) -> int:
        """The smallest count of its kind that may be read, of one that is masked for its size."""
        return self.high - self.low + 2

    @property
    def is_withheld(self) -> bool:
        """Whether readers are told nothing of it: a sentence says it without any number."""
        return self.status == SECONDARY

    @property
    def solid(self) -> int:
        """How much of it a chart may draw as certain."""
        return self.low if self.status == PUBLISHED or (self.status == PRIMARY and self.of_the_rest) else 0

    @property
    def shown(self) -> str:
        """In a table or on a chart: ``7``, ``n < 5``, ``n > 9`` or ``n.c.``."""
        return self._told("n.c.", f"n{NBSP}<{NBSP}", f"n{NBSP}>{NBSP}")

    def __str__(self) -> str:
        """In a sentence: ``7``, ``moins de 5``, ``plus de 9`` or ``un nombre non communiqué``."""
        return self._told("un nombre non communiqué", "moins de ", "plus de ")

    def _told(self, withheld: str, less: str, more: str) -> str:
        if self.is_withheld:
            return withheld
        if not self.is_masked:
            return number(self.low)
        return f"{more}{number(self.low - 1)}" if self.of_the_rest else f"{less}{number(self.high + 1)}"

    def of(self, singular: str, plural: str | None = None) -> str:
        """With its noun, whose plural is given unless an « s » does it: ``moins de 5 territoires``."""
        if not self.is_masked:
            return counted(self.low, singular, plural)
        noun = plural or f"{singular}s"
        of = "" if not self.is_withheld else " d’" if noun[0] in "aeiouhéêœ" else f" de{NBSP}"
        return f"{self}{of or NBSP}{noun}"


@dataclass(frozen=True)
class Ratio:
    """So many out of so many, as readers may know it."""

    effectif: Count
    total: Count

    @property
    def part(self) -> float:
        """Share between 0 and 1; NaN when it is masked, or when nobody could be counted."""
        known, whole = self.effectif.value, self.total.value
        return known / whole if known is not None and whole else math.nan

    @property
    def comptes(self) -> str:
        """``17 sur 30``, ``moins de 5 sur 14``: the counts alone, right whatever the total."""
        return f"{self.effectif} sur {self.total}"

    @property
    def shown(self) -> str:
        """On a chart: ``17 sur 30``, ``n < 5 sur 14``."""
        return f"{self.effectif.shown} sur {self.total.shown}"

    def texte(self, seuils: SmallNumbers, *, pourcentage_publie: bool = False) -> str:
        """``3 sur 7``, ``17 sur 30 (57 %)`` (docs/confidentialite.md, règle 15).

        From ``counts_only`` up, with the percentage that the report printed; from ``count_first``, with any.
        """
        enough = (self.total.value or 0) >= (seuils.counts_only if pourcentage_publie else seuils.count_first)
        share = f" ({percent(self.part)})" if enough and not math.isnan(self.part) else ""
        return self.comptes + share


@dataclass(frozen=True)
class Measure:
    """A median or a mean as readers may know it: nothing when it is withheld, NaN when there is none."""

    value: float | None

    @property
    def is_masked(self) -> bool:
        """Whether it is withheld."""
        return self.value is None

    @property
    def known(self) -> float | None:
        """The number if there is one to show."""
        return None if self.value is None or math.isnan(self.value) else self.value


@dataclass(frozen=True)
class Summary:
    """A numeric column in a few values; ``None`` for those that would show one person, or too few."""

    effectif: Count
    minimum: float | None
    maximum: float | None
    moyenne: float | None
    mediane: float | None


@dataclass(frozen=True)
class Released:
    """A table whose counts went through the rules of the tier: they are `Count`, its medians `Measure`."""

    frame: pd.DataFrame
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("only atc.disclosure makes a table fit to leave: ask the Release of the exhibit")

    def reshaped(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Released:
        """The same values in another order or shape; a `ValueError` if it brings others from elsewhere."""
        changed = change(self.frame.copy())
        if strangers := _numbers(changed) - _numbers(self.frame):
            raise ValueError(f"{len(strangers)} numbers come from elsewhere, and went through no rule")
        return Released(changed, SEAL)

    def __iter__(self) -> Iterator[Any]:
        """Each row, whose columns are attributes."""
        return iter(self.frame.itertuples(index=False))

    def __len__(self) -> int:
        return len(self.frame)

    def row(self, **where: str) -> Any:
        """The only row with these values; a `KeyError` when there is none, or several."""
        kept = self.frame
        for column, value in where.items():
            kept = kept[kept[column].astype(str) == value]
        if len(kept) != 1:
            raise KeyError(f"{len(kept)} rows for {where}")
        return next(kept.itertuples(index=False))

    def descending(self) -> Released:
        """The largest counts first; masked ones, whose order says nothing, stay as they came, at the end."""
        # « Plus de 12 » tells its place by itself.
        rank = [c.low if c.value is not None or c.of_the_rest else -1 for c in self.frame["effectif"]]
        order = sorted(range(len(rank)), key=lambda row: -rank[row])
        return self.reshaped(lambda frame: frame.iloc[order])


def _numbers(frame: pd.DataFrame) -> set[float]:
    """Every bare number of a table; booleans are none, and a `Count` or a `Measure` was released."""
    values = (value for name in range(frame.shape[1]) for value in frame.iloc[:, name].tolist())
    is_number: Callable[[object], bool] = pd.api.types.is_number
    numbers = [float(value) for value in values if is_number(value)]
    return {value for value in numbers if not math.isnan(value)}


def leading(rows: Iterable[Any], *, least: bool = False) -> tuple[Any, ...]:
    """« The largest » of one distribution (or the smallest): several rows when they are equal.

    None when a masked count could be as large, but « plus de 12 » can lead; one alone leads nobody.
    """
    rows = tuple(rows)
    counts = [row.effectif for row in rows]
    # The smallest of counts is the largest of their opposites.
    bounds = [(-count.high, -count.low) if least else (count.low, count.high) for count in counts]
    most = max((low for low, _ in bounds), default=0)
    first = [row for row, (low, _) in zip(rows, bounds, strict=True) if low == most]
    unsure = len(first) > 1 and any(row.effectif.is_masked for row in first)
    rivals = any(high >= most for low, high in bounds if low != most)
    return () if unsure or rivals or len(rows) == 1 else tuple(first)


def farthest(values: Iterable[tuple[float | None, Any]]) -> tuple[Any, ...]:
    """The same for gaps and changes of medians, each with its row, but for those that are withheld."""
    known = [(round(value, 9), row) for value, row in values if value is not None]
    most = max((value for value, _ in known), default=None)
    return tuple(row for value, row in known if value == most)


def together(released: Mapping[str, Released], column: str) -> Released:
    """Several tables one under the other, each named in a column."""
    frames = [table.frame.assign(**{column: name}) for name, table in released.items()]
    return Released(pd.concat(frames, ignore_index=True), SEAL)
