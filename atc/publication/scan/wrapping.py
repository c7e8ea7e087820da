"""What a reader of one format gives back: a text, or a file that was inside."""

from __future__ import annotations

from dataclasses import dataclass

from atc.publication.scan.model import Kind, Piece


@dataclass(frozen=True)
class Inside:
    """A file inside a file.

    Attributes:
        name: Its name there.
        content: Its bytes.
        place: Where it was, in French.
    """

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
