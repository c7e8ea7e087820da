"""A count of which the printed report has a word: the word is shown, never a number nor a mask."""

from __future__ import annotations

from dataclasses import dataclass

from atc.disclosure import Count, Ratio
from atc.disclosure.released import PRIMARY


@dataclass(frozen=True)
class Told(Count):
    """A count of which everybody read « la majorité », and nothing more; charts draw where it can lie."""

    status: str = PRIMARY
    word: str = ""  # as printed

    @property
    def shown(self) -> str:
        """In a table or on a chart."""
        return self.word

    def __str__(self) -> str:
        """In a sentence."""
        return self.word

    def of(self, *_: str | None) -> str:
        """With its noun, which the word stands for."""
        return self.word


def out_of(effectif: Count, total: Count, *, aloud: bool = False) -> str:
    """« 7 sur 14 », « n < 5 sur 14 » (« moins de 5 sur 14 » aloud), or the word of the report alone."""
    if isinstance(effectif, Told):
        return effectif.word
    ratio = Ratio(effectif, total)
    return ratio.comptes if aloud else ratio.shown
