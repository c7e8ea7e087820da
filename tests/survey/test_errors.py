"""What an evaluator reads when something is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey import errors
from atc.survey.errors import AtcError, DataRefused, Fault, shown


def test_each_family_has_its_exit_code() -> None:
    codes = {
        cls.__name__: cls.exit_code
        for cls in (errors.UsageError, errors.DataRefused, errors.NotebookFailed, errors.FigureNotReproduced)
    }
    assert codes == {"UsageError": 2, "DataRefused": 3, "NotebookFailed": 4, "FigureNotReproduced": 6}
    assert AtcError.exit_code == 1


@pytest.mark.parametrize(
    ("fault", "printed"),
    [
        (
            Fault("a.csv", 3, "etp", "7", "Valeur trop grande", "Écrivez moins"),
            "a.csv:3:etp : Valeur trop grande (trouvé : « 7 »). Écrivez moins.",
        ),
        (Fault("a.csv", 3, "", "", "Ligne vide", "Supprimez-la"), "a.csv:3 : Ligne vide. Supprimez-la."),
        (Fault("a.csv", 0, "", "", "Fichier absent", "Ajoutez-le."), "a.csv : Fichier absent. Ajoutez-le."),
        (
            Fault("d.json", 0, "effets.type", "", "Colonne sans statut", "Choisissez"),
            "d.json:effets.type : Colonne sans statut. Choisissez.",
        ),
    ],
)
def test_a_fault_is_one_line_with_its_place_and_remedy(fault: Fault, printed: str) -> None:
    assert str(fault) == printed


def test_a_refusal_tells_all_faults_in_the_order_of_files_and_lines() -> None:
    faults = [
        Fault("b.csv", 2, "", "", "M", "R"),
        Fault("a.csv", 10, "", "", "M", "R"),
        Fault("a.csv", 2, "z", "", "M", "R"),
        Fault("a.csv", 2, "a", "", "M", "R"),
    ]
    refused = DataRefused(iter(faults))
    assert [(f.file, f.line, f.column) for f in refused.faults] == [
        ("a.csv", 2, "a"),
        ("a.csv", 2, "z"),
        ("a.csv", 10, ""),
        ("b.csv", 2, ""),
    ]
    assert len(str(refused).splitlines()) == 4


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("cdd", "cdd"),
        (" cdd  ", "␣cdd␣␣"),
        ("saint\N{NO-BREAK SPACE}denis", "saint[insécable]denis"),
        ("a\tb", "a[tabulation]b"),
        ("\x1b[31m", "[U+001B][31m"),
        ("\ud800", "[U+D800]"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_a_quoted_value_shows_what_the_eye_cannot_see(value: str, quoted: str) -> None:
    assert shown(value) == quoted


@given(st.text(st.characters(exclude_categories=())))
def test_a_quoted_value_is_always_printable_and_on_one_line(value: str) -> None:
    assert shown(value).isprintable()
    shown(value).encode("utf-8")
