import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atc.indicators import measures
from atc.indicators.measures import Resume, Tranche
from atc.indicators.parts import Part

CODES = {"a": "Alpha", "b": "Bêta", "c": "Gamma"}
TRANCHES = (
    Tranche("bas", "Bas", pd.Interval(0, 1, closed="left")),
    Tranche("un", "Un", pd.Interval(1, 1, closed="both")),
    Tranche("haut", "Haut", pd.Interval(1, 10, closed="right")),
)


def test_modalites_without_answer_are_counted_as_zero_in_the_order_of_the_questionnaire(frame, dictionary):
    table = frame("carnet_de_bord", contrat=["autre", "autre", None, "cdd"])
    counts = measures.par_modalite(table, dictionary.field("carnet_de_bord.contrat"))
    assert list(counts["modalite"]) == ["cdd", "cdi", "autre"]
    assert list(counts["libelle"]) == ["CDD", "CDI", "Autre statut"]
    assert list(counts["effectif"]) == [1, 0, 2]
    assert list(counts["total"]) == [3, 3, 3]
    assert list(counts["part"]) == pytest.approx([1 / 3, 0, 2 / 3])


def test_wider_groups_add_their_modalites_up(frame, dictionary):
    table = frame("positionnements", portage=["faible_subi", "binome", "faible_assume", None])
    counts = measures.par_groupe(table, dictionary.field("positionnements.portage"))
    assert dict(zip(counts["modalite"], counts["effectif"], strict=True)) == {
        "binome": 1,
        "triumvirat": 0,
        "faible": 2,
    }
    assert set(counts["total"]) == {3}


def test_an_empty_table_gives_zeros_and_unknown_parts(frame, dictionary):
    counts = measures.par_modalite(
        frame("carnet_de_bord", contrat=[]), dictionary.field("carnet_de_bord.contrat")
    )
    assert list(counts["effectif"]) == [0, 0, 0]
    assert counts["part"].isna().all()


def test_present_labels_leave_the_empty_ones_out(frame, dictionary):
    table = frame("positionnements", portage=["faible_subi", "binome"])
    field = dictionary.field("positionnements.portage")
    assert measures.presentes(table, field) == (
        "Binôme délégué.e du préfet – animateur.trice",
        "Soutien faible, distance subie",
    )
    assert measures.groupes_presents(table, field) == ("Binôme", "Soutien faible")


def test_boxes_count_yes_out_of_those_who_answered():
    table = pd.DataFrame(
        {
            "x": pd.Series([True, False, None, True], dtype="boolean"),
            "y": pd.Series([False, False, False, False], dtype="boolean"),
        }
    )
    counts = measures.cases(table, {"x": "Ici", "y": "Là"})
    assert list(counts["effectif"]) == [2, 0]
    assert list(counts["total"]) == [3, 4]
    assert measures.cochees(table, {"x": "Ici", "y": "Là"}) == ("Ici",)


def test_part_of_a_value_leaves_missing_answers_out(frame):
    table = frame("carnet_de_bord", contrat=["cdd", None, "cdi"], temps_plein=[None, None, True])
    assert measures.part(table, "contrat", "cdd") == Part(1, 2)
    assert measures.part(table, "temps_plein") == Part(1, 1)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([*CODES, None])))
def test_counts_add_up_to_the_answers_given(codes):
    counts = measures.tally(CODES, pd.Series(codes, dtype="object"))
    answered = [code for code in codes if code is not None]
    assert counts["effectif"].sum() == len(answered)
    assert (counts["total"] == len(answered)).all()
    assert [answered.count(code) for code in CODES] == list(counts["effectif"])


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([*CODES, None])), st.randoms())
def test_the_order_of_rows_does_not_matter(codes, random):
    shuffled = random.sample(codes, len(codes))
    first, second = (measures.tally(CODES, pd.Series(c, dtype="object")) for c in (codes, shuffled))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("value", "band"), [(0, "bas"), (0.999, "bas"), (1, "un"), (1.001, "haut"), (10, "haut")]
)
def test_bounds_of_bands(value, band):
    counts = measures.par_tranche(pd.Series([value, None]), TRANCHES).set_index("modalite")
    assert counts.loc[band, "effectif"] == 1
    assert counts["effectif"].sum() == 1
    assert set(counts["total"]) == {1}


@pytest.mark.parametrize("value", [-0.1, 10.1])
def test_a_value_outside_every_band_is_not_lost_in_silence(value):
    with pytest.raises(ValueError, match="no band"):
        measures.par_tranche(pd.Series([value]), TRANCHES)


def test_summary():
    assert measures.resume(pd.Series([0.4, 1.5, None, 0.5])) == Resume(3, 0.4, 1.5, 0.8, 0.5)


def test_a_summary_of_nothing_counts_nobody():
    found = measures.resume(pd.Series([None, None], dtype="float64"))
    assert found.effectif == 0
    assert all(math.isnan(v) for v in (found.minimum, found.maximum, found.moyenne, found.mediane))


def test_the_mean_of_decimals_keeps_its_decimals():
    # 0.1 three times is 0.30000000000000004 / 3 in floating point.
    assert measures.resume(pd.Series([0.1, 0.1, 0.1])).moyenne == 0.1
    assert measures.resume(pd.Series([0.8, 0.9])).mediane == 0.85
