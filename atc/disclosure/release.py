"""The rules of the tier, applied to the tables of one exhibit: counts in, what readers may know out.

At ``interne`` nothing is masked. Beyond it (docs/confidentialite.md, règles 5 à 11): merge, then mask; no
extreme, no forbidden crossing; what was already published is shown through reviewed exceptions only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import TypeVar

import pandas as pd

from atc.disclosure.audit import Sum
from atc.disclosure.exceptions import ANY
from atc.disclosure.recorder import Recorder
from atc.disclosure.released import SEAL, Measure, Released
from atc.disclosure.suppression import Band, Cell, merged
from atc.indicators.measures import Part, lignes
from atc.survey.errors import DisclosureRefused, Messages

#: docs/confidentialite.md, règle 10: columns that are never crossed beyond ``interne``.
FORBIDDEN = (
    frozenset({"reseau", "role"}),
    frozenset({"role", "territoire"}),
    frozenset({"fonction", "territoire"}),
    frozenset({"modele_principal", "reseau"}),
)
_said = Messages(__name__)
T = TypeVar("T")


@dataclass
class Release(Recorder):
    """What one exhibit asks before it shows a number; it remembers what it let out.

    A table has one row per thing counted: ``effectif`` (persons or sites) out of ``total`` where nothing else
    is said, and any label; other numbers stay behind. ``what`` is the column, with its filter if any; the
    columns ``by`` tell the rows apart. The same rows come back, counts as `Count`. `ValueError`: a count
    comes twice, or parts exceed their total. `DisclosureRefused`: a reviewed exception no longer matches.
    """

    earlier: Release | None = None  # of the wave before, for an exhibit that reads both; it shares the record

    @property
    def before(self) -> Release:
        """Through which the counts of the wave before leave; a `ValueError` where no column of it is read."""
        if self.earlier is None:
            raise ValueError(f"{self.exhibit} declares that it reads no wave before")
        return self.earlier

    def distribution(
        self,
        counts: pd.DataFrame,
        what: str,
        *,
        by: Sequence[str] = ("modalite",),
        bands: Callable[[Sequence[str]], str] | None = None,
    ) -> Released:
        """Counts of the values of one column: each person or site has one value and one only.

        One row = one value; ``total`` is of those with a value; groups that share the same persons out are a
        `crossing`. Of values in order, small neighbours are merged before anything is masked; ``bands`` makes
        their label.
        """
        if bands is not None and self.rules.masks:
            counts, stands_alone = self._in_bands(counts, what, by[0], bands)
            if stands_alone:
                return self.boxes(counts, what, by=by)
        asked = _Layout(self, "effectif", "total")
        for row in lignes(counts):
            asked.show("total", what, row.total, ANY)
            asked.show("effectif", _key(what, row, by), row.effectif, _line(row, by))
        if parts := asked.columns["effectif"]:
            asked.add_up(what, parts)
        return self._regrouped(self._released(counts, asked, by), what, by)

    def boxes(
        self, counts: pd.DataFrame, what: str, *, by: Sequence[str] = ("modalite",), answers: bool = False
    ) -> Released:
        """Counts of ticked boxes: each row is a question of its own; ``total`` said yes or no.

        One is masked when too few said yes, or too few no; of ``answers``, those who gave none need no mask.
        """
        told = self.answers if answers else self.ratio
        ratios = [
            told(Part(int(row.effectif), int(row.total)), _key(what, row, by), line=_line(row, by))
            for row in lignes(counts)
        ]
        return _sealed(counts, by, {n: [getattr(r, n) for r in ratios] for n in ("effectif", "total")})

    def crossing(
        self, counts: pd.DataFrame, what: str, *, rows: str, columns: str, margins: bool = True
    ) -> Released:
        """Counts of two columns crossed, named as the dictionary names them; some may not be crossed.

        One row = one value × one value; ``total`` is of the value of ``rows``. With ``margins``, totals of
        the values of ``columns`` can be known too: leave it so unless each row is a population of its own.
        """
        if not self.may_cross(counts, rows, columns):
            raise DisclosureRefused(_said("crossed", exhibit=self.exhibit, rows=rows, columns=columns))
        both = (rows, columns)
        asked = _Layout(self, "effectif", "total")
        across, down = dict[str, list[str]](), dict[str, list[str]]()
        for row in lignes(counts):
            total = asked.show("total", _key(what, row, (rows,)), row.total, _line(row, (rows,)))
            cell = asked.show("effectif", _key(what, row, both), row.effectif, _line(row, both))
            across.setdefault(total, []).append(cell)
            down.setdefault(_key(what, row, (columns,)), []).append(cell)
        for total, cells in across.items():
            asked.add_up(total, cells)
        if margins and across:
            # Totals of the columns and of all, which other exhibits print or readers add up.
            whole = asked.ask(what, sum(asked.cells[total].value for total in across), ANY, "ensemble")
            asked.add_up(whole, list(across))
            for margin, cells in down.items():
                value = sum(asked.cells[cell].value for cell in cells)
                asked.add_up(asked.ask(margin, value, margin.rpartition("=")[2], "ensemble"), cells)
            asked.add_up(whole, list(down), rest="≠≠")
        return self._regrouped(self._released(counts, asked, both), what, both)

    def splits(
        self,
        table: pd.DataFrame,
        what: str,
        *,
        by: Sequence[str],
        total: str,
        parts: Sequence[str] = (),
        wholes: Mapping[str, str] | None = None,
        among: str = "",
        values: Sequence[str] = (),
        known: Mapping[str, str] | None = None,
    ) -> Released:
        """Rows that each split a ``total`` into ``parts``: up, stable and down; answered twice, once, never.

        Args:
            table: One row = one thing split, with the columns named below.
            what: See `Release`, as for ``by``.
            by: Columns that tell the rows apart.
            total: Column of the total, to which ``parts`` add up.
            parts: Columns of the parts.
            wholes: Column of those of whom ``total`` are a part -> what that whole is, with the id of its
                wave if it is another (``2020-automne/scores.item``).
            among: Column of how many sites there are; missing where persons are, then protected from it.
            values: Columns of medians or means over ``total``, withheld where it is under the floor.
            known: Those of which everybody knows the median over a whole -> column of that whole: where
                ``total`` leaves too few of it out, two medians would tell on which side they stand.
        """
        wholes = wholes or {}
        asked = _Layout(self, *parts, total, *wholes)
        for row in lignes(table):
            keys = {name: _key(what, row, by, sens=name) for name in parts} | {total: _key(what, row, by)}
            keys |= {name: _key(whole, row, by) for name, whole in wholes.items()}
            for name, key in keys.items():
                asked.show(name, key, getattr(row, name), _line(row, by))
            if parts:
                asked.add_up(keys[total], [keys[part] for part in parts])
            if among:
                asked.overlap(keys[total], [keys[whole] for whole in wholes], getattr(row, among))
        for value, whole in (known or {}).items():
            rows = zip(asked.columns[total], table[whole] - table[total], table[value], strict=True)
            told = [None if 1 <= left < self.rules.floor_of(key) else median for key, left, median in rows]
            table = table.assign(**{value: pd.Series(told, table.index, dtype="object")})
        return self._released(table, asked, by, values, total)

    def told_apart(self, what: str, part: pd.Series, wholes: Iterable[pd.Series]) -> pd.Series:
        """Row by row, whether medians of a part may stand beside those of the ``wholes`` that it is in."""
        # Too few left out of it stand on one side, which two medians tell.
        floor = self.rules.floor_of(what)
        left = (whole - part for whole in wholes)
        return reduce(and_, (~some.between(1, floor - 1) for some in left), part >= max(1, floor))

    def facts(self, table: pd.DataFrame, because: str) -> Released:
        """A table that counts no person, and why it may leave, in French: public facts, words, documents."""
        self.record.facts.append(because)
        return Released(table.copy(), SEAL)

    def unmasked(self, view: Callable[[Release], T]) -> T | None:
        """A detailed view, or ``None`` and no trace of it where something would be masked, or not crossed."""
        before, found = {name: copy(value) for name, value in vars(self.record).items()}, None
        self.record.masked = set()
        with suppress(DisclosureRefused):
            found = view(self)
        found = None if self.record.masked else found
        vars(self.record).update(before if found is None else {"masked": before["masked"]})
        return found

    def may_cross(self, counts: pd.DataFrame, rows: str, columns: str) -> bool:
        """Whether `crossing` would accept: the pair is not forbidden, or every count of it was reviewed."""
        if not self.rules.masks or frozenset((rows, columns)) not in FORBIDDEN:
            return True
        return all(
            self.is_shown(_line(row, (rows, columns)), "effectif", int(row.effectif))
            for row in lignes(counts)
            if row.effectif
        )

    def finish(self) -> None:
        """Refuse exceptions that no cell of the exhibit matches any more."""
        reviewed = [*self.exceptions.values(), *(self.earlier.exceptions.values() if self.earlier else ())]
        left = [r.place for r in reviewed if r.line not in self.record.exceptions]
        if left and self.rules.masks:
            raise DisclosureRefused(_said("no_cell", places=", ".join(left)))

    def _in_bands(
        self, counts: pd.DataFrame, what: str, by: str, label: Callable[[Sequence[str]], str]
    ) -> tuple[pd.DataFrame, bool]:
        """The table with its small neighbouring bands merged; or its only band that tells more alone."""
        floor = self.rules.floor_of(f"{what}&{by}")
        exempt = {line for line, column in self.exceptions if column == "effectif"}
        rows = [(str(getattr(row, by)), row.libelle, int(row.effectif)) for row in lignes(counts)]
        bands = merged((Band((c,), (name,), (n,), c in exempt) for c, name, n in rows), floor)
        left = counts["total"] - counts["effectif"]
        nearly = counts[(left > 0) & (left < floor) & (counts["total"] >= 2 * floor - 1)]
        if len(bands) == len(nearly) == 1:
            # « n > 21 sur 26 » in one band says more than everybody in all of them.
            return nearly, True
        parts = [pair for b in bands if len(b.codes) > 1 for pair in zip(b.codes, b.counts, strict=True)]
        small = [code for code, count in parts if 1 <= count < floor]
        self.record.merged |= {self.named(f"{what}&{by}={code}") for code in small}
        table = pd.DataFrame(
            {
                by: ["|".join(band.codes) for band in bands],
                "libelle": [b.labels[0] if len(b.labels) == 1 else label(b.labels) for b in bands],
                "effectif": [band.count for band in bands],
            }
        )
        return table.assign(total=int(counts["total"].iloc[0]) if len(counts) else 0), False

    def _released(
        self,
        table: pd.DataFrame,
        asked: _Layout,
        keep: Iterable[str],
        values: Sequence[str] = (),
        n: str = "",
    ) -> Released:
        """The table with its counts, and with its medians where readers can tell that enough stand behind."""
        shown = self.decide(asked.cells, asked.sums, asked.withheld)
        counts = {name: [shown[key] for key in keys] for name, keys in asked.columns.items()}
        floors = map(self.rules.floor_of, asked.columns[n]) if values else ()
        # Too few stay so, whatever an exception shows of them.
        few = [
            1 <= whole < floor or (count.is_masked and count.low < floor)
            for whole, count, floor in zip(table.get(n, ()), counts.get(n, ()), floors, strict=False)
        ]
        measures = dict[str, list[Measure]]()
        for name in values:
            told = zip(table[name], few, strict=True)
            measures[name] = [Measure(None if value is None or hid else float(value)) for value, hid in told]
        return _sealed(table, keep, {**measures, **counts})

    def _regrouped(self, released: Released, what: str, by: Sequence[str]) -> Released:
        """Tell the audit what a modalité like ``equipe|partage`` holds: its parts may be shown elsewhere."""
        for row in released:
            for name in by:
                codes = str(getattr(row, name)).split("|")
                parts = [_key(what, row, by, **{name: part}) for part in codes if codes[1:]]
                for part in parts:
                    self.record.believe(self.named(part), (0, row.effectif.high))
                if parts:
                    self.bind(_key(what, row, by), parts)
        return released


class _Layout:
    """The counts that a table shows, each with its key and what it adds up to; nothing is decided here."""

    def __init__(self, release: Release, *columns: str) -> None:
        self._cell, self.cells, self.sums = release.cell, dict[str, Cell](), list[Sum]()
        self.columns: dict[str, list[str]] = {column: [] for column in columns}  # keys, row by row
        # Keys of the counts that are masked whatever they are -> the least that is told of them.
        self.withheld: dict[str, int] = {}

    def ask(self, key: str, value: int, line: str, column: str) -> str:
        """Add a count, and give its key back; a `ValueError` if the same key comes with two values."""
        cell = self._cell(key, value, line, column)
        if self.cells.setdefault(key, cell) != cell:
            raise ValueError(f"{key} is {self.cells[key].value} and {value}")
        return key

    def show(self, column: str, key: str, value: int, line: str) -> str:
        """The same, of a count that stands in the next row of a column."""
        self.columns[column].append(key)
        return self.ask(key, value, line, column)

    def add_up(self, total: str, parts: Sequence[str], rest: str = "≠") -> None:
        """Bind parts to their total; what they leave of it becomes a count that is not shown."""
        left = self.cells[total].value - sum(self.cells[part].value for part in parts)
        if left < 0 or len({total, *parts}) <= len(parts):
            raise ValueError(f"the parts of {total} exceed it, or one comes twice: these are boxes")
        others = [f"{total}{rest}"] if left else []
        self.cells |= {key: replace(self._cell(key, left, "", ""), printed=False) for key in others}
        self.sums.append(Sum(total, (*parts, *others)))

    def overlap(self, common: str, wholes: Sequence[str], sites: float | None) -> None:
        """Protect those whom all the wholes share, of so many sites; of persons when no number is given."""
        if pd.isna(sites):
            # Sites that answered once are no secret, since n is printed everywhere; persons are.
            for whole in wholes:
                self.add_up(whole, [common])
            return
        # Of fifteen sites, nine then and nine now share three at least: « n < 5 » would say three or four.
        # The choice rests on numbers that are printed, so it tells nothing.
        least = sum(self.cells[whole].value for whole in wholes) - int(sites)
        if 2 <= least < self.cells[common].floor:
            self.withheld[common] = least


def _key(what: str, row: object, names: Iterable[str], **others: object) -> str:
    """``carnet_de_bord.configuration&modalite=partage``, whatever the order of the names."""
    values = {name: getattr(row, name) for name in names} | others
    return "&".join([what, *sorted(f"{name}={value}" for name, value in values.items())])


def _line(row: object, names: Iterable[str]) -> str:
    """How a reviewed exception names a row: ``equipe|partage``."""
    return "|".join(str(getattr(row, name)) for name in names)


def _sealed(table: pd.DataFrame, keep: Iterable[str], shown: Mapping[str, Sequence[object]]) -> Released:
    """Codes and labels of a table, and what is shown; numbers that no rule was applied to stay behind."""
    held = set(keep)
    kept = [c for c in table.columns if c in held or not pd.api.types.is_numeric_dtype(table[c])]
    columns = {name: pd.Series(list(values), dtype="object") for name, values in shown.items()}
    return Released(table[kept].reset_index(drop=True).assign(**columns), SEAL)
