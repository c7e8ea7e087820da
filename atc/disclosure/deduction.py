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
from scipy.sparse import csc_array

Range = tuple[int, int]

#: How far from a whole number a solver leaves a value that is one.
_WHOLE = 1e-6


@dataclass(frozen=True)
class Sum:
    """A total and its parts, by the keys of their cells."""

    total: str
    parts: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The total, then its parts."""
        return (self.total, *self.parts)

    def implied(self, ranges: Mapping[str, Range]) -> dict[str, Range]:
        """What the others leave to each cell, from what is known of every cell."""
        least, most = (sum(ranges[part][end] for part in self.parts) for end in (0, 1))
        low, high = ranges[self.total]
        left = {p: (low - (most - ranges[p][1]), high - (least - ranges[p][0])) for p in self.parts}
        return {self.total: (least, most), **left}


class Contradiction(ValueError):
    """What is printed cannot all be true: one cell is printed with two values, or a sum does not hold."""


class System:
    """What can be deduced of a publication, computed when it is asked for: programs take most of the time."""

    def __init__(self, ranges: Mapping[str, Range], sums: Collection[Sum]) -> None:
        """From what is believed of every cell; a `Contradiction` when no solution holds."""
        self._tight = _tightened(ranges, sums)
        self._unknown = [key for key, (low, high) in ranges.items() if low < high]
        self._programs: dict[str, _Program] = {}
        open_ = {key for key, (low, high) in self._tight.items() if low < high}
        for bonds in _components(open_, [bond for bond in sums if open_.intersection(bond.keys)]):
            # One sum alone has no more to say than its own bounds.
            if len(bonds) > 1:
                keys = [key for key in dict.fromkeys(chain(*(bond.keys for bond in bonds))) if key in open_]
                self._programs |= dict.fromkeys(keys, _Program(self._tight, bonds, keys))

    @property
    def all(self) -> dict[str, Range]:
        """Each unknown cell, with its smallest and largest value over all solutions."""
        return {key: self._range(key) for key in self._unknown}

    def allows(self, key: str, fewest: int) -> bool:
        """Whether the values that are possible for a cell span as many as this."""
        program = self._programs.get(key)
        # Values that some solution already took are often enough: nothing is solved then.
        low, high = program.met(key) if program else self._tight[key]
        if high - low + 1 < fewest:
            low, high = self._range(key)
        return high - low + 1 >= fewest

    def _range(self, key: str) -> Range:
        program = self._programs.get(key)
        return program.range(key) if program else self._tight[key]


def _tightened(ranges: Mapping[str, Range], sums: Collection[Sum]) -> dict[str, Range]:
    """What each sum by itself says, over and over until nothing moves."""
    tight, moved = dict(ranges), True
    while moved:
        moved = False
        for bond in sums:
            for key, (low, high) in bond.implied(tight).items():
                new = max(tight[key][0], low), min(tight[key][1], high)
                if new[0] > new[1]:
                    raise Contradiction(key)
                if new != tight[key]:
                    tight[key], moved = new, True
    return tight


def _components(unknown: Collection[str], sums: Collection[Sum]) -> list[list[Sum]]:
    """Sums that share an unknown cell belong together: the others do not bear on each other."""
    groups: list[tuple[set[str], list[Sum]]] = []
    for bond in sums:
        keys = {key for key in bond.keys if key in unknown}
        apart = [group for group in groups if not group[0] & keys]
        joined = [group for group in groups if group[0] & keys]
        merged = [*chain(*(some for _, some in joined)), bond]
        groups = [*apart, (keys.union(*(others for others, _ in joined)), merged)]
    return [some for _, some in groups]


class _Program:
    """Several sums on the same unknown cells: a program for each end that no solution has reached yet."""

    def __init__(self, ranges: Mapping[str, Range], sums: Sequence[Sum], unknown: Sequence[str]) -> None:
        self._column = {key: i for i, key in enumerate(unknown)}
        self._ranges = ranges
        matrix, known = np.zeros((len(sums), len(unknown))), np.zeros(len(sums))
        for line, bond in enumerate(sums):
            for key, sign in ((bond.total, -1), *((part, 1) for part in bond.parts)):
                if key in self._column:
                    matrix[line, self._column[key]] += sign
                else:
                    known[line] += sign * ranges[key][0]
        self._constraints = LinearConstraint(csc_array(matrix), -known, -known)
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
