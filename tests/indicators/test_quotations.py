from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atc.indicators import fieldwork as quotations
from atc.indicators.fieldwork import _apart
from atc.survey.paths import find_project
from atc.survey.read_csv import load_facts
from atc.survey.settings import load_settings

FLOOR = 5


@pytest.fixture(scope="module")
def roster():
    return load_facts(find_project(Path(__file__)), "roster.csv")


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
        """Speaker, function, chapter, reviewed, by whom, when, for whom."""
        names = ("locuteur", "fonction", "chapitre", "relu", "relu_par", "relu_le", "relu_pour")
        return frame(
            "verbatims",
            **{name: [row[rank] for row in rows] for rank, name in enumerate(names)},
            idee=[f"idée {i}" for i in range(len(rows))],
            texte=[f"texte {i}" for i in range(len(rows))],
            nature=["paraphrase"] * len(rows),
        )

    return build


@pytest.fixture
def shown(entretiens, roster, dictionary):
    names = quotations.attributions(entretiens, roster, dictionary, FLOOR)

    def show(table, chapitre=JEUX, cercles=("financeurs", "public")):
        return list(quotations.publiables(table, names, chapitre, cercles)["texte"])

    return show


JEUX, EFFETS = "jeux_d_acteurs", "premiers_effets"
SIGNED = (True, "quelqu’un", "2020-12-01", "financeurs")


def test_nothing_is_shown_without_a_whole_signature(register, shown):
    table = register(
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-2", "ville", JEUX, False, "quelqu’un", "2020-12-01", "public"),
        ("L-3", "ville", JEUX, True, None, "2020-12-01", "public"),
        ("L-4", "ville", JEUX, True, "quelqu’un", None, "public"),
        ("L-5", "ville", JEUX, True, "quelqu’un", "2020-12-01", None),
        ("L-6", "ville", JEUX, None, "quelqu’un", "2020-12-01", "public"),
        ("L-7", "ville", EFFETS, *SIGNED),
    )
    assert shown(table) == ["texte 0"]
    assert shown(table, EFFETS) == ["texte 6"]


@pytest.mark.parametrize(
    ("diffusion", "expected"),
    [
        ("interne", ["texte 0", "texte 1", "texte 2"]),
        ("financeurs", ["texte 1", "texte 2"]),
        ("public", ["texte 2"]),
    ],
)
def test_a_signature_for_one_circle_is_none_for_a_wider_one(diffusion, expected, register, shown):
    circles = load_settings(find_project(Path(__file__))).tiers_from(diffusion)
    table = register(
        *[
            (f"L-{circle}", "ville", JEUX, True, "quelqu’un", "2020-12-01", circle)
            for circle in ("interne", "financeurs", "public")
        ]
    )
    assert sorted(shown(table, cercles=circles)) == expected


def test_circles_are_those_of_the_report_and_nothing_shown_tells_the_speaker(
    register, entretiens, roster, dictionary
):
    tiers = load_settings(find_project(Path(__file__))).tiers
    assert list(dictionary.field("verbatims.relu_pour").labels) == list(tiers)
    names = quotations.attributions(entretiens, roster, dictionary, FLOOR)
    shown = quotations.publiables(register(("L-1", "ville", JEUX, *SIGNED)), names, JEUX, ("financeurs",))
    assert list(shown.columns) == ["idee", "texte", "nature", "attribution"]


def test_the_name_covers_five_people_or_waits(entretiens, roster, dictionary):
    names = quotations.attributions(entretiens, roster, dictionary, FLOOR)
    # Three of a ville and two of an intercommunalité make five; four animateurs do not, six
    # observations neither.
    assert names["ville"] == names["intercommunalite"] == names["departement"] == "Collectivité"
    # Alone in that case, the four would be known by it: they wait.
    assert not {"animateur", "habitant", "instance"} & set(names)


