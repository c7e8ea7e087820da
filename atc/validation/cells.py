"""What the eye cannot see in a cell, and would make two modalités of one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from atc.dictionary import Field

NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_LOST = "\N{REPLACEMENT CHARACTER}"


def is_code(field: Field) -> bool:
    """Whether a column holds codes, numbers or dates, where no no-break space can be meant."""
    return field.type != "string" or bool(field.categories) or "pattern" in field.constraints


def invisible_faults(cell: str, field: Field) -> Iterator[tuple[str, str]]:
    """Say what must be mended in one cell before its content can be judged.

    Args:
        cell: As it stands in the file.
        field: Its column.

    Yields:
        What is wrong, and what to do about it.
    """
    if cell.isascii() and cell.isprintable() and cell == cell.strip():
        return
    if cell != cell.strip():
        yield "Espace en trop au début ou à la fin", "Supprimez cet espace"
    body = cell.strip()
    if is_code(field) and any(space in body for space in NO_BREAK):
        yield "Espace insécable dans un code ou un nombre", "Remplacez-le ou supprimez-le"
    if any(not c.isprintable() and c not in NO_BREAK for c in body):
        yield "Caractère invisible", "Retapez la valeur à la main : un copier-coller l’a abîmée"
    if _LOST in body:
        remedy = "Reprenez le texte d’origine : un accent s’est perdu à l’enregistrement"
        yield "Caractère perdu", remedy
    if not unicodedata.is_normalized("NFC", body):
        remedy = "Retapez les lettres accentuées à la main"
        yield "Lettre accentuée écrite en deux caractères", remedy


def cleaned(cell: str) -> str:
    """What the cell would be without its invisible faults: only used to look for further ones."""
    kept = "".join(c for c in cell.strip() if c.isprintable() or c in NO_BREAK)
    return unicodedata.normalize("NFC", kept)
