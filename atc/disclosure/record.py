"""What an exhibit lets out, for the gate: what each count may be, how counts add up, what was alerted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from atc.disclosure.count import Count
from atc.disclosure.system import Order, Range, Sum


@dataclass
class Record:
    """Filled while an exhibit is computed. It is for the gate, never for readers.

    Attributes:
        ranges: Key of a count -> what a reader can deduce of it, equal bounds for a printed one.
        masked: Keys of the counts that are masked.
        merged: Keys of small bands that were merged with a neighbour, and are not shown at all.
        sums: How counts add up.
        orders: Counts known to be smaller than others, because the report printed which comes first.
        alerts: 0 % and 100 % cells, and words that tell something of everybody, in French.
        facts: Why a table without any count of persons may leave.
        small: Small counts that reviewed exceptions allow in sentences.
        exceptions: Lines of the exceptions that were used.
        told: Key -> what was said of a count, so that the exhibit says it again in the same way.
    """

    ranges: dict[str, Range] = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    sums: list[Sum] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    small: set[int] = field(default_factory=set)
    exceptions: set[int] = field(default_factory=set)
    told: dict[str, Count] = field(default_factory=dict)

    def believe(self, key: str, bounds: Range) -> None:
        """Add what a reader can deduce of a count to what was known of it: its least and its most."""
        low, high = self.ranges.get(key, bounds)
        self.ranges[key] = max(low, bounds[0]), min(high, bounds[1])

    def absorb(self, other: Record) -> None:
        """Add what another part of the same exhibit lets out."""
        for key, bounds in other.ranges.items():
            self.believe(key, bounds)
        self.masked |= other.masked
        self.merged |= other.merged
        self.sums += other.sums
        self.orders += other.orders
        self.alerts += other.alerts
        self.facts += other.facts
        self.small |= other.small
        self.exceptions |= other.exceptions
        self.told |= other.told

    def plain(self) -> dict[str, Any]:
        """For the executed notebook, sorted so that equal exhibits give equal bytes."""
        return {
            "ranges": {key: list(self.ranges[key]) for key in sorted(self.ranges)},
            "masked": sorted(self.masked),
            "merged": sorted(self.merged),
            "sums": sorted({(s.total, s.parts) for s in self.sums}),
            "orders": sorted({(o.small, o.large, o.gap) for o in self.orders}),
            "alerts": list(dict.fromkeys(self.alerts)),
            "facts": list(dict.fromkeys(self.facts)),
            "small": sorted(self.small),
            "exceptions": sorted(self.exceptions),
        }


def read(plain: Mapping[str, Any]) -> Record:
    """The record that an executed notebook holds.

    Args:
        plain: See `Record.plain`.
    """
    return Record(
        ranges={key: (low, high) for key, (low, high) in plain["ranges"].items()},
        masked=set(plain["masked"]),
        merged=set(plain["merged"]),
        sums=[Sum(total, tuple(parts)) for total, parts in plain["sums"]],
        orders=[Order(small, large, gap) for small, large, gap in plain["orders"]],
        alerts=list(plain["alerts"]),
        facts=list(plain["facts"]),
        small=set(plain["small"]),
        exceptions=set(plain["exceptions"]),
    )
