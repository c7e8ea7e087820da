"""Files that may not leave as they are: their type, their metadata, pixels that nobody can read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from atc.publication.scan.formats import ALLOWED, is_of
from atc.publication.scan.model import EXHIBIT, Finding, Hit, Kind, Known, Piece, Rule, hidden

_ALWAYS = ("png", "metadata")
_MAKERS = re.compile(r"(?:(?:WeasyPrint|pikepdf|XlsxWriter|Microsoft Excel)[\s\d.]*|[\d.]*)")
_DATES = re.compile(
    r"(?:^|[^a-z]|creat(?:e|ion)|modify|mod|metadata)date\b|\bcreated\b|\bmodified\b|\blastprinted\b|:time",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"author|creator(?!tool)|lastmodifiedby|publisher|manager|company|owner", re.IGNORECASE)
_MAKER = re.compile(r"producer|software|generator|application|creatortool|host", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
#: What archives write when they write no date.
_NO_DATE = "1980-01-01"
_STRIP = "Retirez cette métadonnée, ou donnez-lui la valeur de la vague (report.toml)."
_TYPES = f"Seuls partent les types {', '.join(ALLOWED)} ; chacun tient ce que dit son nom."
_PIXELS = (
    "Le texte d’une image en pixels ne se relit pas : livrez le SVG du même exhibit à côté du PNG, "
    "et ne mettez dans un document que l’image d’un exhibit, sans la retoucher."
)


def metadata(piece: Piece, known: Known) -> Iterator[Hit]:
    """Authors, dates, software and machines that files keep."""
    label, text = piece.label, piece.text.strip()
    is_property = piece.kind is Kind.METADATA or label.startswith("description@")
    if not is_property or not (text or label.startswith(_ALWAYS)):
        return
    if label.startswith(_ALWAYS):
        wrong = True
    elif _MAKER.search(label):
        wrong = not _MAKERS.fullmatch(text)
    elif _DATES.search(label):
        day = _DAY.search(text)
        wrong = day is None or "-".join(day.groups()) not in known.dates | {_NO_DATE}
    else:
        wrong = _AUTHORS.search(label) is not None and text not in known.authors
    if wrong:
        yield Hit(Rule.METADATA, hidden(text), _STRIP)


def unreadable(piece: Piece, known: Known) -> Iterator[Hit]:
    """Files outside the list, or not what their name says; what nobody can open; pixels in a document."""
    if piece.kind is Kind.TYPE:
        yield Hit(Rule.FILE_TYPE, piece.text, _TYPES)
    elif piece.kind is Kind.UNREADABLE:
        remedy = "Ce qui ne se relit pas ne part pas : refaites le fichier, sans chiffrement ni ajout."
        yield Hit(Rule.UNREADABLE, piece.text, remedy)
    elif piece.kind is Kind.IMAGE and piece.place != "image" and piece.label not in known.pictures:
        yield Hit(Rule.PIXELS, piece.text, _PIXELS)


def without_drawing(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Images in pixels that do not come with the drawing of the same exhibit, whose text is scanned.

    Nothing here reads pixels. Both files come from one drawing (`atc.exhibits.model`), so what one says the
    other says.
    """
    for file in sorted(file for file in files if file.endswith(".png")):
        stem = file.removesuffix(".png")
        is_exhibit = EXHIBIT.fullmatch(stem.rpartition("/")[2]) is not None
        if not is_exhibit or not is_of("svg", files.get(f"{stem}.svg", b"")):
            yield Finding(file, "image", Rule.PIXELS, "", _PIXELS)
