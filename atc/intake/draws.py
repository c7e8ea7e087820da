"""Seeded draws that are the same on every machine, and one value of one column as the dictionary has it.

The standard library promises a stable ``random.random()`` but neither ``choice`` nor ``shuffle``, and numpy
lets its streams change between versions: here draws are integers that come from SHA-256. A column that
``draws.toml`` does not name is drawn evenly, so that one added to the dictionary is simulated at once.
"""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import TypeVar

from atc.survey.dictionary import MISSING, NO_ANSWER, UNKNOWN, Field, Row, yes

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
    told = before[field.name] if before else NO_ANSWER
    if told not in MISSING and not (skipped and draws.chance(_UNANSWERED)):
        if draws.chance(stays):
            return told
        if field.categories:
            codes = list(field.labels)
            near = (codes.index(told) + step for step in (-1, 1))
            return draws.choice([codes[rank] for rank in near if 0 <= rank < len(codes)] or codes)
    if skipped and draws.chance(_UNANSWERED):
        return draws.choice((NO_ANSWER, UNKNOWN))
    if field.categories:
        shape = _SHAPES.get(f"{field.table}.{field.name}")
        weights = {code: shape.get(code, 0) for code in field.labels} if isinstance(shape, dict) else {}
        return draws.weighted(weights) if sum(weights.values()) else draws.choice(list(field.labels))
    draw = _DRAWN.get(field.type)
    return draw(draws, field) if draw else "Texte simulé"


def _tick(draws: Draws, field: Field) -> str:
    shape = _SHAPES.get(f"{field.table}.{field.name}")
    return yes(draws.chance(shape if isinstance(shape, int) else _TICKED if field.group else _EVEN))


def _integer(draws: Draws, field: Field) -> str:
    (low, high), shape = map(int, bounds(field)), _SHAPES.get(f"{field.table}.{field.name}")
    near = shape if isinstance(shape, list) else (low, high)
    return str(draws.between(max(low, near[0]), min(high, near[1])))


def _number(draws: Draws, field: Field) -> str:
    low, high = (bound * 10 for bound in bounds(field))
    first, last = low.to_integral_value(ROUND_CEILING), high.to_integral_value(ROUND_FLOOR)
    return str(Decimal(draws.between(int(first), int(last))) / 10)


def _date(draws: Draws, field: Field) -> str:
    begins = dt.date.fromisoformat(field.constraints.get("minimum", "2019-09-01"))
    told = field.constraints.get("maximum")
    ends = dt.date.fromisoformat(told) if told else begins + dt.timedelta(days=365)
    return day_between(draws, begins, ends).isoformat()


_DRAWN: Mapping[str, Callable[[Draws, Field], str]] = {
    "boolean": _tick,
    "integer": _integer,
    "number": _number,
    "date": _date,
}


def day_between(draws: Draws, first: dt.date, last: dt.date) -> dt.date:
    """A day between two others, both included."""
    return first + dt.timedelta(days=draws.below((last - first).days + 1))


def bounds(field: Field) -> tuple[Decimal, Decimal]:
    """Lowest and highest number that the dictionary admits."""
    low, high = field.constraints.get("minimum", 0), field.constraints.get("maximum", _UNBOUNDED)
    return Decimal(str(low)), Decimal(str(high))
