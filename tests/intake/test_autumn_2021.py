"""The committed wave: what the documented command writes, and interesting enough to show a change."""

import json
import shutil

from intake.test_simulate import HERE, VAGUE, files

from atc.intake.wavefiles import write_simulated
from atc.survey.paths import Project

BEFORE = "2020-automne"


def test_the_documented_command_writes_the_committed_bytes(tmp_path):
    for name in ("data/dictionary", f"data/raw/{BEFORE}"):
        shutil.copytree(HERE.root / name, tmp_path / name)
    shutil.copyfile(HERE.settings_file, tmp_path / "report.toml")
    copy = Project(tmp_path)
    copy.raw(VAGUE).mkdir()
    shutil.copyfile(HERE.raw(VAGUE) / "codebook.csv", copy.raw(VAGUE) / "codebook.csv")
    command = "atc simulate --vague 2021-automne --sites 15 --seed 2021 --from 2020-automne --replace"
    assert json.loads(files(HERE, VAGUE)["datapackage.json"])["procedure"] == command
    assert command in (HERE.root / "docs" / "hypotheses.md").read_text(encoding="utf-8")
    write_simulated(copy, VAGUE, sites=15, seed=2021, previous=BEFORE, replace=True)
    assert files(copy, VAGUE) == files(HERE, VAGUE)
