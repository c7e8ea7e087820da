"""The whole of publie.csv on the committed wave, and the proof that each row is able to fail."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from atc.exhibits.published import DIFFERENT, EQUAL, Printed, control, controls, read_register
from atc.survey.paths import find_project
from atc.survey.waves import Wave

# Every figure of report/facts.md, which is not part of this repository, and the five traps of the report.
MANY = {"M": 13, "F": 13, "J": 5, "P": 4, "O": 4, "E": 2}
FACTS = [f"{kind}{i:02}" for kind, many in MANY.items() for i in range(1, many + 1)]
FACTS += [f"R{i}" for i in range(1, 6)]
PRINTED = read_register(find_project())
IDS = [printed.id for printed in PRINTED]


@pytest.fixture(scope="module")
def frames(wave) -> dict[str, pd.DataFrame]:
    return {name: wave.table(name) for name in wave.dictionary.tables}


def test_every_printed_figure_is_reproduced(wave):
    wrong = [(c.id, c.imprime, c.calcule) for c in controls(wave) if c.verdict != EQUAL]
    assert wrong == []


def test_every_figure_of_the_report_has_a_row_in_its_chapter_and_no_row_is_about_something_else():
    assert len(set(IDS)) == len(IDS)
    assert {id_.split("-")[0] for id_ in IDS} == set(FACTS)
    assert [p.id for p in PRINTED if p.exhibit[1:3] != p.chapitre[:2]] == []


def _others(column: pd.Series, value: object) -> list[object]:
    """Values that another answer could have put into this cell."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [code for code in column.cat.categories if code != value]
    if pd.api.types.is_bool_dtype(column):
        return [True, False] if pd.isna(value) else [not value]
    if pd.api.types.is_datetime64_any_dtype(column):
        return [pd.Timestamp("2020-05-04")]
    if pd.api.types.is_numeric_dtype(column):
        return (
            [3]
            if pd.isna(value)
            else [value + 1, value + 20, max(value - 1, 0), value / 2 if value % 1 else 2]
        )
    return [other for other in column.dropna().unique()[:3] if other != value] + ["ailleurs"]


def _changed(frame: pd.DataFrame, name: str) -> Iterator[pd.Series]:
    """The whole column gives another answer; then a modalité, or one cell alone."""
    column = frame[name]
    cells = [np.arange(len(frame)) == row for row in range(len(frame))]
    # A boolean array keeps the dtype, hence the order of the modalités.
    alike = [np.asarray(column.eq(value).fillna(False), dtype=bool) for value in column.dropna().unique()]
    for rows in (np.ones(len(frame), dtype=bool), *alike, *cells):
        for other in [*_others(column, column[rows].iloc[0]), None][: None if rows.all() else -1]:
            changed = column.copy()
            changed[rows] = other
            yield changed


def _fails(printed: Printed, wave: Wave, frames: dict[str, pd.DataFrame]) -> bool:
    """Whether another answer in one of the columns that the row reads turns its verdict."""
    columns = [dotted.split(".") for dotted in sorted(printed.address.reads)]
    # Those of few answers turn it soonest.
    for table, name in sorted(columns, key=lambda pair: frames[pair[0]][pair[1]].nunique()):
        for column in _changed(frames[table], name):
            mutated = {**frames, table: frames[table].assign(**{name: column})}
            changed = control(printed, replace(wave, _frames=mutated))
            # A crash is no proof: the verdict must turn because another value was computed.
            if changed.verdict == DIFFERENT and not changed.calcule.startswith("non calculé"):
                return True
    return False


@pytest.mark.parametrize("printed", PRINTED, ids=IDS)
def test_each_row_fails_when_what_it_rests_on_changes(printed, wave, frames):
    if printed.mesure == "periode":
        resources = wave.package.resources
        moved = {name: replace(each, collected="ailleurs") for name, each in resources.items()}
        papers = replace(wave, package=replace(wave.package, resources=moved))
        assert control(printed, papers).verdict == DIFFERENT
    else:
        assert _fails(printed, wave, frames)
