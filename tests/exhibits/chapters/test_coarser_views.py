"""Chapter 08 as funders read it, and all the chapters together: coarser where detail would only be masks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import pytest

from atc.disclosure.audit import audit, read
from atc.disclosure.prose import small_counts
from atc.exhibits import chapters, controls, notices
from atc.exhibits.chapters import evolution
from atc.exhibits.published import DIFFERENT, Control
from atc.indicators import change
from atc.survey.typography import french

TWO_WAVES = {
    "08-01": evolution.fig_08_01,
    "08-02": evolution.fig_08_02,
    "08-03": evolution.fig_08_03,
    "08-04": evolution.fig_08_04,
    "08-05": evolution.fig_08_05,
    "08-06": evolution.tab_08_06,
}
FIRST, SECOND = "2020-automne", "2021-automne"
EVERY = pytest.mark.parametrize("id_", TWO_WAVES)
FLOOR = 5


@pytest.fixture
def seen(project, open_in):
    """One exhibit of one wave at one tier."""

    def make(id_: str, diffusion: str = "financeurs"):
        return TWO_WAVES[id_](open_in(project, SECOND, diffusion))

    return make


def _plain(text: str) -> str:
    return " ".join(text.split())


# --- the message, where it can be said ---


@pytest.mark.parametrize(
    ("id_", "title"),
    [
        ("08-01", "Acteurs institutionnels : 7 sur 20 avaient déjà répondu en 2020"),
        ("08-03", "Notes des animateur·trices, par territoire et par phrase : 25 hausses et 8 baisses"),
        ("08-05", "Modèle de priorités : 3 sites sur 15 en changent"),
    ],
)
def test_the_title_says_what_may_be_said(seen, id_, title):
    assert _plain(seen(id_).title).removeprefix("Exemple – ") == _plain(french(title))


@EVERY
def test_no_sentence_tells_a_small_count_that_was_not_reviewed(seen, id_):
    shown = seen(id_)
    cells = " ; ".join(cell for row in shown.table.rows for cell in row)
    told = f"{shown.title} {shown.subtitle} {shown.reading} {shown.alt} {shown.note} {cells}"
    assert {count.value for count in small_counts(told, FLOOR)} <= set(shown.let_out["small"])


@EVERY
def test_sentences_read_well_whatever_is_masked(seen, id_):
    shown = seen(id_)
    for text in (shown.title, shown.reading):
        assert "non communiqué" not in text, "say it without a number"
        assert "  " not in text
        assert not re.search(r"\b(?:None|nan|NaN)\b", text)
        assert text == french(text)


# --- what two waves tell together ---


def test_who_answered_twice_is_an_n_and_no_median_stands_beside_that_of_the_whole(seen):
    found = {row.modalite: row for row in seen("08-01").table.released}
    assert [row.communs.value for row in found.values()] == [13, 7, 9, 7]
    rows = {row.modalite: row for row in seen("08-04").table.released}
    # One of fourteen is not compared: two medians would tell on which side it stands.
    assert rows["etp"].compares.value == 13
    assert rows["etp"].mediane_avant.is_masked
    assert rows["etp"].mediane_apres.is_masked
    assert all(count.value for count in seen("08-02").table.frame["compares"])
    assert {"compares", "stable"}.isdisjoint(seen("08-03").table.frame.columns)


# --- controls ---


def test_a_control_that_differs_does_not_tell_what_the_rows_give(project, open_in, monkeypatch):
    truly = controls.controls

    def wrong(*args: object) -> tuple[Control, ...]:
        return tuple(replace(each, calcule="4321", verdict=DIFFERENT) for each in truly(*args))

    monkeypatch.setattr(controls, "controls", wrong)
    beyond, inside = (
        notices.controles(open_in(project, FIRST, diffusion), "01_methode").table.csv()
        for diffusion in ("financeurs", "interne")
    )
    assert "4321" not in beyond
    assert "diffère : voir la version interne" in _plain(beyond)
    assert "4321" in inside


# --- nothing depends on a masked count ---


def _with(values: Mapping[str, Mapping[str, int]]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        changed = table.copy()
        # A form of several variables asks for each in turn.
        if not set(values) & set(table["modalite"]):
            return table
        for code, cells in values.items():
            row = changed["modalite"] == code
            assert row.sum() == 1
            for column, value in cells.items():
                changed.loc[row, column] = value
        assert not changed.equals(table)
        return changed

    return change


@pytest.mark.parametrize(
    ("id_", "room", "indicator", "values"),
    [
        ("08-04", change, "nombres", {"etp": {"stable": 3, "baisse": 3}}),
    ],
)
def test_nothing_that_leaves_depends_on_a_masked_count(seen, monkeypatch, id_, room, indicator, values):
    before = json.dumps(seen(id_)._repr_mimebundle_())
    truly = getattr(room, indicator)
    monkeypatch.setattr(room, indicator, lambda *args: _with(values)(truly(*args)))
    assert json.dumps(seen(id_)._repr_mimebundle_()) == before


def test_a_count_that_is_shown_does_change_what_leaves(seen, monkeypatch):
    before = json.dumps(seen("08-03")._repr_mimebundle_())
    truly = change.comparaisons
    monkeypatch.setattr(
        change,
        "comparaisons",
        lambda *args: truly(*args).assign(effectif=lambda t: t["effectif"] + 1),
    )
    assert json.dumps(seen("08-03")._repr_mimebundle_()) != before


# --- every page of every wave, together ---


def test_all_the_pages_together_give_no_masked_count_away(project, open_in):
    # What a message tells, its exhibit does.
    records = {}
    for vague in (FIRST, SECOND):
        wave = open_in(project, vague)
        for slug in wave.report.chapters_of(wave.id):
            module = getattr(chapters, slug[3:])
            for name in sorted(n for n in vars(module) if re.fullmatch(r"(fig|tab)_\d\d_\d\d", n)):
                # Nothing is compared in a wave of which nothing was printed.
                if shown := getattr(module, name)(wave):
                    records[f"{vague} {shown.id}"] = read(shown.let_out)
    assert len(records) > 45
    assert audit(records) == ()
