import re

from atc.intake.persons import DEMONSTRATION_KEY, pseudonym


def code(prefix: str, person: str) -> str:
    return pseudonym(DEMONSTRATION_KEY, prefix, person)


def test_a_code_never_changes():
    # Written down once: the committed waves, and whoever stays from one to the next, rest on it.
    assert code("A", "hombourg_haut") == "A-0BPTJ6"


def test_a_code_says_nothing_of_the_person():
    assert re.fullmatch(r"A-[0-9A-HJKMNP-TV-Z]{6}", code("A", "avignon"))


def test_one_person_typed_in_many_ways_is_one_person():
    assert code("R", "  Zo\u00e9@Example.org ") == code("R", "zoe\u0301@example.ORG")


def test_another_role_or_another_key_is_another_code():
    assert code("A", "avignon")[2:] != code("R", "avignon")[2:]
    assert code("A", "avignon") != pseudonym(b"another key", "A", "avignon")
