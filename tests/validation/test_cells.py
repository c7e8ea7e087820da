"""What the eye cannot see is refused where it splits a modality, and kept where it is French."""

from __future__ import annotations

import pytest
from atc.validation.cells import cleaned, invisible_faults, is_code
from validation.small_wave import HERE

from atc.dictionary import load_dictionary
from atc.paths import Project

DICTIONARY = load_dictionary(Project(HERE))
TEXT = DICTIONARY.field("verbatims.texte")
CODE = DICTIONARY.field("territoires.reseau")


def messages(cell: str, field=TEXT) -> list[str]:
    return [message for message, _ in invisible_faults(cell, field)]


@pytest.mark.parametrize(
    "cell",
    ["", "NSP", "L’été, « déjà\N{NO-BREAK SPACE}» !", "Quoi\N{NARROW NO-BREAK SPACE}?", "Œuvre – fin…", "😀"],
)
def test_french_text_is_left_in_peace(cell: str) -> None:
    assert messages(cell) == []
    assert cleaned(cell) == cell


@pytest.mark.parametrize("space", ["\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"], ids=["wide", "narrow"])
def test_a_no_break_space_is_refused_in_a_code_only(space: str) -> None:
    assert messages(f"a{space}b") == []
    assert messages(f"a{space}b", CODE) == ["Espace insécable dans un code ou un nombre"]


@pytest.mark.parametrize("cell", [" a", "a ", "\N{NO-BREAK SPACE}a", "a\t", "\N{EM SPACE}a"])
def test_spaces_at_the_edges_are_refused(cell: str) -> None:
    assert messages(cell) == ["Espace en trop au début ou à la fin"]
    assert cleaned(cell) == "a"


@pytest.mark.parametrize(
    "character",
    ["\u200b", "\ufeff", "\u00ad", "\u202e", "\x1b", "\x07", "\t", "\u2028", "\u3000", "\ue000", "\x85"],
)
def test_invisible_characters_are_refused(character: str) -> None:
    assert messages(f"a{character}b") == ["Caractère invisible"]
    assert cleaned(f"a{character}b") == "ab"


def test_several_faults_of_one_cell_are_all_told() -> None:
    assert messages(" e\u0301\u200b\ufffd") == [
        "Espace en trop au début ou à la fin",
        "Caractère invisible",
        "Caractère perdu",
        "Lettre accentuée écrite en deux caractères",
    ]


def test_the_remedied_cell_has_its_letters_in_one_piece() -> None:
    assert cleaned("Ise\u0300re") == "Isère"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("territoires.territoire", True),
        ("territoires.reseau", True),
        ("territoires.latitude", True),
        ("territoires.commune", False),
        ("verbatims.relu", True),
        ("effets.resume", False),
    ],
)
def test_codes_are_told_from_texts(column: str, expected: bool) -> None:
    assert is_code(DICTIONARY.field(column)) is expected
