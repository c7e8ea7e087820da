"""When two spellings are one: case, accents, dashes and kinds of space do not count; letters and digits do.

Nothing nearer than that is ever taken for the same: a likely guess, as `nearest` makes it, is a suggestion in
a message, not a reading.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ı": "i"})
# What French place names shorten.
_SAINT = re.compile(r"\bst(e?)\b")


def fold(text: str, *, in_place: bool = False) -> str:
    """``Œuvre d’ÉTÉ`` -> ``oeuvre d’ete``: neither case, accents, ligatures nor letters of another width.

    ``in_place``, each character gives exactly one, so that positions are kept.
    """
    if in_place:
        return "".join(fold(character)[:1] or character for character in text)
    # Decomposed first: the letters of a mathematical alphabet have no case until then.
    lowered = unicodedata.normalize("NFKD", text).casefold()
    lowered = unicodedata.normalize("NFKD", lowered).translate(_LIGATURES)
    return "".join(c for c in lowered if not unicodedata.combining(c))


def skeleton(text: str) -> str:
    """Letters and digits of a text, folded, words apart: ``Saint‑Gilles`` gives ``saint gilles``."""
    return re.sub(r"[\W_]+", " ", fold(text)).strip()


def place(text: str) -> str:
    """The same for the name of a place, where ``St`` is ``Saint``."""
    return _SAINT.sub(r"saint\1", skeleton(text))


def unambiguous(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Spelling -> code, without the spellings that two codes share and without the empty one."""
    found: dict[str, set[str]] = {}
    for spelling, code in pairs:
        found.setdefault(spelling, set()).add(code)
    return {spelling: next(iter(codes)) for spelling, codes in found.items() if spelling and len(codes) == 1}


def nearest(name: str, known: Iterable[str]) -> str:
    """What someone probably meant: the known name nearest to a misspelt one; empty if none is near enough.

    Case, accents, spaces and punctuation do not count; beyond them, about one letter in five may differ
    (Ratcliff and Obershelp's ratio, as in ``difflib``).
    """
    return nearest_code(name, {code: code for code in known})


def nearest_code(name: str, labels: Mapping[str, str]) -> str:
    """The code (of ``labels``) that someone meant, whether they wrote nearly the code or nearly its label."""

    def letters(text: str) -> str:
        # « État civil » and « etat_civil » are one name to a reader.
        return skeleton(text).replace(" ", "")

    spellings = {letters(label): code for code, label in labels.items()}
    spellings |= {letters(code): code for code in labels}
    spellings.pop("", None)
    found = difflib.get_close_matches(letters(name), spellings, n=1, cutoff=0.8)
    return spellings[found[0]] if found else ""
