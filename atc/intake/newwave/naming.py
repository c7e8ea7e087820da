"""The id of a wave, ``2022-printemps``, and what follows from it: label and date."""

from __future__ import annotations

import datetime as dt
import re

from atc.survey.errors import UsageError, shown

# Season -> label with its preposition, month of the documents. Every wave is dated mid-month.
_SEASONS = {
    "hiver": ("d’hiver", 3),
    "printemps": ("de printemps", 6),
    "ete": ("d’été", 9),
    "automne": ("d’automne", 12),
}
_ID = re.compile(r"(20[0-9]{2})-(hiver|printemps|ete|automne)")
_DAY = 15


def _read(vague: str) -> tuple[int, str]:
    found = _ID.fullmatch(vague)
    if not found:
        raise UsageError(
            f"« {shown(vague)} » n’est pas un nom de vague. Écrivez l’année puis la saison "
            f"({', '.join(_SEASONS)}), par exemple 2022-printemps."
        )
    return int(found[1]), found[2]


def label(vague: str) -> str:
    """``Vague de printemps 2022``; a `UsageError` if the id is not a year and a season."""
    year, season = _read(vague)
    return f"Vague {_SEASONS[season][0]} {year}"


def date(vague: str) -> dt.date:
    """The date that documents bear until somebody says another; `UsageError` as for `label`."""
    year, season = _read(vague)
    return dt.date(year, _SEASONS[season][1], _DAY)
