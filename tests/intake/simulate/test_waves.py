import json
import re

import pytest

from atc.intake import wavefiles
from atc.intake.wavefiles import write_simulated
from atc.survey.errors import DataRefused, UsageError
from atc.survey.validation import validate_wave


@pytest.mark.parametrize("sites", [1, 2, 60])
def test_a_wave_of_any_size_validates(project, sites):
    counts = write_simulated(project, "essai", sites=sites, seed=7)
    frames = validate_wave(project, "essai")
    assert {name: len(frame) for name, frame in frames.items()} == counts
    assert counts["territoires"] == counts["positionnements"] == sites


@pytest.mark.parametrize("seed", range(1, 5))
def test_any_seed_validates(project, seed):
    write_simulated(project, "essai", sites=4, seed=seed)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(project):
    def files(seed, vague="essai"):
        write_simulated(project, vague, sites=5, seed=seed, replace=True)
        return {path.name: path.read_bytes() for path in project.raw(vague).iterdir()}

    assert files(1) == files(1)
    assert files(1)["scores.csv"] != files(2)["scores.csv"]


def test_thousands_of_made_up_sites_and_people_are_all_different_and_no_real_ones(project, rows):
    write_simulated(project, "essai", sites=1362, seed=7)
    sites = rows(project.raw("essai"), "territoires")
    assert sites[0]["commune"] == "Site 0001"
    assert sites[0]["territoire"] == "site_0001"
    # 2A and 2B are Corse; the first two characters of a real code are otherwise two digits from 01 on.
    assert all(re.match(r"[013-7][AB]", site["code_insee"]) for site in sites)
    assert len({site["code_insee"] for site in sites}) == 1362
    assert all(0 <= float(site["longitude"]) <= 5.5 for site in sites)
    assert all(44 <= float(site["latitude"]) <= 48.8 for site in sites)
    people = [row["repondant"] for table in ("carnet_de_bord", "questionnaire_flash")
              for row in rows(project.raw("essai"), table)]  # fmt: skip
    assert len(set(people)) == len(people) > 3000


def test_everything_is_said_to_be_simulated(project):
    write_simulated(project, "essai", sites=3, seed=1)
    described = json.loads((project.raw("essai") / "datapackage.json").read_text(encoding="utf-8"))
    assert {status for r in described["resources"] for status in r["statuts"].values()} == {"simulé"}
    assert described["procedure"] == "atc simulate --vague essai --sites 3 --seed 1"
    assert "simulées" in described["description"]
    assert str(project.root) not in json.dumps(described)


def test_a_wave_is_not_written_over_unless_told(project):
    write_simulated(project, "essai", sites=3, seed=1)
    before = (project.raw("essai") / "scores.csv").read_bytes()
    with pytest.raises(UsageError, match="--replace"):
        write_simulated(project, "essai", sites=3, seed=2)
    assert (project.raw("essai") / "scores.csv").read_bytes() == before
    write_simulated(project, "essai", sites=3, seed=2, replace=True)
    assert (project.raw("essai") / "scores.csv").read_bytes() != before
    assert [path.name for path in project.raw("essai").parent.iterdir()] == ["essai"]


def test_nothing_is_written_when_the_rows_do_not_validate(project, monkeypatch):
    def spoil(plan):
        tables = simulate(plan)
        tables["scores"][0]["score"] = "11"
        return tables

    simulate = wavefiles.simulate
    write_simulated(project, "essai", sites=3, seed=1)
    before = {path.name: path.read_bytes() for path in project.raw("essai").iterdir()}
    monkeypatch.setattr(wavefiles, "simulate", spoil)
    with pytest.raises(DataRefused, match=r"scores\.csv:2:score"):
        write_simulated(project, "essai", sites=3, seed=2, replace=True)
    assert {path.name: path.read_bytes() for path in project.raw("essai").iterdir()} == before


def test_a_second_wave_takes_up_the_first(project, rows):
    write_simulated(project, "essai", sites=40, seed=1)
    write_simulated(project, "2021-automne", sites=40, seed=2, previous="essai")
    first, second = project.raw("essai"), project.raw("2021-automne")
    assert rows(first, "territoires") == rows(second, "territoires")
    for table in ("carnet_de_bord", "questionnaire_flash"):
        before, after = (
            {row["repondant"]: row["territoire"] for row in rows(folder, table)} for folder in (first, second)
        )
        stayed = before.keys() & after.keys()
        assert 0 < len(stayed) < min(len(before), len(after))
        assert all(before[person] == after[person] for person in stayed)
    assert {row["periode"] for row in rows(second, "scores")} == {"actuelle"}
    assert {row["periode"] for row in rows(first, "scores")} == {"avant", "actuelle"}
