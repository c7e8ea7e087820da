"""A reader with time: every table of whole numbers that fits what is displayed, tried one by one.

It reads the cells as they are printed, knows the rules, and shares nothing with `atc.disclosure`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MASKED_BELOW = re.compile(r"n < (\d+)")
MASKED_ABOVE = re.compile(r"n > (\d+)")
WITHHELD = "n.c."
#: More than anybody of these tables.
MOST = 60

Solution = Mapping[str, int]
Bounds = Mapping[str, tuple[int, int]]
Sum = tuple[str, tuple[str, ...]]


@dataclass
class Puzzle:
    """What a reader sees, and how it adds up."""

    shown: dict[str, str] = field(default_factory=dict)  # name of a cell -> its text
    sums: list[Sum] = field(default_factory=list)  # total, parts: the reader knows what adds up to what

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


def solution(bounds: Bounds, sums: Sequence[Sum]) -> Solution | None:
    """A table that fits, if there is any."""
    if (tight := _tightened(bounds, sums)) is None:
        return None
    open_ = [name for name, (low, high) in tight.items() if low < high]
    if not open_:
        return {name: low for name, (low, _) in tight.items()}
    name = min(open_, key=lambda n: tight[n][1] - tight[n][0])
    low, high = tight[name]
    tried = (solution({**tight, name: (value, value)}, sums) for value in range(low, high + 1))
    return next((found for found in tried if found is not None), None)


def _tightened(bounds: Bounds, sums: Sequence[Sum]) -> Bounds | None:
    """Bounds narrowed by each sum until nothing moves, if anything is left."""
    tight, moved = dict(bounds), True
    while moved:
        moved = False
        for total, parts in sums:
            least, most = (sum(tight[part][end] for part in parts) for end in (0, 1))
            news = {total: (least, most)}
            for part in parts:
                low, high = tight[part]
                news[part] = (tight[total][0] - (most - high), tight[total][1] - (least - low))
            for name, (low, high) in news.items():
                new = max(tight[name][0], low), min(tight[name][1], high)
                if new[0] > new[1]:
                    return None
                if new != tight[name]:
                    tight[name], moved = new, True
    return tight


def recovered(puzzle: Puzzle) -> set[str]:
    """Masked cells that have one value only in all the tables that fit."""
    domains = {name: domain(text) for name, text in puzzle.shown.items()}
    bounds = {name: (min(values), max(values)) for name, values in domains.items()}
    first = solution(bounds, puzzle.sums)
    assert first is not None, "no table fits what is displayed: the reader is misled"
    seen = {name: {first[name]} for name in puzzle.masked}
    for name, values in seen.items():
        for value in (value for value in domains[name] if value not in values):
            if len(values) > 1:
                break
            if other := solution({**bounds, name: (value, value)}, puzzle.sums):
                for known, others in seen.items():
                    others.add(other[known])
    return {name for name, values in seen.items() if len(values) == 1}
