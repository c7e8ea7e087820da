"""What an exhibit lets out, for the gate: what each count may be, how counts add up, what was alerted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from atc.disclosure.system import Range, Sum


@dataclass
class Record:
    """Filled while an exhibit is computed; it holds nothing that the exhibit does not show.

    Attributes:
        ranges: Key of a count -> what a reader believes of it, equal bounds for a printed one.
        masked: Keys of the counts that are masked.
        sums: How they add up.
        alerts: 0 % and 100 % cells, in French.
        facts: Why a table without any count of persons may leave.
        small: Small counts that reviewed exceptions allow in sentences.
        exceptions: Lines of the exceptions that were used.
    """

    ranges: dict[str, Range] = field(default_factory=dict)
    masked: set[str] = field(default_factory=set)
    sums: list[Sum] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    small: set[int] = field(default_factory=set)
    exceptions: set[int] = field(default_factory=set)

    def absorb(self, other: Record) -> None:
        """Add what another part of the same exhibit lets out."""
        self.ranges |= other.ranges
        self.masked |= other.masked
        self.sums += other.sums
        self.alerts += other.alerts
        self.facts += other.facts
        self.small |= other.small
        self.exceptions |= other.exceptions

    def plain(self) -> dict[str, Any]:
        """For the executed notebook, sorted so that equal exhibits give equal bytes."""
        return {
            "ranges": {key: list(self.ranges[key]) for key in sorted(self.ranges)},
            "masked": sorted(self.masked),
            "sums": sorted([s.total, list(s.parts)] for s in self.sums),
            "alerts": list(dict.fromkeys(self.alerts)),
            "facts": list(dict.fromkeys(self.facts)),
            "small": sorted(self.small),
            "exceptions": sorted(self.exceptions),
        }


def read(plain: Mapping[str, Any]) -> Record:
    """The record that an executed notebook holds."""
    return Record(
        ranges={key: (low, high) for key, (low, high) in plain["ranges"].items()},
        masked=set(plain["masked"]),
        sums=[Sum(total, tuple(parts)) for total, parts in plain["sums"]],
        alerts=list(plain["alerts"]),
        facts=list(plain["facts"]),
        small=set(plain["small"]),
        exceptions=set(plain["exceptions"]),
    )
