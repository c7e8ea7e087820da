"""A text that a file carries, what the gate knows of it, and what it says of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from atc.disclosure.prose import plain, squeezed
from atc.survey.errors import shown
from atc.survey.paths import read_toml

#: Id of an exhibit, wherever it is written: F02-03, T01-03, C05-00, or X31-0742 for a view of the desk.
EXHIBIT = re.compile(r"(?<![A-Za-z0-9])(?:[FTC]\d\d-\d\d|X\d\d-\d{4})(?!\d)")
FORMATS = read_toml(__file__, "formats.toml")


class Rule(StrEnum):
    """What must never leave, as the report of the gate names it."""

    PSEUDONYM = "pseudonyme"
    EMAIL = "adresse électronique"
    POSTAL = "adresse postale"
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


#: What one rule found in one piece: the rule, an excerpt that hides what would tell it, how to mend it.
Hit: TypeAlias = tuple[Rule, str, str]


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
    # That metadata may bear, 2020-12-15 and 20201215; archives that write none write the first that they can.
    dates: frozenset[str] = frozenset({"1980-01-01"})
    authors: frozenset[str] = frozenset()  # that metadata may name
    # Exhibit -> small numbers that a reviewed exception lets through there.
    released: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    # Small counts as exhibits tell them, `plain`, « 3 entretiens »: pages may say them again in these words.
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


_NUMBER_WORDS = re.compile(
    r"\d|\b(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\w+ze|vingt|trente)\b", re.IGNORECASE
)


def hidden(text: str) -> str:
    """A text whose letters and digits no longer tell it, but its first one: « p•••••.•••••@•••••.•• »."""
    line = " ".join(text.split())
    return shown(line[:1] + re.sub(r"\w", "•", line[1:]))


def uncounted(text: str) -> str:
    """A count without its numbers: « • répondants sur • »."""
    return shown(" ".join(_NUMBER_WORDS.sub("•", text).split()))


_UNMISTAKABLE = 7  # letters and digits from which a text is never found by chance inside others


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
