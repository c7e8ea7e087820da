"""What someone probably meant: the known name nearest to a misspelt one."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping


def _plain(text: str) -> str:
    # « État civil » and « etat_civil » are one name to a reader.
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", letters)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that a misspelt one stands for; empty when none is near enough.

    Case, accents, spaces and punctuation do not count; beyond them, about one letter in five may differ
    (Ratcliff and Obershelp's ratio, as in ``difflib``).
    """
    return nearest_code(name, {code: code for code in known})


def nearest_code(name: str, labels: Mapping[str, str]) -> str:
    """The code that someone meant, whether they wrote nearly the code or nearly its label.

    Args:
        name: What was written.
        labels: Code -> label.

    Returns:
        A code, or an empty text when none is near enough.
    """
    spellings = {_plain(label): code for code, label in labels.items()}
    spellings |= {_plain(code): code for code in labels}
    spellings.pop("", None)
    found = difflib.get_close_matches(_plain(name), spellings, n=1, cutoff=0.8)
    return spellings[found[0]] if found else ""
