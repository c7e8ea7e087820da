"""What may leave: the only maker of a table that an exhibit accepts (docs/confidentialite.md)."""

from atc.disclosure.recorder import INTERNAL, Rules
from atc.disclosure.release import FORBIDDEN, Release
from atc.disclosure.released import (
    PRIMARY,
    Count,
    Measure,
    Ratio,
    Released,
    Summary,
    farthest,
    leading,
    together,
)

__all__ = [
    "FORBIDDEN",
    "INTERNAL",
    "PRIMARY",
    "Count",
    "Measure",
    "Ratio",
    "Release",
    "Released",
    "Rules",
    "Summary",
    "farthest",
    "leading",
    "together",
]
