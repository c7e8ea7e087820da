"""Tables fit to leave: only `atc.disclosure` makes them, and an exhibit takes no other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import InitVar, dataclass
from typing import Any

import pandas as pd

from atc.disclosure.count import Count

#: Whoever holds it is this room: a table made elsewhere is refused as soon as it is made.
SEAL = object()


@dataclass(frozen=True)
class Released:
    """A table whose counts of persons went through the rules of the tier.

    Attributes:
        frame: One row = one row of the table that was given; counts are `Count`, medians `Measure`.
    """

    frame: pd.DataFrame
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("only atc.disclosure makes a table fit to leave: ask the Release of the exhibit")

    def reshaped(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Released:
        """The same values in another order or shape.

        Args:
            change: Sees what readers may see, and nothing else.

        Raises:
            ValueError: It brings numbers from elsewhere.
        """
        changed = change(self.frame.copy())
        if strangers := _numbers(changed) - _numbers(self.frame):
            raise ValueError(
                f"{len(strangers)} numbers come from elsewhere: they did not go through the rules"
            )
        return Released(changed, SEAL)

    def __iter__(self) -> Iterator[Any]:
        """Each row, whose columns are attributes."""
        return iter(self.frame.itertuples(index=False))

    def __len__(self) -> int:
        return len(self.frame)

    def row(self, **where: str) -> Any:
        """The only row with these values.

        Raises:
            KeyError: No row, or several.
        """
        kept = self.frame
        for column, value in where.items():
            kept = kept[kept[column].astype(str) == value]
        if len(kept) != 1:
            raise KeyError(f"{len(kept)} rows for {where}")
        return next(kept.itertuples(index=False))

    def leaders(self, column: str = "effectif") -> tuple[Any, ...]:
        """The rows with the largest count: several when they are equal.

        Returns:
            Nothing when a masked count could be as large: nobody can tell, so nobody says. One that is known
            to be « plus de 12 » can lead.
        """
        rows = list(self)
        most = max((int(getattr(row, column).low) for row in rows), default=0)
        first = [row for row in rows if getattr(row, column).low == most]
        others = [int(getattr(row, column).high) for row in rows if getattr(row, column).low != most]
        unsure = len(first) > 1 and any(getattr(row, column).is_masked for row in first)
        return () if unsure or max(others, default=-1) >= most else tuple(first)

    def leader(self, column: str = "effectif") -> Any | None:
        """The first of `leaders`, or ``None``."""
        return next(iter(self.leaders(column)), None)

    def descending(self, column: str = "effectif") -> Released:
        """The largest counts first; masked ones, whose order says nothing, stay as they came, at the end."""
        return self.reshaped(
            lambda frame: frame.sort_values(
                column, ascending=False, kind="stable", key=lambda counts: counts.map(_rank)
            )
        )


def _numbers(frame: pd.DataFrame) -> set[float]:
    """Every bare number of a table; booleans are none, and a `Count` or a `Measure` was released."""
    values = (value for name in range(frame.shape[1]) for value in frame.iloc[:, name].tolist())
    is_number: Callable[[object], bool] = pd.api.types.is_number
    numbers = [float(value) for value in values if is_number(value)]
    return {value for value in numbers if not math.isnan(value)}


def _rank(count: Count) -> int:
    # « Plus de 12 » tells its place by itself.
    return count.low if count.value is not None or count.of_the_rest else -1


def together(released: Mapping[str, Released], column: str) -> Released:
    """Several tables one under the other, each named in a column.

    Args:
        released: Name -> table.
        column: Where the name goes.
    """
    frames = [table.frame.assign(**{column: name}) for name, table in released.items()]
    return Released(pd.concat(frames, ignore_index=True), SEAL)
