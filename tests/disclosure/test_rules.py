"""Each rule of privacy on tables made by hand."""

import dataclasses
import datetime as dt
import math
from pathlib import Path

import pandas as pd
import pytest
from disclosure.tables import WHAT, counts, release, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from atc.disclosure import Count, Measure, Ratio, Release, Released, Rules, leading
from atc.disclosure.exceptions import Reviewed
from atc.disclosure.release import FORBIDDEN
from atc.disclosure.released import SEAL
from atc.indicators.measures import Part, Resume
from atc.survey.dictionary import PERSON, PUBLIC_ACT
from atc.survey.errors import DisclosureRefused
from atc.survey.paths import find_project
from atc.survey.settings import load_settings
from atc.survey.typography import NBSP

FEW = f"n{NBSP}<{NBSP}5"


def reviewed(line: str, column: str, value: str, effect: str = "montrer") -> dict[tuple[str, str], Reviewed]:
    when = dt.date(2026, 11, 23)
    row = Reviewed(2, "2021-automne", "F02-05", line, column, effect, value, "publié", "équipe", when)
    return {(line, column): row}


def effectifs(values: list[int], floor: int = 5, total: int | None = None, **kwargs: object) -> list[str]:
    released = release(floor, **kwargs).distribution(counts(values, total), WHAT)
    return [text for (text,) in shown(released, "effectif")]


@pytest.mark.parametrize("floor", [3, 5, 10, 11])
def test_the_floor_is_the_first_count_that_is_read(floor):
    one = release(floor)
    assert one.count(floor, "a.b=floor").value == floor
    assert one.count(0, "a.b=0").value == 0
    for value in range(1, floor):
        count = one.count(value, f"a.b={value}")
        assert (count.value, count.low, count.high, count.status) == (None, 1, floor - 1, "D")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 17], ["0", "17"]),
        ([3, 14], [FEW, "n.c."]),
        ([3, 14, 0], [FEW, "n.c.", "0"]),
        ([2, 3, 12], [FEW, FEW, "12"]),
        ([1, 1, 15], [FEW, FEW, "n.c."]),
        ([2, 6, 20, 9], [FEW, "n.c.", "20", "9"]),
        ([4, 6, 6], [FEW, "n.c.", "6"]),
        ([1, 5], ["n.c.", "n.c."]),
        ([1, 5, 0], ["n.c.", "n.c.", "n.c."]),
        ([4, 4], ["n.c.", "n.c."]),
        ([1, 1, 1, 1, 1], ["n.c."] * 5),
        ([2, 0], ["n.c.", "n.c."]),
        ([0, 0], ["0", "0"]),
        ([], []),
    ],
)
def test_a_distribution_masks_as_much_as_it_must(values, texts):
    assert effectifs(values) == texts


def test_parts_that_are_printed_nowhere_are_protected_from_the_others():
    assert effectifs([5, 9], total=16) == ["5", "n.c."]
    assert effectifs([5, 9], total=14) == ["5", "9"]
    assert effectifs([5, 9], total=20) == ["5", "9"]


def test_a_total_under_the_floor_says_nothing_of_its_parts():
    released = release().distribution(counts([2, 1, 0]), WHAT)
    assert shown(released, "effectif", "total") == [["n.c.", FEW]] * 3


@pytest.mark.parametrize("column", ["effectif", "total"])
def test_an_unknown_count_is_never_nothing(column):
    frame = counts([9, 8]).astype({column: "float64"})
    frame.loc[0, column] = math.nan
    with pytest.raises(ValueError, match="NaN"):
        release().distribution(frame, WHAT)


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=6), st.sampled_from([3, 5, 10, 11]))
def test_what_is_shown_is_true_and_never_small(values, floor):
    released = release(floor).distribution(counts(values), WHAT)
    for value, row in zip(values, released, strict=True):
        assert row.effectif.low <= value <= row.effectif.high
        assert row.effectif.is_masked or not 1 <= value < floor
        assert row.effectif.is_masked == (row.effectif.low < row.effectif.high)


