"""How the animation of the sites is staffed, told in one way wherever it is told."""

from __future__ import annotations

from atc.disclosure import Release
from atc.exhibits import Draft, forms
from atc.exhibits.selection import select
from atc.waves import Wave


def configurations(vague: Wave, release: Release) -> Draft:
    """Every configuration or, where that would mask some, one person (``seul``) beside several.

    A sentence that chose otherwise than the figure would tell, by what it keeps back, what the figure masks.

    Args:
        vague: With ``carnet_de_bord.configuration``.
        release: Of the exhibit that tells it.

    Raises:
        NoAnswer: No carnet says it.
    """
    asked = select(vague, release, "carnet_de_bord.configuration")
    several = [code for code in asked.field.labels if code != "seul"]
    return forms.finest(forms.distribution, asked, asked.regroup({"À plusieurs": several}))
