"""The fieldwork: who was asked and who answered, who was met, and what the evaluators saw of the sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import hypergeom

from atc.indicators import measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atc.survey.dictionary import Dictionary

# --- the flash questionnaire ---


def reponses(questionnaire_flash: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
    """Recipients by role, told apart by whether they answered.

    Args:
        questionnaire_flash: One row = one recipient.
        roles: Role, or several joined by « | » -> label.

    Returns:
        One row = one of these, those without recipient included × ``oui`` or ``non``. ``role``, ``libelle``,
        ``repondu``, ``effectif`` and ``total`` (persons, recipients of the role).
    """
    rows = []
    for codes, label in roles.items():
        asked = questionnaire_flash[questionnaire_flash["role"].isin(codes.split("|"))]
        answered = int(asked["repondu"].fillna(False).sum())
        split = {"oui": answered, "non": len(asked) - answered}
        rows += [(codes, label, repondu, count, len(asked)) for repondu, count in split.items()]
    return pd.DataFrame(rows, columns=["role", "libelle", "repondu", "effectif", "total"])


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


# --- interviews and observations ---


def detail(entretiens: pd.DataFrame, territoires: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Who was met at each site.

    Returns:
        One row = one territory × one nature × one function met there, only those met, communes in
        alphabetical order and functions in the order of the dictionary. ``territoire``, ``commune``,
        ``recueil``, ``nature``, ``fonction`` (codes), ``libelle`` (of the function), ``effectif``
        (interviews or observations).
    """
    keys = ["territoire", "recueil", "nature", "fonction"]
    met = entretiens[keys].astype({"territoire": "str"})
    places = territoires[["territoire", "commune"]].astype("str")
    counts = met.groupby(keys, observed=True).size().rename("effectif").reset_index()
    named = counts.merge(places, on="territoire", how="left", validate="many_to_one")
    labels = dictionary.field("entretiens.fonction").labels
    named["libelle"] = named["fonction"].astype("str").map(labels)
    # Functions are categories, in the order of the dictionary.
    ordered = named.sort_values(["commune", "nature", "fonction"], ignore_index=True)
    return ordered[["territoire", "commune", *keys[1:], "libelle", "effectif"]]


def rencontres(
    entretiens: pd.DataFrame, territoires: pd.DataFrame, dictionary: Dictionary, recueil: str
) -> pd.DataFrame:
    """Interviews of one way of meeting the sites, site by site; observations are left out.

    Returns:
        One row = one territory × one function met there, ordered as in `detail`. ``territoire``, ``commune``,
        ``fonction``, ``libelle`` (of the function), ``effectif`` and ``total`` (interviews, of the site).
    """
    met = detail(_interviews(entretiens, recueil), territoires, dictionary)
    totals = met.groupby("territoire")["effectif"].transform("sum")
    return met.assign(total=totals)[["territoire", "commune", "fonction", "libelle", "effectif", "total"]]


def par_site(rencontres: pd.DataFrame) -> pd.DataFrame:
    """The same without the functions.

    Returns:
        One row = one territory. ``territoire``, ``commune``, ``effectif`` (interviews there), ``total``
        (interviews of all of them).
    """
    sites = rencontres.drop_duplicates("territoire")[["territoire", "commune", "total"]]
    return sites.assign(effectif=sites["total"], total=int(sites["total"].sum())).reset_index(drop=True)


def entretiens_par_groupe(entretiens: pd.DataFrame, dictionary: Dictionary, recueil: str) -> pd.DataFrame:
    """Whom the interviews of one way of meeting the sites heard; observations are left out.

    Returns:
        One row = one wider group of functions, those never met included. ``effectif`` and ``total`` in
        interviews.
    """
    field = dictionary.field("entretiens.fonction")
    # A steering meeting is observed, never interviewed.
    groups = {code: label for code, label in field.group_labels.items() if code != "instance"}
    met = _interviews(entretiens, recueil)["fonction"].astype("str").map(field.groups)
    return measures.tally(groups, met)


def _interviews(entretiens: pd.DataFrame, recueil: str) -> pd.DataFrame:
    return entretiens[(entretiens["nature"] == "entretien") & (entretiens["recueil"] == recueil)]


# --- what the evaluators saw ---


def paires(positionnements: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Sites between two models of priorities; those of a single one are left out.

    Returns:
        One row = one main model × one second model that at least one territory bears, in the order of the
        questionnaire. ``modele_principal``, ``libelle_principal``, ``modele_secondaire``,
        ``libelle_secondaire``, ``effectif``.
    """
    labels = dictionary.field("positionnements.modele_principal").labels
    between = positionnements[["modele_principal", "modele_secondaire"]].dropna().astype(str).value_counts()
    rows = [
        (main, labels[main], second, labels[second], int(between[main, second]))
        for main in labels
        for second in labels
        if (main, second) in between.index
    ]
    names = (f"{what}_{rank}" for rank in ("principal", "secondaire") for what in ("modele", "libelle"))
    return pd.DataFrame(rows, columns=[*names, "effectif"])


def sites_par_type(effets: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Sites given as examples of each kind of effect: examples, not a census, so that no share is computed.

    Helping the conseil citoyen is counted apart, as the report does, whatever kind it illustrates.

    Returns:
        One row = one kind, those without example included, then the help to the conseil citoyen.
        ``modalite``, ``libelle``, ``effectif`` (distinct territories; one may stand under several).
    """
    apart = dictionary.field("effets.appui_conseil_citoyen")
    labels = dictionary.field("effets.type").labels | {apart.name: apart.label}
    kinds = effets["type"].astype("str").mask(effets[apart.name].fillna(False).astype(bool), apart.name)
    sites = effets.groupby(kinds)["territoire"].nunique()
    counts = [(code, label, int(sites.get(code, 0))) for code, label in labels.items()]
    return pd.DataFrame(counts, columns=["modalite", "libelle", "effectif"])