@pytest.mark.parametrize("total", [5, 99, 100, 200])
def test_nothing_of_a_masked_total_shows_through_its_bound(total):
    hide = reviewed("*", "total", str(total), "masquer")
    released = release(exceptions=hide).distribution(counts([total]), WHAT)
    assert released.frame["total"].iloc[0].high in {100, 1000}


def test_small_bands_are_merged_before_anything_is_masked():
    one = release()
    merged = one.distribution(counts([2, 3, 9, 1]), WHAT, bands=lambda labels: f"{labels[0]} à {labels[-1]}")
    assert [(row.modalite, row.libelle, row.effectif.value) for row in merged] == [
        ("m0|m1", "Modalité 0 à Modalité 1", 5),
        ("m2|m3", "Modalité 2 à Modalité 3", 10),
    ]
    assert one.record.merged == {f"2021-automne/{WHAT}&modalite=m{i}" for i in (0, 1, 3)}


def test_what_was_said_once_is_said_again():
    one = release()
    first = one.distribution(counts([3, 14]), WHAT).row(modalite="m1").effectif
    assert one.ratio(Part(14, 17), f"{WHAT}&modalite=m1").effectif == first
    other = release()
    other.ratio(Part(12, 17), f"{WHAT}&modalite=m1")
    after = other.distribution(counts([2, 12, 14], total=28), WHAT)
    assert [row.effectif.shown for row in after] == [FEW, "12", "n.c."]


def test_at_interne_everything_is_exact():
    one = release(diffusion="interne")
    assert [row.effectif.value for row in one.distribution(counts([1, 3, 0]), WHAT)] == [1, 3, 0]
    assert one.summary(Resume(2, 0.4, 1.5, 0.9, 0.8), "a.b").minimum == 0.4
    assert one.names(["Avignon"], "a.b=c") == ("Avignon",)
    assert one.record.plain()["ranges"] == {}


def test_the_order_of_rows_says_nothing_of_masked_counts():
    for values in ([2, 3, 12, 20, 0], [3, 2, 12, 20, 0]):
        order = [row.modalite for row in release().distribution(counts(values), WHAT).descending()]
        assert order == ["m3", "m2", "m4", "m0", "m1"]


FEWER, MOST, HIDDEN = Count(1, 4, "D"), Count(10, 13, "D", of_the_rest=True), Count(5, 9, "S")
n = Count.exactly


@pytest.mark.parametrize(
    ("counts", "first"),
    [
        ([n(7), n(3), n(4)], ["a"]),
        ([n(5), n(5), FEWER], ["a", "b"]),
        ([n(4), FEWER], []),
        ([n(5), FEWER, FEWER], ["a"]),
        ([HIDDEN, FEWER, FEWER], ["a"]),
        ([HIDDEN, n(6)], []),
        ([n(7), MOST], ["b"]),
        ([MOST, n(10)], []),
        ([FEWER, FEWER], []),
        ([], []),
    ],
)
def test_a_row_leads_only_if_no_masked_count_could_be_as_large(counts, first):
    frame = pd.DataFrame({"modalite": list("abc")[: len(counts)], "effectif": counts}, dtype="object")
    released = Released(frame, SEAL)
    assert [row.modalite for row in leading(released)] == first


def test_everybody_shows_under_a_masked_total_too():
    row = {"item": "a", "hausse": 6, "stable": 0, "baisse": 0, "deux": 6, "avant": 9, "apres": 9, "tous": 15}
    one, wholes = release(), {"avant": "2020-automne/scores.item", "apres": "2021-automne/scores.item"}
    told = one.splits(
        pd.DataFrame([row]),
        "evolution.scores",
        by=("item",),
        parts=("hausse", "stable", "baisse"),
        total="deux",
        wholes=wholes,
        among="tous",
    )
    assert shown(told, "stable", "baisse", "deux") == [["0", "0", "n.c."]]
    assert "2021-automne/evolution.scores&item=a&sens=hausse : tous" in one.record.alerts


