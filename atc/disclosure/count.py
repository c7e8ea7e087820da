"""A number of persons or sites as readers may know it: exact, or only between two bounds.

Everything that a page says or draws about persons is made from these, so a sentence, a bar and a cell cannot
tell more than one another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atc.survey.typography import NBSP, counted, in_words, number, percent

if TYPE_CHECKING:
    from atc.survey.settings import SmallNumbers

#: Statuses of docs/confidentialite.md, règle 6.
PUBLISHED, PRIMARY, SECONDARY = "V", "D", "S"


@dataclass(frozen=True)
class Count:
    """How many persons, or sites.

    Attributes:
        low, high: What a reader may deduce, bounds included; equal when the count is published.
        status: ``V`` published, ``D`` masked for its size, ``S`` masked to protect another one.
        of_the_rest: Whether it is masked because too few are left out of it, and not in it.
    """

    low: int
    high: int
    status: str = PUBLISHED
    of_the_rest: bool = False

    @classmethod
    def exactly(cls, value: int) -> Count:
        """A published count."""
        return cls(value, value)

    @property
    def value(self) -> int | None:
        """The count, or nothing when it is masked."""
        return self.low if self.status == PUBLISHED else None

    @property
    def is_masked(self) -> bool:
        """Whether readers only know bounds."""
        return self.status != PUBLISHED

    @property
    def floor(self) -> int:
        """The smallest count of its kind that may be read, of one that is masked for its size."""
        return self.high - self.low + 2

    @property
    def is_withheld(self) -> bool:
        """Whether readers are told nothing of it: a sentence says it without any number."""
        return self.status == SECONDARY

    @property
    def solid(self) -> int:
        """How much of it a chart may draw as certain."""
        if self.status == SECONDARY or (self.is_masked and not self.of_the_rest):
            return 0
        return self.low

    @property
    def shown(self) -> str:
        """In a table or on a chart: ``7``, ``n < 5``, ``n > 9`` or ``n.c.``."""
        if self.status == SECONDARY:
            return "n.c."
        if self.is_masked:
            sign, bound = (">", self.low - 1) if self.of_the_rest else ("<", self.high + 1)
            return f"n{NBSP}{sign}{NBSP}{number(bound)}"
        return number(self.low)

    def __str__(self) -> str:
        """In a sentence: ``7``, ``moins de 5``, ``plus de 9`` or ``un nombre non communiqué``."""
        if self.status == SECONDARY:
            return "un nombre non communiqué"
        if self.is_masked:
            return (
                f"plus de {number(self.low - 1)}" if self.of_the_rest else f"moins de {number(self.high + 1)}"
            )
        return number(self.low)

    def of(self, singular: str, plural: str | None = None) -> str:
        """With its noun: ``7 territoires``, ``moins de 5 territoires``.

        Args:
            singular: The noun (and its adjective) for one.
            plural: The same for several; ``singular`` and an « s » by default.
        """
        if not self.is_masked:
            return counted(self.low, singular, plural)
        noun = plural or f"{singular}s"
        if self.status == SECONDARY:
            return f"{self} d’{noun}" if noun[0] in "aeiouhéêœ" else f"{self} de{NBSP}{noun}"
        return f"{self}{NBSP}{noun}"

    def in_words(self, *, feminine: bool = False) -> str:
        """At the head of a title: ``sept``, ``moins de cinq``."""
        if self.status == SECONDARY:
            return str(self)
        if self.is_masked:
            bound = self.low - 1 if self.of_the_rest else self.high + 1
            return f"{'plus' if self.of_the_rest else 'moins'} de {in_words(bound, feminine=feminine)}"
        return in_words(self.low, feminine=feminine)


@dataclass(frozen=True)
class Ratio:
    """So many out of so many, as readers may know it.

    Attributes:
        effectif: How many.
        total: Out of how many.
    """

    effectif: Count
    total: Count

    @property
    def part(self) -> float:
        """Share between 0 and 1; NaN when it is masked, or when nobody could be counted."""
        known, whole = self.effectif.value, self.total.value
        return known / whole if known is not None and whole else math.nan

    @property
    def comptes(self) -> str:
        """``17 sur 30``, ``moins de 5 sur 14``: the counts alone, right whatever the total."""
        return f"{self.effectif} sur {self.total}"

    @property
    def shown(self) -> str:
        """On a chart: ``17 sur 30``, ``n < 5 sur 14``."""
        return f"{self.effectif.shown} sur {self.total.shown}"

    def texte(self, seuils: SmallNumbers, *, pourcentage_publie: bool = False) -> str:
        """``3 sur 7``, ``17 sur 30 (57 %)`` (docs/confidentialite.md, règle 15).

        Args:
            seuils: Under ``counts_only``, counts only; under ``count_first``, the percentage follows the
                count only where the report itself printed one; from there on it always follows.
            pourcentage_publie: Whether the report printed this percentage.
        """
        whole = self.total.value or 0
        enough = whole >= seuils.count_first or (pourcentage_publie and whole >= seuils.counts_only)
        if not enough or math.isnan(self.part):
            return self.comptes
        return f"{self.comptes} ({percent(self.part)})"


@dataclass(frozen=True)
class Measure:
    """A median or a mean as readers may know it.

    Attributes:
        value: The number; nothing when it is withheld, NaN when there is none.
    """

    value: float | None

    @property
    def is_masked(self) -> bool:
        """Whether it is withheld."""
        return self.value is None

    @property
    def known(self) -> float | None:
        """The number if there is one to show."""
        return None if self.value is None or math.isnan(self.value) else self.value


@dataclass(frozen=True)
class Summary:
    """A numeric column in a few values; those that would show one person are withheld.

    Attributes:
        effectif: How many values.
        minimum, maximum: Extremes, each of which is one site: ``None`` beyond the evaluation team, unless
            the report itself printed them.
        moyenne, mediane: ``None`` under the thresholds of report.toml.
    """

    effectif: Count
    minimum: float | None
    maximum: float | None
    moyenne: float | None
    mediane: float | None
