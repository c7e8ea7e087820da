"""Rules between columns and between tables, which a Table Schema cannot say, held against a whole wave."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atc.survey.errors import Fault, shown
from atc.survey.quotations import judges_someone, names_a_place, places_of
from atc.survey.validation.reading import TextTable, typed_frame


@dataclass(frozen=True)
class Rule:
    """A rule, and what to say of each row that breaks it."""

    column: str  # where the evaluator should look, as ``table.colonne``
    message: str  # what is wrong; ``{colonne}`` quotes another column of the row
    remedy: str
    # Its parameters are the tables that it reads; for each row of the table of ``column``, whether the row
    # breaks it. A missing value breaks nothing.
    broken: Callable[..., pd.Series[Any]]

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that the rule reads."""
        return tuple(inspect.signature(self.broken).parameters)


def typed_frames(texts: Mapping[str, TextTable], known: Iterable[Fault]) -> dict[str, pd.DataFrame]:
    """Typed tables, where a cell at fault counts as missing; the line in the file is the index.

    Tables that are not whole are left out. Texts are kept, right or wrong: a pseudonym tells who answered.
    """
    cells = {name: text.cells.copy() for name, text in texts.items() if text.whole}
    names = {text.file: name for name, text in texts.items() if text.whole}
    for fault in known:
        name = names.get(fault.file, "")
        field = texts[name].table.fields.get(fault.column) if name else None
        if field and fault.line in cells[name].index and (field.type != "string" or field.categories):
            cells[name].loc[fault.line, fault.column] = ""
    return {name: typed_frame(frame, texts[name].table) for name, frame in cells.items()}


def coherence_faults(
    frames: Mapping[str, pd.DataFrame], texts: Mapping[str, TextTable], known: Sequence[Fault]
) -> Iterator[Fault]:
    """Rows that break a rule: one fault for each row and rule.

    A rule is left out when its table is not whole, or when another one that it reads is not sound: it would
    blame right rows. A cell already at fault is not blamed twice.
    """
    places = {(fault.file, fault.line, fault.column) for fault in known}
    sound = {name for name, text in texts.items() if text.is_sound(known)}
    for rule in RULES:
        table, _, column = rule.column.partition(".")
        if table not in frames or not set(rule.tables) <= sound | {table}:
            continue
        text = texts[table]
        broken = rule.broken(*(frames[name] for name in rule.tables))
        # A comparison with a missing value says neither yes nor no.
        for line in broken.index[broken.astype("boolean").fillna(value=False)]:
            if (text.file, line, column) not in places:
                row = {str(name): shown(value) for name, value in text.cells.loc[line].items()}
                message = rule.message.format_map(row)
                yield Fault(text.file, int(line), column, row[column], message, rule.remedy)


# --- the rules that the tables of the evaluation keep between themselves ---


