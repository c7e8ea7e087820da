"""Spreadsheets: the heading is the code, and nothing is added by a tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from atc.intake.tools.structure import Answers, Structure
from atc.survey.errors import refusal


def technical(headings: Mapping[str, str]) -> tuple[str, ...]:
    """None: everything in a spreadsheet was put there by somebody."""
    del headings
    return ()


def codes(heading: Sequence[str], structure: Structure) -> Mapping[str, str]:
    """Each heading is its own code."""
    del structure
    return {name: name for name in heading}


def expand(answers: Answers, structure: Structure) -> Answers:
    """Nothing to unfold."""
    del structure
    return answers


def structures(content: bytes, file: str) -> Sequence[Structure]:
    """Refuse: a spreadsheet has no description beside it."""
    del content
    raise refusal(file, "Un tableur n’a pas de fichier de structure", "Retirez la clé « structure »")
