"""Who may see a sheet, and the rows of one territory."""

from __future__ import annotations

import pandas as pd

from atc.disclosure import Release, Released
from atc.errors import UsageError, shown
from atc.exhibits import Prose
from atc.waves import Wave

INTERNAL = "interne"
SITES = ("territoires.territoire", "territoires.commune")


#: Said on every sheet.
_WARNING = (
    "Chaque ligne de cette fiche décrit quelques personnes que l’on peut reconnaître : les lignes sont "
    "pseudonymisées, non anonymes. Ne pas transmettre."
)


def commune(vague: Wave, territoire: str) -> str:
    """Name of a territory, once it is known that its sheet may be shown.

    Raises:
        UsageError: The tier is not ``interne``, or there is no such territory.
    """
    if vague.diffusion != INTERNAL:
        raise UsageError(
            f"Une fiche de territoire se fait en diffusion « {INTERNAL} », non « {vague.diffusion} » : elle "
            "montre les réponses de quelques personnes. Relancez avec atc run --fiches."
        )
    sites = vague.using(SITES).table("territoires")
    names = dict(zip(sites["territoire"].astype(str), sites["commune"].astype(str), strict=True))
    if territoire not in names:
        raise UsageError(
            f"Le territoire « {shown(territoire)} » est inconnu. "
            f"Territoires de la vague : {', '.join(names)}."
        )
    return names[territoire]


def ouverture(vague: Wave, territoire: str) -> Prose:
    """Whose sheet this is, and who may read it.

    Raises:
        UsageError: See `commune`.
    """
    name = commune(vague, territoire)
    return Prose(
        (
            f"{name}. {vague.settings.label}, pour l’équipe d’évaluation seulement.",
            _WARNING,
        ),
        "precaution",
    )


def own(table: pd.DataFrame, territoire: str) -> pd.DataFrame:
    """Rows of one territory."""
    return table[table["territoire"].astype(str) == territoire]


def shown_here(release: Release, table: pd.DataFrame) -> Released:
    """A table of the sheet, as it is: `commune` lets nobody but the evaluation team come this far."""
    return release.facts(table, "Fiche de territoire, pour l’équipe d’évaluation seulement")