def _scored_without_carnet(scores: pd.DataFrame, carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    known = scores["repondant"].isin(carnet_de_bord["repondant"])
    # Several who share a function share a carnet.
    several = (carnet_de_bord["configuration"] == "partage").fillna(value=False)
    shared = scores["territoire"].isin(carnet_de_bord.loc[several, "territoire"])
    return (scores["groupe"] == "animateurs") & ~known & ~shared


def _of_another_site(
    scores: pd.DataFrame, questionnaire_flash: pd.DataFrame, carnet_de_bord: pd.DataFrame
) -> pd.Series[Any]:
    columns = ["repondant", "territoire"]
    people = pd.concat([questionnaire_flash[columns], carnet_de_bord[columns]])
    return _differs(scores, "territoire", people, "repondant")


def _differs(frame: pd.DataFrame, column: str, other: pd.DataFrame, key: str) -> pd.Series[Any]:
    """Whether a table says otherwise than another one of the same thing; as text, whatever the modalités."""
    known = other.drop_duplicates(key).set_index(key)[column].astype(object)
    expected, found = frame[key].map(known), frame[column].astype(object)
    return expected.notna() & found.notna() & (expected != found)


def _answered_in_silence(questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    answers = questionnaire_flash.drop(columns=["repondant", "territoire", "role", "repondu"])
    return ~questionnaire_flash["repondu"] & answers.notna().any(axis=1)


def _names_a_site(verbatims: pd.DataFrame, territoires: pd.DataFrame) -> pd.Series[Any]:
    places = places_of(territoires)
    named = verbatims["texte"].map(lambda text: names_a_place(str(text), places))
    return verbatims["relu"] & (verbatims["nature"] == "citation") & named


RULES: Sequence[Rule] = (
    Rule(
        "scores.repondant",
        "Ce répondant n’est pas un destinataire du questionnaire flash",
        "Corrigez ce code ou le groupe, ou ajoutez la personne à questionnaire_flash",
        lambda scores, questionnaire_flash: (
            (scores["groupe"] == "institutionnels")
            & ~scores["repondant"].isin(questionnaire_flash["repondant"])
        ),
    ),
    Rule(
        "scores.repondant",
        "Note d’une personne qui n’a pas répondu : questionnaire_flash dit repondu = non",
        "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",
        lambda scores, questionnaire_flash: (
            (scores["groupe"] == "institutionnels")
            & scores["repondant"].isin(
                questionnaire_flash.loc[questionnaire_flash["repondu"].eq(False), "repondant"]
            )
        ),
    ),
    Rule(
        "scores.repondant",
        "Ce répondant n’a pas rendu de carnet de bord",
        "Corrigez ce code ou le groupe, ou ajoutez son carnet à carnet_de_bord ; si plusieurs partagent "
        "cette fonction, son carnet le dit dans « configuration » (partage)",
        _scored_without_carnet,
    ),
    Rule(
        "scores.territoire",
        "{repondant} relève d’un autre territoire dans son questionnaire ou son carnet",
        "Écrivez le même territoire dans les deux fichiers",
        _of_another_site,
    ),
    Rule(
        "questionnaire_flash.repondu",
        "La ligne porte des réponses, alors que la personne n’a pas répondu",
        "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",
        _answered_in_silence,
    ),
    Rule(
        "carnet_de_bord.reunions_janvier_2020",
        "Plus de réunions avant la fin janvier 2020 qu’en tout : reunions_pilotage vaut {reunions_pilotage}",
        "Corrigez l’un des deux nombres : le premier est compris dans le second",
        lambda carnet_de_bord: carnet_de_bord["reunions_janvier_2020"] > carnet_de_bord["reunions_pilotage"],
    ),
    Rule(
        "carnet_de_bord.reunions_janvier_2020",
        "Réunions avant la fin janvier 2020, alors que le contrat débute le {debut_contrat}",
        "Écrivez 0, ou corrigez la date de début du contrat",
        lambda carnet_de_bord: (
            (carnet_de_bord["debut_contrat"] > pd.Timestamp("2020-01-31"))
            & (carnet_de_bord["reunions_janvier_2020"] > 0)
        ),
    ),
    Rule(
        "carnet_de_bord.etp",
        "Plus d’un équivalent temps plein, alors qu’une seule personne assure l’animation",
        "Corrigez l’ETP, ou la configuration",
        lambda carnet_de_bord: (carnet_de_bord["configuration"] == "seul") & (carnet_de_bord["etp"] > 1),
    ),
    Rule(
        "carnet_de_bord.etp",
        "Un équivalent temps plein entier, alors qu’une personne seule est à temps partiel",
        "Corrigez l’ETP, la configuration ou le temps plein",
        lambda carnet_de_bord: (
            (carnet_de_bord["configuration"] == "seul")
            & ~carnet_de_bord["temps_plein"]
            & (carnet_de_bord["etp"] == 1)
        ),
    ),
    Rule(
        "positionnements.modele_secondaire",
        "Le modèle secondaire est le même que le principal",
        "Écrivez « SO » si le site relève d’un seul modèle, ou corrigez l’un des deux",
        # As text: one of the two may have a modalité that the other has not.
        lambda positionnements: (
            positionnements["modele_secondaire"].astype(object)
            == positionnements["modele_principal"].astype(object)
        ),
    ),
    Rule(
        "entretiens.recueil",
        "Ce n’est pas le recueil que la table territoires donne pour {territoire}",
        "Écrivez le même recueil dans les deux fichiers",
        lambda entretiens, territoires: _differs(entretiens, "recueil", territoires, "territoire"),
    ),
    Rule(
        "verbatims.relu_par",
        "Citation relue sans le nom de qui l’a relue",
        "Écrivez qui a relu, ou relu = non",
        lambda verbatims: verbatims["relu"] & verbatims["relu_par"].isna(),
    ),
    Rule(
        "verbatims.relu_le",
        "Citation relue sans la date de la relecture",
        "Écrivez la date sous la forme AAAA-MM-JJ, ou relu = non",
        lambda verbatims: verbatims["relu"] & verbatims["relu_le"].isna(),
    ),
    Rule(
        "verbatims.relu_pour",
        "Citation relue sans le cercle de lecteurs pour lequel la signature vaut",
        "Écrivez interne, financeurs ou public, ou relu = non",
        lambda verbatims: verbatims["relu"] & verbatims["relu_pour"].isna(),
    ),
    Rule(
        "verbatims.relu",
        "Citation non relue, alors que la ligne nomme un relecteur, une date ou un cercle",
        "Écrivez relu = oui, ou « SO » pour relu_par, relu_le et relu_pour",
        lambda verbatims: (
            ~verbatims["relu"] & verbatims[["relu_par", "relu_le", "relu_pour"]].notna().any(axis=1)
        ),
    ),
    Rule(
        "verbatims.texte",
        "Citation relue où se lit le nom d’un site",
        "Remplacez-le par une mention entre crochets, [un quartier], ou écrivez relu = non",
        _names_a_site,
    ),
    Rule(
        "verbatims.texte",
        "Citation relue qui juge une personne reconnaissable",
        "Mettez sa fonction ou son nom entre crochets, [un.e partenaire], ou écrivez relu = non",
        lambda verbatims: verbatims["relu"] & verbatims["texte"].map(lambda text: judges_someone(str(text))),
    ),
)
