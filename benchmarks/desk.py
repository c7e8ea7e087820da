"""``python -m benchmarks.desk``: how long any choice of the desk takes, from a list to its answer.

Views are drawn among all those that the lists offer, and answered in a random order, each one once to open
the files and load the libraries, then as often as asked: what is told is the best of these, which neighbours
on the machine disturb least. With ``--sites 1362`` both waves are invented, with that many territories.
"""

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from atc.desk import showing
from atc.desk.answer import answer
from atc.desk.offers import settled
from atc.desk.view import View
from atc.exhibits.variables import FILTERS
from atc.intake.wavefiles import write_simulated
from atc.survey.errors import AtcError
from atc.survey.paths import Project, find_project
from atc.survey.settings import Settings, load_settings
from atc.survey.waves import open_wave
from benchmarks.field import REPOSITORY

_SEED = 6
Opener = cache(open_wave)


@dataclass(frozen=True)
class Taken:
    """What one choice took.

    Attributes:
        view: What was asked.
        wall: Seconds on the clock.
        cpu: Seconds of processor.
    """

    view: View
    wall: float
    cpu: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one line for each analysis."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--sites", type=int, default=0, help="invent both waves with so many territories")
    parser.add_argument("--vues", type=int, default=300, help="how many views, drawn at random")
    parser.add_argument("--tours", type=int, default=3, help="how often each one is answered")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="atc-bench-") as name:
        if asked.sites:
            os.environ["ATC_ROOT"] = str(_invented(Path(name), asked.sites).root)
        settings = load_settings(find_project())
        drawn = random.Random(_SEED)
        views = list(_offered(settings))
        chosen = drawn.sample(views, min(asked.vues, len(views)))
        taken = _measured(chosen, settings, asked.tours, drawn)
    print(f"{len(taken)} vues sur {len(views)}, la meilleure de {asked.tours} fois, en millisecondes")
    for line in _lines(taken):
        print(line)


def _invented(root: Path, sites: int) -> Project:
    shutil.copy(REPOSITORY / "report.toml", root)
    for folder in ("dictionary", "reference", "raw"):
        shutil.copytree(REPOSITORY / "data" / folder, root / "data" / folder)
    project = Project(root)
    for wave in load_settings(project).waves.values():
        write_simulated(project, wave.id, sites=sites, seed=_SEED, previous=wave.previous or "", replace=True)
    return project


def _offered(settings: Settings) -> Iterator[View]:
    """Every view that the lists lead to; of a filter, its first value."""
    for tier in settings.tiers:
        _, offers = settled(View((), tier), settings, Opener)
        for _, analysis in offers.lists["analyse"]:
            _, waves = settled(View((), tier, analysis), settings, Opener)
            for _, vagues in waves.lists["vagues"]:
                yield from _variables(View(vagues, tier, analysis), settings)


def _variables(view: View, settings: Settings) -> Iterator[View]:
    view, offers = settled(view, settings, Opener)
    for _, table in offers.lists["table"] or (("", ""),):
        _, inside = settled(replace(view, variable=f"{table}."), settings, Opener)
        for _, variable in inside.lists["variable"] or (("", ""),):
            asked = replace(view, variable=variable, filtres={})
            _, around = settled(asked, settings, Opener)
            for _, group in around.lists["groupe"] or (("", ""),):
                found, lists = settled(replace(asked, groupe=group), settings, Opener)
                yield found
                for name, options in lists.lists.items():
                    if name in FILTERS:
                        yield replace(found, filtres={**found.filtres, name: options[-1][1]})


def _measured(views: Sequence[View], settings: Settings, rounds: int, drawn: random.Random) -> list[Taken]:
    best: dict[str, Taken] = {}
    for number in range(rounds + 1):
        for view in drawn.sample(views, len(views)):
            taken = _chosen(view, settings)
            key = view.code()
            if number and (key not in best or taken.wall < best[key].wall):
                best[key] = taken
    return list(best.values())


def _chosen(view: View, settings: Settings) -> Taken:
    """All that the desk does between a choice and its answer."""
    wall, cpu = time.perf_counter(), time.process_time()
    found, _ = settled(view, settings, Opener)
    try:
        exhibit = answer(found, [Opener(vague, found.diffusion) for vague in found.vagues])
        showing.figure(exhibit)
        showing.table(exhibit)
    except AtcError as error:
        # Said in place of the figure: an answer too.
        showing.said(str(error))
    return Taken(view, time.perf_counter() - wall, time.process_time() - cpu)


def _lines(taken: Sequence[Taken]) -> Iterator[str]:
    for analysis in sorted({one.view.analyse for one in taken}):
        some = sorted((one for one in taken if one.view.analyse == analysis), key=lambda one: one.wall)
        walls = [one.wall for one in some]
        middle, last = 1000 * statistics.median(walls), some[-1]
        near = 1000 * walls[min(len(walls) - 1, round(0.95 * len(walls)))]
        yield (
            f"{analysis:<24} {len(some):>4} vues  médiane {middle:>4.0f}  95 % sous {near:>4.0f}  "
            f"au plus {1000 * last.wall:>4.0f} (processeur {1000 * last.cpu:.0f}) : "
            f"{last.view.variable} {last.view.groupe} {last.view.diffusion}"
        )


if __name__ == "__main__":
    main()
