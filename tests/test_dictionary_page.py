"""docs/dictionnaire.md is what the dictionary says, no more and no less."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from dictionary_page import PAGE, described_waves, page, write_page
from survey.validation.small_wave import HERE, SmallWave

from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project
from atc.survey.typography import french

PROJECT = Project(HERE)
DICTIONARY = load_dictionary(PROJECT)


@pytest.fixture(scope="module")
def text() -> str:
    return page(DICTIONARY, described_waves(PROJECT))


def test_the_committed_page_is_up_to_date(text: str) -> None:
    committed = (HERE / PAGE).read_text(encoding="utf-8")
    assert committed == text, "lancez : python scripts/dictionary_page.py"


@pytest.mark.parametrize("table", list(DICTIONARY), ids=lambda t: t.name)
def test_each_table_has_its_section(table, text: str) -> None:
    section = text.split(f"\n## {table.name}\n")[1].partition("\n## ")[0]
    assert french(table.description) in section
    for field in table.fields.values():
        (row,) = (line for line in section.splitlines() if line.startswith(f"| `{field.name}` |"))
        assert french(field.label) in row
        assert french(field.question) in section
        for code, label in field.labels.items():
            assert french(f"`{code}` : {label}") in section
    for code, label in table.missing.items():
        assert code in section
        assert label.lower() in section


def test_every_row_of_a_table_has_as_many_cells_as_its_head(text: str) -> None:
    for block in text.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.replace("\\|", "").count("|") for row in rows}) <= 1


def test_nothing_is_left_in_english_or_as_python(text: str) -> None:
    for word in ("None", "True", "{", "string", "boolean", "required", "plain", "sensitive"):
        assert word not in text


def test_statuses_are_those_of_each_wave(tmp_path: Path) -> None:
    wave = SmallWave(tmp_path / "projet")
    written = write_page(wave.project).read_text(encoding="utf-8")
    assert "Statut 2020-automne" in written
    assert "| `score` | Note | nombre entier |" in written
    assert "| simulé |" in written
    assert "| publié |" not in written


def test_without_any_wave_the_page_is_still_whole() -> None:
    text = page(DICTIONARY, {})
    assert "| Colonne | Libellé | Type | Unité | Obligatoire | Nature | Protège |\n" in text


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    wave = SmallWave(tmp_path / "projet")
    subprocess.run(
        [sys.executable, str(HERE / "scripts/dictionary_page.py")],
        check=True,
        cwd=wave.root,
        env={**os.environ, "ATC_ROOT": str(wave.root)},
    )
    assert (wave.root / PAGE).is_file()
