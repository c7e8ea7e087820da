"""What the file behind a survey says, and which heading is which question; exports: `test_three_tools`."""

import pytest
from intake.exports import xlsx_bytes
from intake.form_tools import Asked, lss_bytes
from intake.world import CARNET

from atc.intake.reading import Sheet, make_sheet
from atc.intake.tools import Structure, answers, codes, structures
from atc.survey.errors import DataRefused

OPTIONS = {"A1": "Un soutien", "A2": "En observation", "A3": "Une réserve"}
BRAKES = ("Trop de dispositifs", "La crise sanitaire", "Les élections", "Un objet flou")
ASKED: dict[str, Asked] = {
    "Q3": ("Comment situez-vous votre institution ?", {}, OPTIONS),
    "Q4": (
        "Qu’est-ce qui a freiné la démarche ?",
        {f"SQ{rank:03d}": text for rank, text in enumerate(BRAKES, start=1)},
        {},
    ),
    "Q5": (
        "Êtes-vous d’accord ?",
        {"C": "Les acteurs coopèrent", "V": "La vie associative est dynamique"},
        {},
    ),
    "Site": ("Votre territoire", {}, {}),
}


def lss(*, recent: bool) -> bytes:
    """The structure of the survey of `world`."""
    return lss_bytes(ASKED, recent=recent, other="Q4")


def export(*lines: list[str]) -> Sheet:
    return make_sheet("x.csv", list(enumerate(lines, start=1)), ())


def test_an_old_structure_says_what_a_recent_one_does():
    before, since = (structures("limesurvey", lss(recent=recent), "x.lss")[-1] for recent in (False, True))
    assert before == since
    assert since.wordings["Q4[SQ001]"] == "Qu’est-ce qui a freiné la démarche ? [Trop de dispositifs]"
    assert since.labels["Q3"] == OPTIONS


def test_two_headings_of_one_question_are_refused():
    sheet = export(["Q1", "Q1. Texte"], ["a", "b"])
    with pytest.raises(DataRefused, match="Question en double"):
        answers("limesurvey", sheet, Structure())


THEMES = {"cadre_de_vie": "Cadre de vie", "reussite_educative": "Réussite éducative", "autres": "Autres"}
LISTS = {
    "membres": {"institutionnels": "Acteurs institutionnels", "associations": "Associations"},
    "themes": THEMES,
}


def xlsform() -> bytes:
    """The form behind the carnet of `world`."""
    survey = [["type", "name", "label"], ["start", "start", ""]]
    for group, text in (("poste", "Le poste d’animation"), ("pilotage", "Le pilotage")):
        asked = [name.partition("/")[2] for name in CARNET[0] if name.startswith(f"{group}/")]
        rows = [[f"select_multiple {n}" if n in LISTS else "text", n, f"{n.title()} ?"] for n in asked]
        survey += [["begin group", group, text], *rows, ["end group", "", ""], ["", "", ""]]
    choices = [[name, *choice] for name, options in LISTS.items() for choice in options.items()]
    return xlsx_bytes({"survey": survey, "choices": [["list_name", "name", "label"], *choices]})


(FORM,) = structures("kobo", xlsform(), "x.xlsx")


def test_a_name_without_its_groups_is_found():
    assert codes("kobo", ["etp", "_id"], FORM) == {"etp": "poste/etp", "_id": "_id"}


def test_a_choice_that_the_form_lacks_is_refused():
    with pytest.raises(DataRefused) as refused:
        answers("kobo", export(["pilotage/themes"], ["autres sport"]), FORM)
    told = str(refused.value.faults[0])
    assert told.startswith("x.csv:2:pilotage/themes : Choix absent du formulaire XLSForm")
    assert "(trouvé : « sport »)" in told
    assert all(f"{name} ({label})" in told for name, label in THEMES.items())


def test_two_choices_of_one_label_are_not_told_apart():
    form = Structure({"q": "Thèmes"}, {"q": {"a": "Autres", "b": "autres ", "c": "Fêtes"}}, ("q",))

    def chosen(cell: str) -> dict[str, str]:
        (row,) = answers("kobo", export(["q"], [cell]), form).rows.values()
        return {choice: row[f"q/{choice}"] for choice in "abc"}

    assert chosen("a c") == {"a": "1", "b": "0", "c": "1"}
    assert chosen("Fêtes") == {"a": "0", "b": "0", "c": "1"}
    with pytest.raises(
        DataRefused, match=r"x\.csv:2:q : .*libellé de plusieurs .*« autres ».*a \(Autres\), b \(autres"
    ):
        chosen("Autres Fêtes")


NO_FORM = {"survey": [["a", "b"], ["c", "d"]], "choices": [["list_name", "name", "label"], ["a", "b", "c"]]}
NO_STRUCTURE = [
    (
        "limesurvey",
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><document>&a;</document>',
        "piégé",
    ),
    ("limesurvey", b"<document/>", "pas une structure LimeSurvey"),
    ("limesurvey", b"<document>", "abîmé"),
    ("kobo", xlsx_bytes(NO_FORM), "Ce n’est pas un XLSForm"),
]


@pytest.mark.parametrize(("tool", "content", "message"), NO_STRUCTURE)
def test_a_trapped_or_foreign_structure_is_refused(tool, content, message):
    with pytest.raises(DataRefused, match=message):
        structures(tool, content, "x.lss")


def test_a_text_that_two_questions_share_is_nobody_s():
    structure = Structure(wordings={"Q1": "Précisez", "Q2": "Précisez"})
    assert codes("limesurvey", ["Précisez", "Q2"], structure) == {"Précisez": "Précisez", "Q2": "Q2"}
