"""Seeded draws, and one plausible value of one column as the dictionary has it.

A column that ``draws.toml`` does not name is drawn evenly: one added to the dictionary is simulated at once.
"""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any, TypeVar

from atc.survey.dictionary import MISSING, NO_ANSWER, UNKNOWN, Field, Row, yes

T = TypeVar("T")
_SPAN = 2**64


class NothingToDrawError(Exception):
    """A draw among too few candidates: the proposal is abandoned, and another one tried."""


class Draws:
    """One stream of draws, in general that of a table: a change in one leaves the others as they were.

    They are the same on every machine, for they are integers that come from SHA-256: the standard library
    promises a stable ``random.random()`` but neither ``choice`` nor ``shuffle``, and numpy's streams change.
    """

    def __init__(self, seed: int, name: str) -> None:
        """Start a stream, by the seed of the whole wave and its own name."""
        self._label, self._count = f"{seed}/{name}/".encode(), 0

    def below(self, bound: int) -> int:
        """An integer from 0 to ``bound - 1``, each equally likely."""
        if bound < 1:
            raise NothingToDrawError
        # Values beyond the last whole multiple would favour the small integers.
        fair = value = _SPAN - _SPAN % bound
        while value >= fair:
            digest = hashlib.sha256(self._label + str(self._count).encode()).digest()
            self._count += 1
            value = int.from_bytes(digest[:8], "big")
        return value % bound

    def between(self, low: int, high: int) -> int:
        """An integer, bounds included."""
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


# --- what is plausible: chances are in a hundred ---

CARNET = "carnet_de_bord"
# Column -> weights of categories; lowest and highest of integers; chances of « oui ».
_SHAPES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_UNANSWERED, _EVEN, _TICKED = 3, 50, 35
_UNBOUNDED = 10  # highest number where the dictionary gives no end
#: Questions of the carnet that made-up animateurs never leave out.
_ANSWERED = frozenset({"debut_contrat", "etp", "configuration", "reunions_pilotage"})


def value(draws: Draws, field: Field, before: Row | None = None, stays: int = 0) -> str:
    """A plausible value as the files write it, or a missing code where the dictionary lets one stand.

    With the row of the same person or site one wave earlier, mostly what it says, else one step away.
    """
    boxes = field.table == CARNET and (field.group or field.name in _ANSWERED)
    skipped = not (field.constraints.get("required") or boxes)
    told, codes = before[field.name] if before else NO_ANSWER, list(field.labels)
    if told not in MISSING and not (skipped and draws.chance(_UNANSWERED)):
        if draws.chance(stays):
            return told
        if codes:
            near = (codes.index(told) + step for step in (-1, 1))
            return draws.choice([codes[rank] for rank in near if 0 <= rank < len(codes)] or codes)
    if skipped and draws.chance(_UNANSWERED):
        return draws.choice((NO_ANSWER, UNKNOWN))
    return _drawn(draws, field, _SHAPES.get(f"{field.table}.{field.name}"))


def _drawn(draws: Draws, field: Field, shape: Any) -> str:
    if codes := list(field.labels):
        weights = {code: shape.get(code, 0) for code in codes} if isinstance(shape, dict) else {}
        return draws.weighted(weights) if sum(weights.values()) else draws.choice(codes)
    match field.type:
        case "boolean":
            chance = shape if isinstance(shape, int) else _TICKED if field.group else _EVEN
            return yes(draws.chance(chance))
        case "integer":
            low, high = bounds(field)
            near_low, near_high = shape if isinstance(shape, list) else (low, high)
            return str(draws.between(max(int(low), int(near_low)), min(int(high), int(near_high))))
        case "number":
            first, last = (bound * 10 for bound in bounds(field))
            tenths = (first.to_integral_value(ROUND_CEILING), last.to_integral_value(ROUND_FLOOR))
            return str(Decimal(draws.between(*map(int, tenths))) / 10)
        case "date":
            begins = dt.date.fromisoformat(field.constraints.get("minimum", "2019-09-01"))
            end = field.constraints.get("maximum")
            ends = dt.date.fromisoformat(end) if end else begins + dt.timedelta(days=365)
            return day_between(draws, begins, ends).isoformat()
    return "Texte simulé"


def day_between(draws: Draws, first: dt.date, last: dt.date) -> dt.date:
    """A day between two others, both included."""
    return first + dt.timedelta(days=draws.below((last - first).days + 1))


def bounds(field: Field) -> tuple[Decimal, Decimal]:
    """Lowest and highest number that the dictionary admits."""
    low, high = field.constraints.get("minimum", 0), field.constraints.get("maximum", _UNBOUNDED)
    return Decimal(str(low)), Decimal(str(high))
