"""What the desk says is French, and true of nobody: held over every view that is frozen."""

from __future__ import annotations

import re

import pytest
from behaviour.record import TIERS, frozen

SPOKEN = ("title", "subtitle", "reading", "alt", "note", "source", "base", "refusal", "masking_note")
WRONG = {
    "an elision is missing": r"\b(?:de|que|ne|se|je) (?=[aeiouyàâéèêëîïôœ])",
    "an article is missing": r"\bselon (?!l[ea]s? |l’|leurs? |ce|s[ao]n? |une? |qu)[a-z]",
    "one is not several": r"\b[01] (?:groupe|territoire|personne|réponse|effet|site)s\b(?! au plus| qui| où)",
    "of nobody, nothing is said": r"\b0 (?:\S+ ){0,2}sur 0\b",
    "what is hidden is not absent": r"ne se détache",
}


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("fault", WRONG)
def test_no_view_says_it_wrong(tier, fault):
    spoken = (
        (key, re.sub(r"\s", " ", entry.get(field) or ""))
        for key, entry in frozen(f"views/{tier}.json").items()
        for field in SPOKEN
    )
    # « n = 1 » stands before what a base is made of, in the plural.
    found = [(key, text) for key, text in spoken if re.search(WRONG[fault], text.replace("n = 1 ", "n = "))]
    assert found == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("an elision is missing", "Nombre de effets constatés"),
        ("an article is missing", "Nombre de personnes, selon rôle"),
        ("one is not several", "dans 1 groupes sur 3"),
        ("of nobody, nothing is said", "0 répondant.e sur 0"),
        ("what is hidden is not absent", "Rôle : aucune réponse ne se détache"),
    ],
)
def test_a_fault_is_seen(fault, said):
    assert re.search(WRONG[fault], said)
