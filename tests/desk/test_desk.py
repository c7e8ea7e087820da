"""The controls of the desk, without a browser: one change, one answer, and never a traceback."""

from __future__ import annotations

import pytest

from atc.desk import desk as room
from atc.desk.desk import Desk
from atc.desk.view import CROSSED, FLAT, LENSES
from atc.errors import DataRefused


@pytest.fixture
def desk() -> Desk:
    return Desk()


def choose(desk: Desk, name: str, value: object) -> None:
    desk.controls[name].value = value


def test_it_opens_on_the_question_of_the_evaluation(desk):
    assert desk.view.analyse == LENSES
    assert len(desk.view.vagues) == 2
    assert "L’écart le plus grand" in desk.figure.value
    assert "atc.open_wave" in desk.code.value


def test_it_opens_on_one_wave_when_asked():
    assert Desk("2020-automne").view.vagues == ("2020-automne",)


def test_each_change_asks_for_one_answer(desk, monkeypatch):
    asked = []
    answer = room.answer
    monkeypatch.setattr(room, "answer", lambda *given: asked.append(given) or answer(*given))
    choose(desk, "analyse", FLAT)
    choose(desk, "table", "carnet_de_bord")
    assert len(asked) == 2
    assert desk.view.table == "carnet_de_bord"


def test_lists_without_a_place_are_hidden(desk):
    assert desk.controls["groupe"].layout.display == "none"
    choose(desk, "analyse", CROSSED)
    assert desk.controls["groupe"].layout.display == ""


def test_a_group_that_was_chosen_comes_back(desk):
    choose(desk, "analyse", FLAT)
    choose(desk, "table", "questionnaire_flash")
    choose(desk, "variable", "questionnaire_flash.posture")
    choose(desk, "analyse", CROSSED)
    choose(desk, "groupe", "positionnements.portage")
    choose(desk, "analyse", FLAT)
    choose(desk, "analyse", CROSSED)
    assert desk.view.groupe == "positionnements.portage"


@pytest.mark.parametrize(
    "error", [DataRefused("Le fichier x.csv est faux."), KeyError("x"), ZeroDivisionError()]
)
def test_an_error_stands_in_place_of_the_figure_and_goes_with_the_next_choice(desk, monkeypatch, error):
    def broken(*_: object) -> None:
        raise error

    with monkeypatch.context() as context:
        context.setattr(room, "answer", broken)
        choose(desk, "analyse", FLAT)
    assert (desk.figure.value, desk.code.value, desk.exhibit) == ("", "", None)
    assert "atc-refus" in desk.message.value
    assert "Traceback" not in desk.message.value
    assert desk.keep.disabled
    choose(desk, "analyse", LENSES)
    assert "atc-refus" not in desk.message.value
    assert not desk.keep.disabled


def test_a_button_that_cannot_keep_says_why(desk, monkeypatch):
    def broken(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(room.keeping, "keep", broken)
    desk.keep.click()
    assert "Permission denied" in desk.kept.value
    assert "atc-refus" in desk.kept.value


def test_what_is_said_is_escaped(desk, monkeypatch):
    def broken(*_: object) -> None:
        raise DataRefused("<script>x</script>")

    monkeypatch.setattr(room, "answer", broken)
    choose(desk, "analyse", FLAT)
    assert "<script>" not in desk.message.value
