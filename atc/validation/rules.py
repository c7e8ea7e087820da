"""The rules that the tables of the evaluation keep between themselves.

Each is one function whose parameters are named like the tables that it reads. It returns, for each row
of the table at fault, whether the row breaks it; a missing value breaks nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from atc.quotations import judges_someone, names_a_place, places_of
from atc.validation.coherence import Rule

_END_OF_JANUARY = pd.Timestamp(dt.date(2020, 1, 31))


def notes_sans_questionnaire(scores: pd.DataFrame, questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    """Scores of an institutional actor to whom no questionnaire was sent."""
    known = scores["repondant"].isin(questionnaire_flash["repondant"])
    return (scores["groupe"] == "institutionnels") & ~known


def notes_de_non_repondants(scores: pd.DataFrame, questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    """Scores of an institutional actor who has not answered."""
    silent = questionnaire_flash.loc[questionnaire_flash["repondu"].eq(False), "repondant"]
    return (scores["groupe"] == "institutionnels") & scores["repondant"].isin(silent)


def notes_sans_carnet(scores: pd.DataFrame, carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    """Scores of an animateur.trice whose carnet was not returned."""
    known = scores["repondant"].isin(carnet_de_bord["repondant"])
    return (scores["groupe"] == "animateurs") & ~known


def notes_d_un_autre_territoire(
    scores: pd.DataFrame, questionnaire_flash: pd.DataFrame, carnet_de_bord: pd.DataFrame
) -> pd.Series[Any]:
    """Scores given for a territory that is not the respondent's."""
    columns = ["repondant", "territoire"]
    people = pd.concat([questionnaire_flash[columns], carnet_de_bord[columns]])
    homes = people.drop_duplicates("repondant").set_index("repondant")["territoire"]
    home = scores["repondant"].map(homes)
    return home.notna() & (home != scores["territoire"])


def reponses_de_non_repondants(questionnaire_flash: pd.DataFrame) -> pd.Series[Any]:
    """Answers of someone who has not answered."""
    answers = questionnaire_flash.drop(columns=["repondant", "territoire", "role", "repondu"])
    return ~questionnaire_flash["repondu"] & answers.notna().any(axis=1)


