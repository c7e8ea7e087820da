"""A text that a file carries, what the gate knows of it, what it says of it, and the ways to read it."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from atc.survey.typography import fold, in_words

#: Id of an exhibit, wherever it is written: F02-03, T01-03, C05-00, or X31-0742 for a view of the desk.
EXHIBIT = re.compile(r"(?<![A-Za-z0-9])(?:[FTC]\d\d-\d\d|X\d\d-\d{4})(?!\d)")
FORMATS = tomllib.loads(Path(__file__).with_name("formats.toml").read_text(encoding="utf-8"))
#: Attributes and metadata that somebody reads, on the page or beside it.
READ_ALOUD = frozenset(FORMATS["read_aloud"].split())


class Rule(StrEnum):
    """What must never leave, as the report of the gate names it."""

    PSEUDONYM = "pseudonyme"
    EMAIL = "adresse électronique"
    TELEPHONE = "téléphone"
    ROSTER = "lieu et fonction côte à côte"
    PATH = "chemin de fichier"
    MACHINE = "nom de machine ou d’utilisateur"
    TRACEBACK = "trace d’erreur"
    RAW_FRAME = "tableau brut"
    ADDRESS = "adresse extérieure"
    ACTIVE = "contenu actif"
    FORMULA = "formule de tableur"
    SMALL_COUNT = "effectif sous le seuil"
    FILE_TYPE = "type de fichier"
    METADATA = "métadonnée"
    PIXELS = "image sans texte à relire"
    UNREADABLE = "contenu illisible"
    RESULT = "résultat ou événement d’un site nommé"
    PERSON = "nom de personne"
    QUOTATION = "citation non signée"
    ALPHABET = "lettre d’un autre alphabet ou signe invisible"
    NOT_READY = "document qui se dit inachevé"


#: What a piece of text is in its file. ``GLUED`` is text whose words nothing keeps apart: it is searched for
#: known texts, and read no further.
Kind = StrEnum("Kind", "PROSE CELL ROW PAGE ATTRIBUTE ELEMENT CODE METADATA NAME GLUED IMAGE UNREADABLE TYPE")


@dataclass(frozen=True)
class Piece:
    """One text that a file carries, decoded."""

    place: str  # where in the file, in French; never text of the file, which could be what must not leave
    kind: Kind
    text: str
    label: str = ""  # name of the attribute or of the metadata; type of content of a file
    exhibit: str = ""  # id; empty outside exhibits
    cells: tuple[str, ...] = ()  # of a row; in a PDF, ids of the exhibits that it may be about
    headings: tuple[str, ...] = ()  # of these cells
    file: str = ""  # path in the bundle, or the notebook where it is mended
    by_hand: bool = False  # an evaluator wrote it, in a notebook or in report.toml


class Hit(NamedTuple):
    """What one rule found in one piece."""

    rule: Rule
    excerpt: str  # what would tell it is hidden: the report of the gate must not leak either
    remedy: str  # how to mend it


class Finding(NamedTuple):
    """One thing that must not leave."""

    file: str
    place: str
    rule: Rule
    excerpt: str
    remedy: str


@dataclass(frozen=True)
class Known:
    """What the gate cannot guess from the files alone."""

    floor: int = 5  # the first count of persons that may be shown
    site_floor: int = 3  # the first count of sites that may be shown
    pseudonyms: frozenset[str] = frozenset()  # of persons in the tables of the wave
    sites: frozenset[str] = frozenset()  # names, in the public roster
    posts: frozenset[str] = frozenset()  # titles, in the same
    contacts: frozenset[str] = frozenset()  # e-mails and telephones of the team, which may be printed
    machine: frozenset[str] = frozenset()  # names of the user and of the machine that made the bundle
    # Archives that write no date write the first that they can.
    dates: frozenset[str] = frozenset({"1980-01-01"})  # that metadata may bear, 2020-12-15 and 20201215
    authors: frozenset[str] = frozenset()  # that metadata may name
    # Exhibit -> small numbers that a reviewed exception lets through there.
    released: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    # Small counts as exhibits tell them, `plain`, « 3 entretiens »: what an exhibit says, the pages around it
    # may say again in the same words, and nothing else.
    phrases: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()  # exhibits where a reviewed exception lets sites stand beside posts
    synthetic: frozenset[str] = frozenset()  # files of made-up rows, whose small numbers are nobody's
    # Hashes of the images that leave as files of their own, beside their drawing: a document may hold them.
    pictures: frozenset[str] = frozenset()
    computed: str = ""  # letters and digits of all that exhibits, computed sentences and the dictionary say
    # Every six words of the quotations of the wave that these readers may not have.
    shingles: frozenset[str] = frozenset()

    def floor_of(self, piece: Piece) -> int:
        """The first count that a piece may show: exhibits count sites too; of prose we know no better."""
        return max(self.floor, self.site_floor) if piece.exhibit and not piece.by_hand else self.floor


_LONGEST = 60
_NUMBER_WORDS = re.compile(
    r"\d|\b(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\w+ze|vingt|trente)\b", re.IGNORECASE
)


def hidden(text: str) -> str:
    """A text whose letters and digits no longer tell it, but its first one: « p•••••.•••••@•••••.•• »."""
    return _cut(text[:1] + re.sub(r"\w", "•", text[1:]))


def without_numbers(text: str) -> str:
    """A count without its numbers: « • répondants sur • »."""
    return _cut(_NUMBER_WORDS.sub("•", text))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


#: Dropped by readers and by eyes, kept by a search that would miss the word.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u0335-\u0338\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3"
    r"\ufe00-\ufe0f\ufeff\ufffe]"
)
_ALIKE = str.maketrans(*FORMATS["alike"])
_ROMAN_UNITS = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
_ROMANS = {"X" * tens + unit: 10 * tens + n for tens in range(4) for n, unit in enumerate(_ROMAN_UNITS)}
_ROMAN = re.compile(r"(?<![\w.’'-])(?=[XVI]{2})X{0,3}(?:IX|IV|V?I{0,3})(?![\w’'-]|\.[A-Z])")
_UNITS = [*(fold(in_words(value)) for value in range(17)), "dix-sept", "dix-huit", "dix-neuf"]
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre-vingt": 80}
#: « deux » to « quatre-vingt-dix-neuf », but « un », which is an article as well.
_NUMBERS = {word: value for value, word in enumerate(_UNITS) if value != 1}
for _word, _ten in _TENS.items():
    _NUMBERS |= {_word: _ten, f"{_word}s": _ten, f"{_word}-et-un": _ten + 1, f"{_word}-et-onze": _ten + 11}
    _NUMBERS |= {f"{_word}-{unit}": _ten + value for value, unit in enumerate(_UNITS) if value}
_NUMBER = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(_NUMBERS, key=len, reverse=True)).replace('-', '[- ]')})"
    r"(?!\w|-(?!la\b|ci\b))"
)


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """One way to write it: compatibility forms, no case, nothing invisible, single spaces."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


