"""How the animation of the sites is staffed, told in one way wherever it is told."""

from __future__ import annotations

import pandas as pd

from atc.disclosure import Release, Released
from atc.indicators import animation
from atc.waves import Wave

_WHAT = "carnet_de_bord.configuration"


def configurations(vague: Wave, release: Release) -> Released:
    """Every configuration or, where that would mask some, one person (``seul``) beside several.

    A sentence that chose otherwise than the figure would tell, by what it keeps back, what the figure masks.

    Args:
        vague: With ``carnet_de_bord.configuration``.
        release: Of the exhibit that tells it.
    """
    every = animation.configurations(vague.table("carnet_de_bord"), vague.dictionary)
    detailed = release.unmasked(lambda trial: trial.distribution(every, _WHAT))
    return detailed or _in_two(release, animation.seul_ou_a_plusieurs(every))


def _in_two(release: Release, counts: pd.DataFrame) -> Released:
    """One person or several: what can still be told when the detail would be masked."""
    release.bind(f"{_WHAT}&modalite=seul?", [f"{_WHAT}&modalite={row}" for row in counts["modalite"]])
    return release.boxes(counts, _WHAT)
