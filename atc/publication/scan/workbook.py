"""Sheets of a workbook as rows of cells, from the XML itself: hidden ones are sheets like the others."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from atc.publication.scan.model import EXHIBIT, Piece
from atc.publication.scan.records import rows

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheets(archive: zipfile.ZipFile) -> Iterator[Piece]:
    """Cells and rows of every sheet.

    Raises:
        KeyError, ValueError: A part that the workbook announces is missing or malformed.
    """
    shared = _shared(archive)
    for rank, (part, exhibit) in enumerate(parts(archive).items(), 1):
        table = [_cells(row, shared) for row in _xml(archive, part).iter("{*}row")]
        yield from rows(table, f"feuille {rank}", exhibit)


def parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, in order -> the exhibit that its name tells, or nothing.

    Raises:
        KeyError, ValueError: See `sheets`.
    """
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _xml(archive, "xl/_rels/workbook.xml.rels")
    }
    found = {}
    for sheet in _xml(archive, "xl/workbook.xml").iter("{*}sheet"):
        part = targets[sheet.get(_RELATION)].removeprefix("/").removeprefix("xl/")
        told = EXHIBIT.search(sheet.get("name", ""))
        found[f"xl/{part}"] = told[0] if told else ""
    return found


def _cells(row: Any, shared: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iter("{*}c"):
        column = _rank(cell.get("r", ""))
        cells += [""] * (column - len(cells))
        cells.append(_value(cell, shared))
    return cells


def _rank(reference: str) -> int:
    letters = re.sub(r"[^A-Z]", "", reference)
    rank = 0
    for letter in letters:
        rank = rank * 26 + ord(letter) - 64
    if rank > 16_384:
        raise ValueError(reference)
    return max(rank - 1, 0)


def _value(cell: Any, shared: Sequence[str]) -> str:
    formula = cell.find("{*}f")
    if formula is not None:
        return f"={formula.text or ''}"
    value = cell.findtext("{*}v") or ""
    if cell.get("t") == "s":
        return shared[int(value)]
    return value or "".join(cell.itertext())


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    return ["".join(item.itertext()) for item in _xml(archive, "xl/sharedStrings.xml").iter("{*}si")]


def _xml(archive: zipfile.ZipFile, part: str) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(archive.read(part), parser)
