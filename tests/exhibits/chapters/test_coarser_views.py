"""Chapters 01, 03, 07 and 08 as funders read them: coarser where detail would only be masks."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import pytest

from atc.disclosure import Release
from atc.disclosure.audit import audit
from atc.disclosure.prose import small_counts
from atc.disclosure.record import read
from atc.errors import DisclosureRefused
from atc.exhibits import chapters, notices
from atc.exhibits.chapters import evolution, jeux_d_acteurs, methode, synthese
from atc.exhibits.published import DIFFERENT, Control
from atc.indicators import acteurs, change, terrain
from atc.typography import french

ONE_WAVE = {
    "01-01": methode.fig_01_01,
    "01-02": methode.fig_01_02,
    "01-03": methode.tab_01_03,
    "01-04": methode.fig_01_04,
    "03-01": jeux_d_acteurs.fig_03_01,
    "03-02": jeux_d_acteurs.fig_03_02,
    "03-03": jeux_d_acteurs.fig_03_03,
    "03-04": jeux_d_acteurs.tab_03_04,
    "03-05": jeux_d_acteurs.tab_03_05,
}
TWO_WAVES = {
    "08-01": evolution.fig_08_01,
    "08-02": evolution.fig_08_02,
    "08-03": evolution.fig_08_03,
    "08-04": evolution.fig_08_04,
    "08-05": evolution.fig_08_05,
    "08-06": evolution.tab_08_06,
}
FIRST, SECOND = "2020-automne", "2021-automne"
SHOWN = [
    *((id_, vague) for id_ in ONE_WAVE for vague in (FIRST, SECOND)),
    *((id_, SECOND) for id_ in TWO_WAVES),
]
EVERY = pytest.mark.parametrize(("id_", "vague"), SHOWN)
FLOOR = 5
_MOVES = "les notes montent plus souvent qu’elles ne baissent"


@pytest.fixture
def seen(project, open_in):
    """One exhibit of one wave at one tier."""

    def make(id_: str, vague: str, diffusion: str = "financeurs"):
        return {**ONE_WAVE, **TWO_WAVES}[id_](open_in(project, vague, diffusion))

    return make


def _plain(text: str) -> str:
    return " ".join(text.split())


# --- the message, where it can be said ---


@pytest.mark.parametrize(
    ("id_", "vague", "title"),
    [
        ("01-02", FIRST, "17 destinataires sur 30 (57 %) ont répondu au questionnaire flash"),
        ("01-03", SECOND, "Six monographies, 27 entretiens"),
        ("01-04", FIRST, "Association ou habitant.e : 3 entretiens sur 29"),
        ("01-04", SECOND, "Représentant.e de l’État : moins de 5 entretiens sur 27"),
        ("03-02", SECOND, "13 répondant.es sur 20 disent que leur institution soutient l’expérimentation"),
        ("03-03", FIRST, "Crise sanitaire : le frein le plus cité, par plus de 12 répondant.es sur 17"),
        ("08-01", SECOND, "Sept acteurs institutionnels répondent deux fois, sur 17 en 2020 et 20 en 2021"),
        (
            "08-03",
            SECOND,
            f"Selon les animateur.trices, {_MOVES} : 25 comparaisons contre 8",
        ),
        ("08-05", SECOND, "Modèle de priorités : un autre modèle sur moins de 5 sites sur 15"),
    ],
)
def test_the_title_says_what_may_be_said(seen, id_, vague, title):
    assert _plain(seen(id_, vague).title) == _plain(french(title))


@EVERY
def test_no_sentence_tells_a_small_count_that_was_not_reviewed(seen, id_, vague):
    shown = seen(id_, vague)
    cells = " ; ".join(cell for row in shown.table.rows for cell in row)
    told = f"{shown.title} {shown.subtitle} {shown.reading} {shown.alt} {shown.note} {cells}"
    allowed = set(shown.let_out["small"])
    assert {count.value for count in small_counts(told, FLOOR)} <= allowed
    assert not allowed or vague == FIRST


@EVERY
def test_sentences_read_well_whatever_is_masked(seen, id_, vague):
    shown = seen(id_, vague)
    for text in (shown.title, shown.reading):
        assert "non communiqué" not in text, "say it without a number"
        assert "  " not in text
        assert not re.search(r"\b(?:None|nan|NaN)\b", text)
        assert text == french(text)


# --- what is crossed, and what is not any more ---


def test_who_was_met_on_each_site_is_shown_where_the_report_printed_it(seen):
    printed, later = seen("01-03", FIRST), seen("01-03", SECOND)
    assert "1 délégué.e du préfet" in printed.table.csv()
    assert "Marseille" in printed.reading
    assert [column.name for column in later.table.columns] == ["commune", "total"]
    assert "préfet" not in later.table.csv()
    assert "moins de 5 observations" in _plain(later.reading)
    assert "fonctions" in {column.name for column in seen("01-03", SECOND, "interne").table.columns}


def test_one_more_interview_than_was_printed_stops_the_table(seen, monkeypatch):
    truly = terrain.rencontres

    def another(*args: object) -> pd.DataFrame:
        met = truly(*args)
        return met.assign(effectif=met["effectif"].where(met["fonction"] != "habitant", 2))

    monkeypatch.setattr(terrain, "rencontres", another)
    with pytest.raises(DisclosureRefused, match=r"exceptions\.csv.*la valeur relue est « 1 »"):
        seen("01-03", FIRST)


def test_roles_are_put_together_until_nobody_can_be_counted_out(seen):
    for vague in (FIRST, SECOND):
        shown = seen("01-02", vague)
        assert len(shown.table.rows) == 3
        assert not shown.table.is_masked
        assert len(seen("01-02", vague, "interne").table.rows) == 4


def test_the_order_between_roles_is_said_only_where_it_was_printed(seen):
    assert "délégué.es du préfet soutiennent le plus souvent" in seen("03-02", FIRST).title
    assert "sans nombre" in seen("03-02", FIRST).note
    later = seen("03-02", SECOND)
    assert not re.search(
        "préfet|Ville|intercommunalité", f"{later.title} {later.reading} {later.table.csv()}"
    )
    assert "intercommunalité" in seen("03-02", SECOND, "interne").title


def test_the_interval_is_said_of_a_published_count_only(seen):
    assert "hypergéométrique" in seen("03-02", FIRST).note
    assert "hypergéométrique" not in seen("03-03", FIRST).note
    assert "hypergéométrique" in seen("03-03", FIRST, "interne").note


def test_what_two_waves_share_does_not_give_away_what_was_lost(seen):
    found = {row.modalite: row for row in seen("08-01", SECOND).table.released}
    assert found["carnets"].communs.is_masked
    # Of fifteen sites, fourteen then and fourteen now: « n < 5 » would be one.
    assert found["carnets"].partis.is_withheld
    assert found["institutionnels"].communs.value == 7
    for id_, column in (("08-02", "territoires"), ("08-04", "compares")):
        assert all(count.is_masked for count in seen(id_, SECOND).table.frame[column].dropna())
    assert {"compares", "stable"}.isdisjoint(seen("08-03", SECOND).table.frame.columns)


# --- key messages and controls ---


def test_key_messages_tell_no_masked_count(project, open_in):
    for vague in (FIRST, SECOND):
        told = synthese.messages(open_in(project, vague)).paragraphs
        assert len(told) == 9
        assert not [text for text in told if small_counts(text, FLOOR)]
        assert "non communiqué" not in " ".join(told)


def test_the_precaution_follows_the_chapter_on_method(project, open_in, seen):
    assert "3 entretiens" in _plain(repr(notices.precaution(open_in(project, FIRST))))
    assert "7 entretiens" in _plain(repr(notices.precaution(open_in(project, SECOND))))


def test_a_control_that_differs_does_not_tell_what_the_rows_give(project, open_in, monkeypatch):
    room = importlib.import_module("atc.exhibits.notices.controles")
    truly = room.controls

    def wrong(*args: object) -> tuple[Control, ...]:
        return tuple(replace(each, calcule="4321", verdict=DIFFERENT) for each in truly(*args))

    monkeypatch.setattr(room, "controls", wrong)
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
        changed, here = table.copy(), set(values) & set(table["modalite"])
        # A form of several variables asks for each in turn.
        if not here:
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
    ("id_", "vague", "room", "indicator", "values"),
    [
        (
            "01-04",
            SECOND,
            terrain,
            "entretiens_par_groupe",
            {"etat": {"effectif": 2}, "animateur": {"effectif": 5}},
        ),
        ("03-02", SECOND, acteurs, "postures", {"observateur": {"effectif": 6}, "reserve": {"effectif": 1}}),
        ("03-03", FIRST, acteurs, "freins", {"frein_crise_sanitaire": {"effectif": 13}}),
        ("08-01", SECOND, change, "presences", {"carnets": {"communs": 12, "partis": 2, "entres": 2}}),
        ("08-04", SECOND, change, "nombres", {"etp": {"stable": 3, "baisse": 3}}),
        ("08-05", SECOND, change, "fidelite", {"modele_principal": {"garde": 13, "change": 2}}),
    ],
)
def test_nothing_that_leaves_depends_on_a_masked_count(
    seen, monkeypatch, id_, vague, room, indicator, values
):
    before = json.dumps(seen(id_, vague)._repr_mimebundle_())
    truly = getattr(room, indicator)
    monkeypatch.setattr(room, indicator, lambda *args: _with(values)(truly(*args)))
    assert json.dumps(seen(id_, vague)._repr_mimebundle_()) == before


def test_a_count_that_is_shown_does_change_what_leaves(seen, monkeypatch):
    before = json.dumps(seen("08-03", SECOND)._repr_mimebundle_())
    truly = change.comparaisons
    monkeypatch.setattr(
        change,
        "comparaisons",
        lambda *args: truly(*args).assign(effectif=lambda t: t["effectif"] + 1),
    )
    assert json.dumps(seen("08-03", SECOND)._repr_mimebundle_()) != before


# --- every page of every wave, together ---


@pytest.fixture
def asked(monkeypatch) -> list[Release]:
    """The releases of the key messages, as they are asked for."""
    room = importlib.import_module("atc.exhibits.prose")
    truly, kept = room.release_for, []

    def remember(*args: object) -> Release:
        kept.append(truly(*args))
        return kept[-1]

    monkeypatch.setattr(room, "release_for", remember)
    return kept


def test_all_the_pages_together_give_no_masked_count_away(project, open_in, asked):
    records = {}
    for vague in (FIRST, SECOND):
        wave = open_in(project, vague)
        for slug in wave.report.chapters_of(wave.id):
            module = getattr(chapters, slug[3:])
            for name in sorted(n for n in vars(module) if re.fullmatch(r"(fig|tab)_\d\d_\d\d", n)):
                shown = getattr(module, name)(wave)
                records[f"{vague} {shown.id}"] = read(shown.let_out)
        synthese.messages(wave)
    assert len(asked) == 18
    records |= {f"message {i}": release.record for i, release in enumerate(asked)}
    assert len(records) > 60
    assert audit(records) == ()
