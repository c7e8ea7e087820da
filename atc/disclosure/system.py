"""Counts that add up, and what can be deduced of those that are masked.

A publication is a system of equations: printed counts are known, masked ones are integers between bounds, and
every printed total binds its parts. What a reader can deduce of a masked count is its smallest and its largest
value over all integer solutions, found exactly by integer programming (scipy's `milp`, HiGHS). The method is
the audit step of classical complementary suppression (Hundepool et al., *Statistical Disclosure Control*,
Wiley, 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Range = tuple[int, int]


@dataclass(frozen=True)
class Sum:
    """A total and its parts, by the keys of their cells."""

    total: str
    parts: tuple[str, ...]


class Contradiction(ValueError):
    """What is printed cannot all be true: one cell is printed with two values, or a sum does not hold."""


def deduced(ranges: Mapping[str, Range], sums: Collection[Sum]) -> dict[str, Range]:
    """What can be deduced of each unknown count.

    Args:
        ranges: Key of a cell -> what is printed of it: equal bounds for a known count.
        sums: Equations between cells.

    Returns:
        Key of each unknown cell -> its smallest and largest value over all solutions.

    Raises:
        Contradiction: There is no solution.
    """
    found: dict[str, Range] = {}
    for some in _components(ranges, sums):
        unknown = [
            key for key in dict.fromkeys(k for s in some for k in (s.total, *s.parts)) if _open(ranges[key])
        ]
        found |= _single(ranges, some[0], unknown) if len(some) == 1 else _solved(ranges, some, unknown)
    return {key: found.get(key, bounds) for key, bounds in ranges.items() if _open(bounds)}


def _open(bounds: Range) -> bool:
    return bounds[0] < bounds[1]


def _components(ranges: Mapping[str, Range], sums: Iterable[Sum]) -> list[list[Sum]]:
    """Sums that share an unknown cell belong together: the others do not bear on each other."""
    groups: list[tuple[set[str], list[Sum]]] = []
    for equation in sums:
        keys = {key for key in (equation.total, *equation.parts) if _open(ranges[key])}
        apart = [group for group in groups if not group[0] & keys]
        joined = [group for group in groups if group[0] & keys]
        groups = [
            *apart,
            (keys.union(*(k for k, _ in joined)), [*(s for _, some in joined for s in some), equation]),
        ]
    return [some for _, some in groups]


def _single(ranges: Mapping[str, Range], equation: Sum, unknown: Collection[str]) -> dict[str, Range]:
    """One equation alone has a closed form."""
    signs = {equation.total: -1} | dict.fromkeys(equation.parts, 1)
    ends = {key: sorted((sign * ranges[key][0], sign * ranges[key][1])) for key, sign in signs.items()}
    least, most = (sum(end[i] for end in ends.values()) for i in (0, 1))
    if least > 0 or most < 0:
        raise Contradiction(equation.total)
    found = {}
    for key in unknown:
        # What this cell must be for the others to make up the rest.
        rest = sorted((-(least - ends[key][0]), -(most - ends[key][1])))
        low, high = max(ends[key][0], rest[0]), min(ends[key][1], rest[1])
        found[key] = (low, high) if signs[key] > 0 else (-high, -low)
    return found


def _solved(ranges: Mapping[str, Range], sums: Collection[Sum], unknown: list[str]) -> dict[str, Range]:
    column = {key: i for i, key in enumerate(unknown)}
    matrix, right = np.zeros((len(sums), len(unknown))), np.zeros(len(sums))
    for line, equation in enumerate(sums):
        for key, sign in ((equation.total, -1), *((part, 1) for part in equation.parts)):
            if key in column:
                matrix[line, column[key]] += sign
            else:
                right[line] -= sign * ranges[key][0]
    lows, highs = (np.array([ranges[key][i] for key in unknown], dtype=float) for i in (0, 1))
    if not unknown:
        if right.any():
            raise Contradiction(next(iter(sums)).total)
        return {}
    constraints, box = LinearConstraint(matrix, right, right), Bounds(lows, highs)  # type: ignore[arg-type]

    def extreme(position: int, sign: int) -> int:
        cost = np.zeros(len(unknown))
        cost[position] = sign
        solved = milp(cost, constraints=constraints, bounds=box, integrality=np.ones(len(unknown)))
        if not solved.success:
            raise Contradiction(next(iter(sums)).total)
        return round(sign * solved.fun)

    return {key: (extreme(i, 1), extreme(i, -1)) for key, i in column.items()}
