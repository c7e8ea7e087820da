"""What each exhibit lets out, and what can be deduced of the counts that are masked.

A publication is a system of equations: printed counts are known, masked ones are integers between bounds, and
every printed total binds its parts. The smallest and largest value of a count over all solutions are found
exactly, by integer programming (Hundepool et al., *Statistical Disclosure Control*, Wiley, 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from atc.disclosure.released import Count
from atc.survey.errors import Messages

_said = Messages(__name__)
Range = tuple[int, int]

_WHOLE = 1e-6  # how far from a whole number a solver leaves a value that is one
MOST = 10_000  # more than anybody counts: what is believed of a count that no page prints
_SETS, _LISTS = ("masked", "merged", "small", "exceptions"), ("alerts", "facts")


class Sum(NamedTuple):
    """A total and its parts, by the keys of their cells."""

    total: str
    parts: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The total, then its parts."""
        return (self.total, *self.parts)


class Contradiction(ValueError):
    """What is printed cannot all be true: one cell is printed with two values, or a sum does not hold."""


class System:
    """What can be deduced of a publication, computed when it is asked for: programs take most of the time."""

    def __init__(self, ranges: Mapping[str, Range], sums: Collection[Sum]) -> None:
        """From what is believed of every cell; a `Contradiction` when no solution holds."""
        self._tight = _tightened(ranges, sums)
        self._programs: dict[str, _Program] = {}
        open_ = {key for key, (low, high) in self._tight.items() if low < high}
        for bonds in _components(open_, [bond for bond in sums if open_.intersection(bond.keys)]):
            # One sum alone has no more to say than its own bounds.
            if len(bonds) > 1:
                keys = [key for key in dict.fromkeys(chain(*(bond.keys for bond in bonds))) if key in open_]
                self._programs |= dict.fromkeys(keys, _Program(self._tight, bonds, keys))

    @property
    def all(self) -> dict[str, Range]:
        """Each cell, with its smallest and largest value over all solutions."""
        return {key: self.range(key) for key in self._tight}

    def range(self, key: str) -> Range:
        """The smallest and largest value of one cell."""
        return self._programs[key].range(key) if key in self._programs else self._tight[key]


def _tightened(ranges: Mapping[str, Range], sums: Collection[Sum]) -> dict[str, Range]:
    """What each sum by itself says, over and over until nothing moves."""
    tight, moved = dict(ranges), True
    while moved:
        moved = False
        for total, parts in sums:
            least, most = (sum(tight[part][end] for part in parts) for end in (0, 1))
            low, high = tight[total]
            # What the others leave to each cell.
            left = {p: (low - (most - tight[p][1]), high - (least - tight[p][0])) for p in parts}
            for key, (low, high) in {total: (least, most), **left}.items():
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

    def range(self, key: str) -> Range:
        """The smallest and largest value of a cell over all solutions."""
        position, ends = self._column[key], list(self._ranges[key])
        for end, sign in enumerate((1, -1)):
            if any(solution[position] == ends[end] for solution in self._solutions):
                continue
            cost = np.zeros(len(self._column))
            cost[position] = sign
            # Without asking for whole numbers it is several times faster, and what is found mostly has no
            # others: then nothing in whole numbers is better.
            for whole in (0, 1):
                asked = np.full(len(cost), whole)
                solved = milp(cost, constraints=self._constraints, bounds=self._box, integrality=asked)
                if not solved.success:
                    raise Contradiction(next(iter(self._column)))
                values = [round(value) for value in solved.x]
                if np.abs(solved.x - values).max() < _WHOLE:
                    break
            self._solutions.append(values)
            ends[end] = values[position]
        return ends[0], ends[1]


