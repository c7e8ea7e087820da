"""The register as readers of each tier see it, on the real waves."""

import json
import re
from pathlib import Path

import pytest
from clone import read_rows
from notebook_craft import FUNCTIONS

from atc.disclosure.audit import Record
from atc.exhibits import notices
from atc.exhibits.chapters import jeux_d_acteurs, premiers_effets
from atc.exhibits.declare import release_for
from atc.exhibits.published import read_register
from atc.survey.paths import Project
from atc.survey.settings import load_settings
from atc.survey.waves import open_wave

PROJECT = Project(Path(__file__).resolve().parents[2])
WAVES = ("2020-automne", "2021-automne")
VAGUE = "2020-automne"
TIERS = ("interne", "financeurs", "public")
#: The one category under the floor: « Acteur local » would say which, so it waits.
ALONE = {"2021-automne": {"delegue_prefet"}}
TABLES = {"jeux_d_acteurs": jeux_d_acteurs.tab_03_05, "premiers_effets": premiers_effets.tab_06_02}


def register(vague: str, chapitre: str) -> list[dict[str, str]]:
    rows = read_rows(PROJECT.raw(vague) / "verbatims.csv")
    return [row for row in rows if row["chapitre"] == chapitre]


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", "’")


@pytest.mark.parametrize("vague", WAVES)
@pytest.mark.parametrize("chapitre", TABLES)
@pytest.mark.parametrize("diffusion", TIERS)
def test_what_is_shown_is_what_is_signed_for_these_readers_and_tells_no_more(vague, chapitre, diffusion):
    wave, rows = open_wave(vague, diffusion), register(vague, chapitre)
    exhibit = TABLES[chapitre](wave)
    fit = load_settings(PROJECT).tiers_from(diffusion)
    fit_for = [row for row in rows if row["fonction"] not in ALONE.get(vague, ())]
    signed = [flat(row["texte"]) for row in fit_for if row["relu"] == "oui" and row["relu_pour"] in fit]
    assert len(signed) > 0
    assert sorted(flat(row[1]) for row in exhibit.table.rows) == sorted(signed)
    # Who, where, and what waits.
    told = flat(json.dumps(exhibit._repr_mimebundle_(), ensure_ascii=False))
    hidden = [flat(row["texte"]) for row in rows if flat(row["texte"]) not in signed]
    hidden += [row[name] for row in rows for name in ("locuteur", "verbatim")]
    hidden += map(flat, wave.table("territoires")["commune"])
    assert not [each for each in hidden if each in told]


def known(diffusion: str, *held: str) -> Record:
    vague = open_wave(VAGUE, diffusion)
    release = release_for(vague, "C05-00")
    notices.tell(vague, release, held)
    return release.record


def test_a_word_bounds_the_count_that_it_stands_for():
    """« Quelques » of fourteen is two to four: one is out."""
    participation = "carnet_de_bord.composition&modalite=instance_participation"
    assert known("financeurs", "F12").ranges == {f"{VAGUE}/{participation}": (2, 4)}


def test_an_order_ranks_counts():
    record = known("financeurs", "O03-ordre")
    first, second = record.sums
    largest = [f"positionnements.organisation&modalite={code}" for code in ("majoritaire", "minoritaire")]
    assert [first.total, first.parts[0]] == [f"{VAGUE}/{key}" for key in largest]
    assert second.total == first.parts[0]
    assert [low for low, _ in record.ranges.values()] == [1, 1]


# A word for one number is a printed number.
@pytest.mark.parametrize("asked", [("interne", "F12", "O03-ordre"), ("financeurs",), ("financeurs", "F02")])
def test_nothing_is_known_of_what_is_not_said(asked):
    record = known(*asked)
    assert not record.ranges
    assert not record.sums


TOLD = [each for each in read_register(PROJECT) if each.comptes]


@pytest.mark.parametrize("printed", TOLD, ids=[each.id for each in TOLD])
def test_what_a_word_or_an_order_tells_is_a_count_of_its_exhibit(printed):
    """Under another name, the audit would not know that the report tells of the count that is masked."""
    known = FUNCTIONS[printed.exhibit](open_wave(VAGUE)).let_out["ranges"]
    assert {f"{VAGUE}/{count}" for count in printed.comptes.split(" > ")} <= set(known)
