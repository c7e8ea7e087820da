"""What machines see in a piece: codes, addresses, paths, scripts, metadata, and a site beside a post.

Most of it is a table, ``rules.toml``; what people write in French is the business of `prose`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path

from pydantic import BaseModel

from atc.publication.pieces import (
    Hit,
    Kind,
    Known,
    Piece,
    Rule,
    any_article,
    counted,
    found_in,
    hidden,
    plain,
)
from atc.survey import spelling
from atc.survey.spelling import fold

_RAW = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
_READ = frozenset(Kind) - {Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED, Kind.TYPE, Kind.UNREADABLE}
_SPACES = re.compile(r"[\s\x00-\x1f\u200b]+")
_SEEN: dict[str, Callable[[Piece], str]] = {
    "raw": lambda piece: piece.text,
    "plain": lambda piece: plain(piece.text),
    "counted": lambda piece: counted(piece.text),
    "attribute": lambda piece: f"{piece.label}={_SPACES.sub('', piece.text)}",
    "headings": lambda piece: "\n".join(map(plain, piece.headings or piece.cells)),
}


class _Row(BaseModel):
    """One row of the table, see there."""

    rule: Rule
    remedy: str
    seen: str
    patterns: tuple[re.Pattern[str], ...] = ()
    find: str = ""
    kinds: frozenset[Kind] = _READ
    labels: re.Pattern[str] = re.compile("")
    files: tuple[str, ...] = ("",)
    page: bool = False
    shown: bool = False
    allowed: str = ""

    def found(self, piece: Piece) -> Iterator[str]:
        """All that it finds in a piece."""
        of_page = piece.label == "source" and not self.page
        if not of_page and piece.file.endswith(self.files) and self.labels.search(piece.label):
            text = _SEEN[self.seen](piece)
            matches = getattr(spelling, self.find)(text) if self.find else ()
            yield from (
                match[0] for match in chain(matches, *(each.finditer(text) for each in self.patterns))
            )


_ROWS = [_Row.model_validate(row) for row in _RAW["rule"]]
_OF_KIND = {kind: tuple(row for row in _ROWS if kind in row.kinds) for kind in Kind}


def in_texts(piece: Piece, known: Known) -> Iterator[Hit]:
    """What the table finds in one piece, but for the addresses of the team."""
    team = {form for contact in known.contacts for form in (plain(contact), _digits(contact)) if form}
    for row in _OF_KIND[piece.kind]:
        allowed = {"dates": known.dates, "authors": known.authors}.get(row.allowed, frozenset())
        for text in row.found(piece):
            if text not in allowed and text not in team and _digits(text) not in team:
                yield Hit(row.rule, text if row.shown else hidden(text), row.remedy)


def _digits(number: str) -> str:
    """The nine digits that follow 0 or +33; empty where there are not as many."""
    found = re.sub(r"\D", "", number.replace("(0)", ""))[-9:]
    return found * (len(found) == 9)


_COMMON, REMEDIES = frozenset(_RAW["machine"]["common"]), _RAW["remedies"]


def of_this_wave(piece: Piece, known: Known) -> Iterator[Hit]:
    """Codes of persons, names of the user and of the machine, pixels that no drawing answers for."""
    if piece.kind is not Kind.ROW:
        for code in sorted({*found_in(piece.text, known.pseudonyms)}):
            yield Hit(Rule.PSEUDONYM, hidden(code.upper()), REMEDIES["PSEUDONYM"])
    text = plain(piece.text) if piece.kind in _READ else ""
    for name in sorted({plain(name) for name in known.machine} - _COMMON):
        if len(name) > 2 and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text):
            yield Hit(Rule.MACHINE, hidden(name), REMEDIES["MACHINE"])
    if piece.kind is Kind.IMAGE and piece.label not in known.pictures:
        yield Hit(Rule.PIXELS, piece.text, REMEDIES["PIXELS"])


_SENTENCE = re.compile(r"(?<=[.!?;]) +")


def sites_beside_posts(piece: Piece, known: Known) -> Iterator[Hit]:
    """« L’animatrice d’Avignon », « (délégué du préfet, Roubaix) », or both in one row of a table."""
    # A page of a PDF names its exhibits among its cells.
    excepted = known.named.intersection((piece.exhibit, *piece.cells * (piece.kind is Kind.PAGE)))
    if not known.sites or excepted or piece.label == "source":
        return
    beside, site, post = _roster(known.sites, known.posts)
    found: Sequence[str] = ()
    if piece.kind is Kind.ROW:
        cells = [_bare(cell) for cell in piece.cells]
        both = any(map(site.fullmatch, cells)) and any(map(post.match, cells))
        found = [" | ".join(piece.cells)] * both
    elif piece.kind in (Kind.PROSE, Kind.CELL, Kind.PAGE, Kind.ATTRIBUTE, Kind.CODE):
        # On paper, lines that follow each other may be two columns of a table.
        lines = piece.text.split("\n") if piece.kind is Kind.PAGE else [piece.text]
        sentences = (sentence for line in lines for sentence in _SENTENCE.split(_bare(line)))
        found = [match[0] for match in map(beside.search, sentences) if match]
    yield from (Hit(Rule.ROSTER, hidden(text), REMEDIES["ROSTER"]) for text in found)


@lru_cache(maxsize=8)
def _roster(sites: frozenset[str], posts: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """Patterns of a post and a site in one sentence, of a site, and of a post, in bare text."""
    words, site = _RAW["roster"], _any_of(sites)
    post = f"(?:{_any_of(posts) if posts else '(?!)'}|{''.join(words['post'])})"
    patterns = ("".join(words["beside"]), "@site@", "".join(words["cell"]))
    beside, alone, cell = (re.compile(p.replace("@site@", site).replace("@post@", post)) for p in patterns)
    return beside, alone, cell


def _any_of(names: frozenset[str]) -> str:
    return f"(?:{'|'.join(any_article(_bare(name)) for name in sorted(names, key=len, reverse=True))})"


def _bare(text: str) -> str:
    """Without case, accents, hyphens or underscores: « Hombourg-Haut » and « hombourg_haut » are one.

    So are « délégué.e » and « délégué·e ».
    """
    return re.sub(r"(?<=\w)[-_](?=\w)", " ", fold(plain(text).replace("’", "'").replace("·", ".")))
