"""What is seen in a quotation, what is not, and what a person must not be bothered with."""

import csv
import tomllib
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atc.survey.paths import Project
from atc.survey.quotations import (
    alerts,
    clean,
    fold,
    judges_someone,
    names_a_place,
    places_of,
    register_alerts,
    without_brackets,
)
from atc.survey.read_csv import load_facts

PROJECT = Project(Path(__file__).resolve().parents[2])
ZERO_WIDTH, HARD_HYPHEN, NBSP = "\N{ZERO WIDTH SPACE}", "\N{NON-BREAKING HYPHEN}", "\N{NO-BREAK SPACE}"


def territoires() -> pd.DataFrame:
    with (PROJECT.raw("2020-automne") / "territoires.csv").open(encoding="utf-8") as stream:
        return pd.DataFrame(csv.DictReader(stream)).replace("NC", pd.NA)


PLACES = places_of(territoires())
PASSAGES = tomllib.loads(Path(__file__).with_name("passages.toml").read_text(encoding="utf-8"))
TOWNS = sorted(set(load_facts(PROJECT, "roster.csv")["commune"]))


def seen(text: str) -> list[tuple[str, str]]:
    return [(alert.kind, alert.passage) for alert in alerts(text, PLACES)]


SPELLINGS = [
    str,
    str.upper,
    str.lower,
    lambda name: name.replace("-", " "),
    lambda name: name.replace("-", HARD_HYPHEN),
    lambda name: name.replace(" ", NBSP),
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: name[:3] + ZERO_WIDTH + name[3:],
    lambda name: name.replace("Saint-", "St "),
    lambda name: "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)),
]


@pytest.mark.parametrize("town", TOWNS)
def test_each_site_is_seen_however_it_is_spelt(town: str) -> None:
    for spell in SPELLINGS:
        text = f"Ici, à {spell(town)}, on avance."
        assert [kind for kind, _ in seen(text)] == ["lieu"]
        assert names_a_place(text, PLACES)


def test_each_neighbourhood_of_a_pair_is_a_place_and_brackets_left_open_hide_nothing() -> None:
    for quarter in ("Frais Vallon", "Les Chênes", "Sabatot", "Centre ancien"):
        assert names_a_place(f"Dans {quarter}, rien n’a changé.", PLACES)
    for text in ("À [Grenoble, on avance.", "À Grenoble], on avance.", "[[Grenoble", "][Grenoble"):
        assert names_a_place(text, PLACES)
    # Brackets that still hold the name are told, but block nothing.
    assert seen("À [Grenoble], on avance.") == [("crochets", "Grenoble")]
    assert not names_a_place("À [Grenoble], on avance.", PLACES)


@pytest.mark.parametrize(
    ("text", "expected"),
    PASSAGES["telling"].items(),
)
def test_what_may_tell_somebody_is_seen(text: str, expected: list[str]) -> None:
    assert [kind for kind, _ in seen(text)] == expected


@pytest.mark.parametrize(
    "text",
    PASSAGES["ordinary"],
)
def test_ordinary_words_raise_nothing(text: str) -> None:
    assert seen(text) == []


def test_the_registers_of_the_repository_raise_nothing() -> None:
    for vague in ("2020-automne", "2021-automne"):
        register = pd.read_csv(PROJECT.raw(vague) / "verbatims.csv")
        assert register_alerts(register, territoires()) == []


@pytest.mark.parametrize(
    ("text", "judged"),
    PASSAGES["judged"].items(),
)
def test_a_judgement_beside_somebody_known(text: str, judged: bool) -> None:
    assert judges_someone(text) is judged
    assert ("jugement" in {kind for kind, _ in seen(text)}) is judged


def test_a_passage_is_told_once_with_what_to_do() -> None:
    (alert,) = alerts("À Saint-Denis.", PLACES)  # Denis is a first name, Seine-Saint-Denis a département
    assert (alert.kind, alert.passage) == ("lieu", "Saint-Denis")
    assert "crochets" in alert.remedy


def test_the_idea_is_read_as_the_text_is() -> None:
    rows = [("V-001", "À Grenoble", "Rien à dire.", True), ("V-002", "Rien", "Avec Karim.", False)]
    register = pd.DataFrame(rows, columns=["verbatim", "idee", "texte", "relu"])
    told = [(a.verbatim, a.signed, a.kind) for a in register_alerts(register, territoires())]
    assert told == [("V-001", True, "lieu"), ("V-002", False, "personne")]


@given(st.text(max_size=60))
def test_any_text_is_read_every_passage_is_in_it_and_positions_are_kept(text: str) -> None:
    cleaned = clean(text)
    assert all(alert.passage in " ".join(cleaned.split()) for alert in alerts(text, PLACES))
    assert len(fold(cleaned)) == len(cleaned) == len(without_brackets(cleaned))
