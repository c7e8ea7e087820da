"""What pages, drawings, office files and PDF say to whoever opens them, and what they keep beside it."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from types import MappingProxyType
from typing import Any, NamedTuple

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
from lxml import etree  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineWorkbook

from atc.publication.pieces import EXHIBIT, FORMATS, Kind, Piece


class Inside(NamedTuple):
    """A file inside a file: its name, its bytes, and where it was, in French."""

    name: str
    content: bytes
    place: str


Item = Piece | Inside
Element = Any  # lxml gives it no public type


#: What readers raise of a document that is broken, or that a password keeps.
BROKEN = (CalamineError, pikepdf.PdfError, pypdfium2.PdfiumError, zipfile.BadZipFile)


def unreadable(reason: str) -> Piece:
    """A thing that the gate cannot read, and that nobody may therefore ship."""
    return Piece("fichier entier", Kind.UNREADABLE, reason)


def rows(table: Sequence[Sequence[str]], place: str, exhibit: str = "") -> Iterator[Piece]:
    """Each cell, then each row with its headings: the first row of several cells, under a title."""
    headings: tuple[str, ...] = ()
    least = min(2, max(map(len, table), default=0))
    for rank, row in enumerate(table, 1):
        where = f"{place}, ligne {rank}"
        for column, cell in enumerate(row, 1):
            if cell:
                yield Piece(f"{where}, colonne {column}", Kind.CELL, cell, "", exhibit)
        yield Piece(where, Kind.ROW, " | ".join(row), "", exhibit, tuple(row), headings)
        if not headings and sum(map(bool, row)) >= least:
            headings = tuple(row)


# --- pages, drawings and any other XML ----------------------------------------------------------------------

_BLOCKS, _DRAWN, _ACTIONS = (frozenset(FORMATS[name].split()) for name in ("blocks", "drawn", "actions"))
_CELLS, _NOT_PROSE = frozenset({"td", "th"}), frozenset({"script", "style", "pre"})
#: Elements of office files whose runs make one text; cells are judged again in their sheet.
_RUNS = {"si": Kind.METADATA, "is": Kind.METADATA, "p": Kind.PROSE, "text": Kind.PROSE, "comment": Kind.PROSE}


def page(content: bytes) -> Iterator[Item]:
    """Pieces of a page, hidden elements included."""
    text = content.decode("utf-8-sig")
    yield Piece("source de la page", Kind.CODE, text, "source")
    if text.strip():
        parser = etree.HTMLParser(huge_tree=True, encoding="utf-8")
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
        if root is not None:
            yield from _markup(root)
        # A word set letter by letter, each in its own block.
        read = "//text()[not(parent::script or parent::style or parent::pre)]"
        yield Piece("page entière", Kind.GLUED, "" if root is None else "".join(root.xpath(read)))


def _xml(content: bytes, *, drawn: bool) -> Iterator[Item]:
    text = content.decode("utf-8-sig")
    yield Piece("source", Kind.CODE, text, "source")
    # Entities stay as they are: a file must not be able to read another one.
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True, encoding="utf-8")
    declared = text.partition("?>")[2] if text.lstrip().startswith("<?xml") else text
    root = etree.fromstring(declared.strip().encode(), parser)
    if drawn and _local(root.tag) != "svg":
        yield unreadable("ce n’est pas un dessin SVG")
    yield from _markup(root) if drawn else _parts(root)


#: What a drawing writes, its title and description, its metadata; any other XML, run by run.
drawing, part = partial(_xml, drawn=True), partial(_xml, drawn=False)


def _markup(root: Element) -> Iterator[Piece]:
    """Every element of a page or a drawing: its name, its attributes, and its text once, block by block."""
    headings: tuple[str, ...] = ()
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield Piece(f"ligne {element.sourceline}, commentaire", Kind.CODE, element.text or "", "comment")
            continue
        tag, around = _local(element.tag), [element, *element.iterancestors()]
        # The exhibit that it stands in; none outside exhibits.
        ids = (EXHIBIT.match(each.get("id") or "") for each in around)
        place = f"ligne {element.sourceline}, <{tag}>"
        exhibit = next((found[0] for found in ids if found), "")
        yield Piece(place, Kind.ELEMENT, tag, exhibit=exhibit)
        for name, value in ((_local(name), value) for name, value in element.attrib.items() if value):
            if name not in _DRAWN:
                told = exhibit or _told(element, value)
                yield Piece(f"{place}, attribut {name}", Kind.ATTRIBUTE, value, name, told)
        if tag in ("table", "tr"):
            # The cells of a row of headings, and of no other.
            own = (
                tuple(_text(cell).strip() for cell in element)
                if all(_local(cell.tag) == "th" for cell in element)
                else ()
            )
            headings = own or headings * (tag == "tr")
        if tag == "tr":
            cells = tuple(_text(cell).strip() for cell in element if _local(cell.tag) in _CELLS)
            yield Piece(place, Kind.ROW, " | ".join(cells), "", exhibit, cells, headings)
            continue
        if tag == "meta" and (name := element.get("name")):
            yield Piece(place, Kind.METADATA, element.get("content", ""), f"meta:{name.lower()}")
        if tag in _BLOCKS and (text := _text(element).strip()):
            kind = Kind.CODE if tag in _NOT_PROSE else Kind.CELL if tag in _CELLS else Kind.PROSE
            if any(_local(each.tag) == "metadata" for each in around):
                kind = Kind.METADATA
            yield Piece(place, kind, text, tag, exhibit or _told(element, text))


def _text(block: Element) -> str:
    """The text of a block without that of the blocks inside it, as if tags were not there."""
    parts: list[str] = [block.text or ""]
    for child in block:
        if not isinstance(child.tag, str) or _local(child.tag) in _BLOCKS:
            parts.append(" ")
        else:
            parts.append("\n" if _local(child.tag) == "br" else _text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _told(element: Element, text: str) -> str:
    """The exhibit that an element points to or names, as the line of a list does."""
    targets = [link.get("href", "") for link in [element, *element.iter("{*}a")]]
    found = EXHIBIT.search(" ".join([*targets, text]))
    return found[0] if found else ""


def _parts(root: Element) -> Iterator[Piece]:
    """Every element of a part of an office file: its name, its attributes, and its text run by run."""
    exhibit, marked = "", ""
    for rank, element in enumerate(root.iter(), 1):
        place = f"élément {rank}"
        if not isinstance(element.tag, str):
            yield Piece(f"{place}, commentaire", Kind.CODE, element.text or "", "comment")
            continue
        tag, own = _local(element.tag), {_local(key): value for key, value in element.attrib.items()}
        yield Piece(place, Kind.ELEMENT, tag, exhibit=exhibit)
        # Properties of a PDF may be attributes.
        kind = Kind.METADATA if tag == "description" else Kind.ATTRIBUTE
        for key, value in element.attrib.items():
            if value:
                yield Piece(f"{place}, attribut", kind, value, f"{tag}@{_local(key)}", exhibit)
        # Word tells an exhibit by a bookmark of its name.
        if tag == "bookmarkstart" and EXHIBIT.fullmatch(own.get("name", "")):
            exhibit, marked = own["name"], own.get("id", "")
        elif tag == "bookmarkend" and own.get("id", "") == marked:
            exhibit = ""
        above = [_local(around.tag) for around in element.iterancestors()]
        # A run is read with its paragraph.
        if element.text and element.text.strip() and not _RUNS.keys() & {*above}:
            yield Piece(place, Kind.METADATA, element.text, "/".join([tag, *above]))
        if tag in _RUNS:
            yield Piece(place, _RUNS[tag], "".join(element.itertext()), tag, exhibit)
        if tag == "tr":
            cells, first = (
                tuple("".join(cell.itertext()).strip() for cell in row.iterchildren("{*}tc"))
                for row in (element, element.getparent().find("{*}tr"))
            )
            headings = () if cells == first else first
            yield Piece(place, Kind.ROW, " | ".join(cells), "", exhibit, cells, headings)


def _local(name: object) -> str:
    """A tag or attribute without its namespace, in lower case."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""


