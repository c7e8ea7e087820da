"""Files with one fault each, and files without any: every fault is caught under its rule, and told without
telling it. Pages, drawings and plain files are in ``pages.tsv``; a rule is the name of what must be found.
"""

import base64
import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Operator, String
from publication import made

from atc.publication.controls import scan
from atc.publication.formats import ALLOWED
from atc.publication.pieces import Known, Rule
from atc.rendering.html import TEMPLATES, font_faces

WITNESS = "Témoin Kéréon 7Q4-X2"
KNOWN = Known(
    pseudonyms=frozenset({"A-0BPTJ6", "R-37HKJX", "E-001", "F-001", WITNESS}),
    sites=frozenset({"Avignon", "Hombourg-Haut", "Saint-Denis", "Roubaix", "Les Mureaux"}),
    posts=frozenset({"Animateur.trice", "Délégué.e du préfet", "Direction de la structure porteuse"}),
    contacts=frozenset({"equipe@exemple.fr", "01 23 45 67 89"}),
    machine=frozenset({"root", "jdupont", "poste-42"}),
    dates=frozenset({"2020-12-15", "20201215", "1980-01-01"}),
    authors=frozenset({"Équipe d’évaluation"}),
    released={"F02-03": frozenset({3, 4})},
    phrases=frozenset({"deux sites", "3 entretiens"}),
    named=frozenset({"T01-03"}),
    synthetic=frozenset({"lignes/synthetiques.csv"}),
)
SECRETS = ("0BPTJ6", "99KGEZ", "martin", "Martin", "Jeanne", "jdupont", "34 56", "3456", "Avignon", "éréon")
DRAWING = made.svg(f"<text>{WITNESS}</text>")
Case = tuple[str, str, bytes]  # rule, name of the file, content


def outlined(document: pikepdf.Pdf) -> None:
    with document.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(WITNESS, 0))


def described(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        metadata["dc:description"] = WITNESS


def tagged(document: pikepdf.Pdf) -> None:
    span = Dictionary(ActualText=String(WITNESS))
    drawn = [([Name.Span, span], Operator("BDC")), ([], Operator("EMC"))]
    document.pages[0].Contents = document.make_stream(pikepdf.unparse_content_stream(drawn))


def rooted(key: str, value: Any) -> bytes:
    return made.pdf(change=lambda document: document.Root.__setitem__(key, value))


def pictured(document: pikepdf.Pdf) -> None:
    image = {"Type": Name.XObject, "Subtype": Name.Image, "Width": 1, "Height": 1, "BitsPerComponent": 8}
    document.pages[0].Resources.XObject = Dictionary(I=document.make_stream(b"\xff", **image))


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, b"x", filename="a.txt")


def finished(document: pikepdf.Pdf) -> None:
    document.docinfo["/Author"] = "Équipe d’évaluation"
    document.docinfo["/Producer"] = "WeasyPrint 70.0"
    document.docinfo["/CreationDate"] = "D:20201215"
    with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["xmp:CreateDate"] = "2020-12-15"


def hidden_sheet(book: Any) -> None:
    book.add_worksheet("A")
    sheet = book.add_worksheet("B")
    sheet.write(4, 4, WITNESS)
    sheet.hide()


def titled(slide: Any, text: str) -> None:
    slide.shapes.title.text = text


def published(book: Any, sheet: Any) -> None:
    for rank, row in enumerate((["Contrat", "Effectif", "Médiane"], ["CDD", 12, 3], ["CDI", "n < 5", ""])):
        sheet.write_row(rank, 0, row)


def rich(book: Any, sheet: Any) -> None:
    sheet.write_rich_string(0, 0, WITNESS[:8], book.add_format({"bold": 1}), WITNESS[8:])


