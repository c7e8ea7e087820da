"""Answers: right, masked as the tier wants, and refused in French when there is none."""

import json
from dataclasses import replace

import pytest
from views import NOW, THEN, answered, opened

import atc
from atc.desk import showing
from atc.desk.view import CROSSED, FLAT, LENSES, SHEET, View
from atc.survey.errors import UsageError

BOTH = (THEN, NOW)
MEETINGS = "carnet_de_bord.reunions_pilotage"
QUESTION = View(BOTH, "financeurs", LENSES, "scores.score")


@pytest.mark.parametrize("tier", ["financeurs", "public"])
@pytest.mark.parametrize(
    "view",
    [
        View((NOW,), "", CROSSED, "scores.item=confiance", "territoires.reseau"),
        View((THEN,), "", FLAT, "carnet_de_bord.contrat"),
        replace(QUESTION, diffusion=""),
    ],
    ids=lambda view: view.analyse + "".join(view.filtres),
)
def test_no_small_count_leaves_the_evaluation_team(view, tier):
    exhibit = answered(replace(view, diffusion=tier))
    assert exhibit.table.is_masked
    shown = [cell for row in exhibit.table.rows for cell in row[1:]]
    assert not {"1", "2", "3", "4"} & set(shown)


@pytest.mark.parametrize(
    "view",
    [
        QUESTION,
        View((THEN,), "interne", CROSSED, "effets.type", "territoires.reseau", {"reseau": "cnlrq"}),
        View((NOW,), "interne", SHEET, filtres={"territoire": "avignon"}),
    ],
    ids=lambda view: view.analyse,
)
def test_the_two_lines_remake_the_view(view):
    lines = view.code()
    assert lines.count("\n") == 1
    *before, last = lines.splitlines()
    names = {"atc": atc}
    exec("\n".join(before), names)
    exhibit = eval(last, names)
    expected = answered(view)
    assert (exhibit.id, exhibit.table.csv()) == (expected.id, expected.table.csv())


def test_a_sortable_table_holds_nothing_that_it_does_not_show():
    exhibit = answered(QUESTION)
    html = showing.table(exhibit)["data"]["text/html"]
    data = json.loads(json.loads(html.split('"data_json": ')[1].split(",\n")[0]))
    width = len(exhibit.table.columns)
    for row, shown in zip(data, exhibit.table.rows, strict=True):
        for rank, cell in zip(
            row[width:],
            [c for c, k in zip(shown, exhibit.table.columns, strict=True) if k.numeric],
            strict=True,
        ):
            # A masked count has no rank: it comes first, whatever it is.
            assert (rank == 0) == (not cell.replace(",", "").isdigit())
    # What runs comes with the notebook.
    assert "unpkg" not in html + showing.engine()["data"]["text/html"]


def test_a_wave_and_what_may_be_asked_show_themselves_in_words():
    wave = opened(NOW, "financeurs")
    assert repr(wave) == "<Wave 2021-automne, diffusion financeurs>"
    listed = atc.tables(wave, "scores")
    assert set(listed.data["Table"]) == {wave.dictionary.table("scores").label}
    assert len(listed.data) < len(atc.tables(wave).data)
    with pytest.raises(UsageError, match="pas dans le dictionnaire"):
        atc.tables(wave, "score")
