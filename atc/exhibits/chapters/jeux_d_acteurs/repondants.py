"""Whose answers these are, and what they leave unknown."""

from __future__ import annotations

import pandas as pd

from atc.disclosure import Ratio, Release
from atc.indicators import reponse

RESPONDENTS = "acteurs institutionnels ayant répondu"


def non_response(flash: pd.DataFrame, release: Release, found: Ratio | None, what: str) -> str:
    """What the answers say of all the recipients, and why that is not enough.

    Args:
        flash: Table of the questionnaire.
        release: Of the exhibit.
        found: Respondents concerned, as readers may know them.
        what: What these would be or do, for all the recipients.
    """
    asked = release.count(reponse.nombre_de_destinataires(flash), "questionnaire_flash.repondant").value
    concerned, answered = (found.effectif.value, found.total.value) if found else (None, None)
    if asked is None or concerned is None or not answered:
        return "La limite principale est la non-réponse : qui n’a pas répondu peut penser autrement."
    low, high = reponse.intervalle_population_finie(concerned, answered, asked)
    return (
        f"Si les répondant.es étaient tirés au hasard, de {low} à {high} des {asked} destinataires {what} "
        "(intervalle hypergéométrique à 95 %). Mais la limite principale est la non-réponse, non le hasard."
    )
