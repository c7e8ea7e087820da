"""The animateurs' posts, from the carnets: contracts, time, staffing, profiles, support of the direction.

One row of the carnet is one territory, so every count here is in territories.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures
from atc.indicators.measures import Resume, Tranche
from atc.indicators.parts import Part
from atc.typography import number, quarter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atc.dictionary import Dictionary

# Half a post and a full post are the thresholds that readers have in mind; most sites stand between.
TRANCHES_ETP = (
    Tranche("0_5_ou_moins", "0,5 ou moins", pd.Interval(0.0, 0.5, closed="right")),
    Tranche("0_5_a_0_8", "Plus de 0,5 à 0,8", pd.Interval(0.5, 0.8, closed="right")),
    Tranche("0_8_a_1", "Plus de 0,8 à 1", pd.Interval(0.8, 1.0, closed="right")),
    Tranche("plus_de_1", "Plus de 1", pd.Interval(1.0, float("inf"), closed="right")),
)
MOMENTS = {"soutien_demarrage": "Au démarrage", "soutien_actuel": "Aujourd’hui"}
EVOLUTIONS = {"baisse": "En baisse", "stable": "Stable", "hausse": "En hausse"}


def debuts_par_trimestre(carnet_de_bord: pd.DataFrame) -> pd.DataFrame:
    """Contract starts by quarter, from the first quarter with one to the last, empty ones included.

    Returns:
        One row = one quarter. ``annee``, ``trimestre`` (1-4), ``modalite`` (``2019-T4``), ``libelle``,
        ``effectif`` and ``total`` (territories with a date), ``part``. No row when no date is known.
    """
    quarters = carnet_de_bord["debut_contrat"].dropna().dt.to_period("Q")
    if quarters.empty:
        return measures.with_parts({}, [], []).assign(annee=[], trimestre=[])
    span = pd.period_range(quarters.min(), quarters.max(), freq="Q")
    labels = {str(q): quarter(q.year, q.quarter) for q in span}
    counts = measures.tally(labels, quarters.astype(str))
    codes = [f"{q.year}-T{q.quarter}" for q in span]
    dated = counts.assign(annee=span.year, trimestre=span.quarter, modalite=codes)
    return dated[["annee", "trimestre", "modalite", "libelle", "effectif", "total", "part"]]


def trimestres_reunis(libelles: Sequence[str]) -> str:
    """One label for neighbouring quarters: « Du 1er trimestre 2021 au 3e trimestre 2021 »."""
    return f"Du {libelles[0]} au {libelles[-1]}"


def nombre_de_contrats_debutes(carnet_de_bord: pd.DataFrame, annee: int, trimestre: int) -> int:
    """Contracts begun in one quarter, among the carnets returned."""
    start = carnet_de_bord["debut_contrat"].dropna()
    return int(((start.dt.year == annee) & (start.dt.quarter == trimestre)).sum())


def resume_etp(carnet_de_bord: pd.DataFrame) -> Resume:
    """Full-time equivalents given to the animation, in ETP, by territory."""
    return measures.resume(carnet_de_bord["etp"])


def etp_minimum(carnet_de_bord: pd.DataFrame) -> float:
    """Lowest time given to the animation, ETP."""
    return resume_etp(carnet_de_bord).minimum


def etp_maximum(carnet_de_bord: pd.DataFrame) -> float:
    """Highest time given to the animation, ETP."""
    return resume_etp(carnet_de_bord).maximum


def etp_moyen(carnet_de_bord: pd.DataFrame) -> float:
    """Mean time given to the animation, ETP per territory."""
    return resume_etp(carnet_de_bord).moyenne


def etp_par_tranche(carnet_de_bord: pd.DataFrame) -> pd.DataFrame:
    """Time given to the animation, in the bands of ``TRANCHES_ETP``.

    Returns:
        One row = one band; ``effectif`` and ``total`` in territories.
    """
    return measures.par_tranche(carnet_de_bord["etp"], TRANCHES_ETP)


def tranches_etp_reunies(libelles: Sequence[str]) -> str:
    """One label for neighbouring bands of ``TRANCHES_ETP``: « 0,8 ou moins », « Plus de 0,8 »."""
    low, high = measures.etendue(libelles, TRANCHES_ETP)
    first = f"Plus de {_etp(low)}" if low else ""
    if math.isinf(high):
        return first or "Quel que soit ce temps"
    return f"{first} à {_etp(high)}" if first else f"{_etp(high)} ou moins"


def _etp(value: float) -> str:
    return number(value, 0 if value.is_integer() else 1)


def configurations(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """How the animation is staffed.

    Returns:
        One row = one configuration; ``effectif`` and ``total`` in territories.
    """
    return measures.par_modalite(carnet_de_bord, dictionary.field("carnet_de_bord.configuration"))


def seul_ou_a_plusieurs(configurations: pd.DataFrame) -> pd.DataFrame:
    """The configurations in two: one person alone, or several.

    Args:
        configurations: As `configurations` gives them.

    Returns:
        Two rows, ``seul`` and ``plusieurs``; ``effectif`` and ``total`` in territories.
    """
    alone = configurations["modalite"] == "seul"
    labels = {"seul": configurations.loc[alone, "libelle"].iloc[0], "plusieurs": "Plusieurs personnes"}
    counts = [int(configurations.loc[some, "effectif"].sum()) for some in (alone, ~alone)]
    return measures.with_parts(labels, counts, [int(configurations["total"].iloc[0])] * 2)


def part_en_configuration(carnet_de_bord: pd.DataFrame, configuration: str) -> Part:
    """Territories staffed in one way, out of the carnets returned."""
    return measures.part(carnet_de_bord, "configuration", configuration)


def nombre_en_configuration(carnet_de_bord: pd.DataFrame, configuration: str) -> int:
    """Territories staffed in one way."""
    return part_en_configuration(carnet_de_bord, configuration).effectif


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


def profils_nommes(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> tuple[str, ...]:
    """Labels of the profiles met, « autre » left out, in the order of the questionnaire."""
    named = carnet_de_bord[carnet_de_bord["profil"] != "autre"]
    return measures.presentes(named, dictionary.field("carnet_de_bord.profil"))


def nombre_de_profils(carnet_de_bord: pd.DataFrame) -> int:
    """How many distinct profiles were met, « autre » counting for one."""
    return int(carnet_de_bord["profil"].nunique())


def contrats(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Types of contract.

    Returns:
        One row = one type; ``effectif`` and ``total`` in territories (one animateur each).
    """
    return measures.par_modalite(carnet_de_bord, dictionary.field("carnet_de_bord.contrat"))


