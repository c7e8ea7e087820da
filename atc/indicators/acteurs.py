"""The actors: stance of the institutions, what slowed the work, legitimacy of the carriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures
from atc.indicators.parts import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atc.dictionary import Dictionary


def postures(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Stance of the institutions, all roles together.

    Returns:
        One row = one stance; ``effectif`` and ``total`` in respondents who answered the question.
    """
    return measures.par_modalite(questionnaire_flash, dictionary.field("questionnaire_flash.posture"))


def postures_par_role(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Stance of the institutions, role by role.

    Returns:
        One row = one role × one stance. ``role``, ``libelle_role``, then the columns of a count in
        respondents of that role who answered the question.
    """
    stance = dictionary.field("questionnaire_flash.posture")
    counts = [
        measures.par_modalite(questionnaire_flash[questionnaire_flash["role"] == role], stance).assign(
            role=role, libelle_role=label
        )
        for role, label in dictionary.field("questionnaire_flash.role").labels.items()
    ]
    columns = ["role", "libelle_role", "modalite", "libelle", "effectif", "total", "part"]
    return pd.concat(counts, ignore_index=True)[columns]


def part_en_posture(questionnaire_flash: pd.DataFrame, posture: str, role: str) -> Part:
    """Respondents of one role who take one stance, out of those who answered the question."""
    return measures.part(questionnaire_flash[questionnaire_flash["role"] == role], "posture", posture)


def comparaison_des_postures(
    questionnaire_flash: pd.DataFrame, dictionary: Dictionary, posture: str, role: str, autre: str
) -> Mapping[str, float]:
    """How often two roles take one stance: label of the role -> share between 0 and 1."""
    labels = dictionary.field("questionnaire_flash.role").labels
    return {labels[each]: part_en_posture(questionnaire_flash, posture, each).part for each in (role, autre)}


def roles_en_tete(questionnaire_flash: pd.DataFrame, dictionary: Dictionary, posture: str) -> tuple[str, ...]:
    """Labels of the roles where one stance is the most frequent: several if equal, none at 0."""
    labels = dictionary.field("questionnaire_flash.role").labels
    shares = {role: part_en_posture(questionnaire_flash, posture, role).part for role in labels}
    most = max((share for share in shares.values() if share > 0), default=None)
    return tuple(labels[role] for role, share in shares.items() if share == most)


def freins(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """What slowed the work, according to the respondents; each may tick several.

    Returns:
        One row = one cause; ``effectif`` and ``total`` in respondents who answered, yes or no.
    """
    boxes = dictionary.table("questionnaire_flash").in_group("freins")
    return measures.cases(questionnaire_flash, boxes)


def freins_cites(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> tuple[str, ...]:
    """Labels of the causes that at least one respondent ticked, in the order of the questionnaire."""
    boxes = dictionary.table("questionnaire_flash").in_group("freins")
    return measures.cochees(questionnaire_flash, boxes)


def legitimites_par_reseau(legitimites: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """What makes each network of carriers legitimate, as the evaluators read it.

    Returns:
        One row = one network, in the order of the dictionary. ``reseau``, ``libelle``, ``legitimite``
        (label), ``appui``, ``reste_a_gagner``. A network without a row is absent.
    """
    networks = dictionary.field("legitimites.reseau").labels
    labels = dictionary.field("legitimites.legitimite").labels
    codes = legitimites["reseau"].astype(str)
    named = legitimites.assign(
        reseau=codes,
        libelle=codes.map(networks),
        legitimite=legitimites["legitimite"].astype("str").map(labels),
    )
    ordered = named.set_index("reseau").reindex([code for code in networks if code in set(codes)])
    return ordered.reset_index()[["reseau", "libelle", "legitimite", "appui", "reste_a_gagner"]]


def reseaux_de_legitimite(
    legitimites: pd.DataFrame, dictionary: Dictionary, legitimite: str
) -> tuple[str, ...]:
    """Labels of the networks with one kind of legitimacy, in the order of the dictionary."""
    chosen = legitimites[legitimites["legitimite"] == legitimite]
    return measures.presentes(chosen, dictionary.field("legitimites.reseau"))
