"""Rules of one shape, from the table ``patterns.toml``, and what only this wave can tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from atc.publication.scan.encodings import plain
from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden
from atc.publication.scan.needles import needles
from atc.publication.scan.reading import counted
from atc.survey import spelling

_READ = frozenset(Kind) - {Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED, Kind.TYPE}
_SEEN: dict[str, Callable[[str], str]] = {"raw": str, "plain": plain, "counted": counted}


@dataclass(frozen=True)
class Pattern:
    """One row of the table, see there."""

    rule: Rule
    remedy: str
    find: tuple[Callable[[str], Iterator[re.Match[str]]], ...]
    kinds: frozenset[Kind]
    seen: Callable[[str], str]
    page: bool


def _table() -> Iterator[Pattern]:
    raw = tomllib.loads(Path(__file__).with_name("patterns.toml").read_text(encoding="utf-8"))
    for row in raw["rule"]:
        named = [getattr(spelling, row["find"])] if "find" in row else []
        find = (*named, *(re.compile(pattern).finditer for pattern in row.get("patterns", ())))
        kinds = frozenset(Kind[kind] for kind in row["kinds"]) if "kinds" in row else _READ
        yield Pattern(
            Rule[row["name"]], row["remedy"], find, kinds, _SEEN[row["seen"]], row.get("page", False)
        )


PATTERNS = tuple(_table())


def in_texts(piece: Piece, known: Known) -> Iterator[Hit]:
    """What the table finds in one piece; the contacts of the team may be printed."""
    for row in PATTERNS:
        if piece.kind in row.kinds and (row.page or piece.label != "source"):
            text = row.seen(piece.text)
            for match in (match for find in row.find for match in find(text)):
                if not _is_of_the_team(match[0], known):
                    yield Hit(row.rule, hidden(match[0]), row.remedy)


def _is_of_the_team(found: str, known: Known) -> bool:
    digits = _digits(found)
    return any(
        plain(contact) == found or (len(digits) == 9 and digits == _digits(contact))
        for contact in known.contacts
    )


def _digits(number: str) -> str:
    """The nine digits that follow 0 or +33."""
    return re.sub(r"\D", "", number.replace("(0)", ""))[-9:]


#: Names so common that only a path or an address tells them.
_COMMON_NAMES = "root user users admin runner ubuntu debian localhost jovyan home main"
_COMMON = frozenset(_COMMON_NAMES.split())
_IDENTIFIERS = frozenset({"repondant", "répondant", "id_repondant", "token", "index", "locuteur"})


def of_this_wave(piece: Piece, known: Known) -> Iterator[Hit]:
    """Codes of persons, names of the user and of the machine, rows of respondents."""
    remedies = {row.rule: row.remedy for row in PATTERNS}
    if piece.kind is Kind.ROW:
        if {plain(heading) for heading in piece.headings or piece.cells} & _IDENTIFIERS:
            yield Hit(Rule.RAW_FRAME, "", remedies[Rule.RAW_FRAME])
        return
    for code in sorted({*needles(known.pseudonyms).find(piece.text)}):
        yield Hit(Rule.PSEUDONYM, hidden(code.upper()), remedies[Rule.PSEUDONYM])
    text = plain(piece.text) if piece.kind in _READ else ""
    for name in sorted({plain(name) for name in known.machine} - _COMMON):
        if len(name) > 2 and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text):
            yield Hit(
                Rule.MACHINE, hidden(name), "Retirez ce nom, puis relancez l’exécution et la publication."
            )