def test_a_site_is_not_a_person():
    protects = {"themes": PUBLIC_ACT, "contrat": PERSON, "reseau": PUBLIC_ACT}
    rules = Rules("financeurs", 5, 10, 3, protects)
    table, lines = counts([4, 10]), counts([3, 9]).assign(reseau="a")
    for what, few in (("carnet_de_bord.themes", "4"), ("carnet_de_bord.contrat", FEW), ("ailleurs.x", FEW)):
        assert shown(Release("v", "F02-05", rules).distribution(table, what), "effectif")[0] == [few]
    for what, few in (("carnet_de_bord.themes", "3"), ("carnet_de_bord.contrat", "n.c.")):
        crossed = Release("v", "F02-05", rules).crossing(lines, what, rows="reseau", columns="modalite")
        assert shown(crossed, "effectif")[0] == [few]


@pytest.mark.parametrize(
    ("values", "texts"),
    [([22, 4], ["n > 21"]), ([3, 22, 1], ["n > 21"]), ([1, 3, 4], ["8"]), ([4, 4, 18], ["8", "18"])],
)
def test_the_band_that_holds_nearly_all_stands_alone(values, texts):
    bands = release().distribution(counts(values), WHAT, bands=" à ".join)
    assert [row[0].replace("\N{NO-BREAK SPACE}", " ") for row in shown(bands, "effectif")] == texts


def test_nobody_and_everybody_raise_an_alert():
    one = release()
    one.distribution(counts([0, 17]), WHAT)
    one.ratio(Part(9, 9), "a.b=oui")
    one.check(["Tous les sites ont répondu.", "Rien ne change."])
    assert len(one.record.alerts) == 4
    assert "« Tous les sites ont répondu. »" in one.record.alerts


def test_no_extreme_leaves_unless_it_was_reviewed():
    resume = Resume(14, 0.4, 1.5, 0.85, 0.8)
    assert release().summary(resume, "a.etp").minimum is None
    one = release(exceptions=reviewed("a.etp", "minimum", "0.4"))
    assert (one.summary(resume, "a.etp").minimum, one.summary(resume, "a.etp").maximum) == (0.4, None)


@pytest.mark.parametrize(("n", "mediane", "moyenne"), [(4, None, None), (5, 0.8, None), (10, 0.8, 0.9)])
def test_a_median_needs_the_floor_and_a_mean_needs_ten(n, mediane, moyenne):
    told = release().summary(Resume(n, 0.1, 2, 0.9, 0.8), "a.b")
    assert (told.mediane, told.moyenne) == (mediane, moyenne)


def test_the_median_of_a_few_is_withheld_even_where_their_number_was_reviewed():
    frame = pd.DataFrame({"item": ["a", "b", "c"], "mediane": [5.0, 6.0, math.nan], "n": [3, 9, 0]})
    one = release(exceptions=reviewed("a", "n", "3"))
    rows = list(one.splits(frame, "scores.item", by=("item",), total="n", values=("mediane",)))
    assert [row.n.value for row in rows] == [3, 9, 0]
    assert [row.mediane.value for row in rows[:2]] == [None, 6.0]
    assert math.isnan(rows[2].mediane.value)
    assert dataclasses.replace(rows[2].mediane, value=0.0) == Measure(0.0)
    assert rows[2].mediane.known is None


def test_a_number_that_did_not_go_through_the_rules_stays_behind():
    released = release().distribution(counts([9, 8]).assign(secret=[1, 2]), WHAT)
    assert set(released.frame.columns) == {"modalite", "libelle", "effectif", "total"}


@pytest.mark.parametrize("pair", FORBIDDEN, ids=lambda pair: "-".join(sorted(pair)))
@pytest.mark.parametrize("turned", [False, True])
def test_some_columns_are_never_crossed_beyond_interne(pair, turned):
    rows, columns = sorted(pair, reverse=turned)
    frame = pd.DataFrame({rows: ["a"], columns: ["b"], "effectif": [40], "total": [40]})
    with pytest.raises(DisclosureRefused, match="ne se croisent pas"):
        release().crossing(frame, "a.b", rows=rows, columns=columns)
    assert release(diffusion="interne").crossing(frame, "a.b", rows=rows, columns=columns).row()


