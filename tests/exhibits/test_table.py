import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.disclosure import Count, Measure, Released
from atc.disclosure.released import SEAL
from atc.exhibits.table import ABSENT, Column, DataTable
from atc.survey.typography import NARROW as THIN
from atc.survey.typography import NBSP

FRAME = pd.DataFrame(
    {
        "site": ["Aubenas", "Évry"],
        "effectif": pd.array([1362, None], dtype="Int64"),
        "part": [0.5667, float("nan")],
        "prive": ["SECRET", "SECRET"],
    }
)
COLUMNS = (Column("site", "Site"), Column("effectif", "Effectif", 0), Column("part", "Part", 0, is_part=True))


def shown(frame: pd.DataFrame, columns) -> DataTable:
    """A table of values that went through the rules elsewhere."""
    return DataTable(Released(frame, SEAL), columns)


def parsed(table: DataTable) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.csv(), newline="")))


@pytest.mark.parametrize(
    "absent",
    [None, pd.NA, pd.NaT, float("nan"), np.float32("nan"), np.datetime64("NaT")],
    ids=lambda value: f"{type(value).__name__}",
)
@pytest.mark.parametrize("decimals", [None, 0, 1])
def test_whatever_is_missing_is_a_dash(absent, decimals):
    assert Column("x", "X", decimals).show(absent) == ABSENT


def test_rows_and_csv_follow_the_columns_and_what_is_not_shown_leaves_by_no_door():
    table = shown(FRAME, COLUMNS)
    assert table.rows == [["Aubenas", f"1{THIN}362", f"57{NBSP}%"], ["Évry", ABSENT, ABSENT]]
    assert parsed(table) == [["site", "effectif", "part"], ["Aubenas", "1362", "0.5667"], ["Évry", "", ""]]
    assert "SECRET" not in table.csv() + str(table.rows) + str(table.csv_labels)
    assert shown(FRAME.head(0), COLUMNS).rows == []
    assert parsed(shown(FRAME.head(0), COLUMNS)) == [["site", "effectif", "part"]]
    lacking = shown(FRAME, [Column("absente", "Absente")])
    for leave in (lacking.csv, lambda: lacking.rows):
        with pytest.raises(KeyError, match="absente"):
            leave()


@given(st.lists(st.text() | st.text("=+-@\t\r\n',\"a"), min_size=1, max_size=5))
def test_every_text_comes_back_from_the_csv_and_none_is_a_formula(texts):
    frame = pd.DataFrame({"a": texts, "b": range(len(texts))})
    _, *rows = parsed(shown(frame, [Column("a", "A"), Column("b", "B", 0)]))
    for text, (cell, _) in zip(texts, rows, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        told = text.replace("\r\n", "\n").replace("\r", "\n")
        assert cell.removeprefix("'" if text[:1] != "'" else "") == told


FEW, MOST, HIDDEN = Count(1, 4, "D"), Count(10, 13, "D", of_the_rest=True), Count(5, 9, "S")
ONE_COUNT = (Column("libelle", "Réponse"), Column("effectif", "Sites", 0))


def counts(*effectifs: Count | Measure) -> DataTable:
    labels = [f"r{i}" for i in range(len(effectifs))]
    return shown(pd.DataFrame({"libelle": labels, "effectif": list(effectifs)}), ONE_COUNT)


def test_the_csv_says_why_each_count_is_empty_and_nothing_where_nothing_is_masked():
    heading, *rows = parsed(counts(Count.exactly(7), FEW, MOST, HIDDEN))
    assert heading == ["libelle", "effectif", "statut_effectif"]
    assert [row[1:] for row in rows] == [["7", "V"], ["", "D"], ["", "D"], ["", "S"]]
    assert parsed(counts(Count.exactly(7))) == [["libelle", "effectif"], ["r0", "7"]]
    medians = counts(Measure(None), Measure(4.5))
    assert medians.is_masked
    assert [row[1] for row in parsed(medians)[1:]] == ["", "4.5"]
    # One that is not shown masks nothing.
    frame = pd.DataFrame({"libelle": ["a"], "effectif": [Count.exactly(7)], "cache": [FEW]})
    assert not shown(frame, ONE_COUNT).is_masked
    assert "statut" not in shown(frame, ONE_COUNT).csv()
