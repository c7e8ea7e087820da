"""Tables fit to leave: only `atc.disclosure` makes them, and an exhibit takes no other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
        """The rows with the largest count: see `leading`."""
        return leading(list(self), column)

    def descending(self) -> Released:
        """The largest counts first; masked ones, whose order says nothing, stay as they came, at the end."""
        return self.reshaped(
            lambda frame: frame.sort_values(
                "effectif", ascending=False, kind="stable", key=lambda counts: counts.map(_rank)
            )
        )


def _numbers(frame: pd.DataFrame) -> set[float]:
    """Every bare number of a table; booleans are none, and a `Count` or a `Measure` was released."""
    values = (value for name in range(frame.shape[1]) for value in frame.iloc[:, name].tolist())
    is_number: Callable[[object], bool] = pd.api.types.is_number
    numbers = [float(value) for value in values if is_number(value)]
    return {value for value in numbers if not math.isnan(value)}


def leading(rows: Sequence[Any], column: str = "effectif", *, least: bool = False) -> tuple[Any, ...]:
    """« The largest », decided here and nowhere else: the rows with the largest count, several when equal.

    Args:
        rows: Of one distribution.
        column: Of its counts.
        least: Whether the smallest are wanted.

    Returns:
        Nothing when a masked count could be as large: nobody can tell, so nobody says. One that is known to
        be « plus de 12 » can lead.
    """
    counts = [getattr(row, column) for row in rows]
    # The smallest of counts is the largest of their opposites.
    bounds = [(-count.high, -count.low) if least else (count.low, count.high) for count in counts]
    most = max((low for low, _ in bounds), default=0)
    first = [row for row, (low, _) in zip(rows, bounds, strict=True) if low == most]
    unsure = len(first) > 1 and any(getattr(row, column).is_masked for row in first)
    rivals = any(high >= most for low, high in bounds if low != most)
    return () if unsure or rivals else tuple(first)


def farthest(values: Iterable[tuple[float | None, Any]]) -> tuple[Any, ...]:
    """The same for gaps and changes of medians: the rows with the largest value, several when equal.

    Args:
        values: The value of each row, nothing where it is withheld.

    Returns:
        Nothing when no value is known. Values that are withheld are compared with nothing: a sentence made
        of this says « parmi les médianes communiquées » where there are any.
    """
    known = [(round(value, 9), row) for value, row in values if value is not None]
    most = max((value for value, _ in known), default=None)
    return tuple(row for value, row in known if value == most)


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
