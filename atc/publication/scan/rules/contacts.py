"""E-mail addresses and telephone numbers, but for those of the evaluation team."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atc.publication.scan.encodings import plain
from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden

_EMAIL = re.compile(
    r"[\w.+'-]*\w ?(?:@|\[(?:at|a|arobase)\]|\((?:at|a|arobase)\)) ?"
    r"[\w-]+(?:(?:\.| ?\[(?:dot|point)\] ?)[\w-]{2,})+"
)
#: What no address does without.
_AT = re.compile(r"@|[\[(](?:at|a|arobase)[\])]")
_TELEPHONE = re.compile(
    # Pairs of digits cut all the same way: « 0.612345678 » is a number.
    r"(?<![\w,.])(?:(?:\+|00 ?)(?:33|262|590|594|596)[ .-]?(?:\(0\) ?)?|0)[1-9]"
    r"(?:(?:\d\d){4}|\d\d(?: \d{3}){2}|(?P<cut>[ .\-/])\d\d(?:(?P=cut)\d\d){3})(?!\w)"
)
_OPENING = re.compile(r"\((0\d)\)")
_TEAM = "Retirez-la. Les contacts de l’équipe se déclarent dans report.toml, rubrique « contacts »."
_UNREAD = frozenset({Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED})


def emails(piece: Piece, known: Known) -> Iterator[Hit]:
    """Addresses of persons, even written « nom (at) domaine.fr »."""
    if piece.kind in _UNREAD:
        return
    text = plain(piece.text)
    if not _AT.search(text):
        return
    allowed = {plain(contact) for contact in known.contacts}
    for match in _EMAIL.finditer(text):
        if match[0] not in allowed:
            yield Hit(Rule.EMAIL, hidden(match[0]), _TEAM)


def telephones(piece: Piece, known: Known) -> Iterator[Hit]:
    """French numbers, national or international."""
    if piece.kind in _UNREAD or piece.label == "source":
        return
    allowed = {_digits(contact) for contact in known.contacts}
    for match in _TELEPHONE.finditer(_OPENING.sub(r"\1", plain(piece.text))):
        if _digits(match[0]) not in allowed:
            yield Hit(Rule.TELEPHONE, hidden(match[0]), _TEAM)


def _digits(number: str) -> str:
    """The nine digits that follow 0 or +33."""
    return re.sub(r"\D", "", number.replace("(0)", ""))[-9:]
