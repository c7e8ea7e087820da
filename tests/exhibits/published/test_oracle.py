"""The whole of publie.csv on the committed wave, and the proof that each row is able to fail."""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from clone import VAGUE

from atc.exhibits.published import DIFFERENT, EQUAL, Printed, control, controls, read_register
from atc.survey.paths import Project, find_project
from atc.survey.waves import Wave, open_wave

# Every figure of report/facts.md, which is not part of this repository, and the five traps of the report.
FACTS = [
    *(f"M{i:02}" for i in range(1, 14)),
    *(f"F{i:02}" for i in range(1, 14)),
    *(f"J{i:02}" for i in range(1, 6)),
    *(f"P{i:02}" for i in range(1, 5)),
    *(f"O{i:02}" for i in range(1, 5)),
    "E01",
    "E02",
    *(f"R{i}" for i in range(1, 6)),
]
# Exact rows about what exists at all (a theme, a model, a factor, a site without meeting): as several sites
# bear it, one changed cell is not enough; the whole modalité has to go.
NEED_MORE_THAN_A_CELL = {"F07-min", "F13", "O01", "O01-noms", "O02", "O02-noms", "O02-faible", "O04"}

PRINTED = read_register(find_project())
IDS = [printed.id for printed in PRINTED]


@pytest.fixture(scope="module")
def frames(wave) -> dict[str, pd.DataFrame]:
    return {name: wave.table(name) for name in wave.dictionary.tables}


def test_every_printed_figure_is_reproduced(wave):
    wrong = [(c.id, c.imprime, c.calcule) for c in controls(wave) if c.verdict != EQUAL]
    assert wrong == []


def test_ids_are_unique():
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("fact", FACTS)
def test_every_figure_of_the_report_has_a_row(fact):
    assert [id_ for id_ in IDS if id_ == fact or id_.startswith(f"{fact}-")]


def test_no_row_is_about_something_else():
    assert {id_.split("-")[0] for id_ in IDS} == set(FACTS)


def test_a_row_stands_in_the_chapter_of_its_exhibit():
    for printed in PRINTED:
        assert printed.exhibit[1:3] == printed.chapitre[:2], printed.id


def test_traps_and_words_say_how_they_were_read():
    silent = [p.id for p in PRINTED if p.id.startswith("R") and not p.lecture]
    assert silent == []
    vague = {"moitie", "majorite", "la_plupart", "certains", "quelques", "parfois", "rarement", "souvent"}
    assert [p.id for p in PRINTED if p.arrondi in vague and not p.lecture] == []


def test_the_order_of_rows_and_columns_changes_no_verdict(wave, frames):
    mixed = {
        name: frame.sample(frac=1, random_state=7)[random.Random(7).sample([*frame], len(frame.columns))]
        for name, frame in frames.items()
    }
    assert {c.verdict for c in controls(replace(wave, _frames=mixed))} == {EQUAL}


# --- able to fail -------------------------------------------------------------------------------------------


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


def _one_cell_changed(frame: pd.DataFrame, name: str) -> Iterator[pd.Series]:
    for row in range(len(frame)):
        for other in _others(frame[name], frame[name].iloc[row]):
            changed = frame[name].copy()
            changed.iloc[row] = other
            yield changed


def _more_than_a_cell(frame: pd.DataFrame, name: str) -> Iterator[pd.Series]:
    """A modalité turned into another, then all of them, then a column without any answer."""
    column = frame[name]
    for value in column.dropna().unique():
        # A boolean array keeps the dtype, hence the order of the modalités.
        rows = np.asarray(column.eq(value).fillna(False), dtype=bool)
        for other in _others(column, value):
            changed = column.copy()
            changed[rows] = other
            yield changed
    for value in [*column.dropna().unique(), None]:
        changed = column.copy()
        changed[:] = value
        yield changed


def _papers_changed(wave: Wave) -> Wave:
    moved = {n: replace(r, collected="ailleurs") for n, r in wave.package.resources.items()}
    return replace(wave, package=replace(wave.package, resources=moved))


