"""What may leave: the only maker of a table that an exhibit accepts (docs/confidentialite.md)."""

from atc.disclosure.recorder import Rules
from atc.disclosure.release import Release
from atc.disclosure.released import Count, Measure, Ratio, Released, Summary, farthest, leading, together

__all__ = [
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
