"""The name that was meant is found through case, accents and slips, and never guessed from too far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey.spelling import nearest, nearest_code

SITES = ["saint_gilles", "saint_denis", "villefranche_sur_saone", "les_mureaux", "grenoble"]
CONTRACTS = {"cdd": "CDD", "cdi": "CDI", "autre": "Autre statut", "NSP": "Ne sait pas"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Saint-Gilles", "saint_gilles"),
        ("SAINT GILLES", "saint_gilles"),
        ("Villefranche-sur-Saône", "villefranche_sur_saone"),
        ("grenobel", "grenoble"),
        ("les\N{NO-BREAK SPACE}mureaux ", "les_mureaux"),
        ("lyon", ""),
        ("", ""),
        ("---", ""),
    ],
)
def test_a_name_is_recognised_or_left(written: str, meant: str) -> None:
    assert nearest(written, SITES) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("C.D.I.", "cdi"),
        ("autre statut", "autre"),
        ("ne sait pas", "NSP"),
        ("nsp", "NSP"),
        ("intérim", ""),
    ],
)
def test_a_code_is_recognised_by_its_label_too(written: str, meant: str) -> None:
    assert nearest_code(written, CONTRACTS) == meant


def test_an_empty_label_catches_nothing() -> None:
    assert nearest_code("?", {"": "", "a": "!"}) == ""


@given(st.text())
def test_whatever_is_written_gives_a_known_name_or_none(written: str) -> None:
    assert nearest(written, SITES) in {*SITES, ""}


@given(st.sampled_from(SITES))
def test_a_right_name_is_itself(name: str) -> None:
    assert nearest(name, SITES) == name
