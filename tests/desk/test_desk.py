"""The controls of the desk, without a browser: one change, one answer, and never a traceback."""

import pytest

from atc.desk import desk as room
from atc.desk.desk import Desk
from atc.desk.view import FLAT, LENSES
from atc.survey.errors import UsageError


@pytest.fixture
def desk() -> Desk:
    return Desk()


def choose(desk: Desk, name: str, value: object) -> None:
    desk.controls[name].value = value


def test_each_change_asks_for_one_answer(desk, monkeypatch):
    asked = []
    answer = room.answer
    monkeypatch.setattr(room, "answer", lambda *given: asked.append(given) or answer(*given))
    choose(desk, "analyse", FLAT)
    choose(desk, "table", "carnet_de_bord")
    assert len(asked) == 2
    assert desk.view.table == "carnet_de_bord"


@pytest.mark.parametrize(
    "error", [UsageError("Le fichier x.csv est faux."), KeyError("x"), ZeroDivisionError()]
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


def test_a_button_that_cannot_keep_says_why_and_what_is_said_is_escaped(desk, monkeypatch):
    def broken(*_: object) -> None:
        raise UsageError("<script>x</script>")

    monkeypatch.setattr(room.keep, "keep", broken)
    desk.keep.click()
    assert "atc-refus" in desk.message.value
    assert "script&gt;x" in desk.message.value
    monkeypatch.setattr(room, "answer", broken)
    choose(desk, "analyse", FLAT)
    assert "script&gt;x" in desk.message.value
    assert "<script>" not in desk.message.value


@pytest.fixture
def flash(desk) -> Desk:
    choose(desk, "diffusion", "interne")
    choose(desk, "analyse", FLAT)
    choose(desk, "table", "questionnaire_flash")
    choose(desk, "variable", "questionnaire_flash.posture")
    return desk


def test_any_other_variable_filters(flash):
    choose(flash, "autre", "carnet_de_bord.temps_plein")
    assert flash.view.kept == {"carnet_de_bord.temps_plein": "oui"}
    assert [label for label, _ in flash.controls["valeur"].options] == ["Oui", "Non"]
    choose(flash, "valeur", "non")
    assert "poste à temps plein = Non" in flash.exhibit.subtitle
    assert 'filtre="carnet_de_bord.temps_plein=non"' in flash.view.code()
    choose(flash, "autre", "")
    assert flash.view.kept == {}
    assert flash.controls["valeur"].layout.display == "none"


def test_answers_are_put_together_and_apart_again(flash):
    flash.together.value, flash.label.value = ("observateur", "reserve"), "Ne la soutient pas"
    flash.join.click()
    assert "Ne la soutient pas" in flash.figure.value
    flash.join.click()
    assert "au moins deux réponses" in flash.message.value
    flash.part.click()
    assert "Ne la soutient pas" not in flash.figure.value
    flash.together.value, flash.label.value = ("observateur", "reserve"), "Ne la soutient pas"
    flash.join.click()
    choose(flash, "variable", "questionnaire_flash.role")
    assert flash.view.regrouper == {}


def test_a_title_is_shown_and_goes_with_its_question(flash):
    flash.title.value = "Qui soutient la démarche"
    assert flash.exhibit.title == "Exemple – Qui soutient la démarche"
    choose(flash, "variable", "questionnaire_flash.role")
    assert flash.title.value == flash.view.titre == ""


def test_the_rows_behind_a_bar_are_for_the_team(flash):
    flash.tabs.selected_index = list(flash.tabs.titles).index("Lignes")
    flash.answer.value = "soutien"
    (shown,) = flash.rows.outputs
    assert shown["data"]["text/plain"] == "8\xa0lignes"
    choose(flash, "diffusion", "financeurs")
    (shown,) = flash.rows.outputs
    assert "Choisissez la diffusion" in shown["data"]["text/html"]


def test_the_view_is_there_to_be_pasted_and_the_command_is_typed_as_the_guide_types_it(flash, elsewhere):
    assert flash.copy.value.splitlines()[0] == "Posture vis-à-vis de l’expérimentation\tPersonnes\tSur"
    flash._project = elsewhere
    flash.append.click()
    assert ".venv/bin/atc run --chapitre perso/mon_carnet" in flash.message.value
