"""Many known texts looked for at once, however they are cut, cased or accented."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from atc.publication.scan.encodings import plain, squeezed

#: Letters and digits from which a text is never found by chance inside others.
_UNMISTAKABLE = 7
#: Up to so many, looking for one after the other is quicker.
_FEW = 500


class Needles:
    """Texts to find: long ones whatever stands between their letters, short ones as whole words."""

    def __init__(self, texts: frozenset[str]) -> None:
        """Prepare the search.

        Args:
            texts: What must be found.
        """
        keys = {squeezed(text) for text in texts} - {""}
        self._long = sorted(key for key in keys if len(key) >= _UNMISTAKABLE)
        self._width = min(map(len, self._long), default=0)
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for key in self._long:
            self._by_head[key[: self._width]].append(key)
        short = sorted({plain(text) for text in texts if 0 < len(squeezed(text)) < _UNMISTAKABLE})
        any_of = "|".join(map(re.escape, short))
        self._anywhere = re.compile(any_of) if short else None
        self._words = re.compile(rf"(?<!\w)(?:{any_of})(?!\w)")

    def find(self, text: str) -> Iterator[str]:
        """What of them a text holds, as it was prepared.

        Args:
            text: Any text.
        """
        # Most texts hold none, which is quicker to see when words need not be whole.
        if self._anywhere and self._anywhere.search(plain(text)):
            yield from (match[0] for match in self._words.finditer(plain(text)))
        tight = squeezed(text) if self._long else ""
        if len(self._long) <= _FEW:
            yield from (key for key in self._long if key in tight)
        else:
            yield from self._among_many(tight)

    def _among_many(self, tight: str) -> Iterator[str]:
        """One walk along the text, however many there are to find."""
        width, heads = self._width, self._by_head
        for start in range(len(tight) - width + 1):
            for key in heads.get(tight[start : start + width], ()):
                if tight.startswith(key, start):
                    yield key


@lru_cache(maxsize=16)
def needles(texts: frozenset[str]) -> Needles:
    """The same search, prepared once."""
    return Needles(texts)