# --- workbooks, slides and Word: each part is XML, hidden sheets and notes like the others ------------------

_LARGEST, _MOST_PARTS = 200_000_000, 5_000


def workbook(content: bytes) -> Iterator[Item]:
    """Rows and cells of every sheet, then each part."""
    exhibits: dict[str, str] = {}
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for rank, name in enumerate(book.sheet_names, 1):
        told = EXHIBIT.search(name)
        exhibit = exhibits[f"xl/worksheets/sheet{rank}.xml"] = told[0] if told else ""
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        texts = [
            [f"{c:.0f}" if isinstance(c, float) and c.is_integer() else str(c) for c in row] for row in cells
        ]
        yield from rows(texts, f"feuille {rank}", exhibit)
    yield from office(content, exhibits)


def office(content: bytes, exhibits: Mapping[str, str] = MappingProxyType({})) -> Iterator[Item]:
    """Every part of an office document, ``exhibits`` those of sheets; a slide is about the first it names."""
    archive = zipfile.ZipFile(BytesIO(content))
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_PARTS or sum(member.file_size for member in members) > _LARGEST:
        yield unreadable("document démesuré")
        return
    said = archive.comment or any(member.comment or member.extra for member in members)
    if said or content[content.rfind(b"PK\x05\x06") + 22 :]:
        yield unreadable("des octets qui ne sont d’aucune partie du document")
    for rank, member in enumerate(members, 1):
        place = f"partie {rank}"
        if member.filename.isascii():
            place += f" ({member.filename.rpartition('/')[2]})"
        yield Piece(place, Kind.NAME, member.filename)
        day = "-".join(f"{number:02}" for number in member.date_time[:3])
        yield Piece(place, Kind.METADATA, day, "zip:time")
        held, exhibit = archive.read(member), exhibits.get(member.filename, "")
        if member.filename.startswith(("ppt/slides/slide", "ppt/notesSlides/notes")):
            exhibit = next(iter(EXHIBIT.findall(held.decode("utf-8", "replace"))), "")
        yield Inside(f"{exhibit} {member.filename}".strip(), held, place)


