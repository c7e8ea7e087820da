"""What WeasyPrint leaves out of a tagged PDF, written afterwards with pikepdf."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name, Object


def complete_tags(content: bytes) -> bytes:
    """Say of each header cell whether it heads a column or a row (``/Scope``), as PDF/UA asks.

    Args:
        content: A tagged PDF.

    Returns:
        The same document; the same bytes for the same input.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for cell, in_head in _header_cells(pdf.Root.StructTreeRoot, in_head=False):
            scope = Name.Column if in_head else Name.Row
            attributes = cell.get("/A", Dictionary(O=Name.Table))
            attributes["/Scope"] = scope
            cell["/A"] = attributes
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return written.getvalue()


def _header_cells(element: Object, *, in_head: bool) -> Iterator[tuple[Object, bool]]:
    kind = element.get("/S")
    if kind == Name.TH:
        yield element, in_head
    children = element.get("/K", pikepdf.Array())
    nodes = list(children) if isinstance(children, pikepdf.Array) else [children]
    for child in nodes:
        if isinstance(child, Dictionary):
            yield from _header_cells(child, in_head=in_head or kind == Name.THead)
