"""Known texts looked for however they are cut, cased or accented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from atc.publication.scan.encodings import plain, squeezed

#: Letters and digits from which a text is never found by chance inside others.
_UNMISTAKABLE = 7


class Needles:
    """Texts to find: long ones whatever stands between their letters, short ones as whole words."""

    def __init__(self, texts: frozenset[str]) -> None:
        """Prepare the search."""
        self._long = sorted(key for key in map(squeezed, texts) if len(key) >= _UNMISTAKABLE)
        short = sorted({plain(text) for text in texts if 0 < len(squeezed(text)) < _UNMISTAKABLE})
        any_of = "|".join(map(re.escape, short)) or "(?!)"
        self._anywhere, self._words = re.compile(any_of), re.compile(rf"(?<!\w)(?:{any_of})(?!\w)")

    def find(self, text: str) -> Iterator[str]:
        """What of them a text holds, as it was prepared."""
        # Most texts hold none, which is quicker to see when words need not be whole.
        if self._anywhere.search(plain(text)):
            yield from (match[0] for match in self._words.finditer(plain(text)))
        tight = squeezed(text) if self._long else ""
        yield from (key for key in self._long if key in tight)


@lru_cache(maxsize=16)
def needles(texts: frozenset[str]) -> Needles:
    """The same search, prepared once."""
    return Needles(texts)
