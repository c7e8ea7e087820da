"""Forms of `atc new-wave`, filled in with the autumn of 2021, come back as that wave: no mapping to write."""

import shutil

from intake import exports
from intake.world import Desk

from atc.intake.newwave import asked_of, dated, form_bytes, open_new_wave
from atc.survey.codebook import read_codebook
from atc.survey.dictionary import load_dictionary

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


def test_filled_forms_come_back_as_the_wave(desk: Desk):
    project = desk.project
    project.raw(VAGUE).mkdir()
    shutil.copyfile(exports.HERE.raw(VAGUE) / "codebook.csv", project.raw(VAGUE) / "codebook.csv")
    open_new_wave(project, VAGUE, BEFORE, forms_only=True)
    dictionary = load_dictionary(project)
    book = read_codebook(project.raw(VAGUE) / "codebook.csv", "codebook.csv", VAGUE, dictionary.variables)
    for table in book.asked(dictionary):
        asked = [column for column in asked_of(table, book) if not column.gone]
        filled = form_bytes(table, asked, answers(table.name), VAGUE, dated(VAGUE)[1])
        (desk.exports / f"{table.name}.xlsx").write_bytes(filled)
    desk.mapping = project.forms(VAGUE) / "correspondance.yml"
    assert desk.run().changed
    for table in dictionary:
        given, expected = exports.rows(table.name, project=project), exports.rows(table.name)
        for row in (*given, *expected):
            row.update({name: f"{float(row[name]):.2f}" for name in ("longitude", "latitude") if name in row})
        assert given == expected, table.name
    assert (project.raw(VAGUE) / "codebook.csv").is_file()