def test_a_reviewed_count_is_shown_and_noted():
    one = release(exceptions=reviewed("m0", "effectif", "3"))
    assert [row.effectif.shown for row in one.distribution(counts([3, 14]), WHAT)] == ["3", "14"]
    assert (one.record.exceptions, one.record.small) == ({2}, {3})
    one.check(["3 territoires sur 17"])
    with pytest.raises(DisclosureRefused, match="2 territoires"):
        one.check(["2 territoires sur 17"])


def test_an_exception_that_no_longer_matches_is_refused():
    with pytest.raises(DisclosureRefused, match="la valeur relue est « 4 »"):
        release(exceptions=reviewed("m0", "effectif", "4")).distribution(counts([3, 14]), WHAT)
    one = release(exceptions=reviewed("m9", "effectif", "3"))
    one.distribution(counts([3, 14]), WHAT)
    with pytest.raises(DisclosureRefused, match="aucune case ne correspond"):
        one.finish()


def test_exceptions_that_give_a_masked_count_away_are_refused():
    with pytest.raises(DisclosureRefused, match="laissent déduire"):
        release(exceptions=reviewed("m1", "effectif", "14")).distribution(counts([3, 14]), WHAT)


@pytest.mark.parametrize("value", [0, 3, 14])
def test_a_reviewed_count_is_masked_whatever_its_size(value):
    one = release(exceptions=reviewed("x=1", "effectif", str(value), "masquer"))
    count = one.ratio(Part(value, 17), "x=1").effectif
    assert (count.shown, count.low, count.high) == ("n.c.", 0, 17)


def test_names_of_sites_leave_only_as_they_were_reviewed():
    one = release(exceptions=reviewed("a.b=c", "noms", "Aubenas, Avignon"))
    assert one.names(["Aubenas", "Avignon"], "a.b=c") == ("Aubenas", "Avignon")
    assert release().names(["Aubenas", "Avignon"], "a.b=c") is None
    with pytest.raises(DisclosureRefused, match="une autre"):
        one.names(["Aubenas"], "a.b=c")


def test_percentages_wait_for_thirty_and_never_follow_a_masked_count():
    thresholds = load_settings(find_project(Path(__file__))).small_numbers

    def text(part: int, total: int, *, printed: bool = False) -> str:
        ratio = release().ratio(Part(part, total), f"a.b={part}.{total}")
        return ratio.texte(thresholds, pourcentage_publie=printed)

    assert text(5, 9) == "n.c. sur 9" or "%" not in text(5, 9)
    assert text(17, 29) == "17 sur 29"
    assert "%" in text(17, 29, printed=True)
    assert "%" in text(17, 30)
    assert text(3, 40) == "moins de 5 sur 40"
    assert text(38, 40) == "plus de 35 sur 40"
    assert math.isnan(Ratio(Count(1, 4, "D"), Count.exactly(40)).part)


# Types say the same before anything runs: see `unreleased`.


@pytest.mark.parametrize("seal", [None, object(), "SEAL", True])
def test_nobody_else_makes_a_table_fit_to_leave(seal):
    with pytest.raises(TypeError, match="makes a table fit to leave"):
        Released(counts([3, 14]), seal)


def test_a_table_fit_to_leave_lends_its_seal_to_no_other():
    released = release().distribution(counts([3, 14]), "x.y")
    with pytest.raises((TypeError, ValueError), match="seal"):
        dataclasses.replace(released, frame=counts([3, 14]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        released.frame = counts([3, 14])


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(effectif=[3, 14]),
        lambda frame: frame.assign(part=[3 / 17, 14 / 17]),
        lambda frame: pd.concat([frame, counts([3, 14])]),
    ],
)
def test_no_number_joins_a_released_table_from_elsewhere(change):
    released = release().distribution(counts([3, 14]), "x.y")
    with pytest.raises(ValueError, match="from elsewhere"):
        released.reshaped(change)
