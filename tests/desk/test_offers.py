"""The lists only offer what makes sense, and all that they offer has an answer, or a reason in French."""

import random
from dataclasses import replace

import pytest
from views import THEN, opened, waves_of

from atc.desk.answer import answer
from atc.desk.offers import refusal, settled
from atc.desk.view import ANALYSES, CROSSED, FLAT, LENSES, SHEET, View
from atc.disclosure.release import FORBIDDEN
from atc.exhibits.variables import FILTERS
from atc.survey.errors import AtcError

TIERS = ("interne", "financeurs", "public")


def offered(view, settings):
    return settled(view, settings, opened)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("analysis", ANALYSES)
def test_nearest_view_makes_sense_and_is_its_own_nearest(tier, analysis, settings):
    view, offers = offered(View((), tier, analysis), settings)
    assert refusal(view, waves_of(view)) == ""
    assert offered(view, settings) == (view, offers)


@pytest.mark.parametrize("tier", TIERS)
def test_whatever_is_chosen_at_random_has_an_answer_or_a_reason(tier, settings):
    drawn, reasons = random.Random(tier), []
    view, offers = offered(View((), tier), settings)
    for _ in range(25):
        name = drawn.choice(["analyse", "vagues", "variable", "groupe", "table", "filtres"])
        if name == "filtres":
            some = {key: options for key, options in offers.lists.items() if key in FILTERS}
            view = replace(view, filtres={key: drawn.choice(options)[1] for key, options in some.items()})
        elif offers.lists[name]:
            value = drawn.choice(offers.lists[name])[1]
            view = replace(view, **({"variable": f"{value}."} if name == "table" else {name: value}))
        view, offers = offered(view, settings)
        try:
            answer(view, waves_of(view))
        except AtcError as reason:
            reasons.append(str(reason))
    # Nobody may have answered in a small selection; most choices show something.
    assert len(reasons) < 10
    assert all(reason.endswith(".") for reason in reasons)


@pytest.mark.parametrize("tier", ["financeurs", "public"])
def test_what_a_tier_may_not_see_is_not_offered(tier, settings):
    _, offers = offered(View((THEN,), tier, SHEET), settings)
    assert SHEET not in [value for _, value in offers.lists["analyse"]]
    for analysis in ANALYSES:
        view, offers = offered(View((), tier, analysis), settings)
        assert "territoire" not in offers.lists
        if analysis == CROSSED:
            assert "carnet_de_bord" not in [table for _, table in offers.lists["table"]]
            for _, table in offers.lists["table"]:
                view, inside = offered(replace(view, variable=f"{table}."), settings)
                for _, variable in inside.lists["variable"]:
                    _, around = offered(replace(view, variable=variable), settings)
                    pairs = {
                        frozenset((variable.partition(".")[2], cut.partition(".")[2]))
                        for _, cut in around.lists["groupe"]
                    }
                    assert not pairs & set(FORBIDDEN)


def test_a_second_filter_is_not_offered_beyond_the_evaluation_team_and_the_desk_says_why(settings):
    view = View((THEN,), "financeurs", FLAT, "questionnaire_flash.posture")
    _, offers = offered(view, settings)
    assert {"reseau", "modele"} <= set(offers.lists)
    _, offers = offered(replace(view, filtres={"reseau": "fcsf"}), settings)
    assert [name for name in offers.lists if name in FILTERS] == ["reseau"]
    assert any("un seul filtre" in reason for reason in offers.absent)


def test_a_choice_that_still_fits_is_kept(settings):
    view, _ = offered(
        View((THEN,), "interne", FLAT, "carnet_de_bord.etp", filtres={"reseau": "fcsf"}), settings
    )
    crossed, _ = offered(replace(view, analyse=CROSSED), settings)
    assert (crossed.variable, crossed.filtres, crossed.vagues) == (view.variable, view.filtres, view.vagues)
    lenses, _ = offered(replace(view, analyse=LENSES), settings)
    assert lenses.table == "scores"
