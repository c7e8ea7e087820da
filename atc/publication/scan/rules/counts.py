"""Counts under the floor, in sentences and in tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from atc.disclosure.prose import small_counts
from atc.publication.scan.encodings import plain
from atc.publication.scan.model import READ_ALOUD, Hit, Kind, Known, Piece, Rule, without_numbers
from atc.publication.scan.reading import legible
from atc.survey.spelling import fold
from atc.survey.typography import in_words

_REMEDY = "Écrivez « moins de {floor} », sans le nombre ; s’il est déjà public, faites signer une exception"
_WHOLE_NUMBER = re.compile(r"(\d{1,3})(?:[.,]0+)?(?: ?[*†]+| ?\(\d{1,3}(?:,\d+)? ?%\))?")
_WORDS = {in_words(value): value for value in range(2, 12)} | {"un": 1, "une": 1}
_COUNTS = re.compile(
    r"\b(?:effectifs?|nombres?|n|total|repondants?|territoires?|sites?|personnes|reponses|destinataires|"
    r"entretiens|contrats|communes|structures|associations|instances|carnets|acteurs|animateurs)\b"
)
_NO_COUNTS = re.compile(
    r"median|moyenn|\bnotes?\b|score|\brang|ordre|ecart|\betp\b|annee|trimestre|\bid\b|\bcode|imprime|longitude|"
    r"latitude|\bparts?\b|\btaux|%|seuil|quartile|\bborne|numero|vague|question|reunions?\b|intervalle|valeur"
)
_PARTS = re.compile(r"\bparts?\b|\btaux\b|%|pourcentage")
_PERCENT = re.compile(r"(\d{1,2}(?:,\d+)?) ?%")
_TOTALS = re.compile(r"\b(?:total|n|base|ensemble|repondants|destinataires|effectif)\b")


def in_sentences(piece: Piece, known: Known) -> Iterator[Hit]:
    """« 4 répondants sur 7 », in a text, a cell, an alternative text or a page of a PDF."""
    if not _is_read(piece):
        return
    # On paper, where lines end tells a cell from a sentence.
    text = piece.text if piece.kind is Kind.PAGE else legible(piece.text)
    floor = known.floor_of(piece)
    for count in small_counts(text, floor):
        on_paper = piece.kind is Kind.PAGE and _in_a_row(text, count.span)
        told = count.value in _allowed(piece, known) or plain(count.text) in _plain(known.phrases)
        if not told and not on_paper:
            yield Hit(Rule.SMALL_COUNT, without_numbers(count.text), _REMEDY.format(floor=floor))


@lru_cache(maxsize=8)
def _plain(phrases: frozenset[str]) -> frozenset[str]:
    return frozenset(map(plain, phrases))


def _is_read(piece: Piece) -> bool:
    """Whether somebody reads the piece as a sentence, on the page or beside it."""
    if piece.kind is Kind.ATTRIBUTE:
        return piece.label in READ_ALOUD or piece.label.startswith(("aria-", "data-"))
    if piece.kind is Kind.METADATA:
        return piece.label in READ_ALOUD
    return piece.kind in (Kind.PROSE, Kind.CELL, Kind.PAGE) or piece.label in ("comment", "json")


def _in_a_row(page: str, span: tuple[int, int]) -> bool:
    """Whether a page shows it between other numbers, as a cell that another file holds, or at its foot."""
    if re.fullmatch(r"\d+ / \d+", page[slice(*span)]):
        return True
    return re.search(r"(?:\d|–|n < \d) $", page[: span[0]].replace("\n", " ")[-6:]) is not None


def in_tables(piece: Piece, known: Known) -> Iterator[Hit]:
    """Cells of a table of counts."""
    # Without headings, an exhibit still shows counts.
    headings = piece.headings or ("",) * len(piece.cells) * bool(piece.exhibit or piece.by_hand)
    if piece.kind is not Kind.ROW or not headings:
        return
    allowed, floor = _allowed(piece, known), known.floor_of(piece)
    pairs = [
        (fold(plain(heading)).replace("_", " "), cell)
        for heading, cell in zip(headings, piece.cells, strict=False)
    ]
    row = dict(pairs)
    for rank, (heading, cell) in enumerate(pairs):
        counted = _counts(heading, rank, of_counts=bool(piece.exhibit) or piece.by_hand) and not _is_printed(
            heading, cell, row
        )
        number = (counted and _small(cell, floor)) or _given_back(heading, cell, row, floor)
        if number and number not in allowed:
            yield Hit(Rule.SMALL_COUNT, f"colonne {rank + 1} : •", _REMEDY.format(floor=floor))


def _counts(heading: str, rank: int, *, of_counts: bool) -> bool:
    """Whether a column counts persons: in an exhibit, or typed by hand, all do unless they say otherwise."""
    if _NO_COUNTS.search(heading):
        return False
    return _COUNTS.search(heading) is not None or (of_counts and rank > 0)


def _is_printed(heading: str, cell: str, row: Mapping[str, str]) -> bool:
    """Whether a recalculated figure is the one that the report printed, which everybody knows."""
    return heading.startswith(("calcule", "recalcule")) and cell == row.get("imprime")


def _small(cell: str, floor: int) -> int:
    number = _WHOLE_NUMBER.fullmatch(plain(cell))
    value = int(number[1]) if number else _WORDS.get(plain(cell), 0)
    return value if value < floor else 0


def _given_back(heading: str, cell: str, row: Mapping[str, str], floor: int) -> int:
    """The small count that a percentage gives back beside its total; 0 if it gives none."""
    share = _share(heading, cell)
    totals = [_WHOLE_NUMBER.fullmatch(plain(other)) for name, other in row.items() if _TOTALS.search(name)]
    for total in filter(None, totals):
        count = share * int(total[1])
        if 0.5 <= count < floor - 0.5 and abs(count - round(count)) <= int(total[1]) * 0.005 + 0.01:
            return round(count)
    return 0


def _share(heading: str, cell: str) -> float:
    if percent := _PERCENT.fullmatch(plain(cell)):
        return float(percent[1].replace(",", ".")) / 100
    if _PARTS.search(heading) and re.fullmatch(r"0?\.\d+", cell):
        return float(cell)
    return 0.0


def _allowed(piece: Piece, known: Known) -> frozenset[int]:
    """Small numbers that a reviewed exception lets through in the exhibit; in a PDF, in those of the page."""
    exhibits = {piece.exhibit, *piece.cells} if piece.file.endswith(".pdf") else {piece.exhibit}
    return frozenset[int]().union(*(known.released.get(id_, frozenset()) for id_ in exhibits))
