"""What the scanner reads, what it knows, and what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

#: Id of an exhibit, wherever it is written: F02-03, T01-03, C05-00, or X31-0742 for a view of the desk.
EXHIBIT = re.compile(r"(?<![A-Za-z0-9])(?:[FTC]\d\d-\d\d|X\d\d-\d{4})(?!\d)")
#: Attributes and metadata that somebody reads, on the page or beside it.
READ_ALOUD = frozenset(
    [
        "alt",
        "title",
        "content",
        "summary",
        "pdf:/Alt",
        "pdf:/ActualText",
        "cnvpr@descr",
        "docpr@descr",
        "/Title",
        "/Subject",
        "/Keywords",
    ]
)
_LONGEST = 60
_NUMBER_WORDS = re.compile(
    r"\d|\b(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|\w+ze|vingt|trente)\b", re.IGNORECASE
)


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


class Kind(StrEnum):
    """What a piece of text is in its file.

    ``GLUED`` is text whose words nothing keeps apart: it is searched for known texts, and read no further.
    """

    PROSE = "phrase"
    CELL = "cellule"
    ROW = "ligne"
    PAGE = "page"
    ATTRIBUTE = "attribut"
    ELEMENT = "élément"
    CODE = "code"
    METADATA = "métadonnée"
    NAME = "nom"
    GLUED = "octets"
    IMAGE = "image"
    UNREADABLE = "illisible"
    TYPE = "type de fichier"


@dataclass(frozen=True)
class Piece:
    """One text that a file carries, decoded."""

    file: str  # path in the bundle
    place: str  # where in it, in French; never text of the file, which could be what must not leave
    kind: Kind
    text: str
    label: str = ""  # name of the attribute or of the metadata; type of content of a file
    exhibit: str = ""  # id; empty outside exhibits
    cells: tuple[str, ...] = ()  # of a row; in a PDF, ids of the exhibits that it may be about
    headings: tuple[str, ...] = ()  # of these cells
    by_hand: bool = False  # an evaluator wrote it, in a notebook or in report.toml


@dataclass(frozen=True)
class Inside:
    """A file inside a file: its name, its bytes, and where it was, in French."""

    name: str
    content: bytes
    place: str


Item = Piece | Inside


def piece(place: str, kind: Kind, text: str, *, label: str = "", exhibit: str = "") -> Piece:
    """A piece whose file the caller will name."""
    return Piece("", place, kind, text, label, exhibit)


def unreadable(reason: str, place: str = "fichier entier") -> Piece:
    """A thing that the scanner cannot read, and that nobody may therefore ship."""
    return Piece("", place, Kind.UNREADABLE, reason)


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that must not leave."""

    file: str  # path in the bundle
    place: str  # where in it
    rule: Rule
    excerpt: str  # what would tell it is hidden: the report of the gate must not leak either
    remedy: str

    def __str__(self) -> str:
        """One line for the evaluator."""
        shown = f" (« {self.excerpt} »)" if self.excerpt else ""
        return f"{self.file}, {self.place} : {self.rule}{shown}. {self.remedy}"


@dataclass(frozen=True)
class Known:
    """What the scanner cannot guess from the files alone."""

    floor: int = 5  # the first count of persons that may be shown
    site_floor: int = 3  # the first count of sites that may be shown
    pseudonyms: frozenset[str] = frozenset()  # of persons in the tables of the wave
    sites: frozenset[str] = frozenset()  # names, in the public roster
    posts: frozenset[str] = frozenset()  # titles, in the same
    # E-mails and telephones of the evaluation team, which may be printed.
    contacts: frozenset[str] = frozenset()
    machine: frozenset[str] = frozenset()  # names of the user and of the machine that made the bundle
    dates: frozenset[str] = frozenset()  # ISO; metadata may bear those of the wave
    authors: frozenset[str] = frozenset()  # that metadata may name
    # Exhibit -> small numbers that a reviewed exception lets through there.
    released: Mapping[str, frozenset[int]] = field(default_factory=lambda: MappingProxyType({}))
    # Small counts as exhibits tell them, « 3 entretiens »: what an exhibit says, the pages around it may
    # say again in the same words, and nothing else.
    phrases: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()  # exhibits where a reviewed exception lets sites stand beside posts
    # Files of made-up rows, whose codes and small numbers are nobody's.
    synthetic: frozenset[str] = frozenset()
    # Hashes of the images in pixels that leave as files of their own, beside their drawing: a document
    # may hold the same.
    pictures: frozenset[str] = frozenset()
    computed: str = ""  # letters and digits of all that exhibits, computed sentences and the dictionary say
    # Every six words of the quotations of the wave that these readers may not have.
    shingles: frozenset[str] = frozenset()

    def floor_of(self, piece: Piece) -> int:
        """The first count that a piece may show: exhibits count sites too; of prose we know no better."""
        return max(self.floor, self.site_floor) if piece.exhibit and not piece.by_hand else self.floor


@dataclass(frozen=True)
class Hit:
    """What one rule found in one piece."""

    rule: Rule
    excerpt: str  # already hidden
    remedy: str  # how to mend it


def hidden(text: str) -> str:
    """A text whose letters and digits no longer tell it, but its first one: « p•••••.•••••@•••••.•• »."""
    masked = text[:1] + re.sub(r"\w", "•", text[1:])
    return _cut(masked)


def without_numbers(text: str) -> str:
    """A count without its numbers: « • répondants sur • »."""
    return _cut(_NUMBER_WORDS.sub("•", text))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
