"""The rules that the tables of the evaluation keep between themselves.

Each is one function whose parameters are named like the tables that it reads. It returns, for each row
of the table at fault, whether the row breaks it; a missing value breaks nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeAlias

import pandas as pd

from atc.survey.quotations import judges_someone, names_a_place, places_of
from atc.survey.validation.coherence import Rule

Broken: TypeAlias = "Callable[..., pd.Series[Any]]"
_END_OF_JANUARY = pd.Timestamp(dt.date(2020, 1, 31))

RULES: list[Rule] = []


def _rule(column: str, message: str, remedy: str) -> Callable[[Broken], Broken]:
    """Add a rule: which rows break it is what the function under it says."""

    def add(broken: Broken) -> Broken:
        RULES.append(Rule(broken, column, message, remedy))
        return broken

    return add


@_rule(
    "scores.repondant",
    "Ce répondant n’est pas un destinataire du questionnaire flash",
    "Corrigez ce code ou le groupe, ou ajoutez la personne à questionnaire_flash",
)
def _notes_sans_questionnaire(scores: pd.DataFrame, questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    known = scores["repondant"].isin(questionnaire_flash["repondant"])
    return (scores["groupe"] == "institutionnels") & ~known


@_rule(
    "scores.repondant",
    "Note d’une personne qui n’a pas répondu : questionnaire_flash dit repondu = non",
    "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",
)
def _notes_de_non_repondants(scores: pd.DataFrame, questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    silent = questionnaire_flash.loc[questionnaire_flash["repondu"].eq(False), "repondant"]
    return (scores["groupe"] == "institutionnels") & scores["repondant"].isin(silent)


@_rule(
    "scores.repondant",
    "Ce répondant n’a pas rendu de carnet de bord",
    "Corrigez ce code ou le groupe, ou ajoutez son carnet à carnet_de_bord ; si plusieurs partagent cette "
    "fonction, son carnet le dit dans « configuration » (partage)",
)
def _notes_sans_carnet(scores: pd.DataFrame, carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    known = scores["repondant"].isin(carnet_de_bord["repondant"])
    # Several who share a function share a carnet.
    several = (carnet_de_bord["configuration"] == "partage").fillna(value=False)
    shared = scores["territoire"].isin(carnet_de_bord.loc[several, "territoire"])
    return (scores["groupe"] == "animateurs") & ~known & ~shared


@_rule(
    "scores.territoire",
    "{repondant} relève d’un autre territoire dans son questionnaire ou son carnet",
    "Écrivez le même territoire dans les deux fichiers",
)
def _notes_d_un_autre_territoire(
    scores: pd.DataFrame, questionnaire_flash: pd.DataFrame, carnet_de_bord: pd.DataFrame
) -> pd.Series[Any]:
    columns = ["repondant", "territoire"]
    people = pd.concat([questionnaire_flash[columns], carnet_de_bord[columns]])
    homes = people.drop_duplicates("repondant").set_index("repondant")["territoire"]
    home = scores["repondant"].map(homes)
    return home.notna() & (home != scores["territoire"])


@_rule(
    "questionnaire_flash.repondu",
    "La ligne porte des réponses, alors que la personne n’a pas répondu",
    "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",
)
def _reponses_de_non_repondants(questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    answers = questionnaire_flash.drop(columns=["repondant", "territoire", "role", "repondu"])
    return ~questionnaire_flash["repondu"] & answers.notna().any(axis=1)


@_rule(
    "carnet_de_bord.reunions_janvier_2020",
    "Plus de réunions avant la fin janvier 2020 qu’en tout : reunions_pilotage vaut {reunions_pilotage}",
    "Corrigez l’un des deux nombres : le premier est compris dans le second",
)
def _reunions_de_janvier_en_trop(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    return carnet_de_bord["reunions_janvier_2020"] > carnet_de_bord["reunions_pilotage"]


@_rule(
    "carnet_de_bord.reunions_janvier_2020",
    "Réunions avant la fin janvier 2020, alors que le contrat débute le {debut_contrat}",
    "Écrivez 0, ou corrigez la date de début du contrat",
)
def _reunions_avant_le_contrat(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    later = carnet_de_bord["debut_contrat"] > _END_OF_JANUARY
    return later & (carnet_de_bord["reunions_janvier_2020"] > 0)


@_rule(
    "carnet_de_bord.etp",
    "Plus d’un équivalent temps plein, alors qu’une seule personne assure l’animation",
    "Corrigez l’ETP, ou la configuration",
)
def _seul_a_plus_d_un_etp(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    return (carnet_de_bord["configuration"] == "seul") & (carnet_de_bord["etp"] > 1)


@_rule(
    "carnet_de_bord.etp",
    "Un équivalent temps plein entier, alors qu’une personne seule est à temps partiel",
    "Corrigez l’ETP, la configuration ou le temps plein",
)
def _seul_a_temps_partiel_et_un_etp(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    alone = carnet_de_bord["configuration"] == "seul"
    return alone & ~carnet_de_bord["temps_plein"] & (carnet_de_bord["etp"] == 1)


@_rule(
    "positionnements.modele_secondaire",
    "Le modèle secondaire est le même que le principal",
    "Écrivez « SO » si le site relève d’un seul modèle, ou corrigez l’un des deux",
)
def _modeles_identiques(positionnements: pd.DataFrame) -> pd.Series[Any]:
    # As text: one of the two may have a modalité that the other has not.
    main, second = (positionnements[f"modele_{rank}"].astype(object) for rank in ("principal", "secondaire"))
    return second == main


@_rule(
    "entretiens.recueil",
    "Ce n’est pas le recueil que la table territoires donne pour {territoire}",
    "Écrivez le même recueil dans les deux fichiers",
)
def _recueil_different(entretiens: pd.DataFrame, territoires: pd.DataFrame) -> pd.Series[Any]:
    sites = territoires.drop_duplicates("territoire").set_index("territoire")["recueil"]
    expected = entretiens["territoire"].map(sites.astype(object))
    found = entretiens["recueil"].astype(object)
    return expected.notna() & found.notna() & (expected != found)


@_rule(
    "verbatims.relu_par",
    "Citation relue sans le nom de qui l’a relue",
    "Écrivez qui a relu, ou relu = non",
)
def _relu_sans_relecteur(verbatims: pd.DataFrame) -> pd.Series[Any]:
    return verbatims["relu"] & verbatims["relu_par"].isna()


@_rule(
    "verbatims.relu_le",
    "Citation relue sans la date de la relecture",
    "Écrivez la date sous la forme AAAA-MM-JJ, ou relu = non",
)
def _relu_sans_date(verbatims: pd.DataFrame) -> pd.Series[Any]:
    return verbatims["relu"] & verbatims["relu_le"].isna()


@_rule(
    "verbatims.relu_pour",
    "Citation relue sans le cercle de lecteurs pour lequel la signature vaut",
    "Écrivez interne, financeurs ou public, ou relu = non",
)
def _relu_sans_cercle(verbatims: pd.DataFrame) -> pd.Series[Any]:
    return verbatims["relu"] & verbatims["relu_pour"].isna()


@_rule(
    "verbatims.relu",
    "Citation non relue, alors que la ligne nomme un relecteur, une date ou un cercle",
    "Écrivez relu = oui, ou « SO » pour relu_par, relu_le et relu_pour",
)
def _relecture_sans_accord(verbatims: pd.DataFrame) -> pd.Series[Any]:
    traces = verbatims[["relu_par", "relu_le", "relu_pour"]].notna().any(axis=1)
    return ~verbatims["relu"] & traces


@_rule(
    "verbatims.texte",
    "Citation relue où se lit le nom d’un site",
    "Remplacez-le par une mention entre crochets, [un quartier], ou écrivez relu = non",
)
def _citation_qui_nomme_un_lieu(verbatims: pd.DataFrame, territoires: pd.DataFrame) -> pd.Series[Any]:
    places = places_of(territoires)
    named = verbatims["texte"].map(lambda text: names_a_place(str(text), places))
    return verbatims["relu"] & (verbatims["nature"] == "citation") & named


@_rule(
    "verbatims.texte",
    "Citation relue qui juge une personne reconnaissable",
    "Mettez sa fonction ou son nom entre crochets, [un.e partenaire], ou écrivez relu = non",
)
def _jugement_sur_une_personne(verbatims: pd.DataFrame) -> pd.Series[Any]:
    return verbatims["relu"] & verbatims["texte"].map(lambda text: judges_someone(str(text)))