@dataclass
class Record:
    """What an exhibit lets out, filled while it is computed. It is for the gate, never for readers."""

    ranges: dict[str, Range] = field(default_factory=dict)  # key of a count -> what a reader can deduce of it
    masked: set[str] = field(default_factory=set)  # keys of the counts that are masked
    merged: set[str] = field(default_factory=set)  # of small bands merged with a neighbour, not shown at all
    sums: list[Sum] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)  # 0 %, 100 %, and words that tell of everybody, in French
    facts: list[str] = field(default_factory=list)  # why a table without any count of persons may leave
    small: set[int] = field(default_factory=set)  # small counts that may be told in sentences
    exceptions: set[int] = field(default_factory=set)  # lines of the reviewed exceptions that were used
    # Key -> what was said of a count, so that the exhibit says it again in the same way; it stays here.
    told: dict[str, Count] = field(default_factory=dict)

    def believe(self, key: str, bounds: Range) -> None:
        """Add what a reader can deduce of a count to what was known of it: its least and its most."""
        low, high = self.ranges.get(key, bounds)
        self.ranges[key] = max(low, bounds[0]), min(high, bounds[1])

    def absorb(self, other: Record) -> None:
        """Add what another display lets out."""
        for key, bounds in other.ranges.items():
            self.believe(key, bounds)
        self.sums += other.sums
        for name in _SETS:
            getattr(self, name).update(getattr(other, name))
        for name in _LISTS:
            getattr(self, name).extend(getattr(other, name))

    def plain(self) -> dict[str, Any]:
        """For the executed notebook, sorted so that equal exhibits give equal bytes."""
        return {
            "ranges": {key: list(self.ranges[key]) for key in sorted(self.ranges)},
            "sums": sorted(set(self.sums)),
            **{name: sorted(getattr(self, name)) for name in _SETS},
            **{name: list(dict.fromkeys(getattr(self, name))) for name in _LISTS},
        }


def read(plain: Mapping[str, Any]) -> Record:
    """The record that an executed notebook holds: see `Record.plain`."""
    kept: dict[str, Any] = {n: set(plain[n]) for n in _SETS} | {n: list(plain[n]) for n in _LISTS}
    ranges = {key: (low, high) for key, (low, high) in plain["ranges"].items()}
    return Record(ranges, sums=[Sum(total, tuple(parts)) for total, parts in plain["sums"]], **kept)


class Deduction(NamedTuple):
    """A masked count that the whole publication gives away."""

    key: str  # what it counts
    exhibits: tuple[str, ...]  # those that mask it
    why: str  # how it can be known, in French


def audit(records: Mapping[str, Record]) -> tuple[Deduction, ...]:
    """Every count that is masked, or small and merged, and can be known exactly; by exhibit of a wave."""
    known = Record()
    for record in records.values():
        known.absorb(record)
    wrong, why = sorted(key for key, (low, high) in known.ranges.items() if low > high), _said("contradict")
    try:
        found = {} if wrong else deduced(known)
    except Contradiction as error:
        wrong, why = [str(error)], _said("false_sums")
    if wrong:
        told = [(key, tuple(n for n, record in records.items() if key in record.ranges)) for key in wrong]
        return tuple(Deduction(key, names, why) for key, names in told)
    given = []
    for key in (k for k in sorted(known.masked | known.merged) if found[k][0] == found[k][1]):
        hiding = [name for name, each in records.items() if key in each.masked | each.merged]
        telling = {name: each.ranges[key] for name, each in records.items() if key in each.ranges}
        printed = [n for n, (low, high) in telling.items() if low == high and key not in records[n].masked]
        why = _said("printed", where=", ".join(printed)) if printed else _said("deduced")
        given.append(Deduction(key, tuple(hiding), why))
    return tuple(given)


def deduced(known: Record) -> dict[str, Range]:
    """What a reader of everything that a record holds can deduce of each count; or a `Contradiction`."""
    sums = list(dict.fromkeys(known.sums))
    ranges = {key: (0, MOST) for bond in sums for key in bond.keys} | known.ranges
    return System(ranges, sums).all
