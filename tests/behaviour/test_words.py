"""What pages and the desk say is French, and true of nobody: held over all that is frozen."""

import re

import pytest
from behaviour.record import TIERS, WAVES, frozen

SPOKEN = ("title", "subtitle", "reading", "alt", "note", "source", "base", "refusal", "masking_note")
WRONG = {
    "an elision is missing": r"\b(?:de|que|ne|se|je) (?=[aeiouyàâéèêëîïôœ])",
    "an article is missing": r"\bselon (?!l[ea]s? |l’|leurs? |ce|s[ao]n? |une? |qu)[a-z]",
    "one is not several": r"\b[01] (?:groupe|territoire|personne|réponse|effet|site)s\b(?! au plus| qui| où)",
    "of nobody, nothing is said": r"\b0 (?:\S+ ){0,2}sur 0\b",
    "what is hidden is not absent": r"ne se détache",
}
#: What no page that people read may hold; the code of a cell and the dictionary are for others.
UNREAD = {
    "an ordinal is not raised": r"\b\d{1,3}(?:er|re|e)\b(?!-)",
    "an inclusive form has a full stop": r"[a-zà-ÿ]\.(?:e|fe|le|ne|trice)s?\b(?!\.\w)",
    "a developer's word": r"\b(?:codebook|[Pp]ièges?|demandent une lecture|animateur territorial)\b",
    "a column's name": r"(?<![\w./-])[a-z]+_[a-z_]+(?![\w./])",
}


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("fault", UNREAD)
def test_no_page_shows_what_only_we_write(wave, fault):
    read = (
        (page, line)
        for page, entry in frozen(f"pages/{wave}.json").items()
        if page.endswith(".html") and page != "dictionnaire.html"
        for line in entry["text"]
        if not line.startswith(("pre:", "code:"))
    )
    assert [(page, line) for page, line in read if re.search(UNREAD[fault], line)] == []


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
        ("an ordinal is not raised", "au 4e trimestre"),
        ("an inclusive form has a full stop", "un.e élu.e."),
        ("a developer's word", "Piège 1 : le rapport"),
        ("a column's name", "la colonne debut_contrat"),
    ],
)
def test_a_fault_is_seen(fault, said):
    assert re.search({**WRONG, **UNREAD}[fault], said)
