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
from typing import ClassVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

Range = tuple[int, int]

#: How far from a whole number a solver leaves a value that is one.
_WHOLE = 1e-6


@dataclass(frozen=True)
class Sum:
    """A total and its parts, by the keys of their cells."""

    total: str
    parts: tuple[str, ...]

    #: Parts less total make nothing, and not less.
    least: ClassVar[float] = 0.0

    @property
    def keys(self) -> tuple[str, ...]:
        """The total, then its parts."""
        return (self.total, *self.parts)

    @property
    def terms(self) -> tuple[tuple[str, int], ...]:
        """Each cell with its sign."""
        return ((self.total, -1), *((part, 1) for part in self.parts))

    def implied(self, ranges: Mapping[str, Range]) -> dict[str, Range]:
        """What the others leave to each cell, from what is known of every cell."""
        least, most = (sum(ranges[part][end] for part in self.parts) for end in (0, 1))
        low, high = ranges[self.total]
        left = {p: (low - (most - ranges[p][1]), high - (least - ranges[p][0])) for p in self.parts}
        return {self.total: (least, most), **left}


@dataclass(frozen=True)
class Order:
    """One count is smaller than another by ``gap`` at least: what the choice of a masked cell tells."""

    small: str
    large: str
    gap: int

    #: How much smaller it may be.
    least: ClassVar[float] = -np.inf

    @property
    def keys(self) -> tuple[str, ...]:
        """Both."""
        return self.small, self.large

    @property
    def terms(self) -> tuple[tuple[str, int], ...]:
        """Each cell with its sign."""
        return (self.small, 1), (self.large, -1)

    def implied(self, ranges: Mapping[str, Range]) -> dict[str, Range]:
        """What each end leaves to the other."""
        (least, _), (_, most) = ranges[self.small], ranges[self.large]
        return {self.small: (least, most - self.gap), self.large: (least + self.gap, most)}


class Contradiction(ValueError):
    """What is printed cannot all be true: one cell is printed with two values, or a sum does not hold."""


def deduced(
    ranges: Mapping[str, Range], sums: Collection[Sum], orders: Collection[Order] = ()
) -> dict[str, Range]:
    """Key of each unknown count -> its smallest and largest value over all solutions.

    Raises:
        Contradiction: There is no solution.
    """
    return Deduction(ranges, sums, orders).all


class Deduction:
    """What can be deduced of a publication, computed when it is asked for: programs take most of the time."""

    def __init__(
        self, ranges: Mapping[str, Range], sums: Collection[Sum], orders: Collection[Order] = ()
    ) -> None:
        """See `deduced`."""
        every: list[Sum | Order] = [*sums, *orders]
        self._tight = _tightened(ranges, every)
        self._unknown = [key for key, (low, high) in ranges.items() if low < high]
        self._programs: dict[str, _Program] = {}
        open_ = {key for key, (low, high) in self._tight.items() if low < high}
        for bonds in _components(open_, [bond for bond in every if open_.intersection(bond.keys)]):
            # One bond alone has no more to say than its own bounds.
            if len(bonds) > 1:
                keys = [key for key in dict.fromkeys(chain(*(bond.keys for bond in bonds))) if key in open_]
                self._programs |= dict.fromkeys(keys, _Program(self._tight, bonds, keys))

    @property
    def all(self) -> dict[str, Range]:
        """Each unknown cell, with its smallest and largest value."""
        return {key: self.range(key) for key in self._unknown}

    def range(self, key: str) -> Range:
        """The smallest and largest value of one cell."""
        program = self._programs.get(key)
        return program.range(key) if program else self._tight[key]

    def allows(self, key: str, fewest: int) -> bool:
        """Whether the values that are possible for a cell span as many as this."""
        program = self._programs.get(key)
        # Values that some solution already took are often enough: nothing is solved then.
        low, high = program.met(key) if program else self._tight[key]
        if high - low + 1 < fewest:
            low, high = self.range(key)
        return high - low + 1 >= fewest


def _tightened(ranges: Mapping[str, Range], bonds: Sequence[Sum | Order]) -> dict[str, Range]:
    """What each bond by itself says, over and over until nothing moves."""
    tight, moved = dict(ranges), True
    while moved:
        moved = False
        for bond in bonds:
            for key, (low, high) in bond.implied(tight).items():
                new = max(tight[key][0], low), min(tight[key][1], high)
                if new[0] > new[1]:
                    raise Contradiction(key)
                if new != tight[key]:
                    tight[key], moved = new, True
    return tight


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


class _Program:
    """Several bonds on the same unknown cells: a program for each end that no solution has reached yet."""

    def __init__(
        self, ranges: Mapping[str, Range], bonds: Sequence[Sum | Order], unknown: Sequence[str]
    ) -> None:
        self._column = {key: i for i, key in enumerate(unknown)}
        self._ranges = {key: ranges[key] for key in unknown}
        matrix, lows, highs = np.zeros((len(bonds), len(unknown))), [], []
        for line, bond in enumerate(bonds):
            known = sum(sign * ranges[key][0] for key, sign in bond.terms if key not in self._column)
            for key, sign in bond.terms:
                if key in self._column:
                    matrix[line, self._column[key]] += sign
            lows.append(bond.least - known)
            highs.append(-bond.gap - known if isinstance(bond, Order) else -known)
        self._constraints = LinearConstraint(csc_array(matrix), np.array(lows), np.array(highs))
        self._box = Bounds(*(np.array([ranges[key][i] for key in unknown], dtype=float) for i in (0, 1)))
        self._solutions: list[list[int]] = []

    def met(self, key: str) -> Range:
        """The smallest and largest value of a cell in the solutions found so far; nothing without any."""
        values = [solution[self._column[key]] for solution in self._solutions]
        return (min(values), max(values)) if values else (0, -1)

    def range(self, key: str) -> Range:
        """The smallest and largest value of a cell over all solutions."""
        low, high = self._ranges[key]
        return self._extreme(key, 1, low), self._extreme(key, -1, high)

    def _extreme(self, key: str, sign: int, bound: int) -> int:
        position = self._column[key]
        if any(solution[position] == bound for solution in self._solutions):
            return bound
        cost = np.zeros(len(self._column))
        cost[position] = sign
        self._solutions.append(self._solution(cost))
        return self._solutions[-1][position]

    def _solution(self, cost: np.ndarray) -> list[int]:
        # Without asking for whole numbers it is several times faster, and what is found mostly has no others:
        # then nothing in whole numbers is better.
        for whole in (0, 1):
            solved = milp(
                cost,
                constraints=self._constraints,
                bounds=self._box,
                integrality=np.full(len(cost), whole),
            )
            if not solved.success:
                raise Contradiction(next(iter(self._column)))
            values = [round(value) for value in solved.x]
            if whole or np.abs(solved.x - values).max() < _WHOLE:
                return values
        raise AssertionError("a program in whole numbers has whole solutions")
