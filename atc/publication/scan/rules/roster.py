"""A site beside a post: the roster is public, so the two together are a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from atc.publication.scan.encodings import plain
from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden
from atc.survey.spelling import fold

_REMEDY = "Retirez le lieu ou la fonction, ou remontez d’un niveau : « Collectivité », « Acteur local »."
#: Words for posts, beside the titles of the roster.
_POST = (
    r"(?:animat(?:eur|rice)|dp|delegue(?: du prefet| de la prefete| a la vie sociale)|prefet|prefete|"
    r"directeur|directrice|cheff?e? de projet|charge(?:e|\.e)? de mission|referente?|adjointe? au maire|"
    r"maire|presidente?|coordinat(?:eur|rice)|mediat(?:eur|rice)|responsable|elue?|conseiller|conseillere)"
)
_GENDERS = r"(?:[.·-]?(?:e|trice|rice))?(?:[.·-]?s)?"
_LINK = r"(?:,| -| –|:|\(| de| d ?'| du| des| a| au| aux| pour| sur| \|)"
_FARTHEST = 34
_SENTENCE = re.compile(r"(?<=[.!?;]) +")


def sites_beside_posts(piece: Piece, known: Known) -> Iterator[Hit]:
    """« L’animatrice d’Avignon », « (délégué du préfet, Roubaix) », or both in one row of a table."""
    # A page of a PDF names its exhibits among its cells.
    excepted = known.named.intersection((piece.exhibit, *piece.cells * (piece.kind is Kind.PAGE)))
    if not known.sites or excepted or piece.label == "source":
        return
    if piece.kind is Kind.ROW:
        yield from _in_row(piece, known)
    elif piece.kind in (Kind.PROSE, Kind.CELL, Kind.PAGE, Kind.ATTRIBUTE, Kind.CODE):
        beside = _beside(known.sites, known.posts)
        # On paper, lines that follow each other may be two columns of a table.
        lines = piece.text.split("\n") if piece.kind is Kind.PAGE else [piece.text]
        for sentence in chain.from_iterable(_SENTENCE.split(_bare(line)) for line in lines):
            if match := beside.search(sentence):
                yield Hit(Rule.ROSTER, hidden(match[0]), _REMEDY)


def _in_row(piece: Piece, known: Known) -> Iterator[Hit]:
    site, post = _row_patterns(known.sites, known.posts)
    cells = [_bare(cell) for cell in piece.cells]
    if any(site.fullmatch(cell) for cell in cells) and any(post.match(cell) for cell in cells):
        yield Hit(Rule.ROSTER, hidden(" | ".join(piece.cells)), _REMEDY)


@lru_cache(maxsize=8)
def _beside(sites: frozenset[str], posts: frozenset[str]) -> re.Pattern[str]:
    site, post = _alternatives(sites), _posts(posts)
    gap = rf"[^.;|]{{0,{_FARTHEST}}}?"
    return re.compile(
        rf"\b{post}{_GENDERS}\b(?! \w+ des? (?:autres )?sites){gap}{_LINK} ?(?:la |le |les |l')?{site}\b|"
        rf"\b{site}\b ?(?:,| -| –|:|\() ?(?:un |une |le |la |l'|1 )?{post}\b"
    )


@lru_cache(maxsize=8)
def _row_patterns(sites: frozenset[str], posts: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    number = r"(?:\d+ |une? )?"
    return re.compile(_alternatives(sites)), re.compile(rf"{number}{_posts(posts)}\b")


def _posts(posts: frozenset[str]) -> str:
    titles = _alternatives(posts) if posts else "(?!)"
    return rf"(?:{titles}|{_POST})"


def _alternatives(names: frozenset[str]) -> str:
    return f"(?:{'|'.join(re.escape(_bare(name)) for name in sorted(names, key=len, reverse=True))})"


def _bare(text: str) -> str:
    """Without case, accents, hyphens or underscores: « Hombourg-Haut » and « hombourg_haut » are one.

    So are « délégué.e » and « délégué·e ».
    """
    return re.sub(r"(?<=\w)[-_](?=\w)", " ", fold(plain(text).replace("’", "'").replace("·", ".")))
