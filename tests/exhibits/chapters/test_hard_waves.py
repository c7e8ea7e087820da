"""Data that an evaluator may well bring: few answers, none, all the same. A chapter never fails on them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

import pandas as pd
import pytest

import atc.exhibits.chapters
from atc.disclosure import Release
from atc.disclosure.audit import audit
from atc.exhibits import declare, gate
from atc.exhibits.chapters import (
    evolution,
    feuille_de_route,
    jeux_d_acteurs,
    methode,
    poste_d_animateur,
    synthese,
)
from atc.waves import Wave

SECOND = "2021-automne"
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def changed(monkeypatch, project, open_in):
    """A wave whose tables went through a change, as funders read it."""

    def change(**changes: Change) -> Wave:
        read = Wave.table

        def table(self: Wave, name: str) -> pd.DataFrame:
            found = read(self, name)
            if self.id != SECOND or name not in changes:
                return found
            whole = read(open_in(project, SECOND, "interne"), name)
            return changes[name](whole)[found.columns]

        monkeypatch.setattr(Wave, "table", table)
        return open_in(project, SECOND)

    return change


@pytest.fixture
def asked(monkeypatch) -> list[Release]:
    """Every release that was asked."""
    found: list[Release] = []

    def remember(*args: object) -> Release:
        found.append(gate.release_for(*args))
        return found[-1]

    monkeypatch.setattr(declare, "release_for", remember)
    monkeypatch.setattr(importlib.import_module("atc.exhibits.prose"), "release_for", remember)
    return found


def _betrayed(asked: list[Release]) -> list[str]:
    records = {f"{n} {release.exhibit}": release.record for n, release in enumerate(asked)}
    return [deduction.key for deduction in audit(records)]


def _without(*columns: str) -> Change:
    return lambda table: table.assign(**{c: table[c].mask(pd.Series(True, table.index)) for c in columns})


def _coded(column: str, counts: dict[str, int]) -> Change:
    values = [code for code, count in counts.items() for _ in range(count)]

    def change(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{column: pd.Series(values, table.index).astype(table[column].dtype)})

    return change


@pytest.mark.parametrize("silent", [1, 2, 4])
def test_nearly_everybody_may_answer(changed, asked, silent):
    # Who did not answer is no result: n is printed under every exhibit, and nothing is left to protect.
    wave = changed(
        questionnaire_flash=lambda table: table.assign(
            repondu=pd.Series([i >= silent for i in range(len(table))], table.index).astype("boolean")
        )
    )
    shown = methode.fig_01_02(wave)
    for function in (jeux_d_acteurs.fig_03_02, jeux_d_acteurs.fig_03_03, synthese.messages):
        function(wave)
    assert shown.title.replace("\N{NO-BREAK SPACE}", " ").startswith(f"{36 - silent} destinataires sur 36")
    assert _betrayed(asked) == []


@pytest.mark.parametrize("apart", [(1, 5), (5, 1), (2, 4), (3, 3)])
def test_a_message_chooses_as_its_figure_does(changed, asked, apart):
    # Told in full by the one and in two by the other, « seul » says which two numbers are masked.
    some = _coded("configuration", {"seul": 8, "seul_avec_appui": apart[0], "partage": apart[1]})
    wave = changed(carnet_de_bord=some)
    shown = feuille_de_route.fig_02_03(wave)
    told = next(text for text in synthese.messages(wave).paragraphs if "une seule" in text)
    assert "8" in shown.title
    assert "8" in told
    assert _betrayed(asked) == []


def test_a_wave_may_have_no_monograph(changed):
    wave = changed(
        entretiens=lambda table: table[table["recueil"] != "monographie"],
    )
    for function in (methode.tab_01_03, methode.fig_01_04, synthese.messages):
        function(wave)


@pytest.mark.parametrize("sites", [1, 3, 4])
def test_the_number_of_monographs_is_no_secret(changed, sites):
    def some(table: pd.DataFrame) -> pd.DataFrame:
        met = table["territoire"][table["recueil"] == "monographie"].unique()[:sites]
        return table[table["territoire"].isin(met) | (table["recueil"] != "monographie")]

    assert "monographie" in methode.tab_01_03(changed(entretiens=some)).title


def test_questions_may_be_left_out(changed):
    # Of what may be missing, everything is.
    wave = changed(
        carnet_de_bord=_without(
            "etp",
            "reunions_pilotage",
            "debut_contrat",
            "soutien_demarrage",
            "soutien_actuel",
            "configuration",
        ),
        questionnaire_flash=_without("posture"),
        scores=_without("score"),
    )
    for module in (feuille_de_route, poste_d_animateur, jeux_d_acteurs, evolution):
        for name in module.__dict__:
            if re.fullmatch(r"(?:fig|tab)_\d\d_\d\d", name):
                shown = getattr(module, name)(wave)
                assert shown._repr_mimebundle_()
    synthese.messages(wave)
    assert set(atc.exhibits.chapters.__all__) > {"feuille_de_route", "evolution"}