def _fails(printed: Printed, wave: Wave, frames: dict[str, pd.DataFrame], mutations) -> bool:
    """Whether one of the mutations of the columns that the row reads turns its verdict."""
    columns = [dotted.split(".") for dotted in sorted(printed.address.reads)]
    # Those of few answers turn it soonest.
    for table, name in sorted(columns, key=lambda pair: frames[pair[0]][pair[1]].nunique()):
        for column in mutations(frames[table], name):
            mutated = {**frames, table: frames[table].assign(**{name: column})}
            changed = control(printed, replace(wave, _frames=mutated))
            # A crash is no proof: the verdict must turn because another value was computed.
            if changed.verdict == DIFFERENT and not changed.calcule.startswith("non calculé"):
                return True
    return False


@pytest.mark.parametrize("printed", PRINTED, ids=IDS)
def test_each_row_fails_when_what_it_rests_on_changes(printed, wave, frames):
    if printed.mesure == "periode":
        assert control(printed, _papers_changed(wave)).verdict == DIFFERENT
    elif printed.statut == "exact" and printed.id not in NEED_MORE_THAN_A_CELL:
        assert _fails(printed, wave, frames, _one_cell_changed)
    else:
        more = _fails(printed, wave, frames, _more_than_a_cell)
        assert more or _fails(printed, wave, frames, _one_cell_changed)


@pytest.mark.parametrize("id_", sorted(NEED_MORE_THAN_A_CELL))
def test_the_exceptions_are_true_ones(id_, wave, frames):
    assert not _fails(PRINTED[IDS.index(id_)], wave, frames, _one_cell_changed)


@pytest.mark.parametrize("printed", PRINTED, ids=IDS)
def test_each_column_that_a_row_reads_makes_a_difference(printed, wave, frames):
    """A chapter rests on what its controls read: neither more, nor less."""
    # The number itself: a rule in words may say the same of two numbers.
    exactly = replace(printed, arrondi="texte")
    right = control(exactly, wave).calcule
    for table, name in (dotted.split(".") for dotted in printed.address.reads):
        emptied = {**frames, table: frames[table].assign(**{name: None})}
        if printed.mesure != "periode":
            assert control(exactly, replace(wave, _frames=emptied)).calcule != right, name


# --- from the file on, its hash mended ----------------------------------------------------------------------


def _edit(project: Project, table: str, old: str, new: str) -> None:
    folder = project.raw(VAGUE)
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old}: {text.count(old)}"
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    papers = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in papers["resources"]:
        if resource["name"] == table:
            resource["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
            resource["bytes"] = len(path.read_bytes())
    (folder / "datapackage.json").write_text(json.dumps(papers, ensure_ascii=False), encoding="utf-8")


def _line(project: Project, table: str, *cells: str) -> str:
    """The first line of a raw file that holds all these cells."""
    lines = (project.raw(VAGUE) / f"{table}.csv").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if set(cells) <= set(line.split(",")))


@pytest.mark.parametrize(
    ("table", "cells", "old", "new", "failing"),
    [
        ("questionnaire_flash", ("dp", "non"), ",dp,", ",ville,", {"M03-dp", "M03-ville"}),
        ("entretiens", ("saint_gilles", "departement"), ",departement", ",ville",
         {"M13-saint_gilles-departement", "M13-saint_gilles-ville"}),
        ("effets", ("inter_associatif", "6"), ",6,", ",5,", {"E02-associations"}),
    ],
    ids=["M03", "M13", "E02"],
)  # fmt: skip
def test_a_value_changed_in_the_file_fails_its_rows_and_no_other(
    project, monkeypatch, table, cells, old, new, failing
):
    line = _line(project, table, *cells)
    _edit(project, table, line, line.replace(old, new, 1))
    monkeypatch.setenv("ATC_ROOT", str(project.root))
    assert {c.id for c in controls(open_wave(VAGUE)) if c.verdict == DIFFERENT} == failing
