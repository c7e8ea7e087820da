"""The fieldwork: sites by way of meeting them, interviews, observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures

if TYPE_CHECKING:
    from atc.dictionary import Dictionary


def nombre_de_sites(territoires: pd.DataFrame, recueil: str | None = None) -> int:
    """Sites of the experiment, all or those met in one way."""
    return int(_met_by(territoires, recueil)["territoire"].nunique())


def noms_des_sites(territoires: pd.DataFrame, recueil: str | None = None) -> tuple[str, ...]:
    """Communes of the sites, in alphabetical order."""
    return tuple(sorted(_met_by(territoires, recueil)["commune"].astype(str)))


def _met_by(table: pd.DataFrame, recueil: str | None) -> pd.DataFrame:
    return table if recueil is None else table[table["recueil"] == recueil]


def _interviews(entretiens: pd.DataFrame, recueil: str | None = None) -> pd.DataFrame:
    return _met_by(entretiens[entretiens["nature"] == "entretien"], recueil)


def detail(entretiens: pd.DataFrame, territoires: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Who was met at each site.

    Returns:
        One row = one territory × one nature × one function met there, only those met, communes in
        alphabetical order and functions in the order of the dictionary. ``territoire``, ``commune``,
        ``recueil``, ``nature``, ``fonction`` (codes), ``libelle`` (of the function), ``effectif``
        (interviews or observations).
    """
    keys = ["territoire", "recueil", "nature", "fonction"]
    counts = entretiens.groupby(keys, observed=True).size().rename("effectif").reset_index()
    labels = dictionary.field("entretiens.fonction").labels
    rank = {code: position for position, code in enumerate(labels)}
    codes = counts["fonction"].astype(str)
    communes = territoires.assign(territoire=territoires["territoire"].astype(str))
    counts = counts.assign(
        territoire=counts["territoire"].astype(str), libelle=codes.map(labels), rang=codes.map(rank)
    ).merge(communes[["territoire", "commune"]], on="territoire", how="left", validate="many_to_one")
    ordered = counts.sort_values(["commune", "nature", "rang"], ignore_index=True)
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


def entretiens_par_groupe(
    entretiens: pd.DataFrame, dictionary: Dictionary, recueil: str | None = None
) -> pd.DataFrame:
    """Whom the interviews heard, by wider group of functions; observations are left out.

    Returns:
        One row = one wider group, those never met included. ``effectif`` and ``total`` in interviews.
    """
    counts = measures.par_groupe(_interviews(entretiens, recueil), dictionary.field("entretiens.fonction"))
    # A steering meeting is observed, never interviewed.
    return counts[counts["modalite"] != "instance"].reset_index(drop=True)


def nombre_d_entretiens(
    entretiens: pd.DataFrame,
    recueil: str | None = None,
    territoire: str | None = None,
    fonction: str | None = None,
) -> int:
    """Interviews, all or those of one way, one site, one function; observations are left out."""
    kept = _interviews(entretiens, recueil)
    for column, value in (("territoire", territoire), ("fonction", fonction)):
        if value is not None:
            kept = kept[kept[column] == value]
    return int(kept["entretien"].nunique())


def nombre_d_observations(entretiens: pd.DataFrame) -> int:
    """Steering meetings observed."""
    return int(entretiens.loc[entretiens["nature"] == "observation", "entretien"].nunique())


def noms_des_sites_observes(entretiens: pd.DataFrame, territoires: pd.DataFrame) -> tuple[str, ...]:
    """Communes where a steering meeting was observed, in alphabetical order."""
    observed = set(entretiens.loc[entretiens["nature"] == "observation", "territoire"].astype(str))
    return noms_des_sites(territoires[territoires["territoire"].astype(str).isin(observed)])
