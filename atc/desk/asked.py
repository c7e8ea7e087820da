"""A view with all that an analysis needs to answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from atc.desk.rows import rows, sites
from atc.desk.view import View
from atc.disclosure import Count, Release
from atc.exhibits.selection import FILTERS
from atc.exhibits.variables import Variable, unit
from atc.indicators import scores
from atc.typography import enumeration, lower_first
from atc.waves import Wave


@dataclass(frozen=True)
class Asked:
    """One question, ready to be answered.

    Attributes:
        view: What was asked.
        wave: The wave, or the latter of two, through the columns that the view reads.
        before: The former of two.
        variable: What is counted.
        release: What every count goes through.
    """

    view: View
    wave: Wave
    before: Wave | None
    variable: Variable
    release: Release

    @property
    def masks(self) -> bool:
        """Whether readers are anyone but the evaluation team."""
        return self.release.rules.masks

    @property
    def period(self) -> str:
        """Period judged: the one asked for, or the one that the wave's chapter shows."""
        return self.view.filtres.get("periode") or scores.periode_jugee(self.wave.table("scores"))

    @property
    def filters(self) -> Mapping[str, str]:
        """The filters that choose persons or sites; the period chooses among their answers."""
        return {name: code for name, code in self.view.filtres.items() if code and name != "periode"}

    @property
    def former(self) -> Wave:
        """The wave before, for an analysis of two.

        Raises:
            ValueError: The view has only one: `atc.desk.checks` refuses it.
        """
        if self.before is None:
            raise ValueError("a view of one wave has none before")
        return self.before

    def rows(self, *linked: str, filtered: bool = True) -> pd.DataFrame:
        """Rows of the variable's table, filtered unless the release is to protect those left out."""
        return self.rows_of(self.wave, *linked, filtered=filtered)

    def rows_of(self, wave: Wave, *linked: str, filtered: bool = True) -> pd.DataFrame:
        """The same for either wave."""
        chosen = dict(self.filters) if filtered else {}
        if self.variable.table == "scores" and self.before is None:
            chosen["periode"] = self.period
        return rows(wave, self.variable.table, linked, chosen)

    @property
    def sites(self) -> int:
        """How many sites there are in this selection, for `Release.splits` over two waves."""
        return sites((self.former, self.wave), self.filters)

    def count(self, value: int, what: str) -> Count:
        """A count that stands alone."""
        return self.release.count(value, what)

    @property
    def who(self) -> str:
        """Of whom a base speaks, filters included."""
        return unit(self.variable.table)[2]

    def told(self, count: Count) -> str:
        """« 7 territoires »."""
        one, several, _ = unit(self.variable.table)
        return count.of(one, several)

    def filters_aloud(self) -> str:
        """« ; filtre : réseau = FCSF, centres sociaux »; empty without filter."""
        told = [
            f"{lower_first(FILTERS[n][0])} = {label(self.wave, FILTERS[n][1], c)}" for n, c in self._shown()
        ]
        return f" ; filtre : {enumeration(told)}" if told else ""

    def _shown(self) -> Iterable[tuple[str, str]]:
        chosen = self.filters.items()
        return (
            [*chosen, ("periode", self.period)]
            if self.variable.table == "scores" and not self.before
            else chosen
        )


def label(wave: Wave, dotted: str, code: str) -> str:
    """The label of a code; of a territory, the name of its commune."""
    if dotted == "territoires.territoire":
        sites = wave.table("territoires")
        names = dict(zip(sites["territoire"].astype(str), sites["commune"].astype(str), strict=True))
        return names[code]
    return wave.field(dotted).labels[code]
