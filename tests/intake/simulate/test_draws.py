import pytest

from atc.intake.draws import Draws, NothingToDrawError


def test_a_stream_never_changes():
    # Written down once: another version of Python or another machine must give the same draws.
    draws = Draws(2020, "temoin")
    assert [draws.below(100) for _ in range(8)] == [83, 30, 44, 15, 28, 18, 42, 97]
    assert draws.shuffled("abcdef") == list("afdbce")


def test_streams_depend_on_seed_and_name():
    first = [Draws(1, "a").below(10**9), Draws(1, "b").below(10**9), Draws(2, "a").below(10**9)]
    assert len(set(first)) == 3


def test_every_value_comes_out_about_as_often():
    draws = Draws(5, "equite")
    counts = [0] * 7
    for _ in range(7_000):
        counts[draws.below(7)] += 1
    assert min(counts) > 900
    assert max(counts) < 1_100


def test_bounds_are_included():
    draws = Draws(3, "bornes")
    assert {draws.between(2, 4) for _ in range(100)} == {2, 3, 4}


def test_weights_are_followed_and_zero_never_comes_out():
    draws = Draws(4, "poids")
    drawn = [draws.weighted({"a": 3, "b": 1, "c": 0}) for _ in range(2_000)]
    assert 1_400 < drawn.count("a") < 1_600
    assert "c" not in drawn


def test_a_sample_has_no_repeat():
    assert sorted(Draws(1, "x").sample(range(20), 20)) == list(range(20))


@pytest.mark.parametrize("draw", [lambda d: d.choice([]), lambda d: d.sample([1], 2), lambda d: d.below(0)])
def test_too_few_candidates_are_refused(draw):
    with pytest.raises(NothingToDrawError):
        draw(Draws(1, "vide"))
