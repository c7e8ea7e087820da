"""The steering bodies, from the carnets: meetings, number, members, themes.

One row of the carnet is one territory, so every count here is in territories.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures
from atc.indicators.measures import Part, Resume

if TYPE_CHECKING:
    from atc.dictionary import Dictionary

TRANCHES_REUNIONS = measures.edges(0, 2, 4, 7, math.inf, zero="Aucune")


def resume_reunions(carnet_de_bord: pd.DataFrame) -> Resume:
    """Steering meetings held when the carnet was filled in, by territory."""
    return measures.resume(carnet_de_bord["reunions_pilotage"])


def reunions_par_tranche(carnet_de_bord: pd.DataFrame) -> pd.DataFrame:
    """Steering meetings held, in the bands of ``TRANCHES_REUNIONS``.

    Returns:
        One row = one band; ``effectif`` and ``total`` in territories.
    """
    found = measures.bands(carnet_de_bord["reunions_pilotage"], TRANCHES_REUNIONS)
    return measures.tally(found.labels, found.codes)


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
