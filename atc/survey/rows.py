"""Tables as text, the way files hold them: before any type, one ``dict`` a row."""

from __future__ import annotations

from collections.abc import Mapping

# Missing codes of the dictionary.
NO_ANSWER, UNKNOWN, NOT_DISCLOSED, NOT_APPLICABLE = "", "NSP", "NC", "SO"
MISSING = frozenset({NO_ANSWER, UNKNOWN, NOT_DISCLOSED, NOT_APPLICABLE})

Row = dict[str, str]
Rows = list[Row]
Tables = Mapping[str, Rows]


def yes(condition: bool) -> str:
    """A tick box as the files write it."""
    return "oui" if condition else "non"
