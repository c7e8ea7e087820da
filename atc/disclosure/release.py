"""The rules of the tier, applied to one exhibit: counts in, what readers may know out.

At ``interne`` nothing is masked. Beyond it, design/privacy.md holds: merge first, mask small counts (D), then
those that would give them away (S); no extreme, no forbidden crossing; what was already published is shown
through reviewed exceptions only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from atc.disclosure.count import PRIMARY, PUBLISHED, SECONDARY, Count, Measure, Ratio, Summary
from atc.disclosure.exceptions import ANY, HIDE, SHOW, Cells, Reviewed
from atc.disclosure.merging import Band, merged
from atc.disclosure.prose import small_counts
from atc.disclosure.record import Record
from atc.disclosure.released import SEAL, Released
from atc.disclosure.suppression import Cell, Unprotectable, believed, statuses
from atc.disclosure.system import Sum, deduced
from atc.errors import DisclosureRefused
from atc.indicators.effectifs import Resume
from atc.indicators.lignes import lignes
from atc.indicators.parts import Part

INTERNAL = "interne"
#: design/privacy.md, 10: columns that are never crossed beyond ``interne``.
FORBIDDEN = tuple(
    frozenset(pair)
    for pair in (
        ("reseau", "role"),
        ("role", "territoire"),
        ("fonction", "territoire"),
        ("modele_principal", "reseau"),
    )
)


@dataclass(frozen=True)
class Rules:
    """What a release goes by.

    Attributes:
        diffusion: Tier.
        floor: Fewest persons that may be read.
        mean: Fewest values of a mean.
    """

    diffusion: str
    floor: int
    mean: int

    @property
    def masks(self) -> bool:
        """Whether readers are anyone but the evaluation team."""
        return self.diffusion != INTERNAL


@dataclass
class Release:
    """What one exhibit asks before it shows a number; it remembers what it let out.

    Attributes:
        vague: Wave of the counts.
        exhibit: Id of the exhibit.
        rules: Of the tier.
        exceptions: Reviewed exceptions of this exhibit.
        record: What was let out.
        earlier: Release of the wave before, for an exhibit that reads both: counts of that wave go through
            it. It shares the record.
    """

    vague: str
    exhibit: str
    rules: Rules
    exceptions: Cells = field(default_factory=dict)
    record: Record = field(default_factory=Record)
    earlier: Release | None = None

    # --- tables

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
            what: What is counted: the column, ``carnet_de_bord.configuration``, with its filter if it has
                one. The same words mean the same counts in every exhibit.
            by: Columns that tell the values apart.
            within: Columns that cut the table into distributions of their own (a group, an item).
            bands: For values in order: makes the label of neighbours merged into one, from their labels.
                Small neighbours are then merged before anything is masked.

        Returns:
            The same rows (or fewer, once merged), ``effectif`` and ``total`` as `Count`.

        Raises:
            DisclosureRefused: A reviewed exception no longer matches, or gives a masked count away.
        """
        if bands is not None and self.rules.masks:
            counts = self._merged(counts, by[0], within, bands)
        cells: list[Cell] = []
        sums: dict[str, list[str]] = {}
        keys: list[tuple[str, str]] = []
        for row in lignes(counts):
            line = _line(row, (*within, *by))
            total = _key(what, [(name, getattr(row, name)) for name in within])
            key = _key(what, [(name, getattr(row, name)) for name in (*within, *by)])
            if total not in sums:
                sums[total] = []
                cells.append(self._cell(total, int(row.total), _line(row, within) or ANY, "total"))
            cells.append(self._cell(key, int(row.effectif), line, "effectif"))
            sums[total].append(key)
            keys.append((key, total))
        shown = self._decide(cells, [Sum(total, tuple(parts)) for total, parts in sums.items()])
        frame = _without_numbers(counts, keep=(*within, *by)).assign(
            effectif=[shown[key] for key, _ in keys], total=[shown[total] for _, total in keys]
        )
        return Released(frame, SEAL)

    def boxes(self, counts: pd.DataFrame, what: str, *, by: Sequence[str] = ("modalite",)) -> Released:
        """Counts of ticked boxes: each row is a question of its own, answered by yes or no.

        Args:
            counts: One row = one box. ``effectif`` (yes), ``total`` (yes or no), the columns of ``by``, any label.
            what: See `distribution`.
            by: Columns that tell the boxes apart.

        Returns:
            The same rows, ``effectif`` and ``total`` as `Count`; a count is masked when too few said yes, or
            when too few said no.
        """
        ratios = [
            self.ratio(
                Part(int(row.effectif), int(row.total)),
                _key(what, [(name, getattr(row, name)) for name in by]),
                line=_line(row, by),
            )
            for row in lignes(counts)
        ]
        frame = _without_numbers(counts, keep=by).assign(
            effectif=[ratio.effectif for ratio in ratios], total=[ratio.total for ratio in ratios]
        )
        return Released(frame, SEAL)

    def crossing(
        self, counts: pd.DataFrame, what: str, *, rows: str, columns: str, margins: bool = True
    ) -> Released:
        """Counts of two columns crossed.

        Args:
            counts: One row = one value × one value. ``effectif``, ``total`` (of the value of ``rows``), the
                two columns, any label.
            what: See `distribution`.
            rows, columns: Names of the two crossed columns, as the dictionary names them.
            margins: Whether the totals of the values of ``columns`` are printed somewhere too, or can be
                added up; leave it so unless each row is a population of its own.

        Raises:
            DisclosureRefused: The two may not be crossed, or see `distribution`.
        """
        self._refuse_crossing(counts, rows, columns)
        cells: dict[str, Cell] = {}
        sums: dict[str, list[str]] = {}
        keys: list[tuple[str, str]] = []
        for row in lignes(counts):
            first, second = (rows, getattr(row, rows)), (columns, getattr(row, columns))
            key, total, margin = _key(what, [first, second]), _key(what, [first]), _key(what, [second])
            cells[total] = self._cell(total, int(row.total), str(first[1]), "total")
            cells[key] = self._cell(key, int(row.effectif), f"{first[1]}|{second[1]}", "effectif")
            sums.setdefault(total, []).append(key)
            keys.append((key, total))
            if margins:
                sums.setdefault(margin, []).append(key)
        for margin in (m for m in sums if m not in cells):
            value = sum(cells[part].value for part in sums[margin])
            cells[margin] = self._cell(margin, value, margin.rpartition("=")[2], "ensemble")
        shown = self._decide(
            list(cells.values()), [Sum(total, tuple(parts)) for total, parts in sums.items()]
        )
        frame = _without_numbers(counts, keep=(rows, columns)).assign(
            effectif=[shown[key] for key, _ in keys], total=[shown[total] for _, total in keys]
        )
        return Released(frame, SEAL)

    def splits(
        self,
        table: pd.DataFrame,
        what: str,
        *,
        by: Sequence[str],
        total: str,
        parts: Sequence[str] = (),
        outside: Mapping[str, tuple[str, str]] | None = None,
        values: Sequence[str] = (),
    ) -> Released:
        """Rows that each split a total into parts: up, stable and down; answered twice, once, never.

        Args:
            table: One row = one thing split. The columns named below, any label. Other numbers are dropped.
            what: See `distribution`.
            by: Columns that tell the rows apart.
            total: Column of the total.
            parts: Columns that add up to ``total``.
            outside: Column of those that ``total`` leaves out -> column of the whole that both make up, and
                what that whole is (of another wave when it begins with its id: ``2020-automne/scores.item``).
                What is lost between two waves gives away what they share, and the other way round.
            values: Columns of medians or means over ``total``.

        Returns:
            The same rows: the counts as `Count`, ``values`` as `Measure`, withheld where the total is under
            the floor.
        """
        outside = outside or {}
        names = [*parts, total, *outside, *(whole for whole, _ in outside.values())]
        cells: list[list[Cell]] = []
        sums: list[Sum] = []
        for row in lignes(table):
            line, conditions = _line(row, by), [(name, getattr(row, name)) for name in by]
            keys = {name: _key(what, [*conditions, ("sens", name)]) for name in (*parts, *outside)}
            keys[total] = _key(what, conditions)
            keys |= {whole: _key(known, conditions) for whole, known in outside.values()}
            cells.append([self._cell(keys[name], int(getattr(row, name)), line, name) for name in names])
            if parts:
                sums.append(Sum(keys[total], tuple(keys[name] for name in parts)))
            sums += [Sum(keys[whole], (keys[total], keys[left])) for left, (whole, _) in outside.items()]
        shown = self._decide([cell for some in cells for cell in some], sums)
        frame = _without_numbers(table, keep=by)
        for name in values:
            frame[name] = self._measures(table[name], table[total])
        for position, name in enumerate(names):
            frame[name] = [shown[some[position].key] for some in cells]
        return Released(frame, SEAL)

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
        cells = [
            self._cell(
                _key(what, [(name, getattr(row, name)) for name in by]),
                int(getattr(row, n)),
                _line(row, by),
                n,
            )
            for row in lignes(table)
        ]
        shown = self._decide(cells, [])
        frame = _without_numbers(table, keep=by)
        for name in values:
            frame[name] = self._measures(table[name], table[n])
        frame[n] = [shown[cell.key] for cell in cells]
        return Released(frame, SEAL)

    def facts(self, table: pd.DataFrame, because: str) -> Released:
        """A table that counts no person: public facts, words, documents.

        Args:
            table: Any table.
            because: Why it may leave, in French: the verdict of the gate repeats it.
        """
        self.record.facts.append(because)
        return Released(table.copy(), SEAL)

    def unmasked(self, view: Callable[[Release], Released]) -> Released | None:
        """A detailed view, if it masks nothing: a coarser one says more than a table full of « n < 5 ».

        Args:
            view: Makes the table from the release that it is given.

        Returns:
            ``None`` when something of it would be masked, or may not be crossed; what was tried then leaves
            no trace.
        """
        trial = replace(self, record=Record())
        try:
            found = view(trial)
        except DisclosureRefused:
            return None
        if trial.record.masked:
            return None
        self.record.absorb(trial.record)
        return found

    # --- single numbers

    def ratio(self, part: Part, what: str, *, line: str = "", column: str = "effectif") -> Ratio:
        """So many out of so many; those that are left out are protected as well.

        Args:
            part: The count and its total.
            what: What is counted, with its value: ``carnet_de_bord.instances=unique``.
            line, column: How a reviewed exception names it; ``what`` by default.
        """
        line, whole, rest = line or what, f"{what}?", f"{what}≠"
        cell = self._cell(what, part.effectif, line, column)
        total = self._decide([self._cell(whole, part.total, line, "total")], [])[self._named(whole)]
        left = part.total - part.effectif
        if not self.rules.masks:
            return Ratio(Count.exactly(part.effectif), total)
        floor = self.rules.floor
        small, few_left = 1 <= part.effectif < floor, 1 <= left < floor
        if cell.exempt or not (small or few_left or total.is_masked or cell.forced):
            count = Count.exactly(part.effectif)
        elif total.is_masked or cell.forced:
            count = Count(0, part.total if not total.is_masked else floor - 1, SECONDARY)
        elif small:
            count = Count(1, min(floor - 1, part.total), PRIMARY)
        else:
            count = Count(part.total - floor + 1, part.total - 1, PRIMARY, of_the_rest=True)
        self._note(cell, count)
        self.record.ranges[self._named(rest)] = (0, part.total) if total.value is not None else (0, floor - 1)
        self.record.sums.append(Sum(self._named(whole), (cell.key, self._named(rest))))
        self._alert(cell, count, total)
        return Ratio(count, total)

    def count(self, value: int, what: str, *, line: str = "", column: str = "effectif") -> Count:
        """A count that stands alone: see `ratio` when it is out of a total.

        Args:
            value: How many persons or sites.
            what: What is counted.
            line, column: How a reviewed exception names it; ``what`` by default.
        """
        cell = self._cell(what, value, line or what, column)
        return self._decide([cell], [])[cell.key]

    def summary(self, resume: Resume, what: str) -> Summary:
        """Extremes, mean and median of a numeric column.

        Args:
            resume: As the indicator gives it.
            what: The column.
        """
        effectif = self.count(resume.effectif, f"{what}?", line=what)
        if not self.rules.masks:
            return Summary(effectif, resume.minimum, resume.maximum, resume.moyenne, resume.mediane)
        extremes = [self._reviewed(what, name, getattr(resume, name)) for name in ("minimum", "maximum")]
        lowest, highest = (
            getattr(resume, name) if found else None
            for name, found in zip(("minimum", "maximum"), extremes, strict=True)
        )
        enough = resume.effectif >= self.rules.floor
        mean = resume.moyenne if resume.effectif >= max(self.rules.mean, self.rules.floor) else None
        return Summary(effectif, lowest, highest, mean, resume.mediane if enough else None)

    def names(self, names: Sequence[str], what: str) -> tuple[str, ...] | None:
        """Names of sites that share an answer.

        Args:
            names: The names.
            what: What they share, with its value: ``carnet_de_bord.configuration=partage``.

        Returns:
            ``None`` beyond ``interne``, unless a reviewed exception holds these very names.
        """
        if not self.rules.masks or self._reviewed(what, "noms", ", ".join(names)):
            return tuple(names)
        return None

    def may_cross(self, counts: pd.DataFrame, rows: str, columns: str) -> bool:
        """Whether `crossing` would accept: always at ``interne``, else when the pair is not forbidden, or when
        every count was reviewed.

        Args:
            counts, rows, columns: See `crossing`.
        """
        if not self.rules.masks or frozenset((rows, columns)) not in FORBIDDEN:
            return True
        return all(
            (f"{getattr(row, rows)}|{getattr(row, columns)}", "effectif") in self.exceptions
            for row in lignes(counts)
            if row.effectif
        )

    # --- what is said

    def check(self, texts: Iterable[str]) -> None:
        """Refuse sentences that would tell a small count.

        Args:
            texts: Title, reading, alternative text, notes, texts of cells.

        Raises:
            DisclosureRefused: With the first sentence at fault.
        """
        if not self.rules.masks:
            return
        for text in texts:
            for found in small_counts(text, self.rules.floor):
                if found.value not in self.record.small:
                    raise DisclosureRefused(
                        f"{self.exhibit} : « {found.text} » donne un effectif de moins de {self.rules.floor}. "
                        "Composez la phrase avec ce que rend « release », ou faites relire une exception "
                        "(data/reference/exceptions.csv)."
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
        """Refuse exceptions that no cell of the exhibit matches any more.

        Raises:
            DisclosureRefused: With every one of them.
        """
        reviewed = [*self.exceptions.values(), *(self.earlier.exceptions.values() if self.earlier else ())]
        left = [r.place for r in reviewed if r.line not in self.record.exceptions]
        if left and self.rules.masks:
            raise DisclosureRefused(
                f"{', '.join(left)} : aucune case ne correspond plus à cette exception. "
                "Retirez la ligne, ou corrigez-la et faites-la relire."
            )

    # --- how

    def _named(self, key: str) -> str:
        # A count of another wave comes with its name.
        return key if "/" in key else f"{self.vague}/{key}"

    def _measures(self, values: Iterable[float], ns: Iterable[int]) -> list[Measure]:
        hidden = [self.rules.masks and n < self.rules.floor for n in ns]
        pairs = zip(values, hidden, strict=True)
        return [Measure(None if withheld else float(value)) for value, withheld in pairs]

    def _cell(self, key: str, value: int, line: str, column: str) -> Cell:
        found = self._reviewed(line, column, value)
        exempt, forced = (found is not None and found.effet == effet for effet in (SHOW, HIDE))
        return Cell(self._named(key), value, exempt=exempt, forced=forced)

    def _reviewed(self, line: str, column: str, value: float | str) -> Reviewed | None:
        found = self.exceptions.get((line, column))
        if found is None or not self.rules.masks:
            return None
        if found.valeur != f"{value:g}" if isinstance(value, (int, float)) else found.valeur != value:
            raise DisclosureRefused(
                f"{found.place} : la valeur relue est « {found.valeur} », et les données en donnent une autre. "
                "Retirez la ligne, ou corrigez-la et faites-la relire."
            )
        self.record.exceptions.add(found.line)
        if found.effet == SHOW and isinstance(value, int) and value < self.rules.floor:
            self.record.small.add(value)
        return found

    def _decide(self, cells: Sequence[Cell], sums: Sequence[Sum]) -> dict[str, Count]:
        """What readers may know of each cell; the sums are keyed without the wave."""
        named = [Sum(self._named(s.total), tuple(self._named(part) for part in s.parts)) for s in sums]
        if not self.rules.masks:
            return _both_names({cell.key: Count.exactly(cell.value) for cell in cells}, self.vague)
        floor = self.rules.floor
        try:
            decided = statuses(cells, named, floor)
        except Unprotectable as error:
            raise DisclosureRefused(
                f"{self.exhibit} : les exceptions relues laissent déduire un effectif de moins de {floor} "
                f"({error}). Regroupez des modalités, ou retirez une exception."
            ) from error
        most = max((cell.value for cell in cells), default=0) + floor
        ranges = {cell.key: believed(cell, decided[cell.key], floor, most) for cell in cells}
        found = {**ranges, **deduced(ranges, named)}
        shown: dict[str, Count] = {}
        for cell in cells:
            status = decided[cell.key]
            bounds = found[cell.key] if status == SECONDARY else ranges[cell.key]
            shown[cell.key] = Count(*bounds, status)
            self._note(cell, shown[cell.key])
        self.record.sums += named
        for equation in named:
            for part in equation.parts:
                self._alert_of(part, shown[part], shown[equation.total])
        return _both_names(shown, self.vague)

    def _note(self, cell: Cell, count: Count) -> None:
        self.record.ranges[cell.key] = (count.low, count.high)
        if count.status != PUBLISHED:
            self.record.masked.add(cell.key)

    def _alert(self, cell: Cell, count: Count, total: Count) -> None:
        self._alert_of(cell.key, count, total)

    def _alert_of(self, key: str, count: Count, total: Count) -> None:
        """0 % and 100 % tell something of everybody (design/privacy.md, 8)."""
        if count.value is not None and total.value and count.value in {0, total.value}:
            self.record.alerts.append(f"{key} : {count.value} sur {total.value}")

    def _merged(
        self, counts: pd.DataFrame, by: str, within: Sequence[str], label: Callable[[Sequence[str]], str]
    ) -> pd.DataFrame:
        """Neighbouring bands together until none is small; the same bands in every part of the table."""
        if within:
            raise ValueError("bands are merged in a table of one distribution")
        bands = [
            Band((str(getattr(row, by)),), (row.libelle,), int(row.effectif), self._is_exempt(row, by))
            for row in lignes(counts)
        ]
        kept = merged(bands, self.rules.floor)
        total = int(counts["total"].iloc[0]) if len(counts) else 0
        return pd.DataFrame(
            [
                {
                    by: "|".join(band.codes),
                    "libelle": band.labels[0] if len(band.labels) == 1 else label(band.labels),
                    "effectif": band.count,
                    "total": total,
                }
                for band in kept
            ],
            columns=[by, "libelle", "effectif", "total"],
        )

    def _is_exempt(self, row: object, by: str) -> bool:
        return (str(getattr(row, by)), "effectif") in self.exceptions

    def _refuse_crossing(self, counts: pd.DataFrame, rows: str, columns: str) -> None:
        if not self.may_cross(counts, rows, columns):
            raise DisclosureRefused(
                f"{self.exhibit} : « {rows} » et « {columns} » ne se croisent pas au-delà de la diffusion "
                "« interne ». Montrez l’un ou l’autre."
            )


def _key(what: str, conditions: Iterable[tuple[str, object]]) -> str:
    return "&".join([what, *sorted(f"{name}={value}" for name, value in conditions)])


def _line(row: object, names: Iterable[str]) -> str:
    return "|".join(str(getattr(row, name)) for name in names)


def _both_names(shown: Mapping[str, Count], vague: str) -> dict[str, Count]:
    """By key, with and without the wave."""
    return {**shown, **{key.removeprefix(f"{vague}/"): count for key, count in shown.items()}}


def _without_numbers(table: pd.DataFrame, keep: Iterable[str]) -> pd.DataFrame:
    """Codes and labels: a number that did not go through the rules stays behind."""
    kept = [c for c in table.columns if c in set(keep) or not pd.api.types.is_numeric_dtype(table[c])]
    return table[kept].reset_index(drop=True)