W, COUNT, TYPE = Rule.PSEUDONYM, Rule.SMALL_COUNT, Rule.FILE_TYPE
SCRIPT = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
WORDS = "Tous les sites sauf deux ont recruté."
LIST = {"validate": "list", "source": [WITNESS]}
DELETED = f"<w:p><w:del><w:delText>{WITNESS}</w:delText></w:del></w:p>"
IN_RUNS = f"<w:p><w:r><w:t>{WITNESS[:5]}</w:t></w:r><w:r><w:t>{WITNESS[5:]}</w:t></w:r></w:p>"
WOFF = base64.b64encode(b"wOF2" + bytes(range(256)) * 40).decode()
STYLE = f"<style>{font_faces()}\n{(TEMPLATES / 'screen.css').read_text()}</style>"
FONT = f"<style>@font-face{{src:url(data:font/woff2;base64,{WOFF})}}</style>"
PICTURE = f'<img src="data:image/png;base64,{base64.b64encode(made.png()).decode()}">'
HELD = {"word/document.xml": b"<w/>", "word/media/a.png": made.png()}
CASES: dict[str, Case] = {
    # --- the witness, in each thing that can carry it ---
    "after the end of a page": (W, "a.html", made.page("") + f"<p>{WITNESS}</p>".encode()),
    "an entity": (W, "a.svg", f'<!DOCTYPE svg [<!ENTITY a "{WITNESS}">]><svg>&a;</svg>'.encode()),
    "a page of a PDF": (W, "a.pdf", made.pdf(WITNESS)),
    "a PDF, unseen": (W, "a.pdf", made.pdf(WITNESS, how="3 Tr 20 400 Td")),
    "a PDF, beside the sheet": (W, "a.pdf", made.pdf(WITNESS, how="2000 4000 Td")),
    "a PDF, on two lines": (W, "a.pdf", made.pdf(f"{WITNESS[:9]}\n{WITNESS[9:]}")),
    "a property of a PDF": (W, "a.pdf", made.informed(Subject=WITNESS)),
    "the XMP of a PDF": (W, "a.pdf", made.pdf(change=described)),
    "the outline of a PDF": (W, "a.pdf", made.pdf(change=outlined)),
    "a note of a PDF": (W, "a.pdf", made.annotated(Subtype=Name.Text, Contents=String(WITNESS))),
    "a link of a PDF": (W, "a.pdf", made.link("https://a.fr/T%C3%A9moin%20K%C3%A9r%C3%A9on%207Q4-X2")),
    "a replacement text of a PDF": (W, "a.pdf", made.pdf(change=tagged)),
    "a cell": (W, "a.xlsx", made.cells(["x"], [WITNESS])),
    "the runs of a cell": (W, "a.xlsx", made.sheet(rich)),
    "the name of a sheet": (W, "a.xlsx", made.cells(["x"], name=WITNESS)),
    "a hidden sheet": (W, "a.xlsx", made.workbook(hidden_sheet)),
    "a header": (W, "a.xlsx", made.sheet(lambda b, s: s.set_header(f"&C{WITNESS}"))),
    "a list of choices": (W, "a.xlsx", made.sheet(lambda b, s: s.data_validation("A1", LIST))),
    "a text box": (W, "a.xlsx", made.sheet(lambda b, s: s.insert_textbox(0, 0, WITNESS))),
    "a formula that says it": (W, "a.xlsx", made.sheet(lambda b, s: s.write_formula(0, 0, f'="{WITNESS}"'))),
    "a comment": (W, "a.xlsx", made.sheet(lambda b, s: s.write_comment(0, 0, WITNESS))),
    "a defined name": (W, "a.xlsx", made.sheet(lambda b, s: b.define_name("Nom", f'="{WITNESS}"'))),
    "a property": (W, "a.xlsx", made.workbook(lambda b: b.set_properties({"comments": WITNESS}))),
    "the title of a slide": (W, "a.pptx", made.slides(lambda s: titled(s, WITNESS))),
    "notes": (W, "a.pptx", made.slides(lambda s: setattr(s.notes_slide.notes_text_frame, "text", WITNESS))),
    "an alternative text": (
        W,
        "a.pptx",
        made.slides(lambda s: s.shapes.title._element._nvXxPr.cNvPr.set("descr", WITNESS)),
    ),
    "a drawing": (W, "a.pptx", made.archive({"ppt/presentation.xml": b"<p/>", "a.svg": DRAWING})),
    "the runs of Word": (W, "a.docx", made.word(IN_RUNS)),
    "a deleted text": (W, "a.docx", made.word(DELETED)),
    # --- other faults ---
    "a post and a site": (Rule.ROSTER, "pdf/a.pdf", made.pdf("La maire de Roubaix est venue.")),
    "a file address": (Rule.PATH, "a.pdf", made.link("file:///srv/rapport/rel.html")),
    "a script": (Rule.ACTIVE, "a.pdf", rooted("/OpenAction", SCRIPT)),
    "an action that sends": (Rule.ACTIVE, "a.pdf", rooted("/OpenAction", Dictionary(S=Name.SubmitForm))),
    "a link elsewhere": (Rule.ADDRESS, "a.pdf", made.link("https://a.example/")),
    "a link of a cell": (
        Rule.ADDRESS,
        "a.xlsx",
        made.sheet(lambda b, s: s.write_url(0, 0, "https://a.example/")),
    ),
    "a formula": (Rule.FORMULA, "a.xlsx", made.sheet(lambda b, s: s.write_formula(0, 0, "=A1+1"))),
    "a small cell": (COUNT, "a.xlsx", made.cells(["Contrat", "Effectif"], ["CDD", 3], name="F02-02")),
    "a count in a title": (COUNT, "a.pdf", made.informed(Title="3 répondants sur 7")),
    "a count on a page": (COUNT, "pdf/a.pdf", made.pdf("Soit 4 répondants sur 7.")),
    "words in Word": (COUNT, "a.docx", made.word(f"<w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>")),
    "words in a cell": (COUNT, "a.xlsx", made.cells(["Remarque"], [WORDS])),
    "words in an alternative text": (
        COUNT,
        "a.pptx",
        made.slides(lambda s: s.shapes.title._element._nvXxPr.cNvPr.set("descr", WORDS)),
    ),
    "a program": (TYPE, "a.exe", b"MZ\0\0"),
    "a workbook that hides its name": (TYPE, "a.csv", made.cells(["x"])),
    "a file attached": (TYPE, "a.pdf", made.pdf(change=attached)),
    "an archive": (TYPE, "a.zip", made.archive({"c.txt": b"x"})),
    "an archive under another name": (TYPE, "a.docx", made.archive({"c.txt": b"x"})),
    "an archive in a document": (
        TYPE,
        "a.docx",
        made.archive({"word/document.xml": b"<w/>", "b.zip": made.archive({})}),
    ),
    "a photograph under another name": (TYPE, "a.png", b"\xff\xd8\xff\xe0"),
    "a page under another name": (TYPE, "b.svg", b"<html><p>x</p></html>"),
    "a two-byte text": (TYPE, "a.csv", f"x,y\n{WITNESS},1\n".encode("utf-16")),
    "a one-byte text": (TYPE, "a.csv", f"x,y\n{WITNESS},1\n".encode("cp1252")),
    "the author of a PDF": (Rule.METADATA, "a.pdf", made.informed(Author="Jeanne Martin")),
    "the date of a PDF": (Rule.METADATA, "a.pdf", made.informed(CreationDate="D:20261123090000")),
    "the maker of a PDF": (Rule.METADATA, "a.pdf", made.informed(Producer="Imprimante de Jeanne")),
    "the author": (Rule.METADATA, "a.xlsx", made.workbook(lambda b: b.set_properties({"author": "Jeanne"}))),
    "the author of a comment": (
        Rule.METADATA,
        "a.xlsx",
        made.sheet(lambda b, s: s.write_comment(0, 0, "x", {"author": "Jeanne"})),
    ),
    **{
        f"{chunk} of an image": (Rule.METADATA, "F02-02.png", made.png((chunk.encode(), b"x")))
        for chunk in ("tEXt", "zTXt", "iTXt", "eXIf", "iCCP", "prVt", "tIME")
    },
    "a picture of a page": (Rule.PIXELS, "scan.png", made.png()),
    "a picture without its drawing": (Rule.PIXELS, "figures/F02-02.png", made.png()),
    "a picture inside a page": (Rule.PIXELS, "a.html", made.page(PICTURE)),
    "a picture inside a PDF": (Rule.PIXELS, "a.pdf", made.pdf(change=pictured)),
    "a picture inside a document": (Rule.PIXELS, "a.docx", made.archive(HELD)),
    "half a PDF": (Rule.UNREADABLE, "a.pdf", made.pdf()[:300]),
    "a PDF behind a PDF": (Rule.UNREADABLE, "a.pdf", made.pdf() + b"\n%%EOF\nautre"),
    "half an image": (Rule.UNREADABLE, "a.png", made.png()[:40]),
    "words behind an image": (Rule.UNREADABLE, "a.png", made.png() + WITNESS.encode()),
    "half a JSON": (Rule.UNREADABLE, "a.json", b"{"),
    "half a drawing": (Rule.UNREADABLE, "a.svg", b"<svg><text>"),
    "an empty workbook": (Rule.UNREADABLE, "a.xlsx", made.archive({"xl/workbook.xml": b"<workbook>"})),
    "words behind a document": (Rule.UNREADABLE, "a.docx", made.word("") + WITNESS.encode()),
    "a comment of a document": (
        Rule.UNREADABLE,
        "a.docx",
        made.archive({"word/document.xml": b"<w/>"}, WITNESS.encode()),
    ),
    # --- nothing to find ---
    "an exception told again on paper": ("", "rapport.pdf", made.pdf("Sur 3 entretiens, rien.")),
    "an exception in a workbook": (
        "",
        "a.xlsx",
        made.cells(["Lecture", "Effectif"], ["Sur 4 sites", 3], name="F02-03"),
    ),
    "an exception on paper": ("", "a.pdf", made.pdf("Figure F02-03. La fonction est partagée sur 4 sites.")),
    "the style of the pages": ("", "a.html", made.page("", STYLE)),
    "a font inside": ("", "a.svg", made.svg(FONT)),
    "a finished PDF": ("", "pdf/a.pdf", made.pdf("Dix contrats sur 14", finished)),
    "a page number": ("", "pdf/a.pdf", made.pdf("2 / 40")),
    "a workbook": ("", "tableaux.xlsx", made.sheet(published, "F02-02")),
}
with Path(__file__).with_name("pages.tsv").open(encoding="utf-8", newline="\n") as stream:
    for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
        content = made.written(row["file"], row["content"])
        CASES[f"{row['what']} ({row['file']})"] = row["rule"], row["file"], content


