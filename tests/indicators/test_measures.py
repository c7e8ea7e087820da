import math

import pandas as pd
import pytest

from atc.indicators import measures
from atc.indicators.measures import Part, Resume

ETP = measures.edges(0.5, 0.8, 1, math.inf, whole=False)
MEETINGS = measures.edges(0, 2, 4, 7, math.inf, zero="Aucune")
SCORES = measures.edges(3, 5, 7, 10, first=1)


def test_an_impossible_share_is_refused_and_that_of_nobody_unknown():
    for effectif, total in ((8, 7), (-1, 7), (1, 0)):
        with pytest.raises(ValueError, match="not a share"):
            Part(effectif, total)
    assert math.isnan(Part(0, 0).part)
    assert Part(1200, 2400).comptes == "1\N{NARROW NO-BREAK SPACE}200 sur 2\N{NARROW NO-BREAK SPACE}400"


def test_modalites_without_answer_are_counted_as_zero_in_the_order_of_the_questionnaire(frame, dictionary):
    table = frame("carnet_de_bord", contrat=["autre", "autre", None, "cdd"])
    counts = measures.tally(dictionary.field("carnet_de_bord.contrat").labels, table["contrat"])
    assert list(counts["modalite"]) == ["cdd", "cdi", "autre"]
    assert list(counts["libelle"]) == ["CDD", "CDI", "Autre statut"]
    assert list(counts["effectif"]) == [1, 0, 2]
    assert list(counts["total"]) == [3, 3, 3]


def test_boxes_and_values_are_counted_out_of_those_who_answered():
    ticked = {"x": [True, False, None, True], "y": [False] * 4}
    table = pd.DataFrame({name: pd.Series(cells, dtype="boolean") for name, cells in ticked.items()})
    counts = measures.cases(table, {"x": "Ici", "y": "Là"})
    assert list(counts["effectif"]) == [2, 0]
    assert list(counts["total"]) == [3, 4]
    assert measures.part(pd.DataFrame({"contrat": ["cdd", None, "cdi"]}), "contrat", "cdd") == Part(1, 2)


@pytest.mark.parametrize(
    ("bands", "values", "labels"),
    [
        (ETP, [0.4, 0.5], "0,5 ou moins"),
        (ETP, [0.51, 0.8], "Plus de 0,5 à 0,8"),
        (ETP, [0.81, 1.0], "Plus de 0,8 à 1"),
        (ETP, [1.01, 30], "Plus de 1"),
        (MEETINGS, [0], "Aucune"),
        (MEETINGS, [1, 2], "1 ou 2"),
        (MEETINGS, [5, 7], "5 à 7"),
        (MEETINGS, [8, 60], "8 et plus"),
        (SCORES, [1, 3], "1 à 3"),
        (SCORES, [4, 5], "4 ou 5"),
        (SCORES, [8, 10], "8 à 10"),
        (measures.edges(0, 1, 2), [1], "1"),
    ],
)
def test_a_band_holds_its_ends_and_says_so(bands, values, labels):
    found = measures.bands(pd.Series([*values, None], dtype="Float64"), bands)
    counts = measures.tally(found.labels, found.codes)
    assert counts[counts["effectif"] > 0]["libelle"].to_list() == [labels]
    assert set(counts["total"]) == {len(values)}


@pytest.mark.parametrize(("bands", "value"), [(ETP, 0), (MEETINGS, -1), (SCORES, 0), (SCORES, 11)])
def test_a_value_outside_every_band_is_not_lost_in_silence(bands, value):
    with pytest.raises(ValueError, match="no band"):
        measures.bands(pd.Series([value]), bands)


@pytest.mark.parametrize(
    ("bands", "first", "last", "said"),
    [
        (ETP, 0, 1, "0,8 ou moins"),
        (ETP, 1, 2, "Plus de 0,5 à 1"),
        (ETP, 2, 3, "Plus de 0,8"),
        (ETP, 0, 3, "Quelle que soit la valeur"),
        (MEETINGS, 0, 1, "2 ou moins"),
        (MEETINGS, 1, 2, "1 à 4"),
        (MEETINGS, 3, 4, "5 et plus"),
        (MEETINGS, 0, 4, "Quel que soit leur nombre"),
        (SCORES, 0, 1, "1 à 5"),
        (SCORES, 0, 3, "1 à 10"),
    ],
)
def test_neighbouring_bands_make_one_label(bands, first, last, said):
    found = measures.bands(pd.Series([], dtype="float64"), bands)
    assert found.merged([band.libelle for band in bands[first : last + 1]]) == said


def test_directions_count_only_those_who_answered_twice():
    before = pd.Series(["fort", "fort", "faible", "moyen", None, "moyen"])
    after = pd.Series(["faible", "fort", "moyen", "faible", "fort", None])
    found = measures.directions(before, after, ["fort", "moyen", "faible"])
    assert list(found) == ["baisse", "stable", "hausse", "baisse"]
    assert measures.directions(before, before.where(before.isna()), ["fort"]).empty


def test_a_summary_leaves_out_what_is_missing_and_one_of_nothing_counts_nobody():
    assert measures.resume(pd.Series([0.4, 1.5, None, 0.5])) == Resume(3, 0.4, 1.5, 0.8, 0.5)
    found = measures.resume(pd.Series([None, None], dtype="float64"))
    assert found.effectif == 0
    assert all(math.isnan(v) for v in (found.minimum, found.maximum, found.moyenne, found.mediane))