def reunions_de_janvier_en_trop(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    """More meetings by the end of January 2020 than in all."""
    return carnet_de_bord["reunions_janvier_2020"] > carnet_de_bord["reunions_pilotage"]


def reunions_avant_le_contrat(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    """Meetings by the end of January 2020 where the contract begins later."""
    later = carnet_de_bord["debut_contrat"] > _END_OF_JANUARY
    return later & (carnet_de_bord["reunions_janvier_2020"] > 0)


def seul_a_plus_d_un_etp(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    """One person alone, for more than one ETP."""
    return (carnet_de_bord["configuration"] == "seul") & (carnet_de_bord["etp"] > 1)


def seul_a_temps_partiel_et_un_etp(carnet_de_bord: pd.DataFrame) -> pd.Series[Any]:
    """One person alone and at part time, for one whole ETP."""
    alone = carnet_de_bord["configuration"] == "seul"
    return alone & ~carnet_de_bord["temps_plein"] & (carnet_de_bord["etp"] == 1)


def modeles_identiques(positionnements: pd.DataFrame) -> pd.Series[Any]:
    """Twice the same model."""
    # As text: one of the two may have a modalité that the other has not.
    main, second = (positionnements[f"modele_{rank}"].astype(object) for rank in ("principal", "secondaire"))
    return second == main


def recueil_different(entretiens: pd.DataFrame, territoires: pd.DataFrame) -> pd.Series[Any]:
    """An interview of a kind that its territory did not have."""
    sites = territoires.drop_duplicates("territoire").set_index("territoire")["recueil"]
    expected = entretiens["territoire"].map(sites.astype(object))
    found = entretiens["recueil"].astype(object)
    return expected.notna() & found.notna() & (expected != found)


def relu_sans_relecteur(verbatims: pd.DataFrame) -> pd.Series[Any]:
    """Reviewed, nobody knows by whom."""
    return verbatims["relu"] & verbatims["relu_par"].isna()


def relu_sans_date(verbatims: pd.DataFrame) -> pd.Series[Any]:
    """Reviewed, nobody knows when."""
    return verbatims["relu"] & verbatims["relu_le"].isna()


def relu_sans_cercle(verbatims: pd.DataFrame) -> pd.Series[Any]:
    """Reviewed, nobody knows for whom."""
    return verbatims["relu"] & verbatims["relu_pour"].isna()


def relecture_sans_accord(verbatims: pd.DataFrame) -> pd.Series[Any]:
    """Someone reviewed it, some day or for someone, yet it is not reviewed."""
    traces = verbatims[["relu_par", "relu_le", "relu_pour"]].notna().any(axis=1)
    return ~verbatims["relu"] & traces


def citation_qui_nomme_un_lieu(verbatims: pd.DataFrame, territoires: pd.DataFrame) -> pd.Series[Any]:
    """Somebody's very words, signed, in which a site can be read."""
    places = places_of(territoires)
    named = verbatims["texte"].map(lambda text: names_a_place(str(text), places))
    return verbatims["relu"] & (verbatims["nature"] == "citation") & named


def jugement_sur_une_personne(verbatims: pd.DataFrame) -> pd.Series[Any]:
    """Signed, though it judges somebody whom readers would know."""
    return verbatims["relu"] & verbatims["texte"].map(lambda text: judges_someone(str(text)))


RULES = (
    Rule(
        notes_sans_questionnaire,
        "scores.repondant",
        "Ce répondant n’est pas un destinataire du questionnaire flash",
        "Corrigez ce code ou le groupe, ou ajoutez la personne à questionnaire_flash",
    ),
    Rule(
        notes_de_non_repondants,
        "scores.repondant",
        "Note d’une personne qui n’a pas répondu : questionnaire_flash dit repondu = non",
        "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",
    ),
    Rule(
        notes_sans_carnet,
        "scores.repondant",
        "Ce répondant n’a pas rendu de carnet de bord",
        "Corrigez ce code ou le groupe, ou ajoutez son carnet à carnet_de_bord",
    ),
    Rule(
        notes_d_un_autre_territoire,
        "scores.territoire",
        "{repondant} relève d’un autre territoire dans son questionnaire ou son carnet",
        "Écrivez le même territoire dans les deux fichiers",
    ),
    Rule(
        reponses_de_non_repondants,
        "questionnaire_flash.repondu",
        "La ligne porte des réponses, alors que la personne n’a pas répondu",
        "Écrivez repondu = oui ; à l’import, n’exportez que les réponses terminées, ou recodez « repondu »",
    ),
    Rule(
        reunions_de_janvier_en_trop,
        "carnet_de_bord.reunions_janvier_2020",
        "Plus de réunions avant la fin janvier 2020 qu’en tout : reunions_pilotage vaut {reunions_pilotage}",
        "Corrigez l’un des deux nombres : le premier est compris dans le second",
    ),
    Rule(
        reunions_avant_le_contrat,
        "carnet_de_bord.reunions_janvier_2020",
        "Réunions avant la fin janvier 2020, alors que le contrat débute le {debut_contrat}",
        "Écrivez 0, ou corrigez la date de début du contrat",
    ),
    Rule(
        seul_a_plus_d_un_etp,
        "carnet_de_bord.etp",
        "Plus d’un équivalent temps plein, alors qu’une seule personne assure l’animation",
        "Corrigez l’ETP, ou la configuration",
    ),
    Rule(
        seul_a_temps_partiel_et_un_etp,
        "carnet_de_bord.etp",
        "Un équivalent temps plein entier, alors qu’une personne seule est à temps partiel",
        "Corrigez l’ETP, la configuration ou le temps plein",
    ),
    Rule(
        modeles_identiques,
        "positionnements.modele_secondaire",
        "Le modèle secondaire est le même que le principal",
        "Écrivez « SO » si le site relève d’un seul modèle, ou corrigez l’un des deux",
    ),
    Rule(
        recueil_different,
        "entretiens.recueil",
        "Ce n’est pas le recueil que la table territoires donne pour {territoire}",
        "Écrivez le même recueil dans les deux fichiers",
    ),
    Rule(
        relu_sans_relecteur,
        "verbatims.relu_par",
        "Citation relue sans le nom de qui l’a relue",
        "Écrivez qui a relu, ou relu = non",
    ),
    Rule(
        relu_sans_date,
        "verbatims.relu_le",
        "Citation relue sans la date de la relecture",
        "Écrivez la date sous la forme AAAA-MM-JJ, ou relu = non",
    ),
    Rule(
        relu_sans_cercle,
        "verbatims.relu_pour",
        "Citation relue sans le cercle de lecteurs pour lequel la signature vaut",
        "Écrivez interne, financeurs ou public, ou relu = non",
    ),
    Rule(
        relecture_sans_accord,
        "verbatims.relu",
        "Citation non relue, alors que la ligne nomme un relecteur, une date ou un cercle",
        "Écrivez relu = oui, ou « SO » pour relu_par, relu_le et relu_pour",
    ),
    Rule(
        citation_qui_nomme_un_lieu,
        "verbatims.texte",
        "Citation relue où se lit le nom d’un site",
        "Remplacez-le par une mention entre crochets, [un quartier], ou écrivez relu = non",
    ),
    Rule(
        jugement_sur_une_personne,
        "verbatims.texte",
        "Citation relue qui juge une personne reconnaissable",
        "Mettez sa fonction ou son nom entre crochets, [un.e partenaire], ou écrivez relu = non",
    ),
)