def rules(files: dict[str, bytes], known: Known = KNOWN) -> set[str]:
    return {finding.rule.value for finding in scan(files, known)}


@pytest.mark.parametrize("case", CASES)
def test_each_fault_is_caught_and_hidden_and_a_clean_file_raises_no_alarm(case):
    rule, name, content = CASES[case]
    found = scan({name: content}, KNOWN)
    assert rule in {finding.rule.value for finding in found} if rule else found == ()
    told = "\n".join(map(str, found))
    assert [secret for secret in SECRETS if secret in told] == []
    if WITNESS.encode() in content and rule == W:
        # Else it might pass on anything.
        assert W not in rules({name: content}, Known(pseudonyms=frozenset({"Témoin Kéréon 7Q4-X3"})))


def test_the_remedy_names_the_ten_kinds_that_may_leave():
    (refused,) = scan({"a.exe": b"MZ"}, Known())
    assert f"les types {', '.join(ALLOWED)} ;" in refused.remedy
    assert len(ALLOWED) == 10


def test_an_exception_lets_its_own_words_through_and_no_other_count():
    without = replace(KNOWN, released={}, phrases=frozenset(), named=frozenset())
    for case in (case for case in CASES if case.startswith("an exception")):
        _, name, content = CASES[case]
        assert rules({name: content}, without), case
    for text in ("3 sites sur 14", "trois territoires", "4 répondants", "2 personnes"):
        assert rules({"html/07_synthese.html": made.page(f"<p>{text}</p>")}) == {COUNT}


