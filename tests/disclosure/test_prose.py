"""Counts under the floor in sentences: what must be found, and what must never stop a page."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.disclosure.prose import small_counts
from atc.survey.typography import french, in_words

FLOOR = 5
#: A sentence, and the small counts in it: none, in many that look like it.
with Path(__file__).with_name("prose.tsv").open(encoding="utf-8", newline="") as stream:
    SENTENCES = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def told(text: str, floor: int = FLOOR) -> list[int]:
    return [count.value for count in small_counts(text, floor)]


@pytest.mark.parametrize("row", SENTENCES, ids=lambda row: row["text"][:40])
def test_small_counts_are_found_and_nothing_else(row):
    values = [int(value) for value in row["counts"].split()]
    assert told(row["text"]) == values
    assert told(french(row["text"])) == values, "with the spaces of French typography too"


@given(value=st.integers(1, 40), floor=st.sampled_from([3, 5, 10, 11]))
def test_the_floor_decides(value, floor):
    expected = [value] if value < floor else []
    assert told(f"{value} territoires concernés", floor) == expected
    if value > 1:
        assert told(f"{in_words(value)} territoires concernés", floor) == expected


@given(part=st.integers(1, 30), whole=st.integers(1, 30))
def test_a_percentage_with_its_base_gives_its_count_back(part, whole):
    part = min(part, whole)
    if part == whole:
        return
    shown = f"{part / whole:.0%}".replace("%", " %")
    found = told(f"{shown} des {whole} répondants l’ont dit")
    assert (part in found) is (part < FLOOR)


@given(st.text(alphabet="34 sur(),.;:%n=/deux territoires", max_size=60))
def test_spans_hold_the_text_and_never_overlap(text):
    counts = small_counts(text, FLOOR)
    assert all(text[slice(*count.span)] == count.text for count in counts)
    ends = [edge for count in counts for edge in count.span]
    assert ends == sorted(ends)