def test_a_wider_name_is_for_two_categories_at_least(entretiens, frame, roster, dictionary):
    two = frame("entretiens", nature=["entretien"] * 2, fonction=["association", "habitant"])
    names = quotations.attributions(pd.concat([entretiens, two]), roster, dictionary, FLOOR)
    assert names["animateur"] == names["habitant"] == names["association"] == "Acteur local"
    # Together under the floor, they wait too.
    few = pd.concat([entretiens.iloc[2:], two.iloc[:1]])
    assert "animateur" not in quotations.attributions(few, roster, dictionary, FLOOR)


@pytest.mark.parametrize(
    ("floor", "names"),
    [(3, ("Animateur.trice", "Collectivité")), (5, (None, "Collectivité")), (10, (None, None))],
)
def test_the_floor_of_the_settings_decides(floor, names, entretiens, roster, dictionary):
    found = quotations.attributions(entretiens, roster, dictionary, floor)
    assert (found.get("animateur"), found.get("ville")) == names


@pytest.mark.parametrize(("sites", "name"), [(1, "Acteur local"), (2, "Acteur local"), (3, "Collectivité")])
def test_a_name_that_fits_one_or_two_sites_of_the_roster_climbs(sites, name, entretiens, roster, dictionary):
    # Five people were met, but the post exists in so few places.
    towns = sorted(set(roster["territoire"]))[:sites]
    rare = roster[(roster["fonction"] != "ville") | roster["territoire"].isin(towns)]
    assert quotations.attributions(entretiens, rare, dictionary, FLOOR)["ville"] == name


def test_a_name_that_no_public_post_bears_joins_to_nothing(frame, roster, dictionary):
    met = frame("entretiens", nature=["entretien"] * 5, fonction=["habitant"] * 3 + ["association"] * 2)
    assert not set(roster["fonction"]) & {"habitant", "association"}
    names = quotations.attributions(met, roster, dictionary, FLOOR)
    assert names["habitant"] == "Association ou habitant.e"


def test_no_more_than_two_of_one_speaker_in_the_whole_report(register, shown):
    table = register(
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-2", "ville", JEUX, *SIGNED),
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-1", "ville", EFFETS, *SIGNED),
    )
    assert len(shown(table)) == 3
    assert shown(table, EFFETS) == []


def test_the_same_speaker_is_set_apart_or_withheld(register, shown):
    three = register(
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-1", "ville", JEUX, *SIGNED),
        ("L-2", "ville", JEUX, *SIGNED),
    )
    assert shown(three)[1] == "texte 2"
    assert len(shown(three.iloc[:2])) == 1


@settings(deadline=None)
@given(
    st.lists(st.sampled_from("abcdef"), max_size=9).filter(
        lambda who: max(map(who.count, who), default=0) < 3
    )
)
def test_speakers_are_set_apart_and_none_is_lost_but_one_who_speaks_alone(speakers):
    said = [speakers[i] for i in _apart(speakers)]
    assert all(one != two for one, two in pairwise(said))
    assert sorted(said) == sorted(speakers) or (len(set(speakers)) == 1 and said == speakers[:1])
    if all(one != two for one, two in pairwise(speakers)):
        assert said == speakers


def test_the_order_is_not_that_of_the_register(register, shown):
    rows = [(f"L-{i}", "ville", JEUX, *SIGNED) for i in range(6)]
    said = shown(register(*rows))
    assert sorted(said) == [f"texte {i}" for i in range(6)] != said
    assert shown(register(*rows).iloc[::-1].reset_index(drop=True)) == said


def test_the_names_are_those_of_the_rules(frame, roster, dictionary):
    # docs/confidentialite.md, règle 13: whoever was met often enough has the name of their category.
    codes = list(dictionary.field("verbatims.fonction").labels)
    met = frame("entretiens", nature=["entretien"] * 5 * len(codes), fonction=codes * 5)
    everywhere = roster[~roster["fonction"].isin(codes)]
    assert set(quotations.attributions(met, everywhere, dictionary, FLOOR).values()) == {
        "Animateur.trice",
        "Représentant.e de l’État",
        "Collectivité",
        "Structure porteuse",
        "Association ou habitant.e",
    }
