"""Rules of one shape: a pattern, where it is looked for, what it breaks and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from atc import contacts
from atc.publication.scan.encodings import plain
from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden
from atc.publication.scan.needles import needles
from atc.publication.scan.reading import counted

_READ = frozenset(Kind) - {Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED}
_SPOKEN = frozenset({Kind.PROSE, Kind.CELL, Kind.PAGE, Kind.ATTRIBUTE})
_OF_A_ROW = (
    "Cette valeur vient d’une ligne de données : retirez ce qui l’affiche, et ne montrez que des comptes."
)
_TEAM = "Retirez-la. Les contacts de l’équipe se déclarent dans report.toml, rubrique « contacts »."
_MADE = "Retirez ce chemin : il dit où et par qui la page a été faite."
_ERROR = "Corrigez l’erreur dans le carnet : son message peut citer des données."
_EXHIBIT = "Affichez un exhibit : lui seul passe par les règles de diffusion."
_FINISH = "Terminez ce passage, ou retirez-le : ce qui se dit inachevé ne part pas."
_RETYPE = (
    "Tapez ce mot à nouveau, au clavier : il porte une lettre d’un autre alphabet, ou un signe invisible."
)


@dataclass(frozen=True)
class Pattern:
    """One row of the table.

    Attributes:
        rule: What it breaks.
        remedy: How to mend it.
        find: The matches in a text.
        kinds: Pieces in which it is looked for; the source of a page is never one unless it says so.
        seen: The text as it is looked at.
        in_source: Whether the source of a page is read as well.
    """

    rule: Rule
    remedy: str
    find: Callable[[str], Iterator[re.Match[str]]]
    kinds: frozenset[Kind] = _READ
    seen: Callable[[str], str] = str
    in_source: bool = False


def _of(*alternatives: str, flags: int = re.MULTILINE) -> Callable[[str], Iterator[re.Match[str]]]:
    return re.compile("|".join(alternatives), flags).finditer


_ANY_CASE = partial(_of, flags=re.IGNORECASE | re.MULTILINE)

PATTERNS = (
    # A code drawn at random has a digit, or no vowel: « E-MARKET » is a word.
    Pattern(
        Rule.PSEUDONYM,
        _OF_A_ROW,
        _of(r"(?<![A-Za-z0-9])[A-Z]{1,2}-(?=[A-Z]*\d|[^AEY]{6})[0-9A-HJKMNP-TV-Z]{6}(?![A-Za-z0-9])"),
        in_source=True,
    ),
    Pattern(Rule.EMAIL, _TEAM, contacts.emails, seen=plain, in_source=True),
    Pattern(
        Rule.EMAIL,
        _TEAM,
        _of(r"[\w-]+(?:\.[\w-]+)+ (?:chez|at|à) [\w-]+\.(?:fr|com|org|net|eu)\b"),
        seen=plain,
    ),
    Pattern(Rule.TELEPHONE, _TEAM, contacts.telephones, seen=plain),
    # « zéro six douze trente-quatre… », « O6 12… ».
    Pattern(
        Rule.TELEPHONE, _TEAM, _of(r"(?<![\w,.])[0o] ?[1-9](?:[ .-]\d\d){4}(?!\w|[,.]\d)"), _SPOKEN, counted
    ),
    Pattern(
        Rule.PATH,
        _MADE,
        _ANY_CASE(
            r"(?<![\w./:<>-])/(?:home|root|users|tmp|var|work|usr|opt|mnt|srv|etc|private|volumes|proc|workspace|"
            r"media|builds?|run|dev|nix|snap|app|nfs|scratch|shared|efs|gpfs)/[\w.@+~-]+",
            r"(?<!\w)[a-z]:\\(?!u[0-9a-f]{4})[\w.@ ~-]{2,}",
            r"(?<!\w)[a-z]:/(?:users|windows|program|temp|documents)",
            r"\\\\[\w.-]+\\[\w$.-]+|file:/+[\w.~-]|(?<!\w)~/[\w.-]+/|site-packages[/\\]",
        ),
    ),
    Pattern(
        Rule.TRACEBACK,
        _ERROR,
        _of(
            r"Traceback \(most recent call last\)|File \"[^\"\n]+\", line \d+|ipykernel_\d+|<ipython-input",
            r"^\w*(?:Error|Exception|Warning): |-{4,}> ?\d+ |\bat 0x[0-9a-f]{6,}|<[\w.]+ object at",
        ),
        in_source=True,
    ),
    Pattern(
        Rule.RAW_FRAME,
        _EXHIBIT,
        _of(
            r"\[\d+ rows x \d+ columns\]|\bdtype: \w+|<class 'pandas\.|RangeIndex: \d+|Name: \w+, Length: \d+",
            r"\bcount +mean +std +min\b|DataFrame\(|Unnamed: \d|^ *\w+(?: {2,}\w+)+ *\n0 +\S",
        ),
        in_source=True,
    ),
    Pattern(
        Rule.RAW_FRAME,
        _EXHIBIT,
        _of(r"class=[\"'][^\"']*\bdataframe\b"),
        frozenset({Kind.CODE}),
        in_source=True,
    ),
    Pattern(
        Rule.NOT_READY,
        _FINISH,
        _of(
            r"(?:^|[\[(:«•–] ?)à (?:compléter|relire|reprendre|rédiger|finaliser|vérifier|préciser|supprimer)\b(?! par)",
            r"\bÀ (?:compléter|relire|reprendre|rédiger|finaliser|vérifier)\b(?! par)|\bÀ (?:COMPLÉTER|RELIRE|REPRENDRE)\b",
            r"\breste(?:nt)? à (?:compléter|relire|rédiger|écrire|vérifier|finaliser)|\b(?:TODO|FIXME|TBD|XXX+)\b",
            r"(?i:\blorem ipsum|^brouillon\b|\bne pas (?:transmettre|diffuser)\b|\bnon contrôlée?\b|\bdocument de travail\b)",
            r"(?i:\bversion (?:provisoire|de travail)\b|\ben cours de (?:rédaction|relecture)\b)",
        ),
        _SPOKEN,
        lambda text: " ".join(text.split()),
    ),
    # A word in two alphabets, or text that is shown backwards.
    Pattern(
        Rule.ALPHABET,
        _RETYPE,
        _of(
            r"[A-Za-zÀ-ÿ][\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff]",
            r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff][A-Za-zÀ-ÿ]|[\u202a-\u202e\u2066-\u2069]",
        ),
    ),
)


def in_texts(piece: Piece, known: Known) -> Iterator[Hit]:
    """What the table finds in one piece; the contacts of the team may be printed."""
    for row in PATTERNS:
        if piece.kind not in row.kinds or (piece.label == "source" and not row.in_source):
            continue
        for match in row.find(row.seen(piece.text)):
            if not _is_of_the_team(match[0], known):
                yield Hit(row.rule, hidden(match[0]), row.remedy)
                if row.rule not in (Rule.EMAIL, Rule.TELEPHONE):
                    break


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
_IDENTIFIERS = frozenset({"repondant", "répondant", "id_repondant", "token", "index", "locuteur"})


def of_this_wave(piece: Piece, known: Known) -> Iterator[Hit]:
    """Codes of persons, names of the user and of the machine, rows of respondents: what the wave alone tells."""
    if piece.file in known.synthetic:
        return
    if piece.kind is Kind.ROW:
        if {plain(heading) for heading in piece.headings or piece.cells} & _IDENTIFIERS:
            yield Hit(Rule.RAW_FRAME, "", _EXHIBIT)
        return
    for code in sorted({*needles(known.pseudonyms).find(piece.text)}):
        yield Hit(Rule.PSEUDONYM, hidden(code.upper()), _OF_A_ROW)
    if piece.kind not in _READ:
        return
    text = plain(piece.text)
    for name in sorted({plain(name) for name in known.machine} - _COMMON):
        if len(name) > 2 and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text):
            yield Hit(
                Rule.MACHINE, hidden(name), "Retirez ce nom, puis relancez l’exécution et la publication."
            )
