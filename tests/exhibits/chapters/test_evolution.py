"""The chapter on change: what it joins, what it lists, what it never shows."""

import re

import pytest
from codebook_craft import edit_codebook

from atc.errors import UsageError
from atc.exhibits.chapters import evolution
from atc.exhibits.charts import NARROW, WIDE

FIGURES = ("fig_08_01", "fig_08_02", "fig_08_03", "fig_08_04", "fig_08_05")


@pytest.fixture(scope="session", params=["financeurs", "interne"])
def exhibits(project, open_in, request):
    wave = open_in(project, "2021-automne", request.param)
    return {name: getattr(evolution, name)(wave) for name in (*FIGURES, "tab_08_06")}


@pytest.fixture(scope="session")
def detailed(project, open_in):
    """As the evaluation team sees them: nothing is masked."""
    wave = open_in(project, "2021-automne", "interne")
    return {name: getattr(evolution, name)(wave) for name in FIGURES}


def _texts(exhibit):
    return f"{exhibit.title} {exhibit.reading} {exhibit.note} {exhibit.alt} {exhibit.table.csv()}"


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_every_figure_draws_its_words_inside_the_image(exhibits, name, layout):
    figure = exhibits[name].figure(layout)
    width, height = figure.get_size_inches() * figure.dpi
    renderer = figure.canvas.get_renderer()
    texts = [t for axes in figure.axes for t in axes.texts if t.get_text()] + list(figure.texts)
    assert texts
    for text in texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= width + 1, text.get_text()
        assert -1 <= box.y0 <= box.y1 <= height + 1, text.get_text()


@pytest.mark.parametrize("name", [*FIGURES, "tab_08_06"])
def test_every_exhibit_is_told_as_simulated_and_names_both_waves(exhibits, name):
    shown = exhibits[name]
    assert shown.status == "simulé"
    assert "automne 2020" in shown.source
    assert "automne 2021" in shown.source
    assert "NaN" not in _texts(shown)
    assert "%" not in _texts(shown)
    assert "nan" not in shown.reading.split()


@pytest.mark.parametrize("name", FIGURES)
def test_no_site_is_named_and_no_pseudonym_shown(exhibits, name, wave):
    communes = wave.table("territoires")["commune"].astype(str)
    told = _texts(exhibits[name])
    assert not [commune for commune in communes if re.search(rf"\b{commune}\b", told)]
    assert not re.search(r"\b[A-Z]{1,2}-[0-9A-Z]{6}\b", told)


def test_columns_of_both_waves_are_declared(exhibits):
    for name in FIGURES:
        assert exhibits[name].uses
        assert exhibits[name].uses_before


def test_items_that_may_not_be_joined_are_listed_and_not_compared(exhibits):
    for name in ("fig_08_02", "fig_08_03"):
        compared = exhibits[name].table.csv()
        assert "franchement" not in compared
        assert "projets communs" not in compared
        assert "Associations et institutions se disent franchement les choses" in exhibits[name].note
        assert "(disparu)" in exhibits[name].note
        assert "(nouveau)" in exhibits[name].note


def test_a_reworded_item_that_is_joined_is_said_to_be(detailed):
    shown = detailed["fig_08_03"]
    assert "La vie associative du quartier est dynamique" in shown.table.csv()
    assert "rapproché quoique reformulé" in shown.note


def test_directions_add_up_and_attrition_is_counted(detailed):
    for row in detailed["fig_08_03"].table.released:
        assert row.hausse.value + row.stable.value + row.baisse.value == row.compares.value
    for row in detailed["fig_08_01"].table.released:
        assert row.communs.value + row.partis.value == row.avant.value
        assert row.communs.value + row.entres.value == row.apres.value


def test_moves_count_every_site_once(detailed, exhibits, wave):
    sites = len(wave.table("positionnements"))
    assert sum(count.value for count in detailed["fig_08_05"].table.frame["effectif"]) == sites
    assert exhibits["fig_08_05"].base.n.value == sites


def test_every_variable_is_in_the_table_of_comparability(exhibits, wave):
    shown = exhibits["tab_08_06"].table.frame
    listed = shown["variable"].notna().sum()
    counted = shown.loc[shown["variable"].isna(), "libelle"].str.extract(r"(\d+)\s\w+ variables?$")[0]
    assert listed + counted.astype(int).sum() == len(wave.codebook().entries)


def test_when_nothing_may_be_joined_the_exhibits_list_it(own_project, open_in):
    def refuse(row):
        if row["comparabilite"] == "identique":
            row.update(comparabilite="rescale", jointure="non", note="Tout a changé.")
        elif row["jointure"] == "oui":
            row["jointure"] = "non"

    edit_codebook(own_project, refuse)
    wave = open_in(own_project, "2021-automne")
    for name in ("fig_08_02", "fig_08_03", "fig_08_04", "fig_08_05"):
        shown = getattr(evolution, name)(wave)
        assert "aucun rapprochement possible" in shown.title
        assert shown.draw is None
        assert set(shown.table.frame["rapproche"]) == {"non"}
        assert shown._repr_mimebundle_()["text/html"]


def test_one_measure_that_may_not_be_joined_leaves_the_others(own_project, open_in):
    def rescale(row):
        if row["variable"] == "carnet_de_bord.etp":
            row.update(comparabilite="rescale", jointure="non", note="Compté en jours.")

    edit_codebook(own_project, rescale)
    shown = evolution.fig_08_04(open_in(own_project, "2021-automne"))
    assert "Temps consacré" not in shown.table.csv()
    assert "Réunions" in shown.table.csv()
    assert "Temps consacré à l’animation\N{NO-BREAK SPACE}» (changé d’échelle)" in shown.note


def test_the_first_wave_has_nothing_before_it(project, open_in):
    with pytest.raises(UsageError, match="n’a pas de vague précédente"):
        evolution.fig_08_01(open_in(project, "2020-automne"))


def test_the_wave_before_is_seen_at_the_same_tier_and_through_the_same_columns(wave):
    before = wave.using(["carnet_de_bord.etp"]).previous()
    assert before.diffusion == wave.diffusion
    assert list(before.table("carnet_de_bord").columns) == ["etp"]
    with pytest.raises(KeyError):
        before.table("scores")
