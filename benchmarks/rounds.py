"""Rounds in which each rival makes everything, then what it must after a change; the first one turns."""

import json
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.field import Field
from benchmarks.measuring import Measure
from benchmarks.rivals import LIMIT, OURS, PAPERS, Rival

COLD, COLD_PAPER, SAME, DATA, WORDS = (
    "à froid",
    "à froid, avec PDF",
    "rien n’a changé",
    "une donnée",
    "une phrase",
)
ALONE_WORDS = "une phrase, ce chapitre seul"
CLUSTER, ALONE, AWAY, LOST = (
    "grappe",
    "pool local",
    "2 workers dask",
    "2 workers dask, dont un tué en route",
)


@dataclass
class Results:
    """Measures by scenario and label.

    Attributes:
        measures: ``(scenario, label)`` -> one measure a round.
        shares: What cells, pages and PDF files took of the limit, in seconds of processor, by round.
    """

    measures: dict[tuple[str, str], list[Measure]] = field(default_factory=dict)
    shares: list[dict[str, float]] = field(default_factory=list)

    def add(self, scenario: str, label: str, measure: Measure) -> None:
        """Note one, and say it."""
        self.measures.setdefault((scenario, label), []).append(measure)
        told = (
            f"{scenario} | {label} | {measure.wall:.1f} s | {measure.cpu:.1f} s CPU | {measure.whole:.0f} Mo"
        )
        print(told, file=sys.stderr, flush=True)

    def median(self, scenario: str, label: str) -> Measure | None:
        """The median of each quantity, or nothing if it was not measured."""
        found = self.measures.get((scenario, label))
        if not found:
            return None
        return middle(found)

    def count(self, scenario: str, label: str) -> int:
        """How many measures the median is of."""
        return len(self.measures.get((scenario, label), ()))


def middle(measures: Sequence[Measure]) -> Measure:
    """The median of each quantity."""
    names = ("wall", "cpu", "driver", "whole")
    return Measure(*(statistics.median(getattr(m, name) for m in measures) for name in names), said="")


def turn(
    rivals: Sequence[Rival], fields: Mapping[str, Field], number: int, results: Results
) -> Iterator[None]:
    """One round; it pauses after each rival.

    Args:
        rivals: Who runs.
        fields: Each one's own copy of the project.
        number: Of the round: it decides who begins, and what changes.
        results: Where measures go.
    """
    start = number % len(rivals)
    for rival in (*rivals[start:], *rivals[:start]):
        if number and rival.once:
            continue
        fields[rival.label].clear()
        (_limit if rival.label == LIMIT else _all)(rival, fields[rival.label], number, results)
        yield


def _all(rival: Rival, here: Field, number: int, results: Results) -> None:
    cold = rival.cold(here)
    results.add(COLD_PAPER if rival.label == OURS else COLD, rival.label, cold)
    if rival.paper:
        results.add(COLD_PAPER, PAPERS, _sum([cold, rival.paper(here)]))
    _changes(rival, here, number, results)


def _limit(rival: Rival, here: Field, number: int, results: Results) -> None:
    del number
    found = rival.cold(here)
    shares: dict[str, float] = json.loads(found.said)
    results.shares.append(shares)
    for scenario, parts in ((COLD, ("cells", "pages")), (COLD_PAPER, ("cells", "pages", "paper"))):
        cpu = sum(shares[part] for part in parts)
        # Shared without loss between two cores.
        results.add(scenario, LIMIT, Measure(cpu / 2, cpu, found.driver, found.whole, ""))


def _changes(rival: Rival, here: Field, number: int, results: Results) -> None:
    if rival.changed:
        results.add(SAME, rival.label, rival.changed(here))
        here.change_data(1 + number % 10)
        results.add(DATA, rival.label, rival.changed(here))
    for scenario, run in ((WORDS, rival.reworded), (ALONE_WORDS, rival.alone)):
        if run:
            here.change_sentence(f"Une phrase de plus ({'x' * (number + 1)}).")
            results.add(scenario, rival.label, run(here))


def _sum(measures: Iterable[Measure]) -> Measure:
    found = list(measures)
    return Measure(
        sum(m.wall for m in found),
        sum(m.cpu for m in found),
        max(m.driver for m in found),
        max(m.whole for m in found),
        "",
    )
