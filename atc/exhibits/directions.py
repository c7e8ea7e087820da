"""How changes and gaps are said, whatever is equal, none, all or withheld: one way for all exhibits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from atc.disclosure import Count, Measure, farthest
from atc.exhibits.forms import printed
from atc.indicators import change
from atc.survey.typography import enumeration, half_up, lower_first

#: More of them than this are counted, not named.
MOST_NAMED = 3


def ways(row: Any) -> dict[str, Count]:
    """« En hausse », « Stable » and « En baisse », with how many territories."""
    return {label: getattr(row, sens) for sens, label in change.SENS.items()}


def by_direction(
    counts: Mapping[str, Count], link: str = "sur", noun: str = "territoire", none: str = "aucun"
) -> str:
    """« en hausse sur 7 territoires et stable sur 4 ; aucun territoire en baisse », as far as it may be told.

    One way alone would be taken for the whole story: where a count is withheld, only ways that nobody went
    are told.
    """
    some = [(lower_first(way), count) for way, count in counts.items() if count.high]
    empty = [lower_first(way) for way, count in counts.items() if not count.high]
    told = [f"{way} {link} {count if i else count.of(noun)}" for i, (way, count) in enumerate(some)]
    parts = [] if any(count.is_withheld for _, count in some) else [enumeration(told)]
    return " ; ".join(filter(None, [*parts, f"{none} {noun} {' ni '.join(empty)}" if empty else ""]))


def by_way(
    rows: Iterable[Any], step: Callable[[Any], float | None], down: str, up: str, same: str
) -> dict[str, list[Any]]:
    """The rows that go each way, by its name; one that is withheld goes none."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        if (value := step(row)) is not None:
            found.setdefault(down if value < 0 else up if value else same, []).append(row)
    return found


def named(rows: Sequence[Any], name: Callable[[Any], str], several: str = "phrases") -> str:
    """« a » et « b », or how many they are where a sentence holds no more."""
    if len(rows) > MOST_NAMED:
        return f"{len(rows)} {several} à égalité"
    return enumeration([name(row) for row in rows])


def difference(then: Measure, now: Measure) -> float | None:
    """How far a median is from another, as tables print them; nothing when one of the two is not known."""
    first, second = printed(then), printed(now)
    return None if first is None or second is None else half_up(second - first, 1)


@dataclass(frozen=True)
class Largest:
    """What is largest among medians, or among what parts them."""

    rows: tuple[Any, ...]  # where it is; several when equal, none when nothing is known
    size: float  # 0 also when nothing is known
    among: str  # what a sentence adds where some are withheld, for those are compared with nothing

    @classmethod
    def of(cls, rows: Iterable[Any], size: Callable[[Any], float | None]) -> Largest:
        """The rows with the largest size, whatever its sign."""
        sizes = [(None if (found := size(row)) is None else abs(found), row) for row in rows]
        hidden = any(found is None for found, _ in sizes)
        most = max((found for found, _ in sizes if found is not None), default=0.0)
        return cls(farthest(sizes), most, " parmi les médianes communiquées" if hidden else "")

    def said(self, nothing: str, level: str, told: str) -> str:
        """One of three sentences.

        Args:
            nothing: When no median is known.
            level: When nothing moved, or nothing parts them.
            told: Otherwise.
        """
        if not self.rows:
            return nothing
        return told if self.size else level
