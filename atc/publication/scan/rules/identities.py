"""Codes of persons."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden
from atc.publication.scan.needles import needles

_OF_A_ROW = (
    "Cette valeur vient d’une ligne de données : retirez ce qui l’affiche, et ne montrez que des comptes."
)
_CODE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,2}-[0-9A-HJKMNP-TV-Z]{6}(?![A-Za-z0-9])")


def pseudonyms(piece: Piece, known: Known) -> Iterator[Hit]:
    """Codes of the wave, and whatever has their shape (`atc.pseudonyms`)."""
    if piece.kind is Kind.ROW or piece.file in known.synthetic:
        return
    found = set(needles(known.pseudonyms).find(piece.text))
    if piece.kind is not Kind.GLUED:
        found |= {match[0] for match in _CODE.finditer(piece.text) if _is_code(match[0])}
    shown = {hidden(code.upper()) for code in found}
    for excerpt in sorted(shown):
        yield Hit(Rule.PSEUDONYM, excerpt, _OF_A_ROW)


def _is_code(shape: str) -> bool:
    # « E-MARKET » is a word: a code drawn at random has a digit, or no vowel.
    drawn = shape.partition("-")[2]
    return any(c.isdigit() for c in drawn) or not set(drawn) & set("AEY")
