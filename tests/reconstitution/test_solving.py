from dataclasses import replace

import pytest

from atc.errors import FigureNotReproduced
from atc.reconstitution.solving import Recipe, Rule, misses, solve
from atc.reconstitution.targets import TARGETS

MEASURE = {"legitimites": lambda tables: tuple(row["code"] for row in tables["legitimites"])}


def recipe(*codes: str, rules: tuple[Rule, ...] = ()) -> Recipe:
    def propose(draws, tables, targets):
        return [{"code": draws.choice(codes)}]

    return Recipe("legitimites", propose, MEASURE, rules)


def wanting(code: str):
    return replace(TARGETS, legitimites=(code,))


def test_proposals_are_rejected_until_the_target_holds():
    assert solve(recipe(*"abcdefgh"), 1, {}, wanting("e")) == [{"code": "e"}]


def test_rules_are_rejected_too():
    never_a = Rule("pas de a", lambda tables: tables["legitimites"][0]["code"] != "a")
    with pytest.raises(FigureNotReproduced, match="pas de a"):
        solve(recipe("a", rules=(never_a,)), 1, {}, wanting("a"))


def test_an_impossible_target_says_what_was_missed():
    with pytest.raises(FigureNotReproduced) as raised:
        solve(recipe("a"), 1, {}, wanting("z"))
    assert "legitimites, J04 legitimites : attendu ('z',), obtenu ('a',)" in str(raised.value)


def test_a_draw_that_never_succeeds_is_an_error_of_the_targets():
    with pytest.raises(FigureNotReproduced, match="aucun tirage possible"):
        solve(recipe(), 1, {}, wanting("z"))


def test_misses_lists_targets_and_rules_together():
    broken = Rule("règle rompue", lambda tables: False)
    found = misses(recipe("a", rules=(broken,)), {"legitimites": [{"code": "a"}]}, wanting("z"))
    assert len(found) == 2
