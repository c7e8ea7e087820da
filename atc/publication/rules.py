"""What machines see in a piece: codes, addresses, paths, scripts, metadata, and a site beside a post.

Most of it is a table, ``rules.toml``; what people write in French is the business of `prose`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from atc.publication.pieces import Hit, Kind, Known, Piece, Rule, counted, found_in, hidden, plain
from atc.survey import contacts
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


@dataclass(frozen=True)
class _Row:
    """One row of the table, see there."""

    rule: Rule
    remedy: str
    find: tuple[Callable[[str], Iterator[re.Match[str]]], ...]
    kinds: frozenset[Kind]
    labels: re.Pattern[str]
    files: tuple[str, ...]
    seen: Callable[[Piece], str]
    page: bool
    shown: bool

    @classmethod
    def of(cls, row: dict[str, Any]) -> _Row:
        """A row as the file says it."""
        named = [getattr(contacts, row["find"])] if "find" in row else []
        return cls(
            Rule[row["name"]],
            row["remedy"],
            (*named, *(re.compile(pattern).finditer for pattern in row.get("patterns", ()))),
            frozenset(Kind[kind] for kind in row["kinds"]) if "kinds" in row else _READ,
            re.compile(row.get("labels", "")),
            tuple(row.get("files", [""])),
            _SEEN[row["seen"]],
            row.get("page", False),
            row.get("shown", False),
        )


_ROWS = tuple(map(_Row.of, _RAW["rule"]))
_OF_KIND = {kind: tuple(row for row in _ROWS if kind in row.kinds) for kind in Kind}
_REMEDIES = {row.rule: row.remedy for row in _ROWS}


def in_texts(piece: Piece, known: Known) -> Iterator[Hit]:
    """What the table finds in one piece; the contacts of the team may be printed."""
    for row in _OF_KIND[piece.kind]:
        if not piece.file.endswith(row.files) or not row.labels.search(piece.label):
            continue
        if row.page or piece.label != "source":
            text = row.seen(piece)
            for match in (match for find in row.find for match in find(text)):
                if not _is_of_the_team(match[0], known):
                    yield Hit(row.rule, match[0] if row.shown else hidden(match[0]), row.remedy)


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
_COMMON = frozenset(
    ["root", "user", "users", "admin", "runner", "ubuntu", "debian", "localhost", "jovyan", "home", "main"]
)
_NO_NAME = "Retirez ce nom, puis relancez l’exécution et la publication."
PIXELS = (
    "Le texte d’une image en pixels ne se relit pas : livrez le SVG du même exhibit à côté du PNG, "
    "et ne mettez dans un document que l’image d’un exhibit, sans la retoucher."
)


def of_this_wave(piece: Piece, known: Known) -> Iterator[Hit]:
    """Codes of persons, names of the user and of the machine, pixels that no drawing answers for."""
    if piece.kind is not Kind.ROW:
        for code in sorted({*found_in(piece.text, known.pseudonyms)}):
            yield Hit(Rule.PSEUDONYM, hidden(code.upper()), _REMEDIES[Rule.PSEUDONYM])
    text = plain(piece.text) if piece.kind in _READ else ""
    for name in sorted({plain(name) for name in known.machine} - _COMMON):
        if len(name) > 2 and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text):
            yield Hit(Rule.MACHINE, hidden(name), _NO_NAME)
    if piece.kind is Kind.IMAGE and piece.label not in known.pictures:
        yield Hit(Rule.PIXELS, piece.text, PIXELS)


_PROPERTY = {name: re.compile(pattern) for name, pattern in _RAW["metadata"].items()}
#: What archives write when they write no date.
_NO_DATE = "1980-01-01"


def metadata(piece: Piece, known: Known) -> Iterator[Hit]:
    """Authors, dates, software and machines that files keep."""
    label, text = piece.label, piece.text.strip()
    if piece.kind is not Kind.METADATA and not label.startswith("description@"):
        return
    if _PROPERTY["always"].match(label):
        wrong = True
    elif _PROPERTY["maker"].search(label):
        wrong = not _PROPERTY["makers"].fullmatch(text)
    elif text and _PROPERTY["dates"].search(label):
        day = re.search(r"(\d{4})-?(\d\d)-?(\d\d)", text)
        wrong = day is None or "-".join(day.groups()) not in known.dates | {_NO_DATE}
    else:
        wrong = text not in known.authors | {""} and _PROPERTY["authors"].search(label) is not None
    if wrong:
        remedy = "Retirez cette métadonnée, ou donnez-lui la valeur de la vague (report.toml)."
        yield Hit(Rule.METADATA, hidden(text), remedy)


_FARTHEST = 34
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
    for text in found:
        remedy = (
            "Retirez le lieu ou la fonction, ou remontez d’un niveau : « Collectivité », « Acteur local »."
        )
        yield Hit(Rule.ROSTER, hidden(text), remedy)


@lru_cache(maxsize=8)
def _roster(sites: frozenset[str], posts: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    """Patterns of a post and a site in one sentence, of a site, and of a post, in bare text."""
    words = _RAW["roster"]
    site = _any_of(sites)
    post = f"(?:{_any_of(posts) if posts else '(?!)'}|{''.join(words['post'])})"
    gap = rf"[^.;|]{{0,{_FARTHEST}}}?"
    return (
        re.compile(
            rf"\b{post}{words['genders']}\b(?! \w+ des? (?:autres )?sites){gap}{words['link']} ?"
            rf"(?:la |le |les |l')?{site}\b|"
            rf"\b{site}\b ?(?:,| -| –|:|\() ?(?:un |une |le |la |l'|1 )?{post}\b"
        ),
        re.compile(site),
        re.compile(rf"(?:\d+ |une? )?{post}\b"),
    )


def _any_of(names: frozenset[str]) -> str:
    return f"(?:{'|'.join(re.escape(_bare(name)) for name in sorted(names, key=len, reverse=True))})"


def _bare(text: str) -> str:
    """Without case, accents, hyphens or underscores: « Hombourg-Haut » and « hombourg_haut » are one.

    So are « délégué.e » and « délégué·e ».
    """
    return re.sub(r"(?<=\w)[-_](?=\w)", " ", fold(plain(text).replace("’", "'").replace("·", ".")))
