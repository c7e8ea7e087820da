"""The file of reviewed exceptions: whole, dated, signed, each cell once."""

from pathlib import Path

import pytest

from atc.disclosure.exceptions import COLUMNS, of_exhibit, read_exceptions
from atc.survey.errors import DataRefused
from atc.survey.paths import Project

ROW = "2020-automne,F02-03,seul,effectif,montrer,7,imprimé,équipe,2026-11-23"


def project(tmp_path: Path, *rows: str) -> Project:
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    (folder / "exceptions.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8-sig")
    return Project(tmp_path)


def test_a_row_is_read_and_found_by_its_cell(tmp_path):
    [row] = read_exceptions(project(tmp_path, ROW))
    assert of_exhibit([row], "2020-automne", "F02-03") == {("seul", "effectif"): row}
    assert of_exhibit([row], "2021-automne", "F02-03") == {}
    assert "exceptions.csv:2 (F02-03, seul, effectif)" in row.place


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROW.replace(",imprimé", ","), "Cellule vide"),
        (ROW.replace("montrer", "publier"), "Choisissez parmi : montrer, masquer, alerte"),
        (ROW.replace("2026-11-23", "23/11/2026"), "La date n’est pas lisible"),
    ],
)
def test_a_row_is_complete_or_is_not(row, message, tmp_path):
    with pytest.raises(DataRefused, match=message):
        read_exceptions(project(tmp_path, row))


def test_every_fault_of_the_file_is_told_at_once(tmp_path):
    bad = ROW.replace("montrer", "publier")
    with pytest.raises(DataRefused) as refused:
        read_exceptions(project(tmp_path, ROW, ROW, bad))
    assert len(refused.value.faults) == 3
