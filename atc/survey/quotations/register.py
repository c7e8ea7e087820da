"""The register of a wave, quotation by quotation, before somebody signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from atc.survey.quotations.alerts import Alert, alerts

# They are shown; the rest of a row is not.
_READ = ("idee", "texte")


@dataclass(frozen=True)
class RegisterAlert:
    """A passage of the register to look at."""

    verbatim: str  # code of the quotation
    signed: bool  # already
    alert: Alert  # what was seen


def places_of(territoires: pd.DataFrame) -> tuple[str, ...]:
    """Names of the sites of a wave: towns, and each neighbourhood of a pair."""
    towns = territoires["commune"].dropna().astype(str)
    quarters = territoires["quartier"].dropna().astype(str).str.split(r" [–-] ").explode()
    return tuple(dict.fromkeys([*towns, *quarters.str.strip()]))


def register_alerts(verbatims: pd.DataFrame, territoires: pd.DataFrame) -> Sequence[RegisterAlert]:
    """Every passage of the register to look at, in its order.

    Args:
        verbatims: The register.
        territoires: The sites of the wave.
    """
    places = places_of(territoires)
    rows = verbatims[["verbatim", "relu", *_READ]].itertuples(index=False, name=None)
    return [
        RegisterAlert(str(code), reviewed is True, alert)
        for code, reviewed, *texts in rows
        for text in texts
        for alert in alerts(str(text), places)
    ]
