"""Which counts of a table are masked: the small ones, then those that would give them away.

A count from 1 to the floor, less one, is masked for itself (D). As long as a masked count can be deduced
exactly from what remains, the smallest publishable count that helps is masked too (S), totals last. What can
be deduced is computed exactly (`atc.disclosure.system`), on the assumption that the reader knows these very
rules: that a D lies between 1 and the floor, and that an S does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from atc.disclosure.count import PRIMARY, PUBLISHED, SECONDARY
from atc.disclosure.system import Range, Sum, deduced


@dataclass(frozen=True)
class Cell:
    """One count of persons or sites.

    Attributes:
        key: What it counts, the same wherever it is printed.
        value: The count.
        exempt: Whether a reviewed exception shows it whatever its size.
        printed: Whether it is printed; one that is not (the complement of a share) can still be computed.
        forced: Whether a reviewed exception masks it.
    """

    key: str
    value: int
    exempt: bool = False
    printed: bool = True
    forced: bool = False


class Unprotectable(ValueError):
    """Nothing is left to mask, and a masked count can still be deduced."""


def statuses(cells: Sequence[Cell], sums: Collection[Sum], floor: int) -> dict[str, str]:
    """Decide what is masked.

    Args:
        cells: Every count that is printed, or that can be computed from those.
        sums: How they add up.
        floor: Smallest count of persons that may be read.

    Returns:
        Key -> ``V``, ``D`` or ``S``. A cell that is not printed is ``D`` or ``V``, for its size.

    Raises:
        Unprotectable: The reviewed exceptions give a masked count away.
    """
    by_key = {cell.key: cell for cell in cells}
    decided = {cell.key: _primary(cell, floor) for cell in cells}
    totals = {equation.total for equation in sums}
    while betrayed := _betrayed(by_key, decided, sums, floor):
        near = _near(betrayed, sums, decided)
        free = [by_key[key] for key in near if _can_help(by_key[key], decided[key], floor)]
        if not free:
            raise Unprotectable(betrayed)
        chosen = min(free, key=lambda cell: (cell.key in totals, cell.value, cell.key))
        decided[chosen.key] = SECONDARY
    return decided


def _primary(cell: Cell, floor: int) -> str:
    if cell.forced:
        return PRIMARY if 1 <= cell.value < floor else SECONDARY
    return PRIMARY if 1 <= cell.value < floor and not cell.exempt else PUBLISHED


def _can_help(cell: Cell, status: str, floor: int) -> bool:
    return status == PUBLISHED and cell.printed and not cell.exempt and cell.value >= floor


def believed(cell: Cell, status: str, floor: int, most: int) -> Range:
    """What a reader who knows the rules believes of one cell, before any deduction.

    Args:
        cell: The cell.
        status: What was decided of it.
        floor: Smallest count of persons that may be read.
        most: No count is larger.
    """
    if status == PRIMARY:
        return 1, floor - 1
    if status == SECONDARY:
        return min(floor, most), most
    return (cell.value, cell.value) if cell.printed else (0, most)


def _betrayed(
    cells: Mapping[str, Cell], decided: Mapping[str, str], sums: Collection[Sum], floor: int
) -> str | None:
    """The first masked cell that can be deduced exactly."""
    most = max((cell.value for cell in cells.values()), default=0) + floor
    ranges = {key: believed(cell, decided[key], floor, most) for key, cell in cells.items()}
    found = deduced(ranges, sums)
    masked = [key for key, status in decided.items() if status != PUBLISHED]
    return next(
        (key for key in masked if found.get(key, ranges[key])[0] == found.get(key, ranges[key])[1]), None
    )


def _near(key: str, sums: Collection[Sum], decided: Mapping[str, str]) -> list[str]:
    """Cells in one sum with this one or, failing that, bound to it through masked cells."""
    reached = {key}
    while True:
        around = [k for s in sums for k in (s.total, *s.parts) if reached & {s.total, *s.parts}]
        candidates = [k for k in dict.fromkeys(around) if decided[k] == PUBLISHED]
        grown = reached | {k for k in around if decided[k] != PUBLISHED}
        if candidates or grown == reached:
            return candidates
        reached = grown
