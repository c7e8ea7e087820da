"""What is asked for, and what every table needs to know of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from atc.intake.draws import Draws
from atc.intake.persons import DEMONSTRATION_KEY, pseudonym
from atc.survey.dictionary import Dictionary
from atc.survey.rows import Row, Rows, Tables


@dataclass(frozen=True)
class Plan:
    """A wave to simulate.

    Attributes:
        vague: Its id.
        date: When it is said to take place.
        sites: How many territories, when there is no wave before.
        seed: Seed of every draw.
        dictionary: What a row may hold.
        previous: Id of the wave before; empty if none.
        before: Tables of the wave before, as text; empty if none.
        before_date: Date of the wave before; without meaning if none.
        gone: Variables of the codebook that are no longer asked: columns or ``scores.item=code``.
    """

    vague: str
    date: dt.date
    sites: int
    seed: int
    dictionary: Dictionary = field(repr=False)
    previous: str = ""
    before: Tables = field(default_factory=dict, repr=False)
    before_date: dt.date = dt.date.min
    gone: frozenset[str] = frozenset()

    def draws(self, table: str) -> Draws:
        """The stream of one table."""
        return Draws(self.seed, f"{self.vague}/{table}")

    def former(self, table: str, *keys: str) -> Mapping[tuple[str, ...], Row]:
        """Rows of the wave before, by the values of some columns."""
        return {tuple(row[key] for key in keys): row for row in self.before.get(table, ())}


@dataclass(frozen=True)
class Person:
    """Someone made up."""

    code: str  # pseudonym
    site: str  # territory
    former: Row | None = None  # row of the same person at the wave before; None for a newcomer


class Newcomers:
    """Codes for people who were not there before, never twice the same."""

    def __init__(self, plan: Plan) -> None:
        """Know the codes already given by the wave before."""
        self._plan = plan
        self._given = {
            row["repondant"] for rows in plan.before.values() for row in rows if "repondant" in row
        }

    def code(self, prefix: str, post: str) -> str:
        """Code of whoever takes a post: ``avignon`` or ``avignon/dp``.

        The first wave names people by their post alone, as data/reconstitution does; a later one adds
        itself, for the person is another one.
        """
        name = f"{post}/{self._plan.vague}" if self._plan.previous else post
        code = pseudonym(DEMONSTRATION_KEY, prefix, name)
        while code in self._given:  # one chance in a billion for a pair, but thousands of people
            name += "+"
            code = pseudonym(DEMONSTRATION_KEY, prefix, name)
        self._given.add(code)
        return code


def codes(rows: Rows, column: str) -> list[str]:
    """Values of one column, in the order of the rows."""
    return [row[column] for row in rows]
