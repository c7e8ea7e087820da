from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
import pytest

from atc.publication.rows import FOLDER, Crowd, crowd, real_files, synthetic_files
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import find_project
from atc.survey.settings import load_settings
from atc.survey.waves import open_wave

DICTIONARY = load_dictionary(find_project())
LEGITIMITES = DICTIONARY.table("legitimites")


def table(kinds: Mapping[str, str]) -> object:
    """A description that says only of which kind each column is."""
    from dataclasses import replace  # noqa: PLC0415

    (some,) = list(LEGITIMITES.fields.values())[:1]
    fields = {name: replace(some, name=name, kind=kind) for name, kind in kinds.items()}
    return replace(LEGITIMITES, name="essai", fields=fields)


def measured(kinds: Mapping[str, str], rows: Mapping[str, list[object]]) -> Crowd:
    return crowd(table(kinds), pd.DataFrame(rows))  # type: ignore[arg-type]


KINDS = {"site": "quasi-identifier", "role": "quasi-identifier", "avis": "sensitive", "note": "plain"}


def test_k_counts_the_rows_alike_in_all_quasi_identifiers_together() -> None:
    rows = {
        "site": ["a"] * 5 + ["b"] * 5,
        "role": ["x"] * 4 + ["y"] + ["x"] * 5,
        "avis": list("pqpqppqpqp"),
        "note": [1] * 10,
    }
    assert measured(KINDS, rows).k == 1
    rows["role"] = ["x"] * 10
    assert measured(KINDS, rows).k == 5


def test_l_is_the_least_diverse_answer_of_the_least_diverse_group() -> None:
    rows = {
        "site": ["a"] * 5 + ["b"] * 5,
        "role": ["x"] * 10,
        "avis": ["p"] * 5 + list("pqpqp"),
        "note": [1] * 10,
    }
    assert measured(KINDS, rows).l == 1
    assert not measured(KINDS, rows).may_leave
    rows["avis"] = list("pqpqppqpqp")
    assert measured(KINDS, rows).l == 2
    assert measured(KINDS, rows).may_leave


def test_not_to_have_answered_tells_rows_apart_too() -> None:
    rows = {"site": ["a"] * 5 + [None], "role": ["x"] * 6, "avis": list("pqpqpq"), "note": [1] * 6}
    assert measured(KINDS, rows).k == 1


def test_rows_with_a_pseudonym_never_leave() -> None:
    kinds = {"repondant": "identifier", "site": "quasi-identifier"}
    found = measured(kinds, {"repondant": [f"R-{i}" for i in range(9)], "site": ["a"] * 9})
    assert (found.k, found.may_leave) == (9, False)


def test_an_empty_table_is_no_crowd() -> None:
    assert measured(KINDS, {name: [] for name in KINDS}).k == 0


@pytest.mark.parametrize("vague", ["2020-automne", "2021-automne"])
def test_no_row_of_the_survey_hides_among_others(vague: str) -> None:
    """With fifteen known sites, none of the tables on persons or sites can be published row by row."""
    wave = open_wave(vague, "public")
    found = {t.name: crowd(t, wave.table(t.name)) for t in wave.dictionary}
    assert {name for name, measured in found.items() if measured.may_leave} <= {"legitimites"}
    assert set(real_files({"legitimites": wave.table("legitimites")}, found)) <= {"donnees/legitimites.csv"}


def test_synthetic_rows_have_the_schema_and_none_of_the_rows() -> None:
    project = find_project()
    wave = open_wave("2020-automne", "public")
    files = synthetic_files(wave.dictionary, load_settings(project).wave("2020-automne"))
    assert set(files) == {f"{FOLDER}/{t.name}.csv" for t in wave.dictionary}
    real = {
        t.name: (project.raw("2020-automne") / f"{t.name}.csv").read_text(encoding="utf-8")
        for t in wave.dictionary
    }
    for t in wave.dictionary:
        drawn = files[f"{FOLDER}/{t.name}.csv"].decode()
        heading, *lines = drawn.splitlines()
        assert heading == real[t.name].splitlines()[0]
        assert not set(lines) & set(real[t.name].splitlines()[1:]), t.name
    codes = set(pd.read_csv(io.BytesIO(files[f"{FOLDER}/questionnaire_flash.csv"]))["repondant"])
    assert not codes & set(wave.table("questionnaire_flash")["repondant"])


def test_synthetic_rows_are_the_same_everywhere() -> None:
    wave = load_settings(find_project()).wave("2020-automne")
    assert synthetic_files(DICTIONARY, wave) == synthetic_files(DICTIONARY, wave)
