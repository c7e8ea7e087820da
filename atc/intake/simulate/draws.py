"""Seeded draws that are the same on every machine, for the committed files are compared byte for byte.

The standard library promises a stable ``random.random()`` but neither ``choice`` nor ``shuffle``, and numpy
lets its streams change between versions: here draws are integers that come from SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")

_SPAN = 2**64


class NothingToDrawError(Exception):
    """A draw among too few candidates: the proposal is abandoned, and another one tried."""


class Draws:
    """One stream of draws, in general that of a table: a change in one leaves the others as they were."""

    def __init__(self, seed: int, name: str) -> None:
        """Start a stream, by the seed of the whole wave and its own name."""
        self._label = f"{seed}/{name}/".encode()
        self._count = 0

    def below(self, bound: int) -> int:
        """An integer from 0 to ``bound - 1``, each equally likely."""
        if bound < 1:
            raise NothingToDrawError
        # Values beyond the last whole multiple would favour the small integers.
        fair = _SPAN - _SPAN % bound
        while True:
            digest = hashlib.sha256(self._label + str(self._count).encode()).digest()
            self._count += 1
            value = int.from_bytes(digest[:8], "big")
            if value < fair:
                return value % bound

    def between(self, low: int, high: int) -> int:
        """An integer from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percentage: int) -> bool:
        """True ``percentage`` times in a hundred."""
        return self.below(100) < percentage

    def choice(self, items: Sequence[T]) -> T:
        """One of ``items``."""
        return items[self.below(len(items))]

    def weighted(self, weights: Mapping[T, int]) -> T:
        """One of the keys, in proportion to its weight."""
        rank = self.below(sum(weights.values()))
        for item, weight in weights.items():
            rank -= weight
            if rank < 0:
                return item
        raise NothingToDrawError

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of ``items``, in any order (Fisher-Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = self.below(last + 1)
            result[last], result[other] = result[other], result[last]
        return result

    def sample(self, items: Sequence[T], size: int) -> list[T]:
        """``size`` different ones of ``items``."""
        if size > len(items):
            raise NothingToDrawError
        return self.shuffled(items)[:size]
