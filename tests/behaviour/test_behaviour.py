"""What users see is what they saw: a wanted difference is frozen again, and reviewed in the same commit."""

import json
from collections.abc import Callable

import pytest
from behaviour.record import BUILT, QUICK, SLOW, Entries, built, differences, frozen, text
from handed import handed_over


def compare(name: str, make: Callable[[], Entries]) -> None:
    found = list(differences(frozen(name), json.loads(text(make()))))
    told = [f"{name}: {len(found)} fields differ. Reviewed? Run `make freeze`.", *found[:20]]
    if found:
        pytest.fail("\n".join(told), pytrace=False)


@pytest.mark.parametrize("name", QUICK)
def test_users_see_what_is_frozen(name):
    compare(name, QUICK[name])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", SLOW)
def test_commands_say_what_is_frozen(name, lent):
    compare(name, SLOW[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT)
def test_a_build_publishes_what_is_frozen(name, tmp_path_factory, lenders):
    compare(name, lambda: built(handed_over(tmp_path_factory, lenders))[name])


def test_a_difference_is_told_by_field_before_and_after():
    before = {"fig": {"title": "Un", "rows": ["a | 1", "b | 2"]}, "gone": {"title": "Une"}}
    after = {"fig": {"title": "Deux", "rows": ["a | 1", "b | 3"]}, "born": {"title": "Une"}}
    assert list(differences(before, before)) == []
    assert list(differences(before, after)) == [
        "born: new",
        'fig, rows:\n-"b | 2"\n+"b | 3"',
        'fig, title:\n-"Un"\n+"Deux"',
        "gone: no longer there",
    ]
