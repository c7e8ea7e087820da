"""What each exhibit lets out, and what can be deduced of a masked count from all of them, of every wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from atc.disclosure.deduction import Contradiction, Range, Sum, System
from atc.disclosure.released import Count

#: More than anybody counts: what is believed of a count that no page prints.
MOST = 10_000
_SETS, _LISTS = ("masked", "merged", "small", "exceptions"), ("alerts", "facts")


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
            "sums": sorted({(s.total, s.parts) for s in self.sums}),
            **{name: sorted(getattr(self, name)) for name in _SETS},
            **{name: list(dict.fromkeys(getattr(self, name))) for name in _LISTS},
        }


def read(plain: Mapping[str, Any]) -> Record:
    """The record that an executed notebook holds: see `Record.plain`."""
    record = Record(
        {key: (low, high) for key, (low, high) in plain["ranges"].items()},
        sums=[Sum(total, tuple(parts)) for total, parts in plain["sums"]],
    )
    for name in _SETS:
        getattr(record, name).update(plain[name])
    for name in _LISTS:
        getattr(record, name).extend(plain[name])
    return record


@dataclass(frozen=True)
class Deduction:
    """A masked count that the whole publication gives away."""

    key: str  # what it counts
    exhibits: tuple[str, ...]  # those that mask it
    why: str  # how it can be known, in French


def audit(records: Mapping[str, Record]) -> tuple[Deduction, ...]:
    """Try to deduce every masked count, and every small band that was merged.

    Args:
        records: Exhibit (with its wave) -> what it lets out.

    Returns:
        One row per count that can be known exactly; none when the publication is safe.
    """
    known = Record()
    for record in records.values():
        known.absorb(record)

    def telling(key: str, why: str) -> Deduction:
        return Deduction(key, tuple(name for name, record in records.items() if key in record.ranges), why)

    if wrong := sorted(key for key, (low, high) in known.ranges.items() if low > high):
        return tuple(telling(key, "deux pages s’y contredisent") for key in wrong)
    try:
        found = deduced(known)
    except Contradiction as error:
        return (telling(str(error), "les effectifs imprimés se contredisent"),)
    return tuple(
        Deduction(
            key,
            tuple(name for name, record in records.items() if key in record.masked | record.merged),
            _why(records, key),
        )
        for key in sorted(known.masked | known.merged)
        if found[key][0] == found[key][1]
    )


def deduced(known: Record) -> dict[str, Range]:
    """What a reader of everything that a record holds can deduce of each count; or a `Contradiction`."""
    sums = list(dict.fromkeys(known.sums))
    ranges = {key: (0, MOST) for bond in sums for key in bond.keys} | known.ranges
    return ranges | System(ranges, sums).all


def _why(records: Mapping[str, Record], key: str) -> str:
    printed = [
        name
        for name, record in records.items()
        if key in record.ranges and len(set(record.ranges[key])) == 1 and key not in record.masked
    ]
    if printed:
        return f"il est imprimé ailleurs ({', '.join(printed)})"
    return "il se déduit des totaux et des autres cases"
