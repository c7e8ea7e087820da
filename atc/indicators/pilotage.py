"""The steering bodies, from the carnets: meetings, number, members, themes.

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
from atc.typography import number

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

TRANCHES_REUNIONS = (
    Tranche("0", "Aucune", pd.Interval(0.0, 0.0, closed="both")),
    Tranche("1_2", "1 ou 2", pd.Interval(1.0, 2.0, closed="both")),
    Tranche("3_4", "3 ou 4", pd.Interval(3.0, 4.0, closed="both")),
    Tranche("5_7", "5 à 7", pd.Interval(5.0, 7.0, closed="both")),
    Tranche("8_et_plus", "8 et plus", pd.Interval(8.0, float("inf"), closed="left")),
)


def resume_reunions(carnet_de_bord: pd.DataFrame) -> Resume:
    """Steering meetings held when the carnet was filled in, by territory."""
    return measures.resume(carnet_de_bord["reunions_pilotage"])


def reunions_minimum(carnet_de_bord: pd.DataFrame) -> float:
    """Fewest steering meetings held."""
    return resume_reunions(carnet_de_bord).minimum


def reunions_maximum(carnet_de_bord: pd.DataFrame) -> float:
    """Most steering meetings held."""
    return resume_reunions(carnet_de_bord).maximum


def reunions_moyennes(carnet_de_bord: pd.DataFrame) -> float:
    """Mean number of steering meetings held, per territory."""
    return resume_reunions(carnet_de_bord).moyenne


def reunions_par_tranche(carnet_de_bord: pd.DataFrame) -> pd.DataFrame:
    """Steering meetings held, in the bands of ``TRANCHES_REUNIONS``.

    Returns:
        One row = one band; ``effectif`` and ``total`` in territories.
    """
    return measures.par_tranche(carnet_de_bord["reunions_pilotage"], TRANCHES_REUNIONS)


def tranches_de_reunions_reunies(libelles: Sequence[str]) -> str:
    """One label for neighbouring bands of ``TRANCHES_REUNIONS``: « 4 ou moins », « 1 à 4 », « 5 et plus »."""
    low, high = measures.etendue(libelles, TRANCHES_REUNIONS)
    if math.isinf(high):
        return f"{number(low)} et plus" if low else "Quel que soit leur nombre"
    return f"{number(low)} à {number(high)}" if low else f"{number(high)} ou moins"


def part_reunis_en_janvier_2020(carnet_de_bord: pd.DataFrame) -> Part:
    """Territories whose steering body had met by the end of January 2020, out of those who answered."""
    known = carnet_de_bord["reunions_janvier_2020"].dropna()
    return Part(int((known > 0).sum()), len(known))


def reunions_tenues_en_janvier_2020(carnet_de_bord: pd.DataFrame) -> tuple[str, ...]:
    """Distinct numbers of meetings held by January 2020, where there had been any, in order."""
    known = carnet_de_bord["reunions_janvier_2020"].dropna()
    return tuple(str(held) for held in sorted({int(n) for n in known if n > 0}))


def instances(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """One steering body or several.

    Returns:
        One row = one modalité; ``effectif`` and ``total`` in territories.
    """
    return measures.par_modalite(carnet_de_bord, dictionary.field("carnet_de_bord.instances"))


def part_a_instance_unique(carnet_de_bord: pd.DataFrame) -> Part:
    """Territories with a single steering body, out of those who answered."""
    return measures.part(carnet_de_bord, "instances", "unique")


def composition(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Who sits in the steering body; a territory may tick several kinds.

    Returns:
        One row = one kind of member; ``effectif`` and ``total`` in territories.
    """
    boxes = dictionary.table("carnet_de_bord").in_group("composition")
    return measures.cases(carnet_de_bord, boxes)


def part_avec_membres(carnet_de_bord: pd.DataFrame, membres: str) -> Part:
    """Territories whose steering body counts one kind of member (name of the box)."""
    return measures.part(carnet_de_bord, membres)


def part_exclusivement_institutionnelle(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> Part:
    """Territories whose steering body counts institutional actors and nobody else.

    A territory that left one of the boxes without answer is left out.
    """
    boxes = carnet_de_bord[list(dictionary.table("carnet_de_bord").in_group("composition"))].dropna()
    others = boxes.drop(columns="instance_institutionnels").any(axis=1)
    alone = boxes["instance_institutionnels"].astype(bool) & ~others.astype(bool)
    return Part(int(alone.sum()), len(boxes))


def themes(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Themes chosen or discussed; a territory may tick several.

    Returns:
        One row = one theme; ``effectif`` and ``total`` in territories.
    """
    boxes = dictionary.table("carnet_de_bord").in_group("themes")
    return measures.cases(carnet_de_bord, boxes)


def themes_retenus(carnet_de_bord: pd.DataFrame, dictionary: Dictionary) -> tuple[str, ...]:
    """Labels of the themes that at least one territory ticked, in the order of the questionnaire."""
    boxes = dictionary.table("carnet_de_bord").in_group("themes")
    return measures.cochees(carnet_de_bord, boxes)
