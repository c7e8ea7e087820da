"""What WeasyPrint leaves out of a tagged PDF, written afterwards with pikepdf."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

_PRINTED = 4
_MARK = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")

_ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"


@dataclass(frozen=True)
class _Node:
    """An element of the structure tree."""

    element: Object
    in_head: bool  # of a table


def complete_tags(content: bytes) -> bytes:
    """Complete a tagged PDF of WeasyPrint as PDF/UA asks; the same bytes for the same input.

    Each header cell says whether it heads a column or a row, what stands in the margins (running titles, page
    numbers) becomes an artifact that is not read aloud on every page, and links are told to print.
    """
    with pikepdf.open(io.BytesIO(content)) as pdf:
        nodes = list(_nodes(pdf.Root.StructTreeRoot, in_head=False))
        for node in nodes:
            if node.element.get("/S") == Name.TH:
                _tell_scope(node)
        read = _marks(nodes)
        for page in pdf.pages:
            _set_margins_apart(page, read[page.obj.objgen])
            for annotation in page.get("/Annots", Array()):
                annotation["/F"] = _PRINTED
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return written.getvalue()


def _children(element: Object) -> list[Object]:
    children = element.get("/K", Array())
    return list(children) if isinstance(children, Array) else [children]


def _nodes(element: Object, *, in_head: bool) -> Iterator[_Node]:
    yield _Node(element, in_head)
    in_head = in_head or element.get("/S") == Name.THead
    for child in _children(element):
        if isinstance(child, Dictionary):
            yield from _nodes(child, in_head=in_head)


def _tell_scope(node: _Node) -> None:
    attributes = node.element.get("/A", Dictionary(O=Name.Table))
    attributes["/Scope"] = Name.Column if node.in_head else Name.Row
    node.element["/A"] = attributes


def _marks(nodes: list[_Node]) -> Mapping[tuple[int, int], set[int]]:
    """Page -> numbers of the marks that the structure tree reaches, hence that are read aloud."""
    marks: dict[tuple[int, int], set[int]] = defaultdict(set)
    for node in nodes:
        for child in _children(node.element):
            if not isinstance(child, Dictionary):
                marks[node.element.Pg.objgen].add(int(child))
    return marks


def _set_margins_apart(page: pikepdf.Page, read: set[int]) -> None:
    """Make artifacts of the marks that nothing reads: WeasyPrint marks margins, then leaves them out."""

    def rename(match: re.Match[bytes]) -> bytes:
        return match[0] if int(match[1]) in read else _ARTIFACT

    stream = page.obj.Contents
    stream.write(_MARK.sub(rename, stream.read_bytes()))
