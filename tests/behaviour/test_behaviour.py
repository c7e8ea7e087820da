"""What users see is what they saw: a wanted difference is frozen again, and reviewed in the same commit."""

from __future__ import annotations

import json

import pytest
from behaviour.record import PARTS, differences, frozen, text


@pytest.mark.parametrize("name", PARTS)
def test_users_see_what_is_frozen(name):
    found = list(differences(frozen(name), json.loads(text(PARTS[name]()))))
    told = "\n".join(found[:20])
    assert not found, f"{name}: {len(found)} fields differ. Reviewed? Run `make freeze`.\n{told}"


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
