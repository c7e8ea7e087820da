"""Chapters 01 to 07 on a wave of which nothing was published: no edit, no word of another wave."""

import json
import re

import pytest

from atc.exhibits import chapters, notices
from atc.exhibits.model import Exhibit
from atc.exhibits.published import EQUAL, controls
from atc.survey.paths import find_project

SLUGS = (
    "01_methode",
    "02_feuille_de_route",
    "03_jeux_d_acteurs",
    "04_poste_d_animateur",
    "05_modeles",
    "06_premiers_effets",
)


def _functions():
    for slug in SLUGS:
        module = getattr(chapters, slug[3:])
        for name in sorted(vars(module)):
            if re.fullmatch(r"(fig|tab)_\d\d_\d\d", name):
                yield pytest.param(getattr(module, name), id=name)


@pytest.mark.parametrize("function", list(_functions()))
def test_each_exhibit_follows_the_data(function, wave):
    shown = function(wave)
    assert isinstance(shown, Exhibit)
    html = shown._repr_mimebundle_()["text/html"]
    told = f"{shown.title} {shown.subtitle} {shown.reading} {shown.note} {shown.source}"
    assert "NaN" not in html
    assert "rétrospectif" not in told
    assert "été 2020" not in told
    # What took place when, and what letters stand for, is public in every wave.
    assert "publié" not in shown.mention or shown.id in {"F01-07", "T01-08"}


def test_the_situation_is_that_of_the_wave(wave, project, open_in):
    now = chapters.jeux_d_acteurs.fig_03_01(wave)
    then = chapters.jeux_d_acteurs.fig_03_01(open_in(project, "2020-automne"))
    assert "au moment de l’enquête" in now.subtitle
    assert "avant le démarrage, jugée après coup" in then.subtitle
    assert "Regard rétrospectif" in then.note


def test_items_bear_the_words_of_their_wave(wave, project, open_in):
    code = "scores.item"
    assert wave.field(code).labels["confiance"].endswith("se disent franchement les choses")
    assert open_in(project, "2020-automne").field(code).labels["confiance"].endswith("se font confiance")


def test_key_messages_say_nothing_that_only_the_first_wave_could(wave):
    told = repr(chapters.synthese.messages(wave))
    assert "intermédiaire" not in told
    assert "situation de départ" not in told
    assert "NaN" not in told


@pytest.mark.parametrize("slug", SLUGS)
def test_where_nothing_was_printed_nothing_is_compared(wave, slug):
    assert notices.controles(wave, slug) is None


@pytest.mark.parametrize("name", ["tab_07_01", "tab_07_02", "tab_07_04"])
def test_nor_at_the_end_of_the_report(wave, name):
    assert getattr(chapters.synthese, name)(wave) is None


def test_whom_a_quotation_covers_is_for_the_team_alone(project, open_in):
    tables = (
        chapters.synthese.tab_07_01,
        chapters.synthese.tab_07_02,
        lambda wave: notices.controles(wave, "03_jeux_d_acteurs"),
    )
    for show in tables:
        assert "attribution" in show(open_in(project, "2020-automne", "interne")).table.csv()
        assert "attribution" not in show(open_in(project, "2020-automne", "financeurs")).table.csv()


def test_published_figures_still_hold_on_the_first_wave(project, open_in):
    verdicts = {control.id: control.verdict for control in controls(open_in(project, "2020-automne"))}
    assert set(verdicts.values()) == {EQUAL}


@pytest.mark.parametrize("slug", [*SLUGS, "07_synthese", "08_evolution"])
def test_the_prose_of_notebooks_names_no_wave(slug):
    cells = json.loads((find_project().notebooks / f"{slug}.ipynb").read_text(encoding="utf-8"))["cells"]
    prose = " ".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert not re.search(r"20\d\d", prose)
    assert "à ce stade" not in prose
    assert "Il est tôt" not in prose
