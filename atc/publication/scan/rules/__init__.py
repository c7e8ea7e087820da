"""The rules of the gate: each reads one piece, and says what in it must not leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from atc.publication.scan.model import Hit, Known, Piece
from atc.publication.scan.rules import counts, outside, patterns, prose, roster, shipped

RULES: tuple[Callable[[Piece, Known], Iterator[Hit]], ...] = (
    patterns.in_texts,
    patterns.of_this_wave,
    roster.sites_beside_posts,
    outside.addresses,
    outside.active_content,
    outside.formulas,
    counts.in_sentences,
    counts.in_tables,
    prose.in_prose,
    prose.in_names,
    shipped.metadata,
    shipped.unreadable,
)


#: All that can be wrong of rows that nobody gave.
OF_FILES = (outside.formulas, shipped.metadata, shipped.unreadable)


def judged(piece: Piece, known: Known) -> Iterator[Hit]:
    """All that the rules find in one piece; made-up rows hold codes and small numbers that are nobody's."""
    made_up = piece.file in known.synthetic
    for rule in RULES if not made_up else OF_FILES:
        yield from rule(piece, known)
