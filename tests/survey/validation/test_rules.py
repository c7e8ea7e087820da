"""Each rule on the smallest tables that keep it or break it; a missing value breaks nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from survey.validation.small_wave import SmallWave

from atc.survey.dictionary import load_dictionary
from atc.survey.validation import rules
from atc.survey.validation.rules import RULES
from atc.survey.validation.typed import typed_frame


def frames(wave: SmallWave, **tables: list[dict[str, str]]) -> list[pd.DataFrame]:
    """Typed tables with these cells; every other cell is empty."""
    found = []
    for name, cells in tables.items():
        table = load_dictionary(wave.project).table(name)
        rows = [{column: row.get(column, "") for column in table.fields} for row in cells]
        found.append(typed_frame(pd.DataFrame(rows, dtype=object), table))
    return found


def broken(rule, wave: SmallWave, **rows: list[dict[str, str]]) -> list[bool]:
    return rule(*frames(wave, **rows)).astype("boolean").fillna(value=False).tolist()


def test_scores_need_a_questionnaire(wave: SmallWave) -> None:
    assert broken(
        rules._notes_sans_questionnaire,
        wave,
        scores=[
            {"repondant": "R-1", "groupe": "institutionnels"},
            {"repondant": "R-2", "groupe": "institutionnels"},
            {"repondant": "R-2", "groupe": "animateurs"},
            {"repondant": "R-2", "groupe": ""},
        ],
        questionnaire_flash=[{"repondant": "R-1"}],
    ) == [False, True, False, False]


def test_scores_need_an_answer(wave: SmallWave) -> None:
    assert broken(
        rules._notes_de_non_repondants,
        wave,
        scores=[{"repondant": f"R-{i}", "groupe": "institutionnels"} for i in (1, 2, 3)],
        questionnaire_flash=[
            {"repondant": "R-1", "repondu": "oui"},
            {"repondant": "R-2", "repondu": "non"},
            {"repondant": "R-3", "repondu": ""},
        ],
    ) == [False, True, False]


def test_scores_of_animateurs_need_a_carnet_which_several_may_share(wave: SmallWave) -> None:
    assert broken(
        rules._notes_sans_carnet,
        wave,
        scores=[
            {"repondant": "A-1", "groupe": "animateurs", "territoire": "grenoble"},
            {"repondant": "A-2", "groupe": "animateurs", "territoire": "grenoble"},
            {"repondant": "A-2", "groupe": "institutionnels", "territoire": "grenoble"},
            {"repondant": "A-3", "groupe": "animateurs", "territoire": "avignon"},
            {"repondant": "A-4", "groupe": "animateurs", "territoire": "aubenas"},
        ],
        carnet_de_bord=[
            {"repondant": "A-1", "territoire": "grenoble", "configuration": "seul"},
            {"repondant": "A-0", "territoire": "avignon", "configuration": "partage"},
            {"repondant": "A-9", "territoire": "aubenas", "configuration": ""},
        ],
    ) == [False, True, False, False, True]


def test_scores_stay_in_the_territory_of_the_respondent(wave: SmallWave) -> None:
    assert broken(
        rules._notes_d_un_autre_territoire,
        wave,
        scores=[
            {"repondant": "R-1", "territoire": "grenoble"},
            {"repondant": "R-1", "territoire": "avignon"},
            {"repondant": "A-1", "territoire": "avignon"},
            {"repondant": "A-1", "territoire": "grenoble"},
            {"repondant": "X-9", "territoire": "grenoble"},
        ],
        questionnaire_flash=[{"repondant": "R-1", "territoire": "grenoble"}],
        carnet_de_bord=[{"repondant": "A-1", "territoire": "avignon"}],
    ) == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"repondu": "non"}, False),
        ({"repondu": "non", "posture": "NSP", "frein_elections": "SO"}, False),
        ({"repondu": "non", "posture": "soutien"}, True),
        ({"repondu": "non", "frein_objet_flou": "non"}, True),
        ({"repondu": "oui", "posture": "soutien"}, False),
        ({"repondu": "", "posture": "soutien"}, False),
    ],
)
def test_silence_has_no_answers(row: dict[str, str], expected: bool, wave: SmallWave) -> None:
    assert broken(rules._reponses_de_non_repondants, wave, questionnaire_flash=[row]) == [expected]


@pytest.mark.parametrize(
    ("january", "all_of_them", "expected"),
    [("2", "4", False), ("4", "4", False), ("5", "4", True), ("", "4", False), ("5", "", False)],
)
def test_january_is_part_of_the_whole(
    january: str, all_of_them: str, expected: bool, wave: SmallWave
) -> None:
    row = {"reunions_janvier_2020": january, "reunions_pilotage": all_of_them}
    assert broken(rules._reunions_de_janvier_en_trop, wave, carnet_de_bord=[row]) == [expected]


@pytest.mark.parametrize(
    ("begins", "january", "expected"),
    [
        ("2020-01-31", "1", False),
        ("2020-02-01", "1", True),
        ("2020-02-01", "0", False),
        ("2020-02-01", "NSP", False),
        ("", "1", False),
    ],
)
def test_no_meeting_before_the_contract(begins: str, january: str, expected: bool, wave: SmallWave) -> None:
    row = {"debut_contrat": begins, "reunions_janvier_2020": january}
    assert broken(rules._reunions_avant_le_contrat, wave, carnet_de_bord=[row]) == [expected]


@pytest.mark.parametrize(
    ("configuration", "full_time", "etp", "expected"),
    [
        ("seul", "oui", "1", None),
        ("seul", "oui", "0.8", None),
        ("seul", "oui", "0.5", None),
        ("seul", "non", "0.7", None),
        ("seul", "non", "1", rules._seul_a_temps_partiel_et_un_etp),
        ("seul", "oui", "1.1", rules._seul_a_plus_d_un_etp),
        ("seul", "non", "1.1", rules._seul_a_plus_d_un_etp),
        ("seul", "", "0.5", None),
        ("seul", "", "1", None),
        ("seul", "oui", "", None),
        ("seul_avec_appui", "oui", "1.5", None),
        ("partage", "oui", "0.5", None),
        ("", "oui", "0.5", None),
    ],
)
def test_the_hours_of_someone_alone_fit_the_post(
    configuration: str, full_time: str, etp: str, expected: object, wave: SmallWave
) -> None:
    row = {"configuration": configuration, "temps_plein": full_time, "etp": etp}
    about_hours = [rule for rule in RULES if rule.column == "carnet_de_bord.etp"]
    assert len(about_hours) == 2
    found = [r.broken for r in about_hours if broken(r.broken, wave, carnet_de_bord=[row])[0]]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("second", "expected"), [("coordination", True), ("participation", False), ("SO", False)]
)
def test_two_models_differ(second: str, expected: bool, wave: SmallWave) -> None:
    row = {"modele_principal": "coordination", "modele_secondaire": second}
    assert broken(rules._modeles_identiques, wave, positionnements=[row]) == [expected]


def test_interviews_are_of_the_kind_of_their_site(wave: SmallWave) -> None:
    assert broken(
        rules._recueil_different,
        wave,
        entretiens=[
            {"territoire": "grenoble", "recueil": "monographie"},
            {"territoire": "grenoble", "recueil": "telephone"},
            {"territoire": "lyon", "recueil": "telephone"},
            {"territoire": "grenoble", "recueil": ""},
        ],
        territoires=[{"territoire": "grenoble", "recueil": "monographie"}],
    ) == [False, True, False, False]


@pytest.mark.parametrize(
    ("reviewed", "who", "when", "for_whom", "expected"),
    [
        ("oui", "équipe", "2020-11-30", "interne", []),
        ("oui", "SO", "2020-11-30", "public", [rules._relu_sans_relecteur]),
        ("oui", "équipe", "", "public", [rules._relu_sans_date]),
        ("oui", "équipe", "2020-11-30", "SO", [rules._relu_sans_cercle]),
        ("non", "SO", "SO", "SO", []),
        ("non", "équipe", "SO", "SO", [rules._relecture_sans_accord]),
        ("non", "SO", "2020-11-30", "SO", [rules._relecture_sans_accord]),
        ("non", "SO", "SO", "financeurs", [rules._relecture_sans_accord]),
        ("", "équipe", "2020-11-30", "public", []),
    ],
)
def test_a_review_is_signed_dated_and_for_a_circle(
    reviewed: str, who: str, when: str, for_whom: str, expected: list, wave: SmallWave
) -> None:
    row = {"relu": reviewed, "relu_par": who, "relu_le": when, "relu_pour": for_whom}
    about_review = [rule.broken for rule in RULES if rule.column.startswith("verbatims.rel")]
    assert [r for r in about_review if broken(r, wave, verbatims=[row])[0]] == expected


SITES = [{"territoire": "grenoble", "commune": "Grenoble", "quartier": ""}]


@pytest.mark.parametrize(
    ("nature", "text", "reviewed", "expected"),
    [
        ("citation", "À Grenoble, on avance.", "oui", True),
        ("citation", "À GRENOBLE, on avance.", "oui", True),
        ("citation", "À Grenoble, on avance.", "non", False),
        ("citation", "À Grenoble, on avance.", "", False),
        ("citation", "À [un site], on avance.", "oui", False),
        ("paraphrase", "À Grenoble, on avance.", "oui", False),
        ("citation", "", "oui", False),
    ],
)
def test_a_signed_quotation_names_no_site(
    nature: str, text: str, reviewed: str, expected: bool, wave: SmallWave
) -> None:
    row = {"nature": nature, "texte": text, "relu": reviewed}
    found = broken(rules._citation_qui_nomme_un_lieu, wave, verbatims=[row], territoires=SITES)
    assert found == [expected]


@pytest.mark.parametrize("nature", ["citation", "paraphrase"])
@pytest.mark.parametrize(
    ("text", "reviewed", "expected"),
    [
        ("Le délégué du préfet est incompétent.", "oui", True),
        ("Le délégué du préfet est incompétent.", "non", False),
        ("[Un.e partenaire] est incompétent.", "oui", False),
        ("", "oui", False),
    ],
)
def test_a_signed_quotation_judges_nobody_that_readers_know(
    nature: str, text: str, reviewed: str, expected: bool, wave: SmallWave
) -> None:
    row = {"nature": nature, "texte": text, "relu": reviewed}
    assert broken(rules._jugement_sur_une_personne, wave, verbatims=[row]) == [expected]


def test_every_rule_names_columns_of_the_dictionary(wave: SmallWave) -> None:
    dictionary = load_dictionary(wave.project)
    for rule in RULES:
        table = dictionary.field(rule.column).table
        assert table in rule.tables
        assert set(rule.tables) <= set(dictionary.tables)
        rule.message.format_map(dict.fromkeys(dictionary.table(table).fields, ""))


def test_every_rule_answers_for_each_row_of_the_table_at_fault(wave: SmallWave) -> None:
    for rule in RULES:
        found = frames(wave, **{name: [{}, {}] for name in rule.tables})
        assert rule.broken(*found).index.tolist() == [0, 1]
        assert not rule.broken(*found).astype("boolean").fillna(value=False).any()
