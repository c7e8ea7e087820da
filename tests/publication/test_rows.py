"""Rows for everybody: how far real ones hide each other, and made-up ones in their place."""

import io
from dataclasses import replace

import pandas as pd
import pytest

from atc.publication.publishing import FOLDER, Crowd, crowd, synthetic_files
from atc.survey.dictionary import load_dictionary
from atc.survey.paths import find_project
from atc.survey.waves import open_wave

LEGITIMITES = load_dictionary(find_project()).table("legitimites")
KINDS = {"site": "quasi-identifier", "role": "quasi-identifier", "avis": "sensitive", "note": "plain"}


def measured(sites: str, roles: str, opinions: str, kinds: dict[str, str] = KINDS) -> Crowd:
    """Of rows that are told letter by letter, « - » when there is no answer."""
    some = next(iter(LEGITIMITES.fields.values()))
    fields = {name: replace(some, name=name, kind=kind) for name, kind in kinds.items()}
    rows = {name: list(texts) for name, texts in zip(KINDS, (sites, roles, opinions), strict=False)}
    frame = pd.DataFrame({**rows, "note": 1}).replace("-", None)
    return crowd(replace(LEGITIMITES, name="essai", fields=fields), frame)


@pytest.mark.parametrize(
    ("sites", "roles", "opinions", "k", "diversity", "may_leave"),
    [
        # Alike in all quasi-identifiers together.
        ("aaaaabbbbb", "xxxxyxxxxx", "pqpqppqpqp", 1, 1, False),
        # The least diverse answer of the least diverse group.
        ("aaaaabbbbb", "xxxxxxxxxx", "ppppppqpqp", 5, 1, False),
        ("aaaaabbbbb", "xxxxxxxxxx", "pqpqppqpqp", 5, 2, True),
        # Not to have answered tells rows apart too.
        ("aaaaa-", "xxxxxx", "pqpqpq", 1, 1, False),
    ],
)
def test_k_and_l_are_those_of_the_smallest_group(sites, roles, opinions, k, diversity, may_leave):
    found = measured(sites, roles, opinions)
    assert (found.k, found.l, found.may_leave) == (k, diversity, may_leave)


def test_rows_with_a_pseudonym_never_leave_and_no_row_is_no_crowd():
    found = measured("aaaaaaaaa", "xxxxxxxxx", "pqpqpqpqp", {**KINDS, "note": "identifier"})
    assert (found.k, found.l, found.may_leave) == (9, 2, False)
    assert measured("", "", "").k == 0


@pytest.mark.parametrize("vague", ["2020-automne", "2021-automne"])
def test_no_row_of_the_survey_hides_among_others(vague):
    """With fifteen known sites, none of the tables on persons or sites can be published row by row."""
    wave = open_wave(vague, "public")
    found = {t.name: crowd(t, wave.table(t.name)) for t in wave.dictionary}
    assert {name for name, measured in found.items() if measured.may_leave} <= {"legitimites"}


def test_synthetic_rows_have_the_schema_and_none_of_the_rows():
    wave = open_wave("2020-automne", "public")
    files = synthetic_files(wave)
    assert synthetic_files(wave) == files
    assert set(files) == {f"{FOLDER}/{t.name}.csv" for t in wave.dictionary}
    for t in wave.dictionary:
        path = wave.project.raw("2020-automne") / f"{t.name}.csv"
        heading, *real = path.read_text(encoding="utf-8").splitlines()
        drawn, *lines = files[f"{FOLDER}/{t.name}.csv"].decode().splitlines()
        assert drawn == heading
        assert not set(lines) & set(real), t.name
    codes = set(pd.read_csv(io.BytesIO(files[f"{FOLDER}/questionnaire_flash.csv"]))["repondant"])
    assert not codes & set(wave.table("questionnaire_flash")["repondant"])
