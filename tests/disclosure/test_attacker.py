"""The attacker on simulated waves, shown as pages show them; on whole bundles, see test_published."""

from __future__ import annotations

import importlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from disclosure.attacker import Attack, Table, read_page

from atc.exhibits import chapters
from atc.exhibits.model import Exhibit
from atc.intake.simulate import write_simulated
from atc.survey.paths import Project
from atc.survey.waves import open_wave

ROOT = Path(__file__).resolve().parents[2]
WAVES = ("2020-automne", "2021-automne")
#: The committed waves, then made-up ones; 36 with ATC_VAGUES=36, which takes a quarter of an hour.
SEEDS = (None, *range(1, 1 + int(os.environ.get("ATC_VAGUES", "1"))))
EXHIBIT = re.compile(r"(?:fig|tab)_\d\d_\d\d")


def shown(project: Project, tier: str) -> Iterator[Table]:
    """Every exhibit of both waves, as its page has it."""
    with patch.dict(os.environ, ATC_ROOT=str(project.root)):
        for vague in WAVES:
            wave = open_wave(vague, tier)
            for slug in chapters.__all__:
                module = importlib.import_module(f"atc.exhibits.chapters.{slug}")
                apart = slug == "fiche" or (slug == "evolution" and vague == WAVES[0])
                for name in () if apart else filter(EXHIBIT.fullmatch, sorted(vars(module))):
                    made = getattr(module, name)(wave)
                    if isinstance(made, Exhibit):
                        yield from read_page(vague, page(made))


def page(made: Exhibit) -> str:
    """Its table and its words; what is drawn is made of the same counts."""
    cells = [[column.label for column in made.table.columns], *made.table.rows]
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
    words = (made.title, made.reading, made.alt, made.note, made.source, made.message)
    told = "".join(f"<p>{escape(text)}</p>" for text in words if text)
    return f'<figure id="{made.id}">{told}<table>{rows}</table></figure>'


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def simulated(folder: Path, seed: int | None) -> Project:
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed"))
    shutil.copy(ROOT / "report.toml", folder)
    project = Project(folder)
    if seed is not None:
        write_simulated(project, WAVES[1], sites=15, seed=seed, previous=WAVES[0], replace=True)
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_comes_back_of_two_waves(tmp_path, seed):
    tables = list(shown(simulated(tmp_path / "projet", seed), "financeurs"))
    attack = Attack(tables)
    assert len(attack.masks) > 10
    assert len(attack.equations) > 5
    assert attack.findings() == []
