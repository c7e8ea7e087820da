"""Chapters 02, 04, 05 and 06 as funders read them: the message where it can be said, and no masked count."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from atc.disclosure.prose import small_counts
from atc.exhibits.chapters import feuille_de_route, modeles, poste_d_animateur, premiers_effets
from atc.indicators import animation, effets, pilotage
from atc.indicators import modeles as models
from atc.typography import french

FIGURES = {
    "02-01": feuille_de_route.fig_02_01,
    "02-02": feuille_de_route.fig_02_02,
    "02-03": feuille_de_route.fig_02_03,
    "02-04": feuille_de_route.fig_02_04,
    "02-05": feuille_de_route.fig_02_05,
    "02-06": feuille_de_route.fig_02_06,
    "04-01": poste_d_animateur.fig_04_01,
    "04-02": poste_d_animateur.fig_04_02,
    "05-01": modeles.fig_05_01,
    "05-02": modeles.fig_05_02,
    "05-03": modeles.fig_05_03,
    "05-04": modeles.tab_05_04,
    "06-01": premiers_effets.fig_06_01,
}
EVERY = pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
BOTH = pytest.mark.parametrize("vague", ["2020-automne", "2021-automne"])
FLOOR = 5


@pytest.fixture
def seen(project, open_in):
    """One exhibit of one wave at one tier."""

    def make(function: Callable, vague: str, diffusion: str = "financeurs"):
        return function(open_in(project, vague, diffusion))

    return make


# --- the message, where it can be said ---


@pytest.mark.parametrize(
    ("figure", "vague", "title"),
    [
        ("02-02", "2020-automne", "De 0,4 à 1,5 ETP pour animer la démarche, 0,8 en moyenne"),
        ("02-02", "2021-automne", "1,0 ETP en moyenne pour animer la démarche"),
        ("02-03", "2020-automne", "Une seule personne anime la démarche sur la moitié des territoires"),
        ("02-03", "2021-automne", "Une seule personne anime la démarche sur moins de 5 territoires sur 14"),
        ("02-06", "2021-automne", "Cinq thématiques nommées, chacune sur moins de 5 territoires"),
        (
            "04-02",
            "2021-automne",
            "Un soutien fort de la direction sur plus de 9 territoires au démarrage, moins de 5 aujourd’hui",
        ),
        ("05-02", "2020-automne", "Les sites se partagent également entre trois portages institutionnels"),
        ("05-02", "2021-automne", "Le portage le plus fréquent : triumvirat"),
        ("06-01", "2020-automne", "Cinq sortes de premiers effets relevées par les évaluateurs"),
    ],
)
def test_the_title_says_what_may_be_said(seen, figure, vague, title):
    assert _plain(seen(FIGURES[figure], vague).title) == _plain(french(title))


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_what_the_report_printed_is_still_shown(seen):
    shared = seen(feuille_de_route.fig_02_03, "2020-automne")
    assert "Hombourg-Haut, Roubaix, Strasbourg et Tourcoing" in shared.reading
    assert list(shared.table.frame["effectif"].map(lambda count: count.value)) == [7, 3, 4]
    starts = {
        row.modalite: row.effectif for row in seen(feuille_de_route.fig_02_01, "2020-automne").table.released
    }
    assert (starts["2019-T4"].value, starts["2020-T1"].value) == (6, 4)
    assert all(count.is_masked for code, count in starts.items() if code not in {"2019-T4", "2020-T1"})
    examples = {
        row.modalite: row.effectif for row in seen(premiers_effets.fig_06_01, "2020-automne").table.released
    }
    assert [examples[kind].value for kind in ("theme_commun", "participation", "nouveaux_projets")] == [
        1,
        1,
        2,
    ]
    assert examples["appui_conseil_citoyen"].is_masked


def test_what_it_did_not_print_of_another_wave_is_not(seen):
    spread = seen(feuille_de_route.fig_02_04, "2021-automne")
    assert "14" not in spread.title
    assert "De 3" not in spread.title
    shared = seen(feuille_de_route.fig_02_03, "2021-automne")
    assert not [site for site in ("Roubaix", "Tourcoing", "Les Mureaux") if site in shared.reading]
    assert "Roubaix" in seen(feuille_de_route.fig_02_03, "2021-automne", "interne").reading


@EVERY
@BOTH
def test_no_sentence_tells_a_small_count_that_was_not_reviewed(seen, figure, vague):
    shown = seen(figure, vague)
    told = f"{shown.title} {shown.subtitle} {shown.reading} {shown.alt} {shown.note}"
    allowed = set(shown.let_out["small"])
    assert {count.value for count in small_counts(told, FLOOR)} <= allowed
    assert not allowed or vague == "2020-automne"


@EVERY
@BOTH
def test_sentences_read_well_whatever_is_masked(seen, figure, vague):
    shown = seen(figure, vague)
    for text in (shown.title, shown.reading):
        assert "non communiqué" not in text, "say it without a number"
        assert "  " not in text
        assert "None" not in text
        assert text == french(text)


# --- nothing depends on a masked count ---


def _with(values: Mapping[str, int]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(counts: pd.DataFrame) -> pd.DataFrame:
        assert set(values) <= set(counts["modalite"])
        changed = counts["modalite"].map(values).fillna(counts["effectif"]).astype("int64")
        assert (changed != counts["effectif"]).any()
        return counts.assign(effectif=changed)

    return change


@pytest.mark.parametrize(
    ("figure", "room", "indicator", "values"),
    [
        ("02-01", animation, "debuts_par_trimestre", {"2020-T2": 2, "2020-T3": 1}),
        ("02-02", animation, "etp_par_tranche", {"0_5_ou_moins": 3, "0_5_a_0_8": 4}),
        ("02-05", pilotage, "composition", {"instance_participation": 1, "instance_associations": 12}),
        ("02-06", pilotage, "themes", {"theme_reussite_educative": 3, "theme_cadre_de_vie": 1}),
        ("04-01", animation, "profils", {"doctorat": 3, "autre": 2}),
        ("04-01", animation, "contrats", {"cdd": 11, "cdi": 1}),
        ("05-01", models, "modeles", {"participation": 3, "coordination": 2}),
        ("05-03", models, "organisations", {"minoritaire": 1, "atypique": 3}),
        ("05-04", models, "facteurs", {"facteur_besoins": 13}),
        ("06-01", effets, "sites_par_type", {"appui_conseil_citoyen": 2}),
    ],
)
def test_nothing_that_leaves_depends_on_a_masked_count(seen, monkeypatch, figure, room, indicator, values):
    before = json.dumps(seen(FIGURES[figure], "2020-automne")._repr_mimebundle_())
    truly = getattr(room, indicator)
    monkeypatch.setattr(room, indicator, lambda *args: _with(values)(truly(*args)))
    assert json.dumps(seen(FIGURES[figure], "2020-automne")._repr_mimebundle_()) == before


def test_a_count_that_is_shown_does_change_what_leaves(seen, monkeypatch):
    before = json.dumps(seen(FIGURES["02-06"], "2020-automne")._repr_mimebundle_())
    truly = pilotage.themes
    monkeypatch.setattr(pilotage, "themes", lambda *args: _with({"theme_autres": 8})(truly(*args)))
    assert json.dumps(seen(FIGURES["02-06"], "2020-automne")._repr_mimebundle_()) != before
