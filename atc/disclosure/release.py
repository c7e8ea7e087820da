"""The rules of the tier, applied to one exhibit: counts in, what readers may know out.

At ``interne`` nothing is masked. Beyond it (docs/confidentialite.md, règles 5 à 11): merge first, mask small
counts (D), then those that would give them away (S); no extreme, no forbidden crossing; what was already
published is shown through reviewed exceptions only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from atc.disclosure import layout
from atc.disclosure.count import Count, Measure
from atc.disclosure.layout import Layout
from atc.disclosure.merging import as_table, merged_bands
from atc.disclosure.numbers import Numbers
from atc.disclosure.record import Record
from atc.disclosure.released import SEAL, Released
from atc.indicators.measures import Part, lignes
from atc.survey.errors import DisclosureRefused

#: docs/confidentialite.md, règle 10: columns that are never crossed beyond ``interne``.
FORBIDDEN = tuple(
    frozenset(pair)
    for pair in (
        ("reseau", "role"),
        ("role", "territoire"),
        ("fonction", "territoire"),
        ("modele_principal", "reseau"),
    )
)


@dataclass
class Release(Numbers):
    """What one exhibit asks before it shows a number; it remembers what it let out.

    Attributes:
        earlier: Release of the wave before, for an exhibit that reads both; it shares the record.
    """

    earlier: Release | None = None

    def distribution(
        self,
        counts: pd.DataFrame,
        what: str,
        *,
        by: Sequence[str] = ("modalite",),
        within: Sequence[str] = (),
        bands: Callable[[Sequence[str]], str] | None = None,
    ) -> Released:
        """Counts of the values of one column: each person or site has one value and one only.

        Args:
            counts: One row = one value. ``effectif`` (persons or sites), ``total`` (those with a value), the
                columns of ``by`` and ``within``, any label. Other numbers are dropped.
            what: The column, ``carnet_de_bord.configuration``, with its filter if it has one. The same words
                mean the same counts in every exhibit.
            by: Columns that tell the values apart.
            within: Columns that cut the table into distributions of their own (an item). Groups that share
                the same persons out are a `crossing`.
            bands: For values in order: makes the label of neighbours merged into one, from their labels.
                Small neighbours are then merged before anything is masked.

        Returns:
            The same rows (or fewer, once merged), counts as `Count`.

        Raises:
            DisclosureRefused: A reviewed exception no longer matches, or gives a masked count away.
            ValueError: A value comes twice, or the counts exceed their total.
        """
        if bands is not None and self.rules.masks:
            if within:
                raise ValueError("bands are merged in a table of one distribution")
            floor = self.rules.floor_of(layout.key(what, [(by[0], "")]))
            exempt = {line for line, column in self.exceptions if column == "effectif"}
            kept, left = merged_bands(counts, by[0], floor, exempt), counts["total"] - counts["effectif"]
            nearly = counts[(left > 0) & (left < floor) & (counts["total"] >= 2 * floor - 1)]
            if len(kept) == len(nearly) == 1:
                # « n > 21 sur 26 » in one band says more than everybody in all of them.
                return self.boxes(nearly, what, by=by)
            small = {code for band in kept for code in band.small(floor)}
            self.record.merged |= {self.named(layout.key(what, [(by[0], code)])) for code in small}
            counts = as_table(kept, by[0], bands, counts)
        released = self._released(counts, layout.distribution(counts, what, by, within), keep=(*within, *by))
        return self._regrouped(released, what, (*within, *by))

    def boxes(
        self, counts: pd.DataFrame, what: str, *, by: Sequence[str] = ("modalite",), answers: bool = False
    ) -> Released:
        """Counts of ticked boxes: each row is a question of its own, answered by yes or no.

        Args:
            counts: One row = one box. ``effectif`` (yes), ``total`` (yes or no), the columns of ``by``, any
                label.
            what: See `distribution`.
            by: Columns that tell the boxes apart.
            answers: Whether the box is having answered: those who did not then need no protection.

        Returns:
            The same rows, counts as `Count`; one is masked when too few said yes, or too few no.
        """
        told = self.answers if answers else self.ratio
        ratios = [
            told(
                Part(int(row.effectif), int(row.total)),
                layout.key(what, layout.conditions(row, by)),
                line=layout.line(row, by),
            )
            for row in lignes(counts)
        ]
        return Released(
            layout.labels(counts, by).assign(
                effectif=_objects(ratio.effectif for ratio in ratios),
                total=_objects(ratio.total for ratio in ratios),
            ),
            SEAL,
        )

    def crossing(
        self, counts: pd.DataFrame, what: str, *, rows: str, columns: str, margins: bool = True
    ) -> Released:
        """Counts of two columns crossed.

        Args:
            counts: One row = one value × one value. ``effectif``, ``total`` (of the value of ``rows``), the
                two columns, any label.
            what: See `distribution`.
            rows: Name of one crossed column, as the dictionary names it.
            columns: Name of the other.
            margins: Whether the totals of the values of ``columns`` are printed somewhere too, or can be
                added up; leave it so unless each row is a population of its own.

        Raises:
            DisclosureRefused: The two may not be crossed, or see `distribution`.
        """
        if not self.may_cross(counts, rows, columns):
            raise DisclosureRefused(
                f"{self.exhibit} : « {rows} » et « {columns} » ne se croisent pas au-delà de la diffusion "
                "« interne ». Montrez l’un ou l’autre."
            )
        asked = layout.crossing(counts, what, rows, columns, margins=margins)
        return self._regrouped(self._released(counts, asked, keep=(rows, columns)), what, (rows, columns))

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
        """Rows that each split a total into parts: up, stable and down; answered twice, once, never.

        Args:
            table: One row = one thing split. The columns named below, any label. Other numbers are dropped.
            what: See `distribution`.
            by: Columns that tell the rows apart.
            total: Column of the total.
            parts: Columns that add up to ``total``.
            wholes: Column of those of whom ``total`` are a part -> what that whole is (of another wave when
                it begins with its id: ``2020-automne/scores.item``).
            among: Column of how many sites there are in all; missing where persons are counted, and those
                that ``total`` leaves out are then protected.
            values: Columns of medians or means over ``total``.
            known: Those of which everybody knows the median over a whole -> column of that whole. Where
                ``total`` leaves too few of it out, two medians would tell on which side they stand.

        Returns:
            The same rows: the counts as `Count`, ``values`` as `Measure`, withheld where the total is under
            the floor.
        """
        asked = layout.splits(table, what, by, parts, total, wholes or {}, among)
        layout.withhold_crowded(asked, table, total, wholes or {}, among, self.rules.floor_of)
        for value, whole in (known or {}).items():
            rows = zip(asked.columns[total], table[whole] - table[total], table[value], strict=True)
            told = _objects(None if 1 <= left < self._floor(key) else median for key, left, median in rows)
            table = table.assign(**{value: told.to_numpy()})
        return self._released(table, asked, by, values, total)

    def statistics(
        self, table: pd.DataFrame, what: str, *, by: Sequence[str], values: Sequence[str], n: str
    ) -> Released:
        """Medians or means, each with the number of persons or sites behind it.

        Args:
            table: One row = one statistic. The columns of ``by``, ``values`` and ``n``, any label.
            what: See `distribution`.
            by: Columns that tell the rows apart.
            values: Columns of medians or means.
            n: Column of the number of persons or sites.

        Returns:
            The same rows: ``values`` as `Measure`, withheld where ``n`` is under the floor; ``n`` as `Count`.
        """
        return self._released(table, layout.splits(table, what, by, (), n, {}), by, values, n)

    def facts(self, table: pd.DataFrame, because: str) -> Released:
        """A table that counts no person: public facts, words, documents.

        Args:
            table: Any table.
            because: Why it may leave, in French, for the gate's verdict.
        """
        self.record.facts.append(because)
        return Released(table.copy(), SEAL)

    def unmasked(self, view: Callable[[Release], Released]) -> Released | None:
        """A detailed view, if it masks nothing: a coarser one says more than a table full of « n < 5 ».

        Args:
            view: Makes the table from the release that it is given.

        Returns:
            ``None`` when something of it would be masked, or may not be crossed: then it leaves no trace.
        """
        record = Record(told=dict(self.record.told))
        earlier = replace(self.earlier, record=record) if self.earlier else None
        trial = replace(self, record=record, earlier=earlier)
        try:
            found = view(trial)
        except DisclosureRefused:
            return None
        if record.masked:
            return None
        self.record.absorb(record)
        return found

    def may_cross(self, counts: pd.DataFrame, rows: str, columns: str) -> bool:
        """Whether `crossing` would accept.

        Always at ``interne``; else when the pair is not forbidden, or when every count was reviewed.

        Args:
            counts: See `crossing`.
            rows: Name of one crossed column.
            columns: Name of the other.
        """
        if not self.rules.masks or frozenset((rows, columns)) not in FORBIDDEN:
            return True
        return all(
            self.is_shown(layout.line(row, (rows, columns)), "effectif", int(row.effectif))
            for row in lignes(counts)
            if row.effectif
        )

    @property
    def before(self) -> Release:
        """Through which the counts of the wave before leave.

        Raises:
            ValueError: The exhibit declares no column of that wave.
        """
        if self.earlier is None:
            raise ValueError(f"{self.exhibit} declares no column of the wave before (uses_before)")
        return self.earlier

    def finish(self) -> None:
        """Refuse exceptions that no cell of the exhibit matches any more: all at once."""
        reviewed = [*self.exceptions.values(), *(self.earlier.exceptions.values() if self.earlier else ())]
        left = [r.place for r in reviewed if r.line not in self.record.exceptions]
        if left and self.rules.masks:
            raise DisclosureRefused(
                f"{', '.join(left)} : aucune case ne correspond plus à cette exception. "
                "Retirez la ligne, ou corrigez-la et faites-la relire."
            )

    def _released(
        self, table: pd.DataFrame, asked: Layout, keep: Iterable[str], values: Sequence[str] = (), n: str = ""
    ) -> Released:
        """The table with its counts, and with its medians where enough persons stand behind them."""
        shown = self.decide(asked.asked.values(), asked.sums, asked.withheld)
        counts = {name: [shown[key] for key in keys] for name, keys in asked.columns.items()}
        frame = layout.labels(table, keep)
        for name in values:
            frame[name] = _objects(self._measures(table[name], table[n], asked.columns[n], counts[n]))
        return Released(frame.assign(**{name: _objects(some) for name, some in counts.items()}), SEAL)

    def _measures(
        self, values: Iterable[float | None], ns: Iterable[int], keys: Iterable[str], counts: Iterable[Count]
    ) -> list[Measure]:
        """Withheld unless readers can tell that enough stand behind it, whatever an exception shows."""
        rows = zip(values, ns, map(self._floor, keys), counts, strict=True)
        return [
            Measure(
                None
                if value is None or 1 <= n < floor or (count.is_masked and count.low < floor)
                else float(value)
            )
            for value, n, floor, count in rows
        ]

    def _floor(self, key: str) -> int:
        return self.rules.floor_of(key) if self.rules.masks else 0

    def _regrouped(self, released: Released, what: str, by: Sequence[str]) -> Released:
        """Tell the audit what a modalité like ``equipe|partage`` holds: its parts may be shown elsewhere."""
        for row in released:
            named = layout.conditions(row, by)
            for name, code in named:
                others = [pair for pair in named if pair[0] != name]
                parts = [layout.key(what, [*others, (name, part)]) for part in str(code).split("|")]
                if len(parts) > 1:
                    for part in parts:
                        self.record.believe(self.named(part), (0, row.effectif.high))
                    self.bind(layout.key(what, named), parts)
        return released


def _objects(values: Iterable[object]) -> pd.Series:
    """A column of `Count` or `Measure`, even when it has no row."""
    return pd.Series(list(values), dtype="object")
