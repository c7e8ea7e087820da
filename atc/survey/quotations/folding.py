"""A text as it is searched: accents, capitals, dashes and kinds of space do not count, places do."""

from __future__ import annotations

import re
import unicodedata

from atc.survey import spelling

_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}"
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\t\n\r"
_ALIKE = str.maketrans(dict.fromkeys(_DASHES + _SPACES, " ") | dict.fromkeys("’ʼ‘`´", "'"))
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
# Neither a letter nor a space nor the end of a sentence: nothing is read across a bracket.
_FILL = "\N{WHITE SQUARE}"


def clean(text: str) -> str:
    """The text without the characters that nobody sees, which would cut a name in two for a machine."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if unicodedata.category(c) != "Cf")


def fold(text: str) -> str:
    """The same text folded, dashes and apostrophes alike, character for character: positions are kept."""
    return spelling.fold(text.translate(_ALIKE), in_place=True)


def without_brackets(text: str) -> str:
    """The same length, where what stands between brackets, already replaced by the team, is blotted out."""
    return _BRACKETED.sub(lambda match: _FILL * len(match[0]), text)


def in_brackets(text: str) -> list[str]:
    """What stands between brackets."""
    return [match[1] for match in _BRACKETED.finditer(text)]
