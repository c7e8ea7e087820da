"""What somebody writes and should not: small numbers in other words, named sites, persons, quotations.

French has no end of ways to say « three »: ``prose.toml`` lists the kinds, one pattern each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from atc.disclosure.prose import small_counts
from atc.publication.scan.encodings import squeezed
from atc.publication.scan.model import READ_ALOUD, Hit, Kind, Known, Piece, Rule, hidden, without_numbers
from atc.publication.scan.reading import counted, legible
from atc.survey.quotations import alerts

_RAW = tomllib.loads(Path(__file__).with_name("prose.toml").read_text(encoding="utf-8"))
_WORDS = {name: f"(?:{''.join(pieces)})" for name, pieces in _RAW["words"].items()}
# « animateur.trices », « élu·es ».
_WORDS["counted"] += r"(?:[.·]?(?:e|trice|rice|le|fe|ne|euse))?(?:[.·]?s)?\b"
_WORDS["verb"] += r"\b"
_WORDS |= {name: "".join(_RAW["name"][name]) for name in ("post", "capital")}


def _pattern(pieces: str | Sequence[str]) -> re.Pattern[str]:
    return re.compile(re.sub(r"@(\w+)@", lambda match: _WORDS[match[1]], "".join(pieces)))


@dataclass(frozen=True)
class _Small:
    """One way to tell a small number: the pattern, what to write, and what the sentence must hold as well."""

    pattern: re.Pattern[str]
    remedy: str
    needs: re.Pattern[str]


_SMALL = tuple(
    _Small(_pattern(row["pattern"]), _RAW["remedies"][row["remedy"]], _pattern(row.get("needs", "")))
    for row in _RAW["small"]
)
_SPARED, _EVERYBODY, _SITE, _QUOTATION = (
    {name: _pattern(pieces) for name, pieces in _RAW[section].items()}
    for section in ("spared", "everybody", "site", "quotation")
)
_NAMES, _NO_INITIALS = tuple(map(_pattern, _RAW["name"]["kinds"])), _pattern(_RAW["name"]["no_initials"])
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n")
_VALUES = {"un": 1, "une": 1, "i": 1, "v": 5, "x": 10, "dix": 10, "onz": 11, "douz": 12, "treiz": 13}
_VALUES |= {"quatorz": 14, "quinz": 15, "seiz": 16}
_FRACTIONS = {"moitie": 2, "tiers": 3, "quart": 4, "cinquieme": 5, "sixieme": 6}


def _is_small(match: re.Match[str], floor: int) -> bool:
    """Whether what is counted, or what it leaves of the whole, is under the floor."""
    told = {name: text for name, text in match.groupdict().items() if text}
    numbers = {name: _VALUES.get(text) or int(text) for name, text in told.items() if name != "share"}
    share, whole = told.get("share", ""), numbers.get("all", 0)
    if not told:
        return True
    if not share:
        count = float(numbers["n"])
        whole = whole or int(count) + numbers.get("rest", numbers.get("against", 0))
    elif share[0].isdigit():
        count = float(share.replace(",", ".")) * whole / 100
    else:
        count = numbers.get("n", 1) * whole / _FRACTIONS[share.rstrip("s") if share != "tiers" else share]
    # Half a point is what rounding to a whole percentage hides.
    if abs(count - round(count)) > whole * 0.005 + 0.01 or whole < count:
        return False
    return 0 < round(count) < floor or 0 < whole - round(count) < floor


def small_numbers(text: str, known: Known) -> Iterator[tuple[str, str]]:
    """What tells a number under the floor, hidden, and what to write instead; one for each sentence."""
    for sentence in _SENTENCE.split(text):
        shown = counted(sentence)
        spared = _SPARED["score"].search(shown) or _SPARED["answer"].search(shown)
        # What `atc.disclosure.prose` sees is told by the rule of counts.
        if not spared and not small_counts(legible(sentence), known.floor):
            yield from list(_found(shown, known))[:1]


def _found(sentence: str, known: Known) -> Iterator[tuple[str, str]]:
    released = [squeezed(counted(phrase)) for phrase in known.phrases]
    for kind in _SMALL:
        for match in kind.pattern.finditer(sentence) if kind.needs.search(sentence) else ():
            tight = squeezed(match[0])
            placed = _SPARED["before"].search(sentence[: match.start()])
            if (
                not placed
                and not any(tight in phrase for phrase in released)
                and _is_small(match, known.floor)
            ):
                yield without_numbers(match[0].strip(" .,;:")), kind.remedy.format(floor=known.floor)


def everybody(text: str) -> Iterator[str]:
    """Sentences that tell something of everybody, or of nobody: one knows then the answer of each."""
    for sentence in _SENTENCE.split(text):
        shown = counted(sentence)
        spared = _EVERYBODY["unless"].search(shown) or _SPARED["answer"].search(shown)
        if _EVERYBODY["told"].search(shown) and not spared:
            yield " ".join(sentence.split())


#: A list of so many sites, or words around a name that are none, tells nothing of each.
_SITES_ALONE = 3


def told_of_a_site(text: str, sites: frozenset[str]) -> Iterator[str]:
    """Sentences that tell a result or an event of a named site."""
    pattern = site_pattern(sites)
    for sentence in _SENTENCE.split(text):
        shown = re.sub(r"(?<=\w)[-_](?=\w)", " ", counted(sentence))
        named = pattern.findall(shown)
        around = len(re.findall(r"[^\W\d]{3,}", pattern.sub("", shown)))
        neutral = len({*named}) >= _SITES_ALONE or around <= 1 or _SITE["public"].search(shown)
        if named and (_SITE["result"].search(shown) or not neutral):
            yield hidden(legible(sentence))


@lru_cache(maxsize=8)
def site_pattern(sites: frozenset[str]) -> re.Pattern[str]:
    """Any of these sites, in counted text without hyphens."""
    written = [re.escape(counted(s).replace("-", " ")) for s in sorted(sites, key=len, reverse=True)]
    return re.compile(rf"\b(?:{'|'.join(written) or '(?!)'})\b")


def names(text: str, sites: frozenset[str]) -> Iterator[str]:
    """Names of persons: civilities, initials, first names, and whatever has a capital beside a function."""
    shown = legible(text)
    for alert in alerts(shown, tuple(sorted(sites))):
        if alert.kind == "personne" and not _NO_INITIALS.fullmatch(alert.passage):
            yield hidden(alert.passage)
    for match in (match for pattern in _NAMES for match in pattern.finditer(shown)):
        if not any(site in match[0] for site in sites):
            yield hidden(match[0])


_QUOTED = re.compile(
    r"[«‹]\s*([^»›]{6,}?)\s*[»›]|“([^”]{6,}?)”|‘([^‘]{6,}?)’(?=[\s.,;)]|$)|\"([^\"\n]{6,}?)\""
)
_LEAST_WORDS, _SHINGLE = 4, 6


def quotations(text: str, known: Known) -> Iterator[str]:
    """What somebody said, between quotation marks and unsigned, or word for word without them."""
    shown = legible(text)
    for match in _QUOTED.finditer(shown):
        before, inside = shown[: match.start()], counted(next(filter(None, match.groups())))
        around = counted(f"{before[-80:]} {shown[match.end() :][:60]}")
        words = 0 if _QUOTATION["asked"].search(around) else len(re.findall(r"\w+", inside))
        spoken = _QUOTATION["spoken"].search(inside) or _QUOTATION["says"].search(around)
        said = spoken or before.rstrip().endswith(":")
        if words >= _LEAST_WORDS and said and squeezed(inside) not in known.computed:
            yield hidden(match[0])
    if known.shingles & shingles(shown):
        yield hidden(shown)


def shingles(text: str) -> frozenset[str]:
    """Every six words that follow each other, as one text."""
    words = re.findall(r"[a-z0-9]+", counted(text))
    return frozenset(" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


_REMEDIES = {
    Rule.RESULT: "Dites-le sans nommer le site : « un site », « plusieurs sites »",
    Rule.PERSON: "Retirez le nom ou les initiales : « une animatrice », « un partenaire »",
    Rule.QUOTATION: "Inscrivez ce propos au registre verbatims.csv, où une personne le relit et le signe, ou "
    "dites-le avec vos mots",
}
#: Letters from which a sentence is not found by chance among all others.
_A_SENTENCE = 20


def in_prose(piece: Piece, known: Known) -> Iterator[Hit]:
    """All of it, in what somebody wrote: the notebooks, and any text that no exhibit computed."""
    reads = piece.by_hand or piece.kind in (Kind.PROSE, Kind.CELL) or piece.label in READ_ALOUD
    if not reads or (piece.exhibit and not piece.by_hand):
        return
    text = " ".join(part for part in _SENTENCE.split(piece.text) if not _is_computed(part, known))
    for excerpt, remedy in small_numbers(text, known):
        yield Hit(Rule.SMALL_COUNT, excerpt, remedy)
    found = {
        Rule.RESULT: told_of_a_site(text, known.sites),
        Rule.PERSON: names(text, known.sites),
        Rule.QUOTATION: quotations(text, known),
    }
    for rule, excerpts in found.items():
        for excerpt in list(dict.fromkeys(excerpts))[:3]:
            yield Hit(rule, excerpt, _REMEDIES[rule])


def _is_computed(sentence: str, known: Known) -> bool:
    """Whether the package says the very same sentence: it went through the rules of disclosure."""
    tight = squeezed(sentence)
    return len(tight) >= _A_SENTENCE and tight in known.computed


_ID_LABELS, _POST = frozenset({"id", "class", "name"}), re.compile(rf"\b{_WORDS['post']}\b")
_RENAME = "Renommez-le : un nom de fichier, de carnet ou d’élément se lit comme une phrase"


def in_names(piece: Piece, known: Known) -> Iterator[Hit]:
    """Names of files and ids: « animatrice_roubaix.csv », « trois-territoires »."""
    is_id = piece.label in _ID_LABELS or piece.label.startswith("data-")
    if piece.kind is not Kind.NAME and not (piece.kind is Kind.ATTRIBUTE and is_id):
        return
    # Chapters are numbered « 04_ »: that counts nothing.
    words = re.sub(r"\b0\d ", "", " ".join(re.findall(r"[^\W_]+", piece.text)))
    if small_counts(words, known.floor):
        yield Hit(Rule.SMALL_COUNT, without_numbers(words), _RENAME)
    if site_pattern(known.sites).search(counted(words)):
        rule = Rule.ROSTER if _POST.search(words) else Rule.RESULT
        if rule is Rule.ROSTER or _SITE["result"].search(counted(words)):
            yield Hit(rule, hidden(words), _RENAME)
