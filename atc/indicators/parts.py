"""A count out of a total, written the way small numbers must be (docs/confidentialite.md, règle 15)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from atc.typography import number, percent

if TYPE_CHECKING:
    from atc.settings import SmallNumbers


@dataclass(frozen=True)
class Part:
    """So many out of so many.

    Attributes:
        effectif: How many, from 0 to ``total``.
        total: Out of how many; missing answers are left out by whoever builds it.

    Raises:
        ValueError: ``effectif`` is negative or exceeds ``total``.
    """

    effectif: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.effectif <= self.total:
            raise ValueError(f"{self.effectif} out of {self.total} is not a share")

    @property
    def part(self) -> float:
        """Share between 0 and 1; NaN when nobody could be counted."""
        return self.effectif / self.total if self.total else math.nan

    @property
    def comptes(self) -> str:
        """``17 sur 30``: the counts alone, right whatever the total."""
        return f"{number(self.effectif)} sur {number(self.total)}"

    def texte(self, seuils: SmallNumbers, *, pourcentage_publie: bool = False) -> str:
        """``3 sur 7``, ``17 sur 30 (57 %)``.

        Args:
            seuils: Under ``counts_only``, counts only; under ``count_first``, the percentage follows the
                count only where the report itself printed one; from there on it always follows.
            pourcentage_publie: Whether the report printed this percentage.
        """
        enough = self.total >= seuils.count_first
        allowed = pourcentage_publie and self.total >= seuils.counts_only
        return f"{self.comptes} ({percent(self.part)})" if enough or allowed else self.comptes
