"""The steering bodies, from the carnets: meetings, number, members, themes.

One row of the carnet is one territory, so every count here is in territories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from atc.indicators import measures
from atc.indicators.measures import Part, Resume

if TYPE_CHECKING:
    from atc.dictionary import Dictionary


def resume_reunions(carnet_de_bord: pd.DataFrame) -> Resume:
    """Steering meetings held when the carnet was filled in, by territory."""
    return measures.resume(carnet_de_bord["reunions_pilotage"])


def part_a_instance_unique(carnet_de_bord: pd.DataFrame) -> Part:
    """Territories with a single steering body, out of those who answered."""
    return measures.part(carnet_de_bord, "instances", "unique")


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
