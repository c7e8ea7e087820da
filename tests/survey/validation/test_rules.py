"""Each rule on the smallest tables that keep it or break it; a missing value breaks nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from survey.validation.small_wave import HERE

from atc.survey.dictionary import load_dictionary
from atc.survey.paths import Project
from atc.survey.validation.reading import typed_frame
from atc.survey.validation.rules import RULES, Rule, lines_that_break

DICTIONARY = load_dictionary(Project(HERE))
Cells = list[dict[str, str]]


def broken(rule: Rule, **tables: Cells) -> list[bool]:
    """Rows at fault, where every cell that is not given is empty."""
    frames = {}
    for name in (rule.table, *rule.tables):
        table = DICTIONARY.table(name)
        rows = [{column: row.get(column, "") for column in table.fields} for row in tables[name]]
        frames[name] = typed_frame(pd.DataFrame(rows, columns=list(table.fields), dtype=object), table)
    (lines,) = lines_that_break([rule], frames)
    return [line in lines for line in frames[rule.table].index]


def rows(columns: str, *lines: str) -> Cells:
    """A table as its CSV would be."""
    return [dict(zip(columns.split(","), line.split(","), strict=True)) for line in lines]


#: Beginning of what is said -> rows, each with what is expected of it; then the other tables.
CASES: list[tuple[str, list[tuple[str, bool]], str, dict[str, Cells]]] = [
    (
        "Ce répondant n’est pas un destinataire",
        [("R-1,institutionnels", False), ("R-2,institutionnels", True), ("R-2,animateurs", False),
         ("R-2,", False)],
        "repondant,groupe",
        {"questionnaire_flash": rows("repondant", "R-1")},
    ),
    (
        "Note d’une personne qui n’a pas répondu",
        [("R-1,institutionnels", False), ("R-2,institutionnels", True), ("R-3,institutionnels", False)],
        "repondant,groupe",
        {"questionnaire_flash": rows("repondant,repondu", "R-1,oui", "R-2,non", "R-3,")},
    ),
    (
        # Several who share a function share a carnet.
        "Ce répondant n’a pas rendu de carnet",
        [
            ("A-1,animateurs,grenoble", False),
            ("A-2,animateurs,grenoble", True),
            ("A-2,institutionnels,grenoble", False),
            ("A-3,animateurs,avignon", False),
            ("A-4,animateurs,aubenas", True),
        ],
        "repondant,groupe,territoire",
        {
            "carnet_de_bord": rows(
                "repondant,territoire,configuration",
                "A-1,grenoble,seul", "A-0,avignon,partage", "A-9,aubenas,",
            )
        },
    ),
    (
        "{repondant} relève d’un autre territoire",
        [("R-1,grenoble", False), ("R-1,avignon", True), ("A-1,avignon", False), ("A-1,grenoble", True),
         ("X-9,grenoble", False)],
        "repondant,territoire",
        {
            "questionnaire_flash": rows("repondant,territoire", "R-1,grenoble"),
            "carnet_de_bord": rows("repondant,territoire", "A-1,avignon"),
        },
    ),
    (
        "La ligne porte des réponses",
        [("non,,,", False), ("non,NSP,SO,", False), ("non,soutien,,", True), ("non,,,non", True),
         ("oui,soutien,,", False), (",soutien,,", False)],
        "repondu,posture,frein_elections,frein_objet_flou",
        {},
    ),
    (
        "Plus de réunions avant la fin janvier",
        [("2,4", False), ("4,4", False), ("5,4", True), (",4", False), ("5,", False)],
        "reunions_janvier_2020,reunions_pilotage",
        {},
    ),
    (
        "Réunions avant la fin janvier",
        [("2020-01-31,1", False), ("2020-02-01,1", True), ("2020-02-01,0", False), ("2020-02-01,NSP", False),
         (",1", False)],
        "debut_contrat,reunions_janvier_2020",
        {},
    ),
    (
        "Plus d’un équivalent temps plein",
        [("seul,oui,1", False), ("seul,oui,1.1", True), ("seul,non,1.1", True), ("seul,oui,", False),
         ("seul_avec_appui,oui,1.5", False), (",oui,1.5", False)],
        "configuration,temps_plein,etp",
        {},
    ),
    (
        "Un équivalent temps plein entier",
        [("seul,oui,1", False), ("seul,non,0.7", False), ("seul,non,1", True), ("seul,non,1.1", False),
         ("seul,,1", False), ("partage,non,1", False)],
        "configuration,temps_plein,etp",
        {},
    ),
    (
        "Le modèle secondaire est le même",
        [("coordination,coordination", True), ("coordination,participation", False),
         ("coordination,SO", False)],
        "modele_principal,modele_secondaire",
        {},
    ),
    (
        "Ce n’est pas le recueil",
        [("grenoble,monographie", False), ("grenoble,telephone", True), ("lyon,telephone", False),
         ("grenoble,", False)],
        "territoire,recueil",
        {"territoires": rows("territoire,recueil", "grenoble,monographie")},
    ),
    *(
        (
            message,
            [(line, message == at) for line, at in (
                ("oui,équipe,2020-11-30,interne", ""),
                ("oui,SO,2020-11-30,public", "Citation relue sans le nom"),
                ("oui,équipe,,public", "Citation relue sans la date"),
                ("oui,équipe,2020-11-30,SO", "Citation relue sans le cercle"),
                ("non,SO,SO,SO", ""),
                ("non,équipe,SO,SO", "Citation non relue"),
                ("non,SO,2020-11-30,SO", "Citation non relue"),
                ("non,SO,SO,financeurs", "Citation non relue"),
                (",équipe,2020-11-30,public", ""),
            )],
            "relu,relu_par,relu_le,relu_pour",
            {},
        )
        for message in (
            "Citation relue sans le nom", "Citation relue sans la date", "Citation relue sans le cercle",
            "Citation non relue",
        )
    ),
    (
        "Citation relue où se lit le nom d’un site",
        [("citation;À Grenoble, on avance.;oui", True), ("citation;À GRENOBLE, on avance.;oui", True),
         ("citation;À Grenoble, on avance.;non", False), ("citation;À Grenoble, on avance.;", False),
         ("citation;À [un site], on avance.;oui", False), ("paraphrase;À Grenoble, on avance.;oui", False),
         ("citation;;oui", False)],
        "nature;texte;relu",
        {"territoires": rows("territoire,commune,quartier", "grenoble,Grenoble,")},
    ),
    (
        "Citation relue qui juge une personne",
        [("citation;Le délégué du préfet est incompétent.;oui", True),
         ("paraphrase;Le délégué du préfet est incompétent.;oui", True),
         ("citation;Le délégué du préfet est incompétent.;non", False),
         ("citation;[Un.e partenaire] est incompétent.;oui", False), ("citation;;oui", False)],
        "nature;texte;relu",
        {},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("said", "told", "columns", "others"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_is_broken_by_these_rows_and_no_other(
    said: str, told: list[tuple[str, bool]], columns: str, others: dict[str, Cells]
) -> None:
    (rule,) = (rule for rule in RULES if rule.message.startswith(said))
    cut = ";" if ";" in columns else ","
    own = [dict(zip(columns.split(cut), line.split(cut), strict=True)) for line, _ in told]
    assert broken(rule, **{rule.table: own}, **others) == [at for _, at in told]


def test_every_rule_is_tried_and_names_columns_of_the_dictionary() -> None:
    assert len({case[0] for case in CASES}) == len(RULES)
    for rule in RULES:
        table = DICTIONARY.field(rule.column).table
        rule.message.format_map(dict.fromkeys(DICTIONARY.table(table).fields, ""))
        # Nothing is said of rows without any answer.
        nobody = {name: [{}, {}] for name in (table, *rule.tables)}
        assert broken(rule, **nobody) == [False, False]
