"""HTML, SVG and XML: text block by block, rows of tables, attributes, comments, style sheets, metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from atc.publication.scan.encodings import without_data
from atc.publication.scan.model import EXHIBIT, Item, Kind, Piece, piece, unreadable

_BLOCK_NAMES = (
    "address article aside blockquote body button caption center dd desc details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html label legend li main menu metadata "
    "nav noscript ol optgroup option p pre script section select style summary svg table tbody td template "
    "text textarea tfoot th thead title tr ul"
)
#: Where a text ends: two cells are never read as one word.
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_NOT_PROSE = frozenset({"script", "style", "pre"})
#: Elements whose runs make one text. Those of cells are judged again in their sheet, which says the exhibit.
_RUNS = {"si": Kind.METADATA, "is": Kind.METADATA, "p": Kind.PROSE, "text": Kind.PROSE, "comment": Kind.PROSE}
#: Attributes of drawings: numbers by the thousand, and no word.
_DRAWN_NAMES = "d points transform viewbox x y dx dy width height cx cy r rx ry x1 x2 y1 y2"
_DRAWN = frozenset(_DRAWN_NAMES.split())
# lxml gives its elements no public type.
Element = Any


def html_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Pieces of a page, hidden elements included."""
    text = content.decode("utf-8-sig")
    yield piece("source de la page", Kind.CODE, without_data(text), label="source")
    if text.strip():
        parser = etree.HTMLParser(huge_tree=True, encoding="utf-8")
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
        yield from _tree(root)
        # A word set letter by letter, each in its own block.
        yield piece("page entière", Kind.GLUED, "".join(_read(root)))


def svg_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Pieces of a drawing: what it writes, its title and description, its metadata."""
    yield from _xml(content, by_block=True)


def xml_pieces(content: bytes, _: str) -> Iterator[Item]:
    """Pieces of any other XML: every text, and the runs that make one text together."""
    yield from _xml(content, by_block=False)


def _xml(content: bytes, *, by_block: bool) -> Iterator[Item]:
    text = content.decode("utf-8-sig")
    yield piece("source", Kind.CODE, without_data(text), label="source")
    # Entities stay as they are: a file must not be able to read another one.
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, encoding="utf-8")
    declared = text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text
    try:
        root = etree.fromstring(declared.strip().encode(), parser)
    except etree.XMLSyntaxError:
        yield unreadable("XML illisible")
        return
    if by_block and local(root.tag) != "svg":
        yield unreadable("ce n’est pas un dessin SVG")
    yield from _tree(root) if by_block else _runs(root)


def _tree(root: Element) -> Iterator[Piece]:
    """Every element of a page or a drawing, each text once."""
    if root is None:
        return
    headings: tuple[str, ...] = ()
    for element in root.iter():
        if not isinstance(element.tag, str):
            place = f"ligne {element.sourceline}, commentaire"
            yield piece(place, Kind.CODE, element.text or "", label="comment")
            continue
        tag, exhibit = local(element.tag), exhibit_of(element)
        place = f"ligne {element.sourceline}, <{tag}>"
        yield piece(place, Kind.ELEMENT, tag, exhibit=exhibit)
        yield from _attributes(element, place, exhibit)
        if tag == "table":
            headings = ()
        if tag == "tr":
            cells = tuple(_text(cell) for cell in element if local(cell.tag) in _CELLS)
            if cells and all(local(cell.tag) == "th" for cell in element):
                headings = cells
            yield Piece("", place, Kind.ROW, " | ".join(cells), "", exhibit, cells, headings)
        elif tag in _BLOCKS and (text := _text(element)):
            kind = Kind.CODE if tag in _NOT_PROSE else Kind.CELL if tag in _CELLS else Kind.PROSE
            if _inside(element, "metadata"):
                kind = Kind.METADATA
            yield piece(place, kind, text, label=tag, exhibit=exhibit or _told(element, text))


def _read(root: Element) -> Iterator[str]:
    """Every text of a page but its style sheets and scripts."""
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str) and local(element.tag) not in _NOT_PROSE:
            yield element.text or ""
        yield element.tail or ""


def _attributes(element: Element, place: str, exhibit: str) -> Iterator[Piece]:
    for name, value in element.attrib.items():
        if (label := local(name)) not in _DRAWN and value:
            shown = exhibit or _told(element, value)
            yield piece(f"{place}, attribut {label}", Kind.ATTRIBUTE, value, label=label, exhibit=shown)
    if local(element.tag) == "meta" and element.get("name"):
        label = element.get("name", "").lower()
        yield piece(place, Kind.METADATA, element.get("content", ""), label=f"meta:{label}")


def _text(block: Element) -> str:
    """The text of a block without that of the blocks inside it, as if tags were not there."""
    parts: list[str] = [block.text or ""]
    for child in block:
        if not isinstance(child.tag, str) or local(child.tag) in _BLOCKS:
            parts.append(" ")
        elif local(child.tag) == "br":
            parts.append("\n")
        else:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts).strip()


def _runs(root: Element) -> Iterator[Piece]:
    """Texts of an office document: each run, the runs of one cell or comment together, rows of tables.

    Word tells where an exhibit is by a bookmark of its name.
    """
    exhibit, marked = "", ""
    for rank, element in enumerate(root.iter(), 1):
        place = f"élément {rank}"
        if not isinstance(element.tag, str):
            yield piece(f"{place}, commentaire", Kind.CODE, element.text or "")
            continue
        tag = local(element.tag)
        for name, value in element.attrib.items():
            label = f"{tag}@{local(name)}"
            yield piece(f"{place}, attribut", Kind.ATTRIBUTE, value, label=label, exhibit=exhibit)
        yield piece(place, Kind.ELEMENT, tag)
        if element.text and element.text.strip():
            above = "/".join(local(around.tag) for around in element.iterancestors())
            yield piece(place, Kind.METADATA, element.text, label=f"{tag}/{above}")
        if tag in _RUNS:
            yield piece(place, _RUNS[tag], "".join(element.itertext()), label=tag, exhibit=exhibit)
        if tag == "bookmarkstart" and (found := EXHIBIT.fullmatch(_attribute(element, "name"))):
            exhibit, marked = found[0], _attribute(element, "id")
        elif tag == "bookmarkend" and _attribute(element, "id") == marked:
            exhibit = ""
        if tag == "tr":
            cells, headings = _cells(element), _cells(element.getparent().find("{*}tr"))
            told = () if cells == headings else headings
            yield Piece("", place, Kind.ROW, " | ".join(cells), "", exhibit, cells, told)


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def _cells(row: Element) -> tuple[str, ...]:
    return tuple("".join(cell.itertext()).strip() for cell in row.iterchildren("{*}tc"))


def exhibit_of(element: Element) -> str:
    """Id of the exhibit that an element stands in; empty outside exhibits."""
    around: Element = element
    while around is not None:
        if found := EXHIBIT.match(around.get("id") or ""):
            return found[0]
        around = around.getparent()
    return ""


def _told(element: Element, text: str) -> str:
    """The exhibit that an element points to or names, as the line of a list does."""
    targets = [link.get("href", "") for link in [element, *element.iter("{*}a")]]
    found = next((match for target in [*targets, text] if (match := EXHIBIT.search(target))), None)
    return found[0] if found else ""


def _inside(element: Element, tag: str) -> bool:
    return any(local(around.tag) == tag for around in [element, *element.iterancestors()])


def local(name: object) -> str:
    """A tag or attribute without its namespace, in lower case."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""
