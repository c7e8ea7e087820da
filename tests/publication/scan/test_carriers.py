"""One text in each thing that can carry it: the scanner finds it everywhere, and tells no part of it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import unicodedata
import zipfile
from io import BytesIO
from urllib.parse import quote

import pikepdf
import pytest
from publication.scan import made

from atc.publication.scan import Known, Rule, scan

WITNESS = "Témoin Kéréon 7Q4-X2"
KNOWN = Known(pseudonyms=frozenset({WITNESS}), dates=frozenset({"2020-12-15"}))
ENCODED = base64.b64encode(WITNESS.encode()).decode()
ESCAPED = "".join(f"\\u{ord(c):04x}" for c in WITNESS)
IN_CSS = "".join(f"\\{ord(c):x} " for c in WITNESS)
ENTITIES = "".join(f"&#{ord(c)};" for c in WITNESS)
HEXADECIMAL = "".join(f"&#x{ord(c):x};" for c in WITNESS)
MIDDLE = len(WITNESS) // 2
FONT = "data:font/woff2;base64," + base64.b64encode(b"wOF2" + bytes(99) + WITNESS.encode()).decode()
DRAWING = made.svg(f"<text>{WITNESS}</text>")


def sheet_with(write) -> bytes:
    return made.workbook(lambda book: write(book, book.add_worksheet("Feuille")))


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, WITNESS.encode(), filename="a.txt")


def annotated(**entries) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        rect = pikepdf.Array([0, 0, 9, 9])
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=rect, **entries)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return made.pdf(change=change)


def named(document: pikepdf.Pdf) -> None:
    document.Root["/" + WITNESS.replace(" ", "_")] = True


def privately(document: pikepdf.Pdf) -> None:
    document.Root["/PieceInfo"] = document.make_stream(WITNESS.encode())


def outlined(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(WITNESS, 0))


def described(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        metadata["dc:description"] = WITNESS


def drawn(how: bytes, *lines: str) -> bytes:
    shown = b" 0 -10 Td ".join(b"(" + line.encode("cp1252") + b") Tj" for line in lines)

    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].Contents = document.make_stream(b"BT /F1 8 Tf " + how + b" " + shown + b" ET")

    return made.pdf(change=change)


def commented(comment: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), b"<w/>")
        archive.comment = comment
    return target.getvalue()


def tagged(document: pikepdf.Pdf) -> None:
    span = pikepdf.Dictionary(ActualText=pikepdf.String(WITNESS))
    drawn = [([pikepdf.Name.Span, span], pikepdf.Operator("BDC")), ([], pikepdf.Operator("EMC"))]
    document.pages[0].Contents = document.make_stream(pikepdf.unparse_content_stream(drawn))


def hidden_sheet(book) -> None:
    book.add_worksheet("A")
    sheet = book.add_worksheet("B")
    sheet.write(4, 4, WITNESS)
    sheet.hide()


CARRIERS = {
    "text": ("a.html", made.page(f"<p>{WITNESS}</p>")),
    "text cut by tags": ("a.html", made.page(f"<p>{WITNESS[:MIDDLE]}<b>{WITNESS[MIDDLE:]}</b></p>")),
    "text cut by a line": ("a.html", made.page(f"<p>{WITNESS[:6]}\n   {WITNESS[7:]}</p>")),
    "text against its neighbours": ("a.html", made.page(f"<td>Rouen</td><td>{WITNESS}12</td>")),
    "comment": ("a.html", made.page(f"<!-- {WITNESS} -->")),
    "hidden element": ("a.html", made.page(f'<p style="display:none" hidden>{WITNESS}</p>')),
    "template and noscript": ("a.html", made.page(f"<template><noscript>{WITNESS}</noscript></template>")),
    "after the end of the page": ("a.html", made.page("") + f"<p>{WITNESS}</p>".encode()),
    "title attribute": ("a.html", made.page(f'<p title="{WITNESS}">x</p>')),
    "data attribute": ("a.html", made.page(f'<p data-row="{WITNESS}">x</p>')),
    "class and id": ("a.html", made.page(f'<p id="{WITNESS.replace(" ", "-")}">x</p>')),
    "decimal entities": ("a.html", made.page(f"<p>{ENTITIES}</p>")),
    "hexadecimal entities": ("a.html", made.page(f'<img alt="{HEXADECIMAL}">')),
    "entities twice": ("a.html", made.page(f"<p>{ENTITIES.replace('&', '&amp;')}</p>")),
    "percent signs": ("a.html", made.page(f'<a href="#{quote(WITNESS)}">x</a>')),
    "style sheet": ("a.html", made.page("", f"<style>/* {WITNESS} */</style>")),
    "meta": ("a.html", made.page("", f'<meta name="description" content="{WITNESS}">')),
    "base64": ("a.html", made.page(f"<p>{ENCODED}</p>")),
    "drawing in a data address": (
        "a.html",
        made.page(f'<img src="data:image/svg+xml;base64,{base64.b64encode(DRAWING).decode()}">'),
    ),
    "drawing in a percent address": ("a.html", made.page(f'<img src="data:image/svg+xml,{quote(DRAWING)}">')),
    "decomposed accents": ("a.html", made.page(unicodedata.normalize("NFD", f"<p>{WITNESS}</p>"))),
    "invisible signs": ("a.html", made.page("<p>" + "\u200b".join(WITNESS) + "</p>")),
    "soft hyphens and other case": ("a.html", made.page(f"<p>{'&shy;'.join(WITNESS.upper())}</p>")),
    "full-width letters": ("a.html", made.page("<p>Témoin Kéréon ７Ｑ４−Ｘ２</p>")),
    "text of a drawing": ("a.svg", DRAWING),
    "spans of a drawing": (
        "a.svg",
        made.svg(f"<text><tspan>{WITNESS[:9]}</tspan><tspan>{WITNESS[9:]}</tspan></text>"),
    ),
    "title of a drawing": ("a.svg", made.svg(f"<title>{WITNESS}</title>")),
    "description of a drawing": ("a.svg", made.svg(f"<desc>{WITNESS}</desc>")),
    "metadata of a drawing": ("a.svg", made.svg(f"<metadata><x>{WITNESS}</x></metadata>")),
    "data of a drawing": ("a.svg", made.svg(f"<text><![CDATA[{WITNESS}]]></text>")),
    "page in a drawing": ("a.svg", made.svg(f"<foreignObject><p>{WITNESS}</p></foreignObject>")),
    "entity of a drawing": ("a.svg", f'<!DOCTYPE svg [<!ENTITY a "{WITNESS}">]><svg>&a;</svg>'.encode()),
    "letter by letter": ("a.html", made.page("".join(f"<div>{c}</div>" for c in WITNESS))),
    "field of a form": ("a.html", made.page(f"<textarea>{WITNESS}</textarea>")),
    "page of a PDF": ("a.pdf", made.pdf(WITNESS)),
    "properties of a PDF": ("a.pdf", made.pdf(change=lambda d: d.docinfo.update({"/Subject": WITNESS}))),
    "XMP of a PDF": ("a.pdf", made.pdf(change=described)),
    "outline of a PDF": ("a.pdf", made.pdf(change=outlined)),
    "note of a PDF": ("a.pdf", annotated(Contents=pikepdf.String(WITNESS))),
    "link of a PDF": (
        "a.pdf",
        annotated(
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"https://a.fr/{quote(WITNESS)}"))
        ),
    ),
    "replacement text of a PDF": ("a.pdf", made.pdf(change=tagged)),
    "invisible text of a PDF": ("a.pdf", drawn(b"3 Tr 20 400 Td", WITNESS)),
    "text beside the sheet of a PDF": ("a.pdf", drawn(b"2000 4000 Td", WITNESS)),
    "two lines of a PDF": ("a.pdf", drawn(b"20 400 Td", WITNESS[:9], WITNESS[9:])),
    "header of a sheet": ("a.xlsx", sheet_with(lambda b, s: s.set_header(f"&C{WITNESS}"))),
    "list of choices": (
        "a.xlsx",
        sheet_with(lambda b, s: s.data_validation("A1", {"validate": "list", "source": [WITNESS]})),
    ),
    "text box": ("a.xlsx", sheet_with(lambda b, s: s.insert_textbox(0, 0, WITNESS))),
    "cell of a workbook": ("a.xlsx", made.cells(["x"], [WITNESS])),
    "formula of a workbook": ("a.xlsx", sheet_with(lambda b, s: s.write_formula(0, 0, f'="{WITNESS}"'))),
    "comment of a workbook": ("a.xlsx", sheet_with(lambda b, s: s.write_comment(0, 0, WITNESS))),
    "runs of a cell": (
        "a.xlsx",
        sheet_with(
            lambda b, s: s.write_rich_string(0, 0, WITNESS[:8], b.add_format({"bold": 1}), WITNESS[8:])
        ),
    ),
    "defined name": ("a.xlsx", sheet_with(lambda b, s: b.define_name("Nom", f'="{WITNESS}"'))),
    "properties of a workbook": ("a.xlsx", sheet_with(lambda b, s: b.set_properties({"comments": WITNESS}))),
    "hidden sheet": ("a.xlsx", made.workbook(hidden_sheet)),
    "name of a sheet": ("a.xlsx", made.cells(["x"], name=WITNESS)),
    "title of a slide": ("a.pptx", made.slides(lambda s: setattr(s.shapes.title, "text", WITNESS))),
    "notes of a slide": (
        "a.pptx",
        made.slides(lambda s: setattr(s.notes_slide.notes_text_frame, "text", WITNESS)),
    ),
    "alternative text of a slide": (
        "a.pptx",
        made.slides(lambda s: s.shapes.title._element._nvXxPr.cNvPr.set("descr", WITNESS)),
    ),
    "drawing in a slide": ("a.pptx", made.archive({"ppt/presentation.xml": b"<p/>", "a.svg": DRAWING})),
    "runs of Word": (
        "a.docx",
        made.word(f"<w:p><w:r><w:t>{WITNESS[:5]}</w:t></w:r><w:r><w:t>{WITNESS[5:]}</w:t></w:r></w:p>"),
    ),
    "deleted text of Word": (
        "a.docx",
        made.word(f"<w:p><w:del><w:delText>{WITNESS}</w:delText></w:del></w:p>"),
    ),
    "value of JSON": ("a.json", json.dumps({"x": [WITNESS]}).encode()),
    "key of JSON": ("a.json", json.dumps({WITNESS: 1}).encode()),
    "CSV": ("a.csv", f"x;y\n{WITNESS};1\n".encode()),
    "plain text": ("LICENCE.txt", WITNESS.encode()),
    "name of a file": (f"{WITNESS}.csv", b"x\n1\n"),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_text_is_found_in_each_carrier(carrier):
    name, content = CARRIERS[carrier]
    findings = scan({name: content}, KNOWN)
    assert Rule.PSEUDONYM in {finding.rule for finding in findings}
    told = "\n".join(map(str, findings))
    assert "Kéréon" not in told, "the report of the gate must not leak"
    assert "kéréon" not in told


@pytest.mark.parametrize("carrier", CARRIERS)
def test_another_text_is_not_taken_for_it(carrier):
    """Else the tests above would pass on anything."""
    name, content = CARRIERS[carrier]
    findings = scan({name: content}, Known(pseudonyms=frozenset({"Témoin Kéréon 7Q4-X3"})))
    assert Rule.PSEUDONYM not in {finding.rule for finding in findings}


@pytest.mark.parametrize(
    "files",
    [
        {"figures/F02-02.png": made.png()},
        {"figures/F02-02.png": made.png(), "figures/F02-03.svg": made.svg("")},
        {"figures/photo.png": made.png(), "figures/photo.svg": made.svg("")},
        {"a.html": made.page(f'<img src="data:image/png;base64,{base64.b64encode(made.png()).decode()}">')},
    ],
)
def test_pixels_that_no_drawing_answers_for_are_refused(files):
    assert Rule.PIXELS in {finding.rule for finding in scan(files, Known())}


def test_pixels_inside_a_pdf_are_refused():
    def change(document: pikepdf.Pdf) -> None:
        image = document.make_stream(
            b"\xff",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=1,
            Height=1,
            BitsPerComponent=8,
        )
        document.pages[0].Resources.XObject = pikepdf.Dictionary(I=image)

    assert Rule.PIXELS in {finding.rule for finding in scan({"a.pdf": made.pdf(change=change)}, Known())}


def test_a_document_may_hold_the_image_of_an_exhibit_and_no_other():
    held = {"a.docx": made.archive({"word/document.xml": b"<w/>", "word/media/a.png": made.png()})}
    known = Known(pictures=frozenset({hashlib.sha256(made.png()).hexdigest()}))
    assert Rule.PIXELS in {finding.rule for finding in scan(held, Known())}
    assert Rule.PIXELS not in {finding.rule for finding in scan(held, known)}


def test_a_small_count_of_a_table_is_found_in_slides_and_in_word():
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in ("Seul", "3"))
    head = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in ("Mode", "Effectif"))
    table = f"<w:tbl><w:tr>{head}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    marked = f'<w:bookmarkStart w:id="1" w:name="F02-03"/>{table}<w:bookmarkEnd w:id="1"/>'
    released = Known(released={"F02-03": frozenset({3})})
    assert Rule.SMALL_COUNT in {finding.rule for finding in scan({"a.docx": made.word(table)}, released)}
    assert Rule.SMALL_COUNT not in {finding.rule for finding in scan({"a.docx": made.word(marked)}, released)}

    def told(slide) -> None:
        slide.shapes.title.text = "F02-03 : 3 répondants sur 17"

    rules = [
        {finding.rule for finding in scan({"a.pptx": made.slides(told)}, known)}
        for known in (Known(), released)
    ]
    assert Rule.SMALL_COUNT in rules[0]
    assert Rule.SMALL_COUNT not in rules[1]


def test_pixels_beside_the_drawing_of_the_same_exhibit_are_let_through():
    files = {"figures/F02-02.png": made.png(), "figures/F02-02.svg": made.svg("<text>Titre</text>")}
    assert scan(files, Known()) == ()


REFUSED = {
    "half a PDF": ("a.pdf", made.pdf()[:300]),
    "a PDF with another one behind": ("a.pdf", made.pdf() + b"\n%%EOF\nautre"),
    "half an image": ("a.png", made.png()[:40]),
    "words behind an image": ("a.png", made.png() + WITNESS.encode()),
    "half a JSON": ("a.json", b"{"),
    "half a drawing": ("a.svg", b"<svg><text>"),
    "an empty workbook": ("a.xlsx", made.archive({"xl/workbook.xml": b"<workbook>"})),
    "words behind a document": ("a.docx", made.word("") + WITNESS.encode()),
    "a comment of a document": ("a.docx", commented(WITNESS.encode())),
}


@pytest.mark.parametrize("file", REFUSED)
def test_what_cannot_be_read_is_refused(file):
    name, content = REFUSED[file]
    assert Rule.UNREADABLE in {finding.rule for finding in scan({name: content}, Known())}


#: Refused by their type, before anything is opened: what they hold is never looked for.
OUTSIDE = {
    "archive": ("a.zip", made.archive({"c.txt": WITNESS.encode()})),
    "archive under another name": ("a.docx", made.archive({"c.txt": WITNESS.encode()})),
    "compressed table": ("a.csv.gz", gzip.compress(WITNESS.encode())),
    "columns": ("a.parquet", b"PAR1 rien PAR1"),
    "photograph": ("a.jpg", b"\xff\xd8\xff\xe0"),
    "photograph under another name": ("a.png", b"\xff\xd8\xff\xe0"),
    "page under another name": ("a.svg", b"<html><p>x</p></html>"),
    "two-byte text": ("a.csv", f"x,y\n{WITNESS},1\n".encode("utf-16")),
    "one-byte text": ("a.csv", f"x,y\n{WITNESS},1\n".encode("cp1252")),
    "unknown bytes": ("a.bin", b"\0\1\2\3"),
    "archive in a document": (
        "a.docx",
        made.archive({"word/document.xml": b"<w/>", "b.zip": made.archive({})}),
    ),
    "file of a PDF": ("a.pdf", made.pdf(change=attached)),
    "page in an address": ("a.html", made.page('<a href="data:text/html;base64,PGgxPg==">x</a>')),
    "no extension": ("LICENCE", b"x"),
}


@pytest.mark.parametrize("file", OUTSIDE)
def test_what_is_not_of_the_ten_kinds_is_refused(file):
    name, content = OUTSIDE[file]
    assert Rule.FILE_TYPE in {finding.rule for finding in scan({name: content}, Known())}


@pytest.mark.parametrize("chunk", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"prVt"])
def test_an_image_holds_its_pixels_and_nothing_else(chunk):
    files = {"F02-02.png": made.png((chunk, b"x")), "F02-02.svg": made.svg("<text>x</text>")}
    assert {finding.rule for finding in scan(files, Known())} == {Rule.METADATA}
