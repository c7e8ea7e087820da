"""Who was asked, who answered the flash questionnaire, and what non-response leaves unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import hypergeom

from atc.indicators.parts import Part

if TYPE_CHECKING:
    from atc.dictionary import Dictionary


def _of_role(questionnaire_flash: pd.DataFrame, role: str | None) -> pd.DataFrame:
    if role is None:
        return questionnaire_flash
    return questionnaire_flash[questionnaire_flash["role"] == role]


def _answered(questionnaire_flash: pd.DataFrame) -> pd.DataFrame:
    return questionnaire_flash[questionnaire_flash["repondu"].fillna(False).astype(bool)]


def par_role(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Recipients and respondents by role.

    Returns:
        One row = one role of the dictionary, roles without recipient included. ``role``, ``libelle``,
        ``destinataires`` and ``repondants`` (persons), ``part`` (respondents out of recipients, NaN when
        there is no recipient).
    """
    libelles = dictionary.field("questionnaire_flash.role").labels
    frame = pd.DataFrame(
        {
            "role": list(libelles),
            "libelle": list(libelles.values()),
            "destinataires": [nombre_de_destinataires(questionnaire_flash, r) for r in libelles],
            "repondants": [nombre_de_repondants(questionnaire_flash, r) for r in libelles],
        }
    )
    return frame.assign(part=frame["repondants"] / frame["destinataires"])


def nombre_de_destinataires(questionnaire_flash: pd.DataFrame, role: str | None = None) -> int:
    """Persons to whom the questionnaire was sent, all roles or one."""
    return int(_of_role(questionnaire_flash, role)["repondant"].nunique())


def nombre_de_repondants(questionnaire_flash: pd.DataFrame, role: str | None = None) -> int:
    """Persons who answered, all roles or one."""
    return int(_answered(_of_role(questionnaire_flash, role))["repondant"].nunique())


def nombre_de_territoires_destinataires(questionnaire_flash: pd.DataFrame) -> int:
    """Territories with at least one recipient."""
    return int(questionnaire_flash["territoire"].nunique())


def nombre_de_territoires_repondants(questionnaire_flash: pd.DataFrame) -> int:
    """Territories with at least one respondent."""
    return int(_answered(questionnaire_flash)["territoire"].nunique())


def participation(questionnaire_flash: pd.DataFrame) -> Part:
    """Respondents out of recipients."""
    return Part(nombre_de_repondants(questionnaire_flash), nombre_de_destinataires(questionnaire_flash))


def taux_de_reponse(questionnaire_flash: pd.DataFrame) -> float:
    """Respondents out of recipients, between 0 and 1; NaN when nobody was asked."""
    return participation(questionnaire_flash).part


def intervalle_population_finie(
    effectif: int, repondants: int, population: int, niveau: float = 0.95
) -> tuple[int, int]:
    """How many of the whole population may be concerned, given how many of the respondents are.

    Exact interval for a finite population: the numbers K that the two one-sided hypergeometric tests, each
    at ``(1 - niveau) / 2``, do not reject (test inversion with equal tails: Buonaccorsi, The American
    Statistician, 1987, 41(3), 215-218; Wright, Exact Confidence Bounds when Sampling from Small Finite
    Universes, Springer, 1991). It covers at least ``niveau``, often more. It treats respondents as drawn at
    random among recipients: whoever shows it must say that non-response, not sampling, is the problem.

    Args:
        effectif: Respondents concerned.
        repondants: Respondents.
        population: Recipients.
        niveau: Confidence level, strictly between 0 and 1.

    Returns:
        Lowest and highest K, persons of the population, those observed included.

    Raises:
        ValueError: The counts do not fit into each other, or the level is not a probability.
    """
    if not 0 <= effectif <= repondants <= population:
        raise ValueError(f"{effectif} of {repondants} of {population} do not fit into each other")
    if not 0 < niveau < 1:
        raise ValueError(f"{niveau} is not a confidence level")
    tail = (1 - niveau) / 2
    kept = [
        k
        for k in range(effectif, population - repondants + effectif + 1)
        if hypergeom.sf(effectif - 1, population, k, repondants) > tail
        and hypergeom.cdf(effectif, population, k, repondants) > tail
    ]
    return kept[0], kept[-1]