@lru_cache(maxsize=64)
def squeezed(text: str) -> str:
    """Its letters and digits only: what a line break, a hyphen or a tag cut is whole again."""
    return re.sub(r"[\W_]+", "", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold()))


@lru_cache(maxsize=64)
def legible(text: str) -> str:
    """What an eye reads: our letters and digits, with capitals and accents, and single spaces."""
    # « 1 250 » is one number, not a 1 and a 250.
    joined = re.sub(r"(?<=\d)[\u202f\u00a0](?=\d{3}(?!\d))", "", text)
    digits = "".join(
        str(unicodedata.digit(c)) if not c.isascii() and unicodedata.digit(c, None) is not None else c
        for c in joined
    )
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", digits)).translate(_ALIKE)
    # « d e u x » is a word, and « d.e.u.x ».
    whole = re.sub(r"(?<!\w)(?:[^\W\d][ .]){3,}[^\W\d](?!\w)", lambda m: re.sub("[ .]", "", m[0]), visible)
    return " ".join(whole.replace("'", "’").split())


@lru_cache(maxsize=64)
def counted(text: str) -> str:
    """The legible text without accents or capitals, where every number is written in digits."""
    roman = _ROMAN.sub(lambda match: str(_ROMANS[match[0]]), legible(text))
    folded = fold(roman).replace("’", "'").replace("pour cent", "%")
    folded = re.sub(r"\b(deux|trois|quatre)-(?=quarts?\b|tiers\b|cinquiemes\b)", r"\1 ", folded)
    return _NUMBER.sub(lambda match: str(_NUMBERS[match[0].replace(" ", "-")]), folded)


def any_article(place: str) -> str:
    """The pattern of a place in small letters: « les mureaux » is also « aux mureaux »."""
    forms = {"les": "(?:les|aux|des)", "le": "(?:le|au|du)"}
    return re.sub(r"^les?(?=\\ )", lambda match: forms[match[0]], re.escape(place))


#: Letters and digits from which a text is never found by chance inside others.
_UNMISTAKABLE = 7


@lru_cache(maxsize=16)
def _needles(texts: frozenset[str]) -> tuple[tuple[str, ...], re.Pattern[str], re.Pattern[str]]:
    long = sorted(key for key in map(squeezed, texts) if len(key) >= _UNMISTAKABLE)
    short = sorted({plain(text) for text in texts if 0 < len(squeezed(text)) < _UNMISTAKABLE})
    any_of = "|".join(map(re.escape, short)) or "(?!)"
    return tuple(long), re.compile(any_of), re.compile(rf"(?<!\w)(?:{any_of})(?!\w)")


def found_in(text: str, texts: frozenset[str]) -> Iterator[str]:
    """Known texts that another holds: long ones whatever cuts their letters, short ones as whole words."""
    long, anywhere, words = _needles(texts)
    # Most texts hold none, which is quicker to see when words need not be whole.
    if anywhere.search(plain(text)):
        yield from (match[0] for match in words.finditer(plain(text)))
    tight = squeezed(text) if long else ""
    yield from (key for key in long if key in tight)
