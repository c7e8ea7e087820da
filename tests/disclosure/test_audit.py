"""Exhibits that are safe one by one, and give a count away together."""

import pandas as pd
from disclosure.tables import WHAT, counts, release

from atc.disclosure import Release
from atc.disclosure.audit import Record, audit, read

KEY = f"2021-automne/{WHAT}"


def band(labels: list[str]) -> str:
    return f"{labels[0]} à {labels[-1]}"


def found(*releases: Release) -> dict[str, str]:
    """Key -> why, as the gate hears of it: through what an executed notebook holds."""
    records = {f"F{i}": read(one.record.plain()) for i, one in enumerate(releases)}
    return {deduction.key: deduction.why for deduction in audit(records)}


def distribution(values: list[int], what: str = WHAT, **kwargs: object) -> Release:
    one = release()
    one.distribution(counts(values), what, **kwargs)
    return one


def test_safe_exhibits_are_safe_together():
    assert found() == {}
    assert found(distribution([3, 14]), distribution([3, 14]), distribution([2, 9, 9], "a.b")) == {}


def test_a_cell_masked_here_and_printed_there_is_found():
    printed = release()
    printed.count(14, f"{WHAT}&modalite=m1")
    why = found(distribution([3, 14]), printed)
    assert set(why) == {f"{KEY}&modalite=m0", f"{KEY}&modalite=m1"}
    assert "imprimé ailleurs (F1)" in why[f"{KEY}&modalite=m1"]
    assert "se déduit" in why[f"{KEY}&modalite=m0"]


def test_two_counts_of_one_thing_are_found():
    first, second = release(), release()
    first.count(14, "a.b")
    second.count(13, "a.b")
    assert found(first, second) == {"2021-automne/a.b": "deux pages s’y contredisent"}


def test_a_merged_band_beside_unmerged_ones_is_found():
    merged = distribution([2, 5, 10], bands=band)
    assert found(merged) == {}
    printed = release()
    printed.count(5, f"{WHAT}&modalite=m1")
    assert found(merged, printed) == {f"{KEY}&modalite=m0": "il se déduit des totaux et des autres cases"}


def test_a_band_merged_otherwise_elsewhere_is_found():
    """0 à 1 and 1 à 2 are both printed: each alone is safe, and with the total they are not."""
    one = distribution([3, 6, 20], bands=band)
    other = release()
    other.distribution(counts([3, 26]).assign(modalite=["m0", "m1|m2"]), WHAT)
    assert found(one) == found(other) == {}
    left = release()
    left.count(26, f"{WHAT}&modalite=m1|m2")
    left.bind(WHAT, (f"{WHAT}&modalite=m0", f"{WHAT}&modalite=m1|m2"))
    assert f"{KEY}&modalite=m0" in found(one, left)


def split(lost: int, both: int) -> Release:
    one = release()
    one.splits(
        pd.DataFrame([{"item": "a", "deux": both, "avant": both + lost, "tous": None}]),
        "evolution.scores",
        by=("item",),
        total="deux",
        wholes={"avant": "2020-automne/scores.item"},
        among="tous",
    )
    return one


def test_the_difference_between_two_waves_is_found():
    change = split(lost=2, both=13)
    assert found(change) == {}
    earlier = Release("2020-automne", "F03-01", change.rules)
    earlier.count(15, "scores.item&item=a")
    assert found(change, earlier) == {}
    leak = release()
    leak.count(13, "evolution.scores&item=a")
    assert "2021-automne/evolution.scores&item=a" in found(change, earlier, leak)


def test_the_margin_of_the_wave_before_is_bound_to_the_change():
    """Masked in the change, printed in the chapter of its own wave: the key is the same."""
    change = split(lost=2, both=2)
    assert "2020-automne/scores.item&item=a" in change.record.masked
    earlier = Release("2020-automne", "F03-01", change.rules)
    earlier.count(4, "scores.item&item=a")
    assert found(change, earlier) == {}
    plain = Record(ranges={"2020-automne/scores.item&item=a": (4, 4)})
    assert [d.key for d in audit({"F08": change.record, "F03": plain})] == ["2020-automne/scores.item&item=a"]


def test_an_order_that_the_report_printed_gives_two_masked_counts_away():
    """Three and one of fifteen: without the order, they may be two and two, or one and three."""
    one, printed = distribution([11, 3, 1]), release()
    printed.rank([f"{WHAT}&modalite=m{i}" for i in range(3)])
    assert found(one) == {}
    assert set(found(one, printed)) == {f"{KEY}&modalite=m1", f"{KEY}&modalite=m2"}
