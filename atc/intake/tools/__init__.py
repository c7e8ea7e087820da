"""What each survey tool makes of headings and answers; one module a tool, all with the same three functions.

``columns`` finds the code of each heading, ``technical`` knows the columns that the tool adds, ``structure`` reads the file
that describes the questionnaire.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from atc.intake.source import Sheet
from atc.intake.tools import kobo, limesurvey, tableur
from atc.intake.tools.structure import Answers, Structure

__all__ = ["ADAPTERS", "Answers", "Structure", "answers"]

ADAPTERS = MappingProxyType({"limesurvey": limesurvey, "kobo": kobo, "tableur": tableur})


def answers(tool: str, sheet: Sheet, structure: Structure) -> Answers:
    """The rows of an export by the codes of its questions.

    Args:
        tool: What made it.
        sheet: The export as text.
        structure: What describes the questionnaire; empty if nothing does.

    Raises:
        DataRefused: Two headings are one question.
    """
    found: Mapping[str, str] = ADAPTERS[tool].codes(sheet.heading, structure)
    return ADAPTERS[tool].expand(Answers.of(sheet, found, ADAPTERS[tool].TECHNICAL), structure)
