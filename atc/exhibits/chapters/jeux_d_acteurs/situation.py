"""The situation of the territory, seen by two groups."""

from __future__ import annotations

from atc.disclosure import Release
from atc.exhibits import Draft, exhibit, paired
from atc.exhibits.selection import select
from atc.exhibits.variables import ALL_ITEMS
from atc.waves import Wave


@exhibit("F03-01", uses=("scores.*",))
def fig_03_01(vague: Wave, release: Release) -> Draft:
    """The situation of the territory, institutional actors beside animateurs, matched by territory."""
    return paired.situation(select(vague, release, ALL_ITEMS))
