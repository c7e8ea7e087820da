"""E-mail addresses and telephone numbers, but for those of the evaluation team."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atc import contacts
from atc.publication.scan.encodings import plain
from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden

_TEAM = "Retirez-la. Les contacts de l’équipe se déclarent dans report.toml, rubrique « contacts »."
_UNREAD = frozenset({Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED})


def emails(piece: Piece, known: Known) -> Iterator[Hit]:
    """Addresses of persons, even written « nom (at) domaine.fr »."""
    if piece.kind in _UNREAD:
        return
    allowed = {plain(contact) for contact in known.contacts}
    for match in contacts.emails(plain(piece.text)):
        if match[0] not in allowed:
            yield Hit(Rule.EMAIL, hidden(match[0]), _TEAM)


def telephones(piece: Piece, known: Known) -> Iterator[Hit]:
    """French numbers, national or international."""
    if piece.kind in _UNREAD or piece.label == "source":
        return
    allowed = {_digits(contact) for contact in known.contacts}
    for match in contacts.telephones(plain(piece.text)):
        if _digits(match[0]) not in allowed:
            yield Hit(Rule.TELEPHONE, hidden(match[0]), _TEAM)


def _digits(number: str) -> str:
    """The nine digits that follow 0 or +33."""
    return re.sub(r"\D", "", number.replace("(0)", ""))[-9:]
