"""What each survey tool makes of headings and answers; one module a tool, all with the same three functions.

``codes`` finds the code of each heading, ``technical`` knows the columns that the tool adds,
``structures`` reads the file that describes the questionnaire.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from atc.intake.source import Sheet
from atc.intake.tools import kobo, limesurvey, tableur
from atc.intake.tools.structure import Answers, Structure

__all__ = ["ADAPTERS", "Answers", "Structure", "answers"]


class Adapter(Protocol):
    """What each module of this room offers."""

    def codes(self, heading: Sequence[str], structure: Structure) -> Mapping[str, str]:
        """Heading -> code."""

    def technical(self, headings: Mapping[str, str]) -> Collection[str]:
        """Of codes and their headings, the codes that the tool adds by itself."""

    def expand(self, answers: Answers, structure: Structure) -> Answers:
        """The same answers, one column for each ticked box."""

    def structures(self, content: bytes, file: str) -> Sequence[Structure]:
        """What describes the questionnaire, once for each of its languages, the main one first."""


ADAPTERS: Mapping[str, Adapter] = {"limesurvey": limesurvey, "kobo": kobo, "tableur": tableur}


def answers(tool: str, sheet: Sheet, structure: Structure) -> Answers:
    """The rows of an export by the codes of its questions."""
    adapter = ADAPTERS[tool]
    found = adapter.codes(sheet.heading, structure)
    return adapter.expand(Answers.of(sheet, found, adapter.technical), structure)