def test_a_picture_leaves_beside_the_drawing_of_its_exhibit_and_inside_documents():
    drawn = {"figures/F02-02.png": made.png((b"pHYs", bytes(9))), "figures/F02-02.svg": made.svg("")}
    assert rules(drawn) == set()
    assert rules({"F02-02.png": made.png(), "F02-03.svg": made.svg("")}) == {Rule.PIXELS}
    assert rules({"photo.png": made.png(), "photo.svg": made.svg("")}) == {Rule.PIXELS}
    held = {**drawn, "a.docx": made.archive({**HELD, "word/media/a.png": drawn["figures/F02-02.png"]})}
    assert Rule.PIXELS not in rules(held)


def test_a_table_of_word_is_about_the_exhibit_of_its_bookmark():
    def row(*texts: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc><w:p><w:t>{text}</w:t></w:p></w:tc>' for text in texts)}</w:tr>"

    table = f"<w:tbl>{row('Mode', 'Effectif')}{row('Seul', '3')}</w:tbl>"
    marked = f'<w:bookmarkStart w:id="1" w:name="F02-03"/>{table}<w:bookmarkEnd w:id="1"/>'
    assert COUNT in rules({"a.docx": made.word(table)})
    assert COUNT not in rules({"a.docx": made.word(marked)})
    assert COUNT in rules({"a.docx": made.word(marked + table)})
    slide = made.slides(lambda s: titled(s, "F02-03 : 3 répondants sur 17"))
    assert COUNT not in rules({"a.pptx": slide})
