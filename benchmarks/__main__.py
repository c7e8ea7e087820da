"""``python -m benchmarks``: everyone in turn, then two dask workers, then many sites."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import ploomber_pipeline
from benchmarks.cluster import lose, two_workers
from benchmarks.field import REPOSITORY, TRIAL, WAVE, Field, copied, forget, simulated
from benchmarks.machine import Machine, machine
from benchmarks.measuring import Measure
from benchmarks.parts import ours_in_parts
from benchmarks.report import page
from benchmarks.rivals import (
    OURS,
    chapter_of_ours,
    chosen,
    command,
    everyone,
    ours_on,
    sheets_of,
)
from benchmarks.rounds import ALONE, ALONE_WORDS, AWAY, CLUSTER, LOST, Results, turn

# Number of sites, and how many times it is measured: the largest takes twenty minutes.
SIZES = {23: 3, 60: 1, 240: 1, 1362: 1}
DOCUMENT = REPOSITORY / "docs" / "performance.md"
_QUICK = 5
# Rounds of one machine against two dask workers: their ratio is close to what one of them varies by.
_CLUSTER = 3


@dataclass
class Findings:
    """All that was measured.

    Attributes:
        machine: Where.
        results: Of the rivals.
        quick: Command -> what it took, each time.
        parts: What ``atc run`` does besides cells and pages -> seconds of processor.
        sizes: Number of sites -> what the sheets of a wave of that size took, each time.
        executions: Number of notebooks that each rival executes.
        without: Who could not be measured, and why.
        intact: Whether the files were the same once a worker was lost; nothing when none was.
    """

    machine: Machine
    results: Results = field(default_factory=Results)
    quick: dict[str, list[Measure]] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    sizes: dict[int, list[Measure]] = field(default_factory=dict)
    executions: int = 0
    without: str = ""
    intact: bool | None = None


def main(arguments: list[str] | None = None) -> None:
    """Measure, write the tables as they come, and print them in the end."""
    asked = _asked(arguments)
    found = Findings(machine())
    began = time.monotonic()
    # Whoever asks it to end is heard as Ctrl-C is: what was started ends too, what was measured is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="atc-bench-") as name:
        for _ in _steps(asked, Path(name), found):
            asked.sortie.write_text(page(found), encoding="utf-8")
            _say(f"… {(time.monotonic() - began) / 60:.0f} min")
    print(page(found))


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tours", type=int, default=None, help="rounds; 1, or 3 with --complet")
    parser.add_argument("--complet", action="store_true", help="sizes and cluster too: about 50 minutes")
    parser.add_argument("--tailles", type=int, default=len(SIZES), help=f"how many of {tuple(SIZES)}")
    parser.add_argument("--chapitres", type=int, default=None, help="so many chapters only, and no sheet")
    parser.add_argument("--sans-ploomber", action="store_true")
    parser.add_argument("--sortie", type=Path, default=DOCUMENT)
    asked = parser.parse_args(arguments)
    asked.tours = asked.tours or (3 if asked.complet else 1)
    return asked


def _steps(asked: argparse.Namespace, folder: Path, found: Findings) -> Iterator[None]:
    """Measure, with a pause each time that there is something to tell."""
    yield from _rivals(asked, folder, found)
    if asked.complet:
        yield from _cluster(asked, folder, found)
        yield from _sizes(asked, folder, found)


def _rivals(asked: argparse.Namespace, folder: Path, found: Findings) -> Iterator[None]:
    extra = folder / "ploomber"
    found.without = "non demandé" if asked.sans_ploomber else ploomber_pipeline.installed(extra)
    rivals = everyone(None if found.without else extra)
    fields = {r.label: copied(folder / str(n), asked.chapitres) for n, r in enumerate(rivals)}
    found.executions = len(fields[OURS].executions())
    for number in range(asked.tours):
        yield from turn(rivals, fields, number, found.results)
    # Everything is up to date there.
    _quick(fields[OURS], found)
    yield
    found.parts = ours_in_parts(fields[OURS])
    yield


def _quick(here: Field, found: Findings) -> None:
    for number in range(_QUICK):
        here.change_sentence(f"Encore une phrase ({'y' * (number + 1)}).")
        found.results.add(ALONE_WORDS, OURS, chapter_of_ours(here))
    for words in (["--help"], ["run", "--vague", WAVE, *chosen(here)]):
        command(here, *words)
        name = " ".join(["atc", words[0]])
        found.quick[name] = [command(here, *words) for _ in range(_QUICK)]
        _say(f"{name} | {', '.join(f'{m.wall:.2f}' for m in found.quick[name])} s")


def _cluster(asked: argparse.Namespace, folder: Path, found: Findings) -> Iterator[None]:
    here = copied(folder / "grappe", asked.chapitres)
    local = next(rival for rival in everyone(None) if rival.label == OURS)
    for number in range(_CLUSTER):
        variables = {"PYTHONPATH": here.variables["PYTHONPATH"]}
        # Others each time: those that have worked have their imports behind them.
        with two_workers(folder / f"postes {number}", variables) as (address, processes):
            away = ours_on(address, processes)
            for label, run in ((ALONE, local.cold), (AWAY, away)):
                here.clear()
                found.results.add(CLUSTER, label, run(here))
            yield
            if number == _CLUSTER - 1:
                expected = here.results()
                here.clear()
                usual = found.results.median(CLUSTER, AWAY)
                assert usual
                with lose(processes[-1], after=usual.wall / 3):
                    found.results.add(CLUSTER, LOST, away(here))
                found.intact = here.results() == expected
                yield


def _sizes(asked: argparse.Namespace, folder: Path, found: Findings) -> Iterator[None]:
    for sites, times in list(SIZES.items())[: asked.tailles]:
        _say(f"{sites} fiches")
        here = simulated(folder / f"{sites} sites", sites)
        for _ in range(times):
            here.clear()
            found.sizes.setdefault(sites, []).append(sheets_of(here, TRIAL))
            yield
        forget(here)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
