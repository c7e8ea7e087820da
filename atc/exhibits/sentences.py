"""The words that forms share: medians, changes and gaps, whatever is equal, none, all or withheld."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from atc.disclosure import Count, Measure, farthest
from atc.indicators import territories
from atc.survey.typography import NBSP, enumeration, half_up, lower_first, number, spelled

#: Said in place of numbers.
TOO_SMALL = "Ces nombres sont trop petits pour être communiqués."
#: More of them than this are counted, not named.
MOST_NAMED = 2


def lines_of(counts: Iterable[Any], column: str = "libelle_groupe") -> list[list[Any]]:
    """Rows of each group, in their order."""
    found: dict[str, list[Any]] = {}
    for row in counts:
        found.setdefault(getattr(row, column), []).append(row)
    return list(found.values())


def largest(rows: Iterable[Any], column: str = "total") -> Count:
    """The widest base of several rows."""
    counts: list[Count] = [getattr(row, column) for row in rows]
    return max(counts, key=lambda count: int(count.high))


def amount(value: float, unit: str = "", decimals: int = 2) -> str:
    """« 0,85 ETP », « 1 réunion »: as many decimals as the value has, and no more than ``decimals``."""
    shown = number(value, decimals)
    shown = shown.rstrip("0").rstrip(",") if "," in shown else shown
    return f"{shown} {unit if abs(value) >= 2 else unit.removesuffix('s')}".strip()


def printed(value: Measure) -> float | None:
    """A median as tables print it: sentences compare and subtract what readers see."""
    return None if value.known is None else half_up(value.known, 1)


def median_aloud(value: Measure, unit: str = "") -> str:
    """« 6,5 », « 0,8 ETP », or the words for one that is withheld."""
    shown = printed(value)
    if shown is None:
        return "non communiquée" if value.value is None else "sans réponse"
    return amount(shown, unit, 1).replace(" ", NBSP)


def difference(then: Measure, now: Measure) -> float | None:
    """How far a median is from another, as tables print them; nothing when one of the two is not known."""
    first, second = printed(then), printed(now)
    return None if first is None or second is None else half_up(second - first, 1)


class Largest(NamedTuple):
    """What is largest among medians, or among what parts them."""

    rows: tuple[Any, ...]  # where it is; several when equal, none when nothing is known
    size: float  # 0 also when nothing is known
    among: str  # what a sentence adds where some are withheld, for those are compared with nothing

    @classmethod
    def of(cls, rows: Iterable[Any], size: Callable[[Any], float | None]) -> Largest:
        """The rows with the largest size, whatever its sign."""
        sizes = [(None if (found := size(row)) is None else abs(found), row) for row in rows]
        known = [found for found, _ in sizes if found is not None]
        hidden = " parmi les médianes communiquées" * (len(known) < len(sizes))
        return cls(farthest(sizes), max(known, default=0.0), hidden)

    def said(self, nothing: str, level: str, told: str) -> str:
        """One of three sentences."""
        return (told if self.size else level) if self.rows else nothing


def named(rows: Sequence[Any], name: Callable[[Any], str], several: str = "phrase") -> str:
    """« a » et « b », or how many they are where a sentence holds no more."""
    if len(rows) > MOST_NAMED:
        return f"{spelled(len(rows), several, feminine=True)} à égalité"
    return enumeration([name(row) for row in rows])


def ways(row: Any) -> dict[str, Count]:
    """« En hausse », « Stable » and « En baisse », with how many territories."""
    return {label: getattr(row, sens) for sens, label in territories.SENS.items()}


def by_direction(counts: Mapping[str, Count]) -> str:
    """« en hausse sur 7 territoires et stable sur 4 ; aucun territoire en baisse », as far as it may be told.

    One way alone would be taken for the whole story: where a count is withheld, only ways that nobody went
    are told.
    """
    some = [(lower_first(way), count) for way, count in counts.items() if count.high]
    empty = [lower_first(way) for way, count in counts.items() if not count.high]
    told = [f"{way} sur {count if i else count.of('territoire')}" for i, (way, count) in enumerate(some)]
    parts = [] if any(count.is_withheld for _, count in some) else [enumeration(told)]
    return " ; ".join(filter(None, [*parts, f"aucun territoire {' ni '.join(empty)}" if empty else ""]))


def by_way(
    rows: Iterable[Any], step: Callable[[Any], float | None], down: str, up: str, same: str
) -> dict[str, list[Any]]:
    """The rows that go each way, by its name; one that is withheld goes none."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        if (value := step(row)) is not None:
            found.setdefault(down if value < 0 else up if value else same, []).append(row)
    return found