def part_en_contrat(carnet_de_bord: pd.DataFrame, contrat: str) -> Part:
    """Animateurs with one type of contract, out of those whose contract is known."""
    return measures.part(carnet_de_bord, "contrat", contrat)


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
    rank = {level: -position for position, level in enumerate(levels)}  # the first level is the strongest
    both = carnet_de_bord[list(MOMENTS)].dropna().astype(str)
    # Where nobody answered, what is mapped would stay text.
    now, then = (
        both[moment].map(rank).astype("float64") for moment in ("soutien_actuel", "soutien_demarrage")
    )
    change = now - then
    directions = change.map(lambda step: "baisse" if step < 0 else "hausse" if step else "stable")
    return measures.tally(EVOLUTIONS, directions)


def soutien_fort_par_moment(carnet_de_bord: pd.DataFrame) -> Mapping[str, float]:
    """Share of territories with a strong support: label of the moment -> between 0 and 1."""
    return {label: measures.part(carnet_de_bord, moment, "fort").part for moment, label in MOMENTS.items()}


def sens_du_soutien(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> Mapping[str, float]:
    """Territories where the support changed: label of the direction -> territories, « stable » left out."""
    counts = evolution_du_soutien(carnet_de_bord, dictionary)
    changed = counts[counts["modalite"] != "stable"]
    return dict(zip(changed["libelle"], changed["effectif"].astype(float), strict=True))


def part_soutenus_au_demarrage(carnet_de_bord: pd.DataFrame) -> Part:
    """Territories with a strong support at the start, out of those that answered."""
    return measures.part(carnet_de_bord, "soutien_demarrage", "fort")


def nombre_de_niveaux_de_soutien(carnet_de_bord: pd.DataFrame) -> int:
    """How many distinct levels of present support the territories show."""
    return int(carnet_de_bord["soutien_actuel"].nunique())
