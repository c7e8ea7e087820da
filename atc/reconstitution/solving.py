"""Solve one table: propose rows, measure them, and start again until every target and rule holds.

A proposal is built so that most targets hold by construction (exact counts, fixed sites); rejection
does the rest (means, orders, links between tables). What is kept is measured on the very text that
goes into the files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from atc.draws import Draws, NothingToDrawError
from atc.errors import FigureNotReproduced
from atc.reconstitution.targets import Targets, of_table
from atc.rows import Rows, Tables

Propose = Callable[[Draws, Tables, Targets], Rows]
Measure = Callable[[Tables], object]

# The hardest table keeps about one proposal in ten; beyond this many, the targets contradict each other.
_ATTEMPTS = 1_000


@dataclass(frozen=True)
class Rule:
    """Something that rows must respect although nobody published it.

    Attributes:
        statement: What holds, in French: an error shows it.
        holds: Whether it does, for all the tables known so far.
    """

    statement: str
    holds: Callable[[Tables], bool]


@dataclass(frozen=True)
class Recipe:
    """How one table is obtained.

    Attributes:
        table: Its name.
        propose: Draws candidate rows; may read the tables solved before.
        measures: Name of a target -> what the rows give for it.
        rules: What must hold besides.
    """

    table: str
    propose: Propose
    measures: Mapping[str, Measure]
    rules: tuple[Rule, ...] = ()


def misses(recipe: Recipe, tables: Tables, targets: Targets) -> list[str]:
    """Targets and rules that the rows of one table break, as French sentences; none when solved."""
    found: list[str] = []
    for name, figure in of_table(recipe.table).items():
        expected, obtained = getattr(targets, name), recipe.measures[name](tables)
        if obtained != expected:
            label = f"{figure} {name}".strip()
            found.append(f"{recipe.table}, {label} : attendu {expected}, obtenu {obtained}")
    found += [f"{recipe.table} : {rule.statement}" for rule in recipe.rules if not rule.holds(tables)]
    return found


def solve(recipe: Recipe, seed: int, tables: Tables, targets: Targets) -> Rows:
    """Rows of one table that respect every target and rule.

    Args:
        recipe: How to obtain the table.
        seed: Seed of the wave.
        tables: Tables solved before.
        targets: What must be reproduced.

    Raises:
        FigureNotReproduced: No proposal does.
    """
    draws = Draws(seed, recipe.table)
    broken = ["aucun tirage possible"]
    for _ in range(_ATTEMPTS):
        try:
            rows = recipe.propose(draws, tables, targets)
        except NothingToDrawError:
            continue
        broken = misses(recipe, {**tables, recipe.table: rows}, targets)
        if not broken:
            return rows
    raise FigureNotReproduced(
        f"Aucune solution pour la table {recipe.table} en {_ATTEMPTS} tirages. "
        f"Au dernier : {' ; '.join(broken)}. "
        "Vérifiez que les cibles de atc/reconstitution/targets.py sont compatibles entre elles."
    )
