"""``python -m benchmarks``: everyone in turn, then two dask workers, then many sites."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import ploomber_pipeline
from benchmarks.cluster import two_workers
from benchmarks.field import REPOSITORY, TRIAL, WAVE, copied, simulated
from benchmarks.machine import Machine, machine
from benchmarks.measuring import Measure
from benchmarks.report import page
from benchmarks.rivals import OURS, chosen, command, everyone, ours_on, sheets_of
from benchmarks.rounds import ALONE, AWAY, CLUSTER, Results, turn

SIZES = (23, 60, 240, 1362)
DOCUMENT = REPOSITORY / "docs" / "performance.md"
_QUICK = 5


@dataclass
class Findings:
    """All that was measured.

    Attributes:
        machine: Where.
        results: Of the rivals.
        quick: Command -> what it took, each time.
        sizes: Number of sites -> what the sheets of a wave of that size took.
        executions: Number of notebooks that each rival executes.
        without: Who could not be measured, and why.
    """

    machine: Machine
    results: Results = field(default_factory=Results)
    quick: dict[str, list[Measure]] = field(default_factory=dict)
    sizes: dict[int, Measure] = field(default_factory=dict)
    executions: int = 0
    without: str = ""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the tables, and write them to a file."""
    asked = _asked(arguments)
    found = Findings(machine())
    with tempfile.TemporaryDirectory(prefix="atc-bench-") as name:
        folder = Path(name)
        _rivals(asked, folder, found)
        if asked.complet:
            _cluster(asked, folder, found)
            for sites in SIZES[: asked.tailles]:
                _say(f"{sites} fiches")
                found.sizes[sites] = sheets_of(simulated(folder / f"{sites} sites", sites), TRIAL)
    text = page(found)
    print(text)
    asked.sortie.write_text(text, encoding="utf-8")


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tours", type=int, default=1, help="rounds; 3 with --complet")
    parser.add_argument("--complet", action="store_true", help="sizes and cluster too: about an hour")
    parser.add_argument("--tailles", type=int, default=len(SIZES), help=f"how many of the sizes {SIZES}")
    parser.add_argument("--chapitres", type=int, default=None, help="so many chapters only, and no sheet")
    parser.add_argument("--sans-ploomber", action="store_true")
    parser.add_argument("--sortie", type=Path, default=DOCUMENT)
    asked = parser.parse_args(arguments)
    if asked.complet:
        asked.tours = max(asked.tours, 3)
    return asked


def _rivals(asked: argparse.Namespace, folder: Path, found: Findings) -> None:
    extra = folder / "ploomber"
    found.without = "non demandé" if asked.sans_ploomber else ploomber_pipeline.installed(extra)
    rivals = everyone(None if found.without else extra)
    fields = {r.label: copied(folder / str(n), asked.chapitres) for n, r in enumerate(rivals)}
    found.executions = len(fields[OURS].executions())
    for number in range(asked.tours):
        turn(rivals, fields, number, found.results)
    # Everything is up to date there.
    up_to_date = fields[OURS]
    for words in (["--help"], ["run", "--vague", WAVE, *chosen(up_to_date)]):
        command(up_to_date, *words)
        name = " ".join(["atc", words[0]])
        found.quick[name] = [command(up_to_date, *words) for _ in range(_QUICK)]


def _cluster(asked: argparse.Namespace, folder: Path, found: Findings) -> None:
    here = copied(folder / "grappe", asked.chapitres)
    local = next(rival for rival in everyone(None) if rival.label == OURS)
    with two_workers(folder / "postes", {"PYTHONPATH": here.variables["PYTHONPATH"]}) as (address, processes):
        away = ours_on(address, processes)
        for _ in range(asked.tours):
            for label, run in ((ALONE, local.cold), (AWAY, away)):
                here.clear()
                found.results.add(CLUSTER, label, run(here))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
