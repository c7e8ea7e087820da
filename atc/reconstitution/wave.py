"""The whole wave: every table in turn, then every target and rule once more, together."""

from __future__ import annotations

from collections.abc import Iterator

from atc.errors import FigureNotReproduced
from atc.reconstitution import (
    carnet_de_bord,
    effets,
    entretiens,
    positionnements,
    questionnaire_flash,
    scores,
    territoires,
)
from atc.reconstitution.analyses import LEGITIMITES, VERBATIMS
from atc.reconstitution.provenance import SEED
from atc.reconstitution.solving import Recipe, misses, solve
from atc.reconstitution.targets import TARGETS, Targets
from atc.rows import Rows, Tables

WAVE = "2020-automne"

# A table may read those before it: stances follow backing, effects follow themes.
RECIPES: tuple[Recipe, ...] = (
    territoires.RECIPE,
    entretiens.RECIPE,
    carnet_de_bord.RECIPE,
    positionnements.RECIPE,
    questionnaire_flash.RECIPE,
    scores.RECIPE,
    effets.RECIPE,
    LEGITIMITES,
    VERBATIMS,
)


def _every_miss(tables: Tables, targets: Targets) -> Iterator[str]:
    for recipe in RECIPES:
        yield from misses(recipe, tables, targets)


def check(tables: Tables, targets: Targets = TARGETS) -> None:
    """Hold all the tables against all the targets and rules.

    Raises:
        FigureNotReproduced: At least one does not hold; the message lists them all.
    """
    found = list(_every_miss(tables, targets))
    if found:
        raise FigureNotReproduced(
            "\n".join(f"{miss}. Corrigez atc/reconstitution, puis relancez." for miss in found)
        )


def reconstitute(seed: int = SEED, targets: Targets = TARGETS) -> dict[str, Rows]:
    """The nine tables of the wave, as text.

    Args:
        seed: Another seed gives other rows that respect the same targets.
        targets: What the rows must reproduce.

    Raises:
        FigureNotReproduced: The targets cannot be reproduced.
    """
    tables: dict[str, Rows] = {}
    for recipe in RECIPES:
        tables[recipe.table] = solve(recipe, seed, tables, targets)
    check(tables, targets)
    return tables
