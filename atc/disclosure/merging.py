"""Neighbouring bands put together, before anything is masked (design/privacy.md, 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """One band, or several that were merged.

    Attributes:
        codes, labels: Of the bands that it holds, in order.
        count: Persons or sites.
        exempt: Whether a reviewed exception shows it as it is.
    """

    codes: tuple[str, ...]
    labels: tuple[str, ...]
    count: int
    exempt: bool = False

    def joined(self, after: Band) -> Band:
        """This one and the next as one."""
        return Band(self.codes + after.codes, self.labels + after.labels, self.count + after.count)


def merged(bands: Sequence[Band], floor: int) -> list[Band]:
    """Merge each small band with its smaller neighbour, until none is small or nothing can be merged.

    Args:
        bands: In order. A band that nobody is in stays as it is, unless it stands between two that merge.
        floor: Fewest persons that may be read.
    """
    kept = list(bands)
    while True:
        small = [i for i, band in enumerate(kept) if 1 <= band.count < floor and not band.exempt]
        pairs = [(i, j) for i in small for j in (i - 1, i + 1) if 0 <= j < len(kept) and not kept[j].exempt]
        if not pairs:
            return kept
        i, j = min(pairs, key=lambda pair: (kept[pair[0]].count, kept[pair[1]].count, pair))
        first = min(i, j)
        kept[first : first + 2] = [kept[first].joined(kept[first + 1])]
