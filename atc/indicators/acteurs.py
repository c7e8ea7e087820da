"""The actors: stance of the institutions, what slowed the work, legitimacy of the carriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures

if TYPE_CHECKING:
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


def roles_en_tete(questionnaire_flash: pd.DataFrame, dictionary: Dictionary, posture: str) -> tuple[str, ...]:
    """Labels of the roles where one stance is the most frequent: several if equal, none at 0."""
    labels = dictionary.field("questionnaire_flash.role").labels
    shares = {
        role: measures.part(questionnaire_flash[questionnaire_flash["role"] == role], "posture", posture).part
        for role in labels
    }
    most = max((share for share in shares.values() if share > 0), default=None)
    return tuple(labels[role] for role, share in shares.items() if share == most)


def freins(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """What slowed the work, according to the respondents; each may tick several.

    Returns:
        One row = one cause; ``effectif`` and ``total`` in respondents who answered, yes or no.
    """
    boxes = dictionary.table("questionnaire_flash").in_group("freins")
    return measures.cases(questionnaire_flash, boxes)


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
    chosen = set(legitimites.loc[legitimites["legitimite"] == legitimite, "reseau"].astype(str))
    return tuple(
        label for code, label in dictionary.field("legitimites.reseau").labels.items() if code in chosen
    )
