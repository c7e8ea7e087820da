"""What tells of the machine or of the making: paths, names, tracebacks, frames shown raw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from atc.publication.scan.encodings import plain
from atc.publication.scan.model import Hit, Kind, Known, Piece, Rule, hidden

_PATH = re.compile(
    r"(?<![\w./:<>-])/(?:home|root|users|tmp|var|work|usr|opt|mnt|srv|etc|private|volumes|proc|workspace|media|"
    r"builds?|run|dev|nix|snap|app|nfs|scratch|shared|efs|gpfs)/[\w.@+~-]+|"
    r"(?<!\w)[a-z]:\\(?!u[0-9a-f]{4})[\w.@ ~-]{2,}|(?<!\w)[a-z]:/(?:users|windows|program|temp|documents)|"
    r"\\\\[\w.-]+\\[\w$.-]+|file:/+[\w.~-]|(?<!\w)~/[\w.-]+/|site-packages[/\\]",
    re.IGNORECASE,
)
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"\n]+\", line \d+|ipykernel_\d+|<ipython-input|"
    r"^\w*(?:Error|Exception|Warning): |-{4,}> ?\d+ |\bat 0x[0-9a-f]{6,}|<[\w.]+ object at",
    re.MULTILINE,
)
_FRAME = re.compile(
    r"\[\d+ rows x \d+ columns\]|\bdtype: \w+|<class 'pandas\.|RangeIndex: \d+|Name: \w+, Length: \d+|"
    r"\bcount +mean +std +min\b|DataFrame\(|Unnamed: \d|^ *\w+(?: {2,}\w+)+ *\n0 +\S",
    re.MULTILINE,
)
_IDENTIFIERS = frozenset({"repondant", "répondant", "id_repondant", "token", "index", "locuteur"})
#: Names so common that only a path or an address tells them.
_COMMON = frozenset(
    {"root", "user", "users", "admin", "runner", "ubuntu", "debian", "localhost", "jovyan", "home", "main"}
)
_UNREAD = frozenset({Kind.ROW, Kind.IMAGE, Kind.ELEMENT, Kind.GLUED})


def paths(piece: Piece, _: Known) -> Iterator[Hit]:
    """Absolute paths, of any system."""
    if piece.kind not in _UNREAD and piece.label != "source" and (match := _PATH.search(piece.text)):
        remedy = "Retirez ce chemin : il dit où et par qui la page a été faite."
        yield Hit(Rule.PATH, hidden(match[0]), remedy)


def names(piece: Piece, known: Known) -> Iterator[Hit]:
    """Names of the user and of the machine."""
    if piece.kind in _UNREAD:
        return
    text = plain(piece.text)
    for name in sorted({plain(name) for name in known.machine} - _COMMON):
        if len(name) > 2 and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text):
            yield Hit(
                Rule.MACHINE, hidden(name), "Retirez ce nom, puis relancez l’exécution et la publication."
            )


def tracebacks(piece: Piece, _: Known) -> Iterator[Hit]:
    """Messages of a program that failed or warned."""
    if piece.kind not in _UNREAD and (match := _TRACEBACK.search(piece.text)):
        remedy = "Corrigez l’erreur dans le carnet : son message peut citer des données."
        yield Hit(Rule.TRACEBACK, hidden(match[0]), remedy)


def raw_frames(piece: Piece, known: Known) -> Iterator[Hit]:
    """A table of pandas shown as it is, or with a column that names respondents."""
    remedy = "Affichez un exhibit : lui seul passe par les règles de diffusion."
    if piece.kind is Kind.ATTRIBUTE and piece.label == "class" and "dataframe" in piece.text.split():
        yield Hit(Rule.RAW_FRAME, "dataframe", remedy)
    elif piece.kind is Kind.ROW and piece.file not in known.synthetic:
        if {plain(heading) for heading in piece.headings or piece.cells} & _IDENTIFIERS:
            yield Hit(Rule.RAW_FRAME, "", remedy)
    elif piece.kind not in _UNREAD and (match := _FRAME.search(piece.text)):
        yield Hit(Rule.RAW_FRAME, hidden(match[0]), remedy)
