"""When two spellings are one: case, accents, dashes and kinds of space do not count; letters and digits do.

Nothing nearer than that is ever taken for the same: a likely guess is a suggestion in a message, not a
reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i"})
# What French place names shorten.
_SAINT = re.compile(r"\bst(e?)\b")


def skeleton(text: str) -> str:
    """Letters and digits of a text, in lower case, words apart: ``Saint‑Gilles`` gives ``saint gilles``."""
    # Decomposed first: the letters of a mathematical alphabet have no case until then.
    lowered = unicodedata.normalize("NFKD", text).casefold()
    lowered = unicodedata.normalize("NFKD", lowered).translate(_LIGATURES)
    letters = "".join(c for c in lowered if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", letters).strip()


def place(text: str) -> str:
    """The same for the name of a place, where ``St`` is ``Saint``."""
    return _SAINT.sub(r"saint\1", skeleton(text))


def unambiguous(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Spelling -> code, without the spellings that two codes share and without the empty one."""
    found: dict[str, set[str]] = {}
    for spelling, code in pairs:
        found.setdefault(spelling, set()).add(code)
    return {spelling: next(iter(codes)) for spelling, codes in found.items() if spelling and len(codes) == 1}
