"""The hash of a column changes with its content, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from atc.survey.processed import of_table, read_fingerprints


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": pd.Categorical(["a", "b", None], categories=["a", "b", "c"], ordered=True),
            "n": pd.array([1, None, 3], dtype="Int64"),
            "texte": pd.array(["é", "", None], dtype="str"),
            "jour": pd.to_datetime(["2020-09-01", None, "2020-10-01"]),
        }
    )


def _columns(frame: pd.DataFrame) -> dict[str, str]:
    columns: dict[str, str] = of_table(frame)
    return columns


def _changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("site", pd.Categorical(["b", "b", None], categories=["a", "b", "c"], ordered=True)),
        ("site", pd.Categorical(["a", "b", None], categories=["a", "c", "b"], ordered=True)),
        ("site", pd.Categorical(["a", "b", None], categories=["a", "b", "c"], ordered=False)),
        ("n", pd.array([1, 0, 3], dtype="Int64")),
        ("n", pd.array([1, None, 3], dtype="Float64")),
        ("texte", pd.array(["é", None, None], dtype="str")),
        ("texte", pd.array(["é", "", ""], dtype="str")),
        ("jour", pd.to_datetime(["2020-09-01", None, "2020-10-02"])),
    ],
)
def test_a_value_a_modality_or_a_type_changes_its_column_alone(
    frame: pd.DataFrame, column: str, values: object
) -> None:
    before = _columns(frame)
    frame[column] = values
    assert _changed(before, _columns(frame)) == {column}


def test_rows_in_another_order_or_one_more_change_every_column(frame: pd.DataFrame) -> None:
    before = _columns(frame)
    assert _changed(before, _columns(frame.iloc[::-1].reset_index(drop=True))) == set(frame.columns)
    longer = pd.concat([frame, frame.iloc[:1]], ignore_index=True)
    assert _changed(before, _columns(longer)) == set(frame.columns)


def test_columns_beside_it_and_the_index_do_not_change_a_column(frame: pd.DataFrame) -> None:
    before = _columns(frame)
    moved = frame[["jour", "n"]].set_axis([5, 6, 7], axis=0)
    assert _columns(moved) == {name: before[name] for name in ("jour", "n")}


def test_what_is_not_ours_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "colonnes.json"
    assert read_fingerprints(path) == {}
    for text in ("{", "[]", "3"):
        path.write_text(text)
        assert read_fingerprints(path) == {}
    path.write_text('{"a": {"sha256": "1"}}')
    assert read_fingerprints(path) == {"a": {"sha256": "1"}}
