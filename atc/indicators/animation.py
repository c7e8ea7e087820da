"""The animateurs' posts, from the carnets: contracts, time, staffing, profiles, support of the direction.

One row of the carnet is one territory, so every count here is in territories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures
from atc.indicators.measures import Part, Resume

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

MOMENTS = dict(zip(("soutien_demarrage", "soutien_actuel"), measures.MOMENTS, strict=True))


def resume_etp(carnet_de_bord: pd.DataFrame) -> Resume:
    """Full-time equivalents given to the animation, in ETP, by territory."""
    return measures.resume(carnet_de_bord["etp"])


def configurations(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """How the animation is staffed.

    Returns:
        One row = one configuration; ``effectif`` and ``total`` in territories.
    """
    return measures.par_modalite(carnet_de_bord, dictionary.field("carnet_de_bord.configuration"))


def noms_en_configuration(
    carnet_de_bord: pd.DataFrame, territoires: pd.DataFrame, configuration: str
) -> tuple[str, ...]:
    """Communes staffed in one way, in alphabetical order. The report names those with a shared function."""
    chosen = carnet_de_bord.loc[carnet_de_bord["configuration"] == configuration, "territoire"]
    codes = territoires["territoire"].astype(str)
    return tuple(sorted(territoires.loc[codes.isin(set(chosen.astype(str))), "commune"].astype(str)))


def profils(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Background of the animateurs.

    Returns:
        One row = one profile; ``effectif`` and ``total`` in territories (one animateur each).
    """
    return measures.par_modalite(carnet_de_bord, dictionary.field("carnet_de_bord.profil"))


def nombre_de_profils(carnet_de_bord: pd.DataFrame) -> int:
    """How many distinct profiles were met, « autre » counting for one."""
    return int(carnet_de_bord["profil"].nunique())


def contrats(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Types of contract.

    Returns:
        One row = one type; ``effectif`` and ``total`` in territories (one animateur each).
    """
    return measures.par_modalite(carnet_de_bord, dictionary.field("carnet_de_bord.contrat"))


def part_a_temps_plein(carnet_de_bord: pd.DataFrame) -> Part:
    """Animateurs with a full-time post, out of those who answered."""
    return measures.part(carnet_de_bord, "temps_plein")


def part_issus_du_quartier(carnet_de_bord: pd.DataFrame) -> Part:
    """Animateurs who come from the neighbourhood, out of those who answered."""
    return measures.part(carnet_de_bord, "issu_du_quartier")


def soutien(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Support of the carrier's direction, at the start and now.

    Returns:
        One row = one moment × one level. ``moment`` (column of the carnet), ``libelle_moment``, then the
        columns of a count in territories.
    """
    counts = [
        measures.par_modalite(carnet_de_bord, dictionary.field(f"carnet_de_bord.{moment}")).assign(
            moment=moment, libelle_moment=label
        )
        for moment, label in MOMENTS.items()
    ]
    columns = ["moment", "libelle_moment", "modalite", "libelle", "effectif", "total", "part"]
    return pd.concat(counts, ignore_index=True)[columns]


def evolution_du_soutien(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Territories where the support went down, stayed or went up between the start and now.

    Returns:
        One row = one direction. ``effectif`` and ``total`` in territories that answered for both moments.
    """
    levels = list(dictionary.field("carnet_de_bord.soutien_demarrage").labels)
    then, now = (carnet_de_bord[moment] for moment in MOMENTS)
    found = measures.directions(then, now, levels)
    return measures.tally(measures.DIRECTIONS, found)
