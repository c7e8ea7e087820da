"""What an evaluator reads when something is refused."""

from hypothesis import given
from hypothesis import strategies as st

from atc.survey.errors import DataRefused, Fault, shown

#: As they are told, in order: a line each, with its place and its remedy.
TOLD = {
    "a.csv : Fichier absent. Ajoutez-le.": Fault("a.csv", 0, "", "", "Fichier absent", "Ajoutez-le."),
    "a.csv:3 : Ligne vide. Supprimez-la.": Fault("a.csv", 3, "", "", "Ligne vide", "Supprimez-la"),
    "a.csv:3:etp : Valeur trop grande (trouvé : « 7 »). Écrivez moins.": Fault(
        "a.csv", 3, "etp", "7", "Valeur trop grande", "Écrivez moins"
    ),
    "a.csv:10:a : M. R.": Fault("a.csv", 10, "a", "", "M", "R"),
    "d.json:effets.type : Sans statut. Choisissez.": Fault(
        "d.json", 0, "effets.type", "", "Sans statut", "Choisissez"
    ),
}
SHOWN = {
    "cdd": "cdd",
    " cdd  ": "␣cdd␣␣",
    "saint\N{NO-BREAK SPACE}denis": "saint[insécable]denis",
    "a\tb": "a[tabulation]b",
    "\x1b[31m": "[U+001B][31m",
    "\ud800": "[U+D800]",
    "x" * 60: "x" * 60,
    "x" * 61: "x" * 59 + "…",
    "": "",
}


def test_a_refusal_tells_all_faults_in_the_order_of_files_and_lines() -> None:
    refused = DataRefused(reversed(TOLD.values()))
    assert refused.faults == tuple(TOLD.values())
    assert str(refused).splitlines() == list(TOLD)


def test_a_quoted_value_shows_what_the_eye_cannot_see() -> None:
    assert {value: shown(value) for value in SHOWN} == SHOWN


@given(st.text(st.characters(exclude_categories=())))
def test_a_quoted_value_is_always_printable_and_on_one_line(value: str) -> None:
    assert shown(value).isprintable()
    shown(value).encode("utf-8")
