"""A reader with time: every table of whole numbers that fits what is displayed, tried one by one.

It reads the cells as they are printed, knows the rules, and shares nothing with `atc.disclosure`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MASKED_BELOW = re.compile(r"n < (\d+)")
MASKED_ABOVE = re.compile(r"n > (\d+)")
WITHHELD = "n.c."
#: More than anybody of these tables.
MOST = 60

Solution = Mapping[str, int]


@dataclass
class Puzzle:
    """What a reader sees, and how it adds up.

    Attributes:
        shown: Name of a cell -> its text.
        sums: Total -> parts; the reader knows what adds up to what.
    """

    shown: dict[str, str] = field(default_factory=dict)
    sums: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def show(self, name: str, text: str) -> str:
        """One more cell; the same one may be seen twice."""
        assert self.shown.setdefault(name, text) == text, f"{name}: {self.shown[name]} and {text}"
        return name

    def add_up(self, total: str, parts: Sequence[str]) -> None:
        """One more sum."""
        self.sums.append((total, tuple(parts)))

    @property
    def masked(self) -> set[str]:
        """Cells that the reader would like to know."""
        return {name for name, text in self.shown.items() if not plain(text).isdigit()}


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", "")


def domain(text: str) -> range:
    """The whole numbers that a printed cell may stand for."""
    text = plain(text)
    if text.isdigit():
        return range(int(text), int(text) + 1)
    if below := MASKED_BELOW.fullmatch(text):
        return range(1, int(below[1]))
    if above := MASKED_ABOVE.fullmatch(text):
        return range(int(above[1]) + 1, MOST)
    assert text == WITHHELD, f"what is {text!r}?"
    return range(MOST)


def solutions(puzzle: Puzzle, **fixed: int) -> Iterator[Solution]:
    """Every table that fits, with some cells fixed."""
    bounds = {name: (min(d), max(d)) for name, d in ((n, domain(t)) for n, t in puzzle.shown.items())}
    if all(bounds[name][0] <= value <= bounds[name][1] for name, value in fixed.items()):
        yield from _solve(bounds | {name: (value, value) for name, value in fixed.items()}, puzzle.sums)


def _solve(
    bounds: dict[str, tuple[int, int]], sums: Sequence[tuple[str, tuple[str, ...]]]
) -> Iterator[Solution]:
    bounds = dict(bounds)
    if not _tighten(bounds, sums):
        return
    open_ = [name for name, (low, high) in bounds.items() if low < high]
    if not open_:
        yield {name: low for name, (low, _) in bounds.items()}
        return
    name = min(open_, key=lambda n: bounds[n][1] - bounds[n][0])
    low, high = bounds[name]
    for value in range(low, high + 1):
        yield from _solve({**bounds, name: (value, value)}, sums)


def _tighten(bounds: dict[str, tuple[int, int]], sums: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    """Narrow the bounds by each sum until nothing moves; whether anything is left."""
    moved = True
    while moved:
        moved = False
        for total, parts in sums:
            least = sum(bounds[part][0] for part in parts)
            most = sum(bounds[part][1] for part in parts)
            news = {total: (least, most)}
            for part in parts:
                low, high = bounds[part]
                news[part] = (bounds[total][0] - (most - high), bounds[total][1] - (least - low))
            for name, (low, high) in news.items():
                new = max(bounds[name][0], low), min(bounds[name][1], high)
                if new[0] > new[1]:
                    return False
                if new != bounds[name]:
                    bounds[name], moved = new, True
    return True


def recovered(puzzle: Puzzle) -> set[str]:
    """Masked cells that have one value only in all the tables that fit."""
    first = next(solutions(puzzle), None)
    assert first is not None, "no table fits what is displayed: the reader is misled"
    seen = {name: {first[name]} for name in puzzle.masked}
    for name, values in seen.items():
        for value in domain(puzzle.shown[name]):
            if len(values) > 1:
                break
            other = next(solutions(puzzle, **{name: value}), None) if value not in values else None
            for known in seen if other is not None else ():
                seen[known].add(other[known])
    return {name for name, values in seen.items() if len(values) == 1}
