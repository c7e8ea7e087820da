"""All exhibits at once: what can be deduced of a masked count from every page, of every wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from atc.disclosure.record import Record
from atc.disclosure.system import Contradiction, Range, deduced


@dataclass(frozen=True)
class Deduction:
    """A masked count that the whole publication gives away.

    Attributes:
        key: What it counts.
        exhibits: Exhibits that mask it.
        why: How it can be known, in French.
    """

    key: str
    exhibits: tuple[str, ...]
    why: str


def audit(records: Mapping[str, Record]) -> tuple[Deduction, ...]:
    """Try to deduce every masked count.

    Args:
        records: Exhibit (with its wave) -> what it lets out.

    Returns:
        One row per count that can be known exactly; none when the publication is safe.
    """
    ranges, clashes = _merged(records)
    sums = list({(s.total, s.parts): s for record in records.values() for s in record.sums}.values())
    try:
        found = {**ranges, **deduced(ranges, sums)}
    except Contradiction as error:
        where = _who_prints(records, str(error))
        return (*clashes, Deduction(str(error), where, "les effectifs imprimés se contredisent"))
    masked = sorted({key for record in records.values() for key in record.masked})
    told = {clash.key for clash in clashes}
    return clashes + tuple(
        Deduction(key, _who_masks(records, key), "il se déduit des totaux et des autres cases")
        for key in masked
        if key not in told and found[key][0] == found[key][1]
    )


def _merged(records: Mapping[str, Record]) -> tuple[dict[str, Range], tuple[Deduction, ...]]:
    """What a reader of everything believes of each count, and counts printed here and masked there."""
    ranges: dict[str, Range] = {}
    for record in records.values():
        for key, (low, high) in record.ranges.items():
            before = ranges.get(key, (low, high))
            ranges[key] = max(before[0], low), min(before[1], high)
    printed = {k for record in records.values() for k in record.ranges if k not in record.masked}
    masked = {k for record in records.values() for k in record.masked}
    clashes = [
        Deduction(
            key, _who_masks(records, key), f"il est imprimé ailleurs ({', '.join(_who_prints(records, key))})"
        )
        for key in sorted(printed & masked)
        if ranges[key][0] >= ranges[key][1]
    ]
    return ranges, tuple(clashes)


def _who_masks(records: Mapping[str, Record], key: str) -> tuple[str, ...]:
    return tuple(name for name, record in records.items() if key in record.masked)


def _who_prints(records: Mapping[str, Record], key: str) -> tuple[str, ...]:
    return tuple(
        name for name, record in records.items() if key in record.ranges and key not in record.masked
    )
