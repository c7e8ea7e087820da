"""The counts that a table shows, each with its key and what it adds up to; nothing is decided here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from atc.disclosure.exceptions import ANY
from atc.disclosure.system import Sum
from atc.indicators.measures import lignes


@dataclass(frozen=True)
class Asked:
    """One count that a table would show; a reviewed exception names it by ``line`` and ``column``."""

    key: str  # what it counts
    value: int
    line: str
    column: str
    printed: bool = True  # what parts leave of a total is not, but can be computed


@dataclass
class Layout:
    """A table as a system of counts.

    Attributes:
        asked: Key -> count; a key comes once.
        sums: How they add up.
        columns: Name of a column -> keys of its counts, row by row.
        withheld: Keys of the counts that are masked whatever they are -> the least that is told of them.
    """

    asked: dict[str, Asked] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    withheld: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, *columns: str) -> Layout:
        """One with these columns, and no row yet."""
        return cls(columns={column: [] for column in columns})

    def ask(self, key: str, value: int, line: str, column: str) -> str:
        """Add a count, and give its key back; a `ValueError` if the same key comes with two values."""
        asked = Asked(key, int(value), line, column)
        if self.asked.setdefault(key, asked) != asked:
            raise ValueError(f"{key} is {self.asked[key].value} and {value}")
        return key

    def place(self, column: str, key: str) -> None:
        """Show a count in the next row of a column."""
        self.columns[column].append(key)

    def add_up(self, total: str, parts: Sequence[str], rest: str = "≠") -> None:
        """Bind parts to their total; what they leave of it becomes a count that is not shown.

        A `ValueError` tells that a part comes twice, or that the parts exceed their total.
        """
        left = self.asked[total].value - sum(self.asked[part].value for part in parts)
        if left < 0 or len(set(parts)) < len(parts):
            raise ValueError(f"the parts of {total} exceed it, or one comes twice: these are boxes")
        others = []
        if left:
            others = [f"{total}{rest}"]
            self.asked[others[0]] = Asked(others[0], left, "", "", printed=False)
        self.sums.append(Sum(total, (*parts, *others)))


def key(what: str, conditions: Iterable[tuple[str, object]]) -> str:
    """``carnet_de_bord.configuration&modalite=partage``, whatever the order of the conditions."""
    return "&".join([what, *sorted(f"{name}={value}" for name, value in conditions)])


def line(row: object, names: Iterable[str]) -> str:
    """How a reviewed exception names a row: ``equipe|partage``."""
    return "|".join(str(getattr(row, name)) for name in names)


def conditions(row: object, names: Iterable[str]) -> list[tuple[str, object]]:
    """Columns of a row with their values."""
    return [(name, getattr(row, name)) for name in names]


def distribution(counts: pd.DataFrame, what: str, by: Sequence[str], within: Sequence[str]) -> Layout:
    """See `atc.disclosure.release.Release.distribution`."""
    layout, parts = Layout.of("effectif", "total"), dict[str, list[str]]()
    for row in lignes(counts):
        total = layout.ask(key(what, conditions(row, within)), row.total, line(row, within) or ANY, "total")
        names = (*within, *by)
        part = layout.ask(key(what, conditions(row, names)), row.effectif, line(row, names), "effectif")
        layout.place("effectif", part)
        layout.place("total", total)
        parts.setdefault(total, []).append(part)
    for total, some in parts.items():
        layout.add_up(total, some)
    return layout


def crossing(counts: pd.DataFrame, what: str, rows: str, columns: str, *, margins: bool) -> Layout:
    """See `atc.disclosure.release.Release.crossing`."""
    layout, across, down = Layout.of("effectif", "total"), dict[str, list[str]](), dict[str, list[str]]()
    for row in lignes(counts):
        first, second = conditions(row, (rows, columns))
        total = layout.ask(key(what, [first]), row.total, line(row, (rows,)), "total")
        cell = layout.ask(key(what, [first, second]), row.effectif, line(row, (rows, columns)), "effectif")
        layout.place("effectif", cell)
        layout.place("total", total)
        across.setdefault(total, []).append(cell)
        down.setdefault(key(what, [second]), []).append(cell)
    for total, cells in across.items():
        layout.add_up(total, cells)
    if margins and across:
        _add_margins(layout, what, list(across), down)
    return layout


def _add_margins(layout: Layout, what: str, totals: Sequence[str], down: dict[str, list[str]]) -> None:
    """Totals of the columns and of all, which other exhibits print or readers add up."""
    whole = layout.ask(what, sum(layout.asked[total].value for total in totals), ANY, "ensemble")
    layout.add_up(whole, totals)
    for margin, cells in down.items():
        value = sum(layout.asked[cell].value for cell in cells)
        layout.ask(margin, value, margin.rpartition("=")[2], "ensemble")
        layout.add_up(margin, cells)
    layout.add_up(whole, list(down), rest="≠≠")


def splits(
    table: pd.DataFrame,
    what: str,
    by: Sequence[str],
    parts: Sequence[str],
    total: str,
    wholes: Mapping[str, str],
    among: str = "",
) -> Layout:
    """See `atc.disclosure.release.Release.splits`."""
    names = [*parts, total, *wholes]
    layout = Layout.of(*names)
    for row in lignes(table):
        named = conditions(row, by)
        keys = {name: key(what, [*named, ("sens", name)]) for name in parts}
        keys |= {total: key(what, named)} | {name: key(known, named) for name, known in wholes.items()}
        for name in names:
            layout.place(name, layout.ask(keys[name], getattr(row, name), line(row, by), name))
        if parts:
            layout.add_up(keys[total], [keys[part] for part in parts])
        # Sites that answered once are no secret, since n is printed everywhere; persons are.
        if among and pd.isna(getattr(row, among)):
            for whole in wholes:
                layout.add_up(keys[whole], [keys[total]])
    return layout


def withhold_crowded(
    layout: Layout,
    table: pd.DataFrame,
    total: str,
    wholes: Iterable[str],
    among: str,
    floor_of: Callable[[str], int],
) -> None:
    """Withhold what two waves share where all there are leaves « n < 5 » too little room.

    Of fifteen sites, nine then and nine now share three at least: « n < 5 » would say three or four. The
    choice rests on numbers that are printed, so it tells nothing.
    """
    for key_, row in zip(layout.columns[total], lignes(table), strict=True):
        everybody = getattr(row, among, math.nan)
        least = 0 if pd.isna(everybody) else sum(getattr(row, whole) for whole in wholes) - int(everybody)
        if 2 <= least < floor_of(key_):
            layout.withheld[key_] = least


def labels(table: pd.DataFrame, keep: Iterable[str]) -> pd.DataFrame:
    """Codes and labels of a table: a number that did not go through the rules stays behind."""
    held = set(keep)
    kept = [c for c in table.columns if c in held or not pd.api.types.is_numeric_dtype(table[c])]
    return table[kept].reset_index(drop=True)
