"""A simulated wave validates whatever its size and seed, and says that it is simulated."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from intake.exports import HERE

from atc.intake.simulate import Plan, simulate
from atc.intake.wavefiles import write_simulated
from atc.survey.dictionary import load_dictionary
from atc.survey.errors import UsageError
from atc.survey.paths import Project
from atc.survey.validation import validate_wave

ESSAI = """
[vagues.essai]
libelle = "Vague d’essai"
rapport = "Essai"
precaution = "Essai."
date = 2021-06-15
publie = false
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(HERE.dictionary, tmp_path / "data" / "dictionary")
    text = HERE.settings_file.read_text(encoding="utf-8")
    (tmp_path / "report.toml").write_text(text + ESSAI, encoding="utf-8")
    return Project(tmp_path)


def files(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.raw("essai").iterdir()}


@pytest.mark.parametrize(("sites", "seed"), [(1, 7), (60, 7), (4, 1), (4, 2)])
def test_a_wave_of_any_size_and_seed_validates_and_says_that_it_is_simulated(project, sites, seed):
    counts = write_simulated(project, "essai", sites=sites, seed=seed)
    assert {name: len(frame) for name, frame in validate_wave(project, "essai").items()} == counts
    assert counts["territoires"] == counts["positionnements"] == sites
    described = json.loads(files(project)["datapackage.json"])
    assert {status for r in described["resources"] for status in r["statuts"].values()} == {"simulé"}
    assert described["procedure"] == f"atc simulate --vague essai --sites {sites} --seed {seed}"
    assert ("simulées" in described["description"], str(project.root) in str(described)) == (True, False)


def test_thousands_of_made_up_sites_and_people_are_all_different_and_no_real_ones(project):
    wave = simulate(Plan("essai", dt.date(2021, 6, 15), 1362, 7, load_dictionary(project)))
    sites = wave["territoires"]
    assert (sites[0]["commune"], sites[0]["territoire"]) == ("Site 0001", "site_0001")
    # 2A and 2B are Corse; the first two characters of a real code are otherwise two digits from 01 on.
    assert all(re.match(r"[013-7][AB]", site["code_insee"]) for site in sites)
    assert len({site["code_insee"] for site in sites}) == 1362
    assert all(0 <= float(site["longitude"]) <= 5.5 for site in sites)
    assert all(44 <= float(site["latitude"]) <= 48.8 for site in sites)
    people = [row["repondant"] for table in ("carnet_de_bord", "questionnaire_flash") for row in wave[table]]
    assert len(set(people)) == len(people) > 3000


def test_a_wave_is_replaced_when_told_and_only_then(project):
    write_simulated(project, "essai", sites=3, seed=1)
    before = files(project)
    with pytest.raises(UsageError, match="--replace"):
        write_simulated(project, "essai", sites=3, seed=2)
    write_simulated(project, "essai", sites=3, seed=1, replace=True)
    assert files(project) == before
    write_simulated(project, "essai", sites=3, seed=2, replace=True)
    assert files(project)["scores.csv"] != before["scores.csv"]
    assert [path.name for path in project.raw("essai").parent.iterdir()] == ["essai"]
