"""Who was asked, who answered the flash questionnaire, and what non-response leaves unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import hypergeom

from atc.indicators.measures import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from atc.dictionary import Dictionary

#: Wider than roles: code -> label, roles.
INSTITUTIONS = {
    "dp": ("Délégué.es du préfet", ("dp",)),
    "ville|intercommunalite": (
        "Référent.es politique de la ville (villes et intercommunalités)",
        ("ville", "intercommunalite"),
    ),
}


def _of_role(questionnaire_flash: pd.DataFrame, role: str | None) -> pd.DataFrame:
    if role is None:
        return questionnaire_flash
    return questionnaire_flash[questionnaire_flash["role"] == role]


def _answered(questionnaire_flash: pd.DataFrame) -> pd.DataFrame:
    return questionnaire_flash[questionnaire_flash["repondu"].fillna(False).astype(bool)]


def par_role(questionnaire_flash: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Recipients by role, told apart by whether they answered.

    Returns:
        One row = one role of the dictionary, those without recipient included × ``oui`` or ``non``. ``role``,
        ``libelle``, ``repondu``, ``effectif`` and ``total`` (persons, recipients of the role).
    """
    labels = dictionary.field("questionnaire_flash.role").labels
    return _split(questionnaire_flash, {role: (label, (role,)) for role, label in labels.items()})


def par_institution(questionnaire_flash: pd.DataFrame) -> pd.DataFrame:
    """The same for the State beside local authorities, whose numbers are large enough to be read by all.

    Returns:
        One row = one institution of ``INSTITUTIONS`` × ``oui`` or ``non``; see `par_role`.
    """
    return _split(questionnaire_flash, INSTITUTIONS)


def _split(
    questionnaire_flash: pd.DataFrame, groups: Mapping[str, tuple[str, Sequence[str]]]
) -> pd.DataFrame:
    rows = []
    for code, (label, roles) in groups.items():
        found = participation(questionnaire_flash[questionnaire_flash["role"].isin(roles)])
        names = {"role": code, "libelle": label}
        split = {"oui": found.effectif, "non": found.total - found.effectif}
        rows += [{**names, "repondu": k, "effectif": n, "total": found.total} for k, n in split.items()]
    return pd.DataFrame(rows)


def ensemble(questionnaire_flash: pd.DataFrame) -> pd.DataFrame:
    """All the recipients together.

    Returns:
        One row. ``libelle``, ``repondu`` (``oui``), ``effectif`` (who answered), ``total`` (who was asked).
    """
    whole = participation(questionnaire_flash)
    return pd.DataFrame(
        [{"libelle": "Ensemble", "repondu": "oui", "effectif": whole.effectif, "total": whole.total}]
    )


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
