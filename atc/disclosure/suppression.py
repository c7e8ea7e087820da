"""Which counts of a table are masked: the small ones (D), then those that would give them away (S).

As long as too much can be deduced of a masked count, the next one beside it is masked too, a subtotal only
when nothing else is left; at last, the whole line is. What can be deduced is exact (`atc.disclosure.audit`),
for a reader who knows these very rules: that a D is small, and that an S is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from atc.disclosure.audit import Range, Sum, System
from atc.disclosure.released import PRIMARY, PUBLISHED, SECONDARY, Count

#: Fewest values that a reader must find possible for a masked small count. Two are not enough: one who runs
#: this code backwards learns, from a second mask, that one mask did not do.
FEWEST = 3


@dataclass(frozen=True)
class Cell:
    """One count of persons or sites."""

    key: str  # what it counts, the same wherever it is printed
    value: int
    floor: int  # smallest of its kind that may be read: a person is not a site
    exempt: bool = False  # a reviewed exception shows it whatever its size
    forced: bool = False  # a reviewed exception masks it
    printed: bool = True  # one that is not (what the parts leave of a total) can be computed
    told: Count | None = None  # what was already said of it, which is said again

    @property
    def is_small(self) -> bool:
        """Whether too few are counted."""
        return 1 <= self.value < self.floor


class Unprotectable(ValueError):
    """Nothing is left to mask, and a masked count can be deduced: reviewed exceptions give it away."""


def protect(
    cells: Mapping[str, Cell], sums: Sequence[Sum], withheld: Mapping[str, int]
) -> tuple[dict[str, Count], dict[str, Range]]:
    """What is shown of each printed cell, then what can be deduced of every cell from the whole table.

    Those that are ``withheld`` are masked whatever they are, above the least that is told of them.
    """
    table = _Table(cells, sums, withheld)
    table.withhold(part for s in sums if table.status[s.total] == PRIMARY for part in s.parts)
    while betrayed := table.betrayed(system := System(table.ranges, sums)):
        if not table.mask_beside(betrayed):
            before = dict(table.ranges)
            table.withhold(part for s in sums if betrayed in s.keys for part in s.parts)
            if table.ranges == before:
                raise Unprotectable(betrayed)
    found, shown = system.all, dict[str, Count]()
    for key in (key for key, cell in cells.items() if cell.printed):
        # A small count is only said to be small; what anybody can tell is told.
        small, (low, high) = table.status[key] == PRIMARY, found[key]
        told = Count(low, high, SECONDARY if low < high else PUBLISHED)
        shown[key] = Count(*table.ranges[key], PRIMARY) if small else told
    return shown, found


class _Table:
    """A table while it is being masked."""

    def __init__(self, cells: Mapping[str, Cell], sums: Sequence[Sum], secret: Mapping[str, int]) -> None:
        self.cells, self.sums = dict(cells), sums
        for total in (s.total for s in sums if all(self.cells[part].exempt for part in s.parts)):
            # What was printed part by part is known in sum.
            self.cells[total] = replace(self.cells[total], exempt=True)
        # An order of magnitude that no reader can be surprised by: nothing of a masked total shows in it.
        self.most: int = 10 ** max(2, len(str(max((c.value for c in cells.values()), default=0))))
        # What a reader believes of each cell, before anything is deduced.
        first = {key: self._first(cell) for key, cell in self.cells.items()}
        self.status = {key: status for key, (status, *_) in first.items()}
        self.ranges: dict[str, Range] = {key: (low, high) for key, (_, low, high) in first.items()}
        self.secret, self.withheld = secret, set[str]()
        self.withhold(secret)
        self.ranges |= {key: (least, self.most) for key, least in secret.items()}

    def _first(self, cell: Cell) -> tuple[str, int, int]:
        if cell.told is not None:
            return cell.told.status, cell.told.low, cell.told.high
        if cell.forced or not cell.printed:
            return SECONDARY if cell.forced or cell.is_small else PUBLISHED, 0, self.most
        if cell.is_small and not cell.exempt:
            return PRIMARY, 1, cell.floor - 1
        return PUBLISHED, cell.value, cell.value

    def betrayed(self, system: System) -> str | None:
        """The first masked cell of which too much can be deduced."""
        for key, status in ((key, status) for key, status in self.status.items() if status != PUBLISHED):
            fewest = min(FEWEST, self.cells[key].floor - 1) if status == PRIMARY else 2
            # Of one that is masked only because its line is, it may be known that nobody, or many, are in it.
            harmless = key in self.withheld and key not in self.secret and not self.cells[key].is_small
            low, high = (0, self.most) if harmless else system.range(key)
            if high - low + 1 < fewest:
                return key
        return None

    def mask_beside(self, key: str) -> bool:
        """Mask the next publishable count in one sum with this one, or bound to it; whether there was any.

        The next by its place, or the last before it: to choose the smallest would tell that others are not.
        """
        totals, places = {s.total for s in self.sums}, {key: i for i, key in enumerate(self.cells)}
        parts = {self.cells[part] for s in self.sums for part in s.parts}
        parts = {c for c in parts if c.printed and not c.exempt and c.told is None and c.value}
        free = {c.key for c in parts if self.status[c.key] == PUBLISHED and c.value >= c.floor}
        near, reached, grown = list[str](), set[str](), {key}
        while not near and grown != reached:
            reached = grown
            around = [k for s in self.sums if reached & set(s.keys) for k in s.keys]
            near = [k for k in around if k in free]
            grown = reached | {k for k in around if self.ranges[k][0] < self.ranges[k][1]}
        if near:
            away = {k: places[k] - places[key] for k in near}
            chosen = min(near, key=lambda k: (k in totals, away[k] < 0, abs(away[k])))
            self.status[chosen] = SECONDARY
            self.ranges[chosen] = max(1, self.cells[chosen].floor), self.most
        return bool(near)

    def withhold(self, keys: Iterable[str]) -> None:
        """Mask cells of any size, so that not even their being small or nothing is told."""
        for key in keys:
            cell = self.cells[key]
            published = cell.exempt or (cell.told is not None and not cell.told.is_masked)
            if cell.printed and not published:
                self.status[key], self.ranges[key] = SECONDARY, (0, self.most)
                self.withheld.add(key)


def share(value: int, total: Count, floor: int, *, hidden: bool = False) -> Count:
    """A count out of a total as it is shown, when those who are left out are protected as well."""
    if (whole := total.value) is None or hidden:
        return Count(0, total.high, SECONDARY)
    few, few_left = 1 <= value < floor, 1 <= whole - value < floor
    if not few and not few_left:
        return Count.exactly(value)
    if floor < whole < 2 * floor - 1:
        # « n < 5 » for 1 to 4 of 6 would leave « n > 1 » for 5 of 6 only.
        return Count(1, whole - 1, SECONDARY)
    if few:
        return Count(1, floor - 1, PRIMARY)
    return Count(whole - floor + 1, whole - 1, PRIMARY, of_the_rest=True)


@dataclass(frozen=True)
class Band:
    """One band, or several that were merged: in order, their codes, their labels and the counts in each."""

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    exempt: bool = False  # a reviewed exception names it as it is

    @property
    def count(self) -> int:
        """Persons or sites."""
        return sum(self.counts)

    def is_open(self, floor: int) -> bool:
        """Whether it is too small to stand alone."""
        return 1 <= self.count < floor and not self.exempt

    def joined(self, after: Band) -> Band:
        """This one and the next as one."""
        return Band(self.codes + after.codes, self.labels + after.labels, self.counts + after.counts)


def merged(bands: Iterable[Band], floor: int) -> list[Band]:
    """Merge each small band with those that follow until none is small; the last, with what comes before.

    A band never chooses its neighbour: to whoever runs this code backwards, a choice would tell which one it
    was. A band that nobody is in stays so, unless a small one beside it grows over it.
    """
    kept: list[Band] = []
    for band in bands:
        if kept and kept[-1].is_open(floor) and not band.exempt:
            kept[-1] = kept[-1].joined(band)
        else:
            kept.append(band)
    for i in range(len(kept) - 1, 0, -1):
        if kept[i].is_open(floor) and not kept[i - 1].exempt:
            kept[i - 1 : i + 1] = [kept[i - 1].joined(kept[i])]
    return kept
