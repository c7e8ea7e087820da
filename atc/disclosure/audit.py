"""All exhibits at once: what can be deduced of a masked count from every page, of every wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from atc.disclosure.record import Record
from atc.disclosure.system import Contradiction, Range, deduced


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
    ranges = _believed(records)
    wrong = sorted(key for key, (low, high) in ranges.items() if low > high)
    if wrong:
        return tuple(Deduction(key, _who_tells(records, key), "deux pages s’y contredisent") for key in wrong)
    sums = list({(s.total, s.parts): s for record in records.values() for s in record.sums}.values())
    # What is known of a count that no page prints bears on nothing.
    orders = {o for record in records.values() for o in record.orders if set(o.keys) <= set(ranges)}
    try:
        found = {**ranges, **deduced(ranges, sums, orders)}
    except Contradiction as error:
        where = _who_tells(records, str(error))
        return (Deduction(str(error), where, "les effectifs imprimés se contredisent"),)
    masked = {key for record in records.values() for key in record.masked | record.merged}
    betrayed = [key for key in masked if found[key][0] == found[key][1]]
    return tuple(Deduction(key, _who_masks(records, key), _why(records, key)) for key in sorted(betrayed))


def _believed(records: Mapping[str, Record]) -> dict[str, Range]:
    """What a reader of everything believes of each count."""
    everything = Record()
    for record in records.values():
        for key, bounds in record.ranges.items():
            everything.believe(key, bounds)
    return everything.ranges


def _why(records: Mapping[str, Record], key: str) -> str:
    printed = [name for name, record in records.items() if _prints(record, key)]
    if printed:
        return f"il est imprimé ailleurs ({', '.join(printed)})"
    return "il se déduit des totaux et des autres cases"


def _prints(record: Record, key: str) -> bool:
    low, high = record.ranges.get(key, (0, 1))
    return low == high and key not in record.masked


def _who_masks(records: Mapping[str, Record], key: str) -> tuple[str, ...]:
    return tuple(name for name, record in records.items() if key in record.masked | record.merged)


def _who_tells(records: Mapping[str, Record], key: str) -> tuple[str, ...]:
    return tuple(name for name, record in records.items() if key in record.ranges)
