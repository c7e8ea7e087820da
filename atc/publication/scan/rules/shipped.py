"""Files that may not leave as they are: their type, their metadata, pixels that nobody can read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from atc.publication.scan.kinds import content_type, extension
from atc.publication.scan.model import EXHIBIT, Finding, Hit, Kind, Known, Piece, Rule, hidden

#: What a file of each extension holds; any other one is plain text.
_CONTENTS = {
    "html": "html",
    "pdf": "pdf",
    "svg": "svg",
    "png": "png",
    "csv": "csv",
    "json": "json",
    "xlsx": "xlsx",
    "pptx": "pptx",
    "docx": "docx",
    "parquet": "parquet",
    "zip": "zip",
    "gz": "gz",
}
#: What may stand inside: an image is judged by its pixels' own rule.
_INSIDE = {
    "text": frozenset({"font", "svg", "text", "png", "jpeg"}),
    "xlsx": frozenset({"xml", "png", "jpeg"}),
    "pptx": frozenset({"xml", "png", "jpeg", "svg"}),
    "docx": frozenset({"xml", "png", "jpeg"}),
    "pdf": frozenset({"xml"}),
}
_ALWAYS = ("png:", "jpeg", "zip:comment", "gz:name", "metadata")
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
_PIXELS = (
    "Le texte d’une image en pixels ne se relit pas : livrez le SVG du même exhibit à côté du PNG, "
    "et ne mettez dans un document que l’image d’un exhibit, sans la retoucher."
)


def notebooks(piece: Piece, _: Known) -> Iterator[Hit]:
    """Notebooks that keep what their cells showed."""
    if piece.kind is Kind.ELEMENT and piece.text == "notebook:outputs":
        remedy = "Ne livrez jamais un carnet exécuté : ses sorties gardent des lignes de données."
        yield Hit(Rule.NOTEBOOK, "", remedy)


def file_types(piece: Piece, known: Known) -> Iterator[Hit]:
    """Files outside the list, or that are not what their name says."""
    if piece.kind is not Kind.NAME:
        return
    holder, _, kind = piece.label.partition(":")
    suffix = extension(piece.text)
    if holder in _INSIDE:
        fits = kind in _INSIDE[holder] and not piece.text.lower().endswith(".bin")
    else:
        fits = suffix in known.types and kind == _CONTENTS.get(suffix, "text")
    if not fits:
        remedy = (
            f"Seuls partent les types {', '.join(sorted(known.types))} ; chacun tient ce que dit son nom."
        )
        yield Hit(Rule.FILE_TYPE, kind, remedy)


def metadata(piece: Piece, known: Known) -> Iterator[Hit]:
    """Authors, dates, software and machines that files keep."""
    is_property = piece.kind is Kind.METADATA or piece.label.startswith("description@")
    label, text = piece.label, piece.text.strip()
    if not is_property or not (text or label.startswith(_ALWAYS)):
        return
    if label.startswith(_ALWAYS):
        yield Hit(Rule.METADATA, label, _STRIP)
    elif _MAKER.search(label):
        if not _MAKERS.fullmatch(text):
            yield Hit(Rule.METADATA, hidden(text), _STRIP)
    elif _DATES.search(label):
        day = _DAY.search(text)
        if day is None or "-".join(day.groups()) not in known.dates | {_NO_DATE}:
            yield Hit(Rule.METADATA, hidden(text), _STRIP)
    elif _AUTHORS.search(label) and text not in known.authors:
        yield Hit(Rule.METADATA, hidden(text), _STRIP)


def unreadable(piece: Piece, known: Known) -> Iterator[Hit]:
    """What the scanner cannot open, and pixels inside a document."""
    if piece.kind is Kind.UNREADABLE:
        remedy = "Ce qui ne se relit pas ne part pas : refaites le fichier, sans chiffrement ni ajout."
        yield Hit(Rule.UNREADABLE, piece.text, remedy)
    elif piece.kind is Kind.IMAGE and piece.place != "image" and piece.label not in known.pictures:
        yield Hit(Rule.PIXELS, piece.text, _PIXELS)


def without_drawing(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Images in pixels that do not come with the drawing of the same exhibit, whose text is scanned.

    No text of a respondent may reach a raster figure: nothing here reads pixels. Both files come from one
    drawing (`atc.exhibits.drawing`), so what one says the other says.
    """
    for file in sorted(files):
        if content_type(file, files[file]) not in ("png", "jpeg"):
            continue
        stem = file.rpartition(".")[0]
        drawing = files.get(f"{stem}.svg", b"")
        is_exhibit = EXHIBIT.fullmatch(stem.rpartition("/")[2]) is not None
        if not is_exhibit or content_type(f"{stem}.svg", drawing) != "svg" or not drawing:
            yield Finding(file, "image", Rule.PIXELS, "", _PIXELS)
