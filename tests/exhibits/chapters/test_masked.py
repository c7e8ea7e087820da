"""Chapters as funders read them: the message where it can be said, coarser where detail would be masks."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from clone import opened
from notebook_craft import FUNCTIONS

from atc.disclosure.prose import small_counts
from atc.exhibits import notices, published
from atc.exhibits.chapters import jeux_d_acteurs, synthese
from atc.exhibits.model import MIME, Exhibit
from atc.exhibits.published import DIFFERENT, Control
from atc.indicators import territories
from atc.survey.paths import find_project
from atc.survey.typography import french

FIRST, SECOND = "2020-automne", "2021-automne"
SHOWN = {id_[1:]: function for id_, function in FUNCTIONS.items() if id_[1:3] != "07"}
#: Chapter 08 compares the second wave with the first.
EVERY = pytest.mark.parametrize(
    ("id_", "vague"),
    [(id_, vague) for id_ in SHOWN for vague in (FIRST, SECOND) if vague == SECOND or id_[:2] != "08"],
)
BOTH = pytest.mark.parametrize("vague", [FIRST, SECOND])
FLOOR = 5


@pytest.fixture
def seen(project):
    """One exhibit of one wave at one tier."""

    def make(id_: str, vague: str, diffusion: str = "financeurs") -> Exhibit:
        return SHOWN[id_](opened(project, vague, diffusion))

    return make


def _plain(text: str) -> str:
    return " ".join(text.split())


# --- the message, where it can be said ---


@EVERY
def test_sentences_read_well_and_tell_no_small_count_that_was_not_reviewed(seen, id_, vague):
    shown = seen(id_, vague)
    cells = " ; ".join(cell for row in shown.table.rows for cell in row)
    texts = (shown.title, shown.subtitle, shown.reading, shown.alt, shown.note, shown.message)
    allowed = set(shown.let_out["small"])
    assert {count.value for count in small_counts(f"{' '.join(texts)} {cells}", FLOOR)} <= allowed
    # Where the report printed nothing, what was done in public is told from three sites on.
    assert vague == FIRST or min(allowed, default=3) >= 3
    for text in (shown.title, shown.reading, shown.message):
        assert "non communiqué" not in text, "say it without a number"
        assert "  " not in text
        assert not re.search(r"\b(?:None|nan|NaN)\b", text)
        assert text == french(text)
    if vague == SECOND and id_[:2] != "08":
        # Nothing was published of it: no edit, no word of another wave.
        told = (shown.title, shown.subtitle, shown.reading, shown.note, shown.source)
        assert not re.search("rétrospectif|été 2020", " ".join(told))
        # What took place when, and what letters stand for, is public in every wave.
        assert "publié" not in shown.mention or shown.id in {"F01-07", "T01-08"}


# --- what is crossed, and what is not any more ---


def test_the_interval_is_said_of_a_published_count_only(seen, monkeypatch):
    # Of answers that were made up, nothing follows for those who gave none.
    assert "hypergéométrique" not in seen("03-02", FIRST).note
    monkeypatch.setattr(jeux_d_acteurs, "worth", lambda vague: "observé")
    assert "hypergéométrique" in seen("03-02", FIRST).note
    assert "hypergéométrique" not in seen("03-03", FIRST).note
    assert "hypergéométrique" in seen("03-03", FIRST, "interne").note


@BOTH
def test_key_messages_tell_no_masked_count(project, vague):
    told = synthese.messages(opened(project, vague)).paragraphs
    few = [count for text in told for count in small_counts(text, FLOOR)]
    # Three sites may be told of what was done in public; of persons, never fewer than five.
    assert all(count.value >= 3 and re.search("territoire|site", count.text) for count in few)
    assert "non communiqué" not in " ".join(told)
    assert vague == FIRST or not re.search("intermédiaire|situation de départ|NaN", " ".join(told))


def test_whom_a_quotation_covers_is_for_the_team_alone(project):
    tables = (
        synthese.tab_07_01,
        synthese.tab_07_02,
        lambda wave: notices.controles(wave, "03_jeux_d_acteurs"),
    )
    for show in tables:
        assert "attribution" in show(opened(project, FIRST, "interne")).table.csv()
        assert "attribution" not in show(opened(project, FIRST)).table.csv()


@pytest.mark.parametrize(
    "path", sorted(find_project().notebooks.glob("0*.ipynb")), ids=lambda path: path.stem
)
def test_the_prose_of_notebooks_names_no_wave(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = " ".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert not re.search(r"20\d\d|à ce stade|Il est tôt", prose)


def test_a_control_that_differs_does_not_tell_what_the_rows_give(project, monkeypatch):
    truly = published.controls

    def wrong(*args: object) -> tuple[Control, ...]:
        return tuple(replace(each, calcule="4321", verdict=DIFFERENT) for each in truly(*args))

    monkeypatch.setattr(published, "controls", wrong)
    beyond, inside = (
        notices.controles(opened(project, FIRST, diffusion), "01_methode").table.csv()
        for diffusion in ("financeurs", "interne")
    )
    assert "4321" not in beyond
    assert "diffère : voir la version interne" in _plain(beyond)
    assert "4321" in inside


# --- nothing depends on a masked count ---


def _moved(column: str, old: object, new: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The first row with an answer gives another one."""

    def moved(table: pd.DataFrame) -> pd.DataFrame:
        where = table.index[(table[column] == old).fillna(value=False)][0]
        changed = table.copy()
        changed.loc[where, column] = new
        return changed

    return moved


