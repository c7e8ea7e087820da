"""docs/dictionnaire.md is what the dictionary says, no more and no less."""

import os
import subprocess
import sys
from pathlib import Path

from dictionary_page import PAGE, described_waves, page, write_page
from survey.validation.small_wave import HERE, SmallWave

from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project

PROJECT = Project(HERE)


def test_the_committed_page_is_up_to_date_and_names_every_column() -> None:
    text = page(load_dictionary(PROJECT), described_waves(PROJECT))
    assert (HERE / PAGE).read_text(encoding="utf-8") == text, "lancez : python scripts/dictionary_page.py"
    for table in load_dictionary(PROJECT):
        section = text.split(f"\n## {table.name}\n")[1].partition("\n## ")[0]
        assert all(f"\n| `{name}` |" in section for name in table.fields)


def test_statuses_are_those_of_each_wave(tmp_path: Path) -> None:
    wave = SmallWave(tmp_path / "projet")
    written = write_page(wave.project).read_text(encoding="utf-8")
    assert "Statut 2020-automne" in written
    assert "| `score` | Note | nombre entier |" in written
    assert "| simulé |" in written
    assert "| publié |" not in written


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    wave = SmallWave(tmp_path / "projet")
    subprocess.run(
        [sys.executable, str(HERE / "scripts/dictionary_page.py")],
        check=True,
        cwd=wave.root,
        env={**os.environ, "ATC_ROOT": str(wave.root)},
    )
    assert (wave.root / PAGE).is_file()
