"""Counts that add up, and what can be deduced of those that are masked.

A publication is a system of equations: printed counts are known, masked ones are integers between bounds,
and every printed total binds its parts. What a reader can deduce of a masked count is its smallest and its
largest value over all integer solutions, found exactly by integer programming (scipy's `milp`, HiGHS). It is
the audit step of classical complementary suppression (Hundepool et al., *Statistical Disclosure Control*,
Wiley, 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Range = tuple[int, int]


@dataclass(frozen=True)
class Sum:
    """A total and its parts, by the keys of their cells."""

    total: str
    parts: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The total, then its parts."""
        return (self.total, *self.parts)

    @property
    def terms(self) -> tuple[tuple[str, int], ...]:
        """Each cell with its sign: parts less total make nothing."""
        return ((self.total, -1), *((part, 1) for part in self.parts))


@dataclass(frozen=True)
class Order:
    """One count is smaller than another by ``gap`` at least: what the choice of a masked cell tells."""

    small: str
    large: str
    gap: int

    @property
    def keys(self) -> tuple[str, ...]:
        """Both."""
        return self.small, self.large


class Contradiction(ValueError):
    """What is printed cannot all be true: one cell is printed with two values, or a sum does not hold."""


def deduced(
    ranges: Mapping[str, Range], sums: Collection[Sum], orders: Collection[Order] = ()
) -> dict[str, Range]:
    """What can be deduced of each unknown count.

    Args:
        ranges: Key of a cell -> what is printed of it: equal bounds for a known count.
        sums: Equations between cells.
        orders: Cells known to be smaller than others.

    Returns:
        Key of each unknown cell -> its smallest and largest value over all solutions.

    Raises:
        Contradiction: There is no solution.
    """
    known = _capped(ranges, orders)
    unknown = {key for key, (low, high) in known.items() if low < high}
    apart = [order for order in orders if unknown.issuperset(order.keys)]
    found: dict[str, Range] = {}
    for some in _components(unknown, [*sums, *apart]):
        equations = [bond for bond in some if isinstance(bond, Sum)]
        inside = [bond for bond in some if isinstance(bond, Order)]
        keys = [key for key in dict.fromkeys(chain(*(bond.keys for bond in some))) if key in unknown]
        alone = len(equations) == 1 and not inside
        found |= _single(known, equations[0], keys) if alone else _solved(known, equations, inside, keys)
    return {key: found.get(key, known[key]) for key, (low, high) in ranges.items() if low < high}


def _capped(ranges: Mapping[str, Range], orders: Collection[Order]) -> dict[str, Range]:
    """A count that is smaller than a printed one is bounded by it."""
    capped = dict(ranges)
    for order in orders:
        (low, high), most = capped[order.small], ranges[order.large][1] - order.gap
        if low > most:
            raise Contradiction(order.small)
        capped[order.small] = low, min(high, most)
    return capped


def _components(unknown: Collection[str], bonds: Collection[Sum | Order]) -> list[list[Sum | Order]]:
    """Bonds that share an unknown cell belong together: the others do not bear on each other."""
    groups: list[tuple[set[str], list[Sum | Order]]] = []
    for bond in bonds:
        keys = {key for key in bond.keys if key in unknown}
        apart = [group for group in groups if not group[0] & keys]
        joined = [group for group in groups if group[0] & keys]
        merged = [*chain(*(some for _, some in joined)), bond]
        groups = [*apart, (keys.union(*(others for others, _ in joined)), merged)]
    return [some for _, some in groups]


def _single(ranges: Mapping[str, Range], equation: Sum, unknown: Collection[str]) -> dict[str, Range]:
    """One equation alone has a closed form: a term is what all the others leave of nothing."""
    signs = dict(equation.terms)
    ends = {key: sorted(sign * end for end in ranges[key]) for key, sign in signs.items()}
    least, most = (sum(end[i] for end in ends.values()) for i in (0, 1))
    if least > 0 or most < 0:
        raise Contradiction(equation.total)
    found = {}
    for key in unknown:
        low, high = ends[key]
        bounds = max(low, high - most), min(high, low - least)
        found[key] = bounds if signs[key] > 0 else (-bounds[1], -bounds[0])
    return found


def _solved(
    ranges: Mapping[str, Range], sums: Sequence[Sum], orders: Sequence[Order], unknown: Sequence[str]
) -> dict[str, Range]:
    """Several bonds: two integer programs for each unknown."""
    column = {key: i for i, key in enumerate(unknown)}
    matrix, lows, highs = np.zeros((len(sums) + len(orders), len(unknown))), [], []
    for line, equation in enumerate(sums):
        for key, sign in equation.terms:
            if key in column:
                matrix[line, column[key]] += sign
        known = -sum(sign * ranges[key][0] for key, sign in equation.terms if key not in column)
        lows.append(float(known))
        highs.append(float(known))
    for line, order in enumerate(orders, start=len(sums)):
        matrix[line, column[order.small]], matrix[line, column[order.large]] = 1, -1
        lows.append(-np.inf)
        highs.append(-float(order.gap))
    constraints = LinearConstraint(matrix, np.array(lows), np.array(highs))
    box = Bounds(*(np.array([ranges[key][i] for key in unknown], dtype=float) for i in (0, 1)))

    def extreme(position: int, sign: int) -> int:
        cost = np.zeros(len(unknown))
        cost[position] = sign
        solved = milp(cost, constraints=constraints, bounds=box, integrality=np.ones(len(unknown), dtype=int))
        if not solved.success:
            raise Contradiction(next(iter([*(s.total for s in sums), *unknown])))
        return round(sign * solved.fun)

    return {key: (extreme(i, 1), extreme(i, -1)) for key, i in column.items()}
