"""The chapter on change: what it joins, what it names, what it never shows; sentences true of any data."""

import re

import pytest
from clone import edit_codebook, opened
from notebook_craft import FUNCTIONS

from atc.exhibits.chapters import evolution
from atc.intake.newwave import open_new_wave
from atc.intake.wavefiles import write_simulated

FIGURES = [id_ for id_ in FUNCTIONS if id_[:3] == "F08"]


def _plain(text):
    return " ".join(text.split())


@pytest.mark.parametrize("diffusion", ["financeurs", "interne"])
@pytest.mark.parametrize("id_", [*FIGURES, "T08-06"])
def test_every_exhibit_names_both_waves_their_status_and_nobody(id_, diffusion, project, wave):
    shown = FUNCTIONS[id_](opened(project, "2021-automne", diffusion))
    told = f"{shown.title} {shown.reading} {shown.note} {shown.alt} {shown.table.csv()}"
    assert shown.status == "simulé"
    assert "automne 2020" in shown.source
    assert "automne 2021" in shown.source
    assert not re.search(r"\b(?:NaN|nan|None)\b|%", told)
    assert not re.search(r"\b[A-Z]{1,2}-[0-9A-Z]{6}\b", told)
    communes = wave.table("territoires")["commune"].astype(str)
    assert not [commune for commune in communes if re.search(rf"\b{commune}\b", told)]


# --- what is joined ---


def test_when_nothing_may_be_joined_the_exhibits_list_it(own_project):
    def refuse(row):
        if row["comparabilite"] == "identique":
            row.update(comparabilite="rescale", jointure="non", note="Tout a changé.")
        elif row["jointure"] == "oui":
            row["jointure"] = "non"

    edit_codebook(own_project, refuse)
    wave = opened(own_project, "2021-automne")
    for id_ in FIGURES[1:]:
        shown = FUNCTIONS[id_](wave)
        assert "aucun rapprochement possible" in shown.title
        assert shown.draw is None
        assert set(shown.table.frame["rapproche"]) == {"non"}
        assert shown._repr_mimebundle_()["text/html"]


def test_one_measure_that_may_not_be_joined_leaves_the_others(own_project):
    def rescale(row):
        if row["variable"] in {"carnet_de_bord.etp", "carnet_de_bord.instance_associations"}:
            row.update(comparabilite="rescale", jointure="non", note="Compté en jours.")

    edit_codebook(own_project, rescale)
    wave = opened(own_project, "2021-automne")
    shown, seats = evolution.fig_08_04(wave), evolution.fig_08_07(wave)
    assert list(shown.table.frame["modalite"]) == ["reunions_pilotage"]
    assert list(seats.table.frame["modalite"]) == ["instance_institutionnels", "instance_participation"]
    assert "« Temps consacré à l’animation » (changé d’échelle : compté en jours)" in _plain(shown.note)


# --- a third wave ---


@pytest.fixture
def third(own_project):
    """The third wave between evaluators, whose codebook a test may change."""
    open_new_wave(own_project, "2022-automne", "2021-automne")
    write_simulated(own_project, "2022-automne", sites=15, seed=3, previous="2021-automne", replace=True)
    return lambda: evolution.fig_08_02(opened(own_project, "2022-automne", "interne"))


def test_every_wave_is_shown_where_it_may_be_compared(third):
    shown = third()
    headings = [column.label for column in shown.table.columns]
    assert headings[2:] == [
        *(f"Médiane {when}" for when in ("avant", "2020", "2021", "2022")),
        "Territoires comparés",
    ]
    rows = {(row[0], row[1]): row[2:6] for row in shown.table.rows}
    later = {item for (item, _), cells in rows.items() if cells[:2] == ["–", "–"]}
    assert later == {
        "Associations et institutions se disent franchement les choses",
        "Les habitants se sentent capables d’agir sur leur quartier",
    }
    assert all("–" not in cells for (item, _), cells in rows.items() if item not in later)
    title, note, alt = map(_plain, (shown.title, shown.note, shown.alt))
    assert "depuis 2021" in title
    assert "demandé en 2020" in note
    assert "Par rapport à 2020, non rapproché : « Associations et institutions se disent franchement" in note
    assert "quoique reformulé : « La vie associative du quartier est dynamique »" in note
    assert alt.count("(2021)") - alt.count("(2020)") == 4
    assert "automne 2020" in shown.source


def test_a_scale_that_changed_between_the_first_two_waves_leaves_the_last_two(own_project, third):
    def rescale(row):
        if row["variable"] == "scores.score":
            row.update(comparabilite="rescale", jointure="non", note="Autre échelle.")

    edit_codebook(own_project, rescale)
    shown = third()
    assert [c.label for c in shown.table.columns][2:4] == ["Médiane 2021", "Médiane 2022"]
    assert "Aucune phrase ne se rapproche de 2020" in _plain(shown.note)


# --- sentences, whatever the data ---


def test_the_wave_before_is_seen_at_the_same_tier_and_through_the_same_columns(wave):
    before = wave.using(["carnet_de_bord.etp"]).previous()
    assert before.diffusion == wave.diffusion
    assert list(before.table("carnet_de_bord").columns) == ["etp"]
    with pytest.raises(KeyError):
        before.table("scores")