# --- PDF: what a reader sees, and each string, link, script, image and file that pages do not show ----------

#: What a line break adds inside a word, and the mark PDFium leaves where it takes one away.
_CUT_WORD = re.compile(r"[\u2010\u00ad]\r?\n|[\ufffe\u0002]")


def paper(content: bytes) -> Iterator[Item]:
    """Pieces of a PDF, page by page and then object by object."""
    exhibit, exhibits, seen = "", set[str](), set[tuple[str, str]]()
    with pypdfium2.PdfDocument(content) as pdf:
        for rank, sheet in enumerate(pdf, 1):
            text = _CUT_WORD.sub("", sheet.get_textpage().get_text_range())
            # What a page tells may belong to the last exhibit of the page before.
            named = [exhibit, *EXHIBIT.findall(text)]
            exhibit = named[-1]
            exhibits |= {*named} - {""}
            yield Piece(f"page {rank}", Kind.PAGE, text, cells=tuple(sorted({*named} - {""})))
    with pikepdf.open(BytesIO(content)) as pdf:
        for item in _objects(pdf):
            if isinstance(item, Inside):
                yield item
            elif (item.label, item.text) not in seen:
                seen.add((item.label, item.text))
                # A string does not say which exhibit it is about: any of the document, then.
                yield replace(item, cells=tuple(sorted(exhibits)))
    if content.count(b"%%EOF") != 1 or content.rpartition(b"%%EOF")[2].strip():
        yield unreadable("le PDF garde une version antérieure, ou des octets après sa fin")


def _objects(pdf: pikepdf.Pdf) -> Iterator[Item]:
    for rank, held in enumerate(pdf.objects, 1):
        yield from _strings(held, f"objet {rank}", "")
        if isinstance(held, pikepdf.Stream):
            yield from _stream(held, f"objet {rank}")
    for key, value in pdf.docinfo.items():
        yield Piece(f"propriété {key}", Kind.METADATA, str(value), key)


def _strings(value: Any, place: str, key: str) -> Iterator[Piece]:
    """Strings of one object; the objects it refers to come on their own."""
    if isinstance(value, pikepdf.String):
        yield Piece(f"{place}, {key or 'texte'}", Kind.ATTRIBUTE, str(value), f"pdf:{key}")
    elif isinstance(value, pikepdf.Name) and str(value) in _ACTIONS:
        yield Piece(place, Kind.ELEMENT, f"pdf:{value}")
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        held = [(key, each) for each in value] if isinstance(value, pikepdf.Array) else value.items()
        for name, each in held:
            if name in _ACTIONS:
                yield Piece(place, Kind.ELEMENT, f"pdf:{name}")
            if not getattr(each, "is_indirect", False):
                yield from _strings(each, place, name)


def _stream(stream: pikepdf.Stream, place: str) -> Iterator[Item]:
    kind, subtype = str(stream.get("/Type", "")), str(stream.get("/Subtype", ""))
    if subtype == "/Image":
        yield Piece(place, Kind.IMAGE, "pdf")
    elif kind == "/EmbeddedFile":
        yield Piece(f"{place}, fichier joint", Kind.TYPE, "fichier joint")
    elif kind == "/Metadata":
        yield Inside("propriétés.xml", stream.read_bytes(), f"{place}, propriétés XMP")
    elif subtype == "/Form" or b"BDC" in (content := stream.read_bytes()) or b" BI" in content:
        # What stands beside the text that is drawn: replacement texts, pictures drawn inline. Every tagged
        # stream says /MCID: an image drawn inline says ID otherwise.
        marks = stream.read_bytes().replace(b"/MCID", b"")
        beside = any(mark in marks for mark in (b"/ActualText", b"/Alt", b"/E ", b"ID"))
        for instruction in pikepdf.parse_content_stream(stream) if beside else ():
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                yield Piece(place, Kind.IMAGE, "pdf")
            elif str(instruction.operator) in ("BDC", "DP"):
                for operand in instruction.operands:
                    yield from _strings(operand, f"{place}, texte de remplacement", "/ActualText")
