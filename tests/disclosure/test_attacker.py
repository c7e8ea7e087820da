"""The attacker on simulated waves, shown as pages show them; on whole bundles, see test_published."""

import os
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
from disclosure.attacker import FEWEST, Attack, Table, read_page
from disclosure.exhibited import ROOT, WAVES, Computed, computed, page, spied

from atc.disclosure.audit import Record, deduced
from atc.exhibits.chapters import evolution
from atc.intake.newwave import open_new_wave
from atc.intake.wavefiles import write_simulated
from atc.survey.paths import Project
from atc.survey.waves import open_wave

NEXT = "2022-automne"
#: The committed waves, then made-up ones; 36 with ATC_VAGUES=36, which takes a quarter of an hour.
SEEDS = (None, *range(1, 1 + int(os.environ.get("ATC_VAGUES", "1"))))


def simulated(folder: Path, seed: int | None) -> Project:
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed"))
    shutil.copy(ROOT / "report.toml", folder)
    project = Project(folder)
    if seed is not None:
        write_simulated(project, WAVES[1], sites=15, seed=seed, previous=WAVES[0], replace=True)
    return project


def succession(folder: Path, sites: int, seed: int) -> Project:
    """Three waves, of as many sites."""
    project = simulated(folder, None)
    if sites > 15:
        write_simulated(project, WAVES[0], sites=sites, seed=seed, replace=True)
        write_simulated(project, WAVES[1], sites=sites, seed=seed, previous=WAVES[0], replace=True)
    open_new_wave(project, NEXT, WAVES[1])
    write_simulated(project, NEXT, sites=sites, seed=seed, previous=WAVES[1], replace=True)
    return project


def test_the_attacker_finds_what_is_badly_masked():
    bad = Table(
        "2020", "F02-03", ["réponse", "sites", "sur"], [["Seule", "n < 5", "14"], ["À deux", "13", "14"]]
    )
    assert Attack([bad]).findings()
    said = Table("2020", "F02-06", ["thème", "sites", "sur"], [["Le cadre de vie", "n < 5", "14"]])
    assert not Attack([said]).findings()
    said.texts = ["Le cadre de vie : 3 sur 14"]
    assert Attack([said]).findings()
    headings, years = ["phrase", "groupe"], ["médiane 2020", "médiane 2021", "médiane 2022"]
    headings += [*years, "territoires comparés"]
    long = Table("2022", "F08-02", headings, [["Une", "Deux", "4", "5", "6", "8"]])
    short = Table("2021", "F08-02", headings, [["Une", "Deux", "4", "5", "–", "9"]])
    assert Attack([long, short]).findings()
    short.rows[0][-1] = "13"
    assert not Attack([long, short]).findings()


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_comes_back_of_two_waves(tmp_path, seed):
    root = ROOT if seed is None else simulated(tmp_path / "projet", seed).root
    found = computed("financeurs", root=root)
    attack = Attack(found.tables())
    assert len(attack.masks) > 10
    assert len(attack.equations) > 5
    assert attack.findings() == []
    assert len(_left_of_masks(found)) > 10


def _left_of_masks(made: Computed) -> list[str]:
    """The masked counts: what is deduced of them is true, and leaves enough values.

    Three at least; two under a floor of three, where « n < 3 » has no more. A reader of everything, who knows
    the rules, deduces it.
    """
    let_out = Record()
    for record in made.records.values():
        let_out.absorb(record)
    found = deduced(let_out)
    known = [(key, cell, found[key]) for key, cell in made.truth.items() if key in found]
    assert [key for key, cell, (low, high) in known if not low <= cell.value <= high] == []
    masked = [(key, cell, ends) for key, cell, ends in known if key in let_out.masked]
    assert [
        (key, ends) for key, cell, ends in masked if ends[1] - ends[0] + 1 < min(FEWEST, cell.floor - 1)
    ] == []
    return [key for key, _, _ in masked]


@pytest.mark.slow
@pytest.mark.parametrize(("sites", "seed"), [(15, 3), (60, 5)])
def test_medians_of_three_waves_tell_no_territory_apart(tmp_path, sites, seed):
    """The report before tells those of two: over nearly the same territories, none of three is told."""
    project, tables = succession(tmp_path, sites, seed), list[Table]()
    with patch.dict(os.environ, ATC_ROOT=str(project.root)):
        with spied() as found:
            for wave in (open_wave(vague, "financeurs") for vague in (WAVES[1], NEXT)):
                for made in (evolution.fig_08_02(wave), evolution.fig_08_03(wave)):
                    tables += read_page(wave.id, page(made))
        inside = evolution.fig_08_02(open_wave(NEXT, "interne"))
    assert Attack(tables).findings() == []
    _left_of_masks(found)
    # Between themselves, evaluators see all of them; of many sites, so does everybody.
    assert len([row for row in inside.table.rows if "–" not in row]) == 8
    series = next(table for table in tables if (table.wave, table.id) == (NEXT, "F08-02"))
    assert ("médiane 2020" in series.headings) == (sites > 15)