def _leaves(shown: Exhibit) -> str:
    """All that leaves; the record is for the gate, and does not."""
    bundle = shown._repr_mimebundle_()
    papers = {name: value for name, value in bundle[MIME].items() if name != "let_out"}
    return json.dumps({**bundle, MIME: papers})


@pytest.mark.parametrize(
    ("id_", "vague", "table", "column", "old", "new"),
    [
        ("01-04", SECOND, "entretiens", "fonction", "ville", "delegue_prefet"),
        ("02-01", FIRST, "carnet_de_bord", "debut_contrat", *map(pd.Timestamp, ("2020-07-13", "2020-05-15"))),
        ("03-02", SECOND, "questionnaire_flash", "posture", "observateur", "reserve"),
        ("03-03", FIRST, "questionnaire_flash", "frein_crise_sanitaire", True, False),
        ("04-01", FIRST, "carnet_de_bord", "profil", "master_recent", "doctorat"),
        ("04-01", FIRST, "carnet_de_bord", "contrat", "cdi", "autre"),
        ("05-01", SECOND, "positionnements", "modele_secondaire", "coordination", "participation"),
        ("05-02", SECOND, "positionnements", "portage", "faible_assume", "faible_subi"),
    ],
)
def test_nothing_that_leaves_depends_on_a_masked_count(seen, changed, id_, vague, table, column, old, new):
    before, inside = seen(id_, vague), seen(id_, vague, "interne")
    answers = {table: _moved(column, old, new)}
    after, truth = (SHOWN[id_](changed(tier, vague, **answers)) for tier in ("financeurs", "interne"))
    assert truth.table.csv() != inside.table.csv(), "nothing was changed"
    assert _leaves(after) == _leaves(before)


def test_a_count_that_is_shown_does_change_what_leaves(seen, changed):
    before = _leaves(seen("02-06", FIRST))
    wave = changed("financeurs", FIRST, carnet_de_bord=_moved("theme_autres", False, True))
    assert _leaves(SHOWN["02-06"](wave)) != before


def test_nor_on_how_many_stayed_or_fell_where_that_is_masked(seen, monkeypatch):
    def leaves() -> list[str]:
        return [_leaves(seen("08-04", SECOND, tier)) for tier in ("financeurs", "interne")]

    def other(*args: object) -> pd.DataFrame:
        found = truly(*args)
        found.loc[found["modalite"] == "etp", ["stable", "baisse"]] = 3
        return found

    (before, inside), truly = leaves(), territories.nombres
    monkeypatch.setattr(territories, "nombres", other)
    after, truth = leaves()
    assert truth != inside, "nothing was changed"
    assert after == before
