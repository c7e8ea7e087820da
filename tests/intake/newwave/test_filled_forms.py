"""Forms of `atc new-wave`, filled in with the autumn of 2021, come back as that wave: no mapping to write."""

import csv
import shutil
from pathlib import Path

from intake import exports

from atc.intake.importing import Request, import_wave
from atc.intake.newwave import write_forms
from atc.intake.newwave.forms import form_columns, workbook_bytes
from atc.intake.newwave.opening import dated
from atc.survey.codebook import read_codebook
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project

VAGUE, BEFORE = exports.VAGUE, "2020-automne"


def answers(table: str) -> list[dict[str, str]]:
    """What people would type in the form of one table: who they are, not a code."""
    people = exports.persons()
    rows = exports.rows(table)
    if table == "scores":
        wide: dict[tuple[str, str], dict[str, str]] = {}
        for row in rows:
            line = wide.setdefault((row["repondant"], row["periode"]), dict(row))
            line[f"item={row['item']}"] = row["score"]
        rows = list(wide.values())
    return [{column: people.get(value, value) for column, value in row.items()} for row in rows]


def test_filled_forms_come_back_as_the_wave(tmp_path: Path):
    project = Project(tmp_path / "projet")
    for name in ("data/dictionary", f"data/raw/{BEFORE}"):
        shutil.copytree(exports.HERE.root / name, project.root / name)
    shutil.copyfile(exports.HERE.settings_file, project.settings_file)
    project.raw(VAGUE).mkdir()
    shutil.copyfile(exports.HERE.raw(VAGUE) / "codebook.csv", project.raw(VAGUE) / "codebook.csv")
    write_forms(project, VAGUE, BEFORE)
    dictionary = load_dictionary(project)
    book = read_codebook(project.raw(VAGUE) / "codebook.csv", "codebook.csv", VAGUE, dictionary.variables)
    outside = tmp_path / "reponses"
    outside.mkdir()
    for table in dictionary:
        asked = [column for column in form_columns(table, book) if not column.gone]
        filled = workbook_bytes(table, asked, answers(table.name), VAGUE, dated(VAGUE)[1])
        (outside / f"{table.name}.xlsx").write_bytes(filled)
    key = tmp_path / "cle"
    key.write_bytes(exports.KEY)
    key.chmod(0o600)
    mapping = project.forms(VAGUE) / "correspondance.yml"
    assert import_wave(project, Request(tuple(sorted(outside.iterdir())), VAGUE, mapping, key, False)).changed
    for table in dictionary:
        with (project.raw(VAGUE) / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            given = list(csv.DictReader(file))
        expected = exports.rows(table.name)
        for row in (*given, *expected):
            row.update({name: f"{float(row[name]):.2f}" for name in ("longitude", "latitude") if name in row})
        assert given == expected, table.name
    assert (project.raw(VAGUE) / "codebook.csv").is_file()
