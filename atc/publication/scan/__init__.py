"""The scanner of the gate: decode all that would leave, and find what must never do.

What it cannot see: pixels (let through by rule only, see `rules.shipped`), letters drawn as outlines, words
written backwards, encodings that no page of ours uses, ciphers, names that no list knows, what
``tests/publication/seeded.csv`` lists as not catchable, and whether a number that a reviewed exception lets
through in an exhibit tells there what the exception was for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace

from atc.publication.scan.formats import pieces
from atc.publication.scan.model import Finding, Hit, Kind, Known, Piece, Rule, hidden
from atc.publication.scan.rules import judged
from atc.publication.scan.rules.shipped import without_drawing

__all__ = ["Finding", "Known", "Piece", "Rule", "scan"]

#: Rules after which a name is not repeated in the report.
_TELLING = frozenset({Rule.PSEUDONYM, Rule.EMAIL, Rule.TELEPHONE, Rule.ROSTER, Rule.MACHINE})


def scan(files: Mapping[str, bytes], known: Known, written: Iterable[Piece] = ()) -> tuple[Finding, ...]:
    """All that must not leave among files that would, in the order of files.

    Nothing is written. Pixels are not read: a raster image is only let through beside the SVG of the same
    exhibit, whose text is (`rules.shipped.without_drawing`).
    """
    findings = set(without_drawing(files))
    seen: dict[Hashable, tuple[Hit, ...]] = {}
    for file in files:
        found = list(_findings(pieces(file, files[file]), known, seen))
        if any(finding.place.startswith("nom du fichier") and finding.rule in _TELLING for finding in found):
            found = [replace(finding, file=_hidden_path(file)) for finding in found]
        findings.update(found)
    at_source = set(_findings(written, known, seen))
    # A page says again what its notebook says: it is mended there, once.
    mended = {(finding.rule, finding.excerpt) for finding in at_source}
    findings = at_source | {f for f in findings if (f.rule, f.excerpt) not in mended}
    return tuple(sorted(findings))


def _findings(
    found: Iterable[Piece], known: Known, seen: dict[Hashable, tuple[Hit, ...]]
) -> Iterator[Finding]:
    for piece in found:
        # The same text comes many times in a bundle: it is judged once, and told at each place.
        key = (piece.file.rpartition(".")[2], piece.file in known.synthetic, *_judged_by(piece))
        if key not in seen:
            seen[key] = tuple(judged(piece, known))
        for hit in seen[key]:
            place = piece.place if piece.kind is not Kind.NAME else piece.place or "nom du fichier"
            yield Finding(piece.file, place, hit.rule, hit.excerpt, hit.remedy)


def _judged_by(piece: Piece) -> tuple[Hashable, ...]:
    """What the rules read of a piece; of its file, they read its extension and whether it is made up."""
    whole_image = piece.place == "image"
    return (
        piece.by_hand,
        piece.kind,
        piece.text,
        piece.label,
        piece.exhibit,
        piece.cells,
        piece.headings,
        whole_image,
    )


def _hidden_path(file: str) -> str:
    folder, slash, name = file.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    return f"{folder}{slash}{hidden(stem)}{dot}{extension}"
