from collections import Counter
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atc.indicators import verbatims
from atc.indicators.verbatims import _apart


@pytest.fixture
def entretiens(frame):
    functions = ["animateur"] * 4 + ["ville"] * 3 + ["intercommunalite"] * 2 + ["instance"] * 6
    return frame(
        "entretiens",
        nature=["entretien"] * 9 + ["observation"] * 6,
        fonction=functions,
    )


@pytest.fixture
def register(frame):
    def build(*rows):
        """Speaker, function, chapter, reviewed, by whom, when."""
        columns = dict(
            zip(
                ("locuteur", "fonction", "chapitre", "relu", "relu_par", "relu_le"),
                zip(*rows, strict=True),
                strict=True,
            )
        )
        return frame(
            "verbatims",
            **{name: list(values) for name, values in columns.items()},
            idee=[f"idée {i}" for i in range(len(rows))],
            texte=[f"texte {i}" for i in range(len(rows))],
            nature=["paraphrase"] * len(rows),
        )

    return build


JEUX, EFFETS = "jeux_d_acteurs", "premiers_effets"
SIGNED = (True, "quelqu’un", "2020-12-01")


def test_nothing_is_shown_without_a_signed_review(register, entretiens, dictionary):
    table = register(
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-2", "ville", JEUX, False, "quelqu’un", "2020-12-01"),
        ("L-3", "ville", JEUX, True, None, "2020-12-01"),
        ("L-4", "ville", JEUX, True, "quelqu’un", None),
        ("L-5", "ville", EFFETS, *SIGNED),
    )
    shown = verbatims.publiables(table, entretiens, dictionary, JEUX)
    assert list(shown["texte"]) == ["texte 0"]
    assert verbatims.nombre_retenu(table, JEUX) == 3
    assert verbatims.nombre_retenu(table, EFFETS) == 0


def test_nothing_shown_tells_the_speaker(register, entretiens, dictionary):
    table = register(("L-1", "ville", JEUX, *SIGNED))
    shown = verbatims.publiables(table, entretiens, dictionary, JEUX)
    assert list(shown.columns) == ["idee", "texte", "nature", "attribution"]


def test_the_name_covers_five_people_or_everybody(entretiens, dictionary):
    names = verbatims.attributions(entretiens, dictionary)
    # Three of a ville and two of an intercommunalité make five; four animateurs do not, six
    # observations neither.
    assert names["ville"] == names["intercommunalite"] == names["departement"] == "Collectivité"
    assert names["animateur"] == "Acteur local"
    assert names["habitant"] == "Acteur local"
    assert "instance" not in names


def test_one_person_fewer_changes_the_name(entretiens, dictionary):
    fewer = entretiens.drop(index=entretiens.index[entretiens["fonction"] == "ville"][0])
    assert verbatims.attributions(fewer, dictionary)["ville"] == "Acteur local"


def test_no_more_than_two_of_one_speaker_in_the_whole_report(register, entretiens, dictionary):
    table = register(
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-2", "ville", JEUX, *SIGNED),
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-1", "ville", EFFETS, *SIGNED),
    )
    assert len(verbatims.publiables(table, entretiens, dictionary, JEUX)) == 3
    assert verbatims.publiables(table, entretiens, dictionary, EFFETS).empty
    assert verbatims.nombre_retenu(table, EFFETS) == 1


def test_the_same_speaker_is_set_apart_or_withheld(register, entretiens, dictionary):
    three = register(
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-2", "ville", JEUX, *SIGNED),
    )
    shown = verbatims.publiables(three, entretiens, dictionary, JEUX)
    assert list(shown["texte"]) == ["texte 0", "texte 2", "texte 1"]
    two = three.iloc[:2]
    assert len(verbatims.publiables(two, entretiens, dictionary, JEUX)) == 1
    assert verbatims.nombre_retenu(two, JEUX) == 1


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=6))
def test_arrangement_loses_nothing_that_could_be_kept(speakers):
    order = _apart(speakers)
    said = [speakers[i] for i in order]
    assert len(set(order)) == len(order)
    assert all(one != two for one, two in pairwise(said))
    possible = any(
        all(one != two for one, two in pairwise(candidate)) for candidate in permutations(speakers)
    )
    if possible:
        assert Counter(said) == Counter(speakers)


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd"), max_size=8))
def test_an_order_that_is_already_right_is_left_alone(speakers):
    right = [s for i, s in enumerate(speakers) if i == 0 or s != speakers[i - 1]]
    right = [s for i, s in enumerate(right) if i == 0 or s != right[i - 1]]
    assert _apart(right) == list(range(len(right)))
