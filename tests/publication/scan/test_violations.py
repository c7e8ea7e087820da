"""Disclosure violations sown one by one: each is caught, under the rule it breaks."""

from __future__ import annotations

import base64

import pikepdf
import pytest
from publication.scan import made

from atc.publication.scan import Known, Rule, scan

KNOWN = Known(
    floor=5,
    pseudonyms=frozenset({"A-0BPTJ6", "R-37HKJX", "E-001"}),
    sites=frozenset({"Avignon", "Hombourg-Haut", "Saint-Denis", "Roubaix"}),
    posts=frozenset({"Animateur.trice", "Délégué.e du préfet", "Direction de la structure porteuse"}),
    contacts=frozenset({"equipe@exemple.fr", "01 23 45 67 89"}),
    machine=frozenset({"jdupont", "poste-42"}),
    dates=frozenset({"2020-12-15"}),
    authors=frozenset({"Équipe d’évaluation"}),
)
JOINED = '<table class="t"><tr><td>Rouen</td><td>R-99KGEZ</td><td>12</td></tr></table>'


def shown(text: str) -> tuple[str, bytes]:
    return "html/01_methode.html", made.page(f"<p>{text}</p>")


def framed(headings: list[str], *rows: list[str]) -> tuple[str, bytes]:
    return "html/02_feuille_de_route.html", made.exhibit(made.table(headings, *rows))


def pdf_with(**root) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        for key, value in root.items():
            document.Root[f"/{key}"] = value

    return made.pdf(change=change)


def link(address: str) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
        note = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([0, 0, 9, 9]), A=action)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(note)])

    return made.pdf(change=change)


def informed(**information: str) -> bytes:
    return made.pdf(change=lambda d: d.docinfo.update({f"/{key}": text for key, text in information.items()}))


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))

VIOLATIONS: dict[str, tuple[Rule, tuple[str, bytes]]] = {
    # --- persons ---
    "a code in lower case, cut": (Rule.PSEUDONYM, shown("r-37h<wbr>kjx")),
    "a code glued to its neighbour by a table": (Rule.PSEUDONYM, ("html/a.html", made.page(JOINED))),
    "a code in a CSV": (Rule.PSEUDONYM, ("tables/F02-02.csv", b"libelle,effectif\nL-7K2M9Q,12\n")),
    "a code in a file name": (Rule.PSEUDONYM, ("tables/A-0BPTJ6.csv", b"x\n12\n")),
    "an e-mail in a link": (Rule.EMAIL, ("a.html", made.page('<a href="mailto:j.martin@ville.fr">x</a>'))),
    "an e-mail by entity": (Rule.EMAIL, shown("jeanne.martin&#64;ville.fr")),
    "a telephone cut by nothing visible": (Rule.TELEPHONE, shown("06\u200b12\u200b34\u200b56\u200b78")),
    "a telephone without spaces": (Rule.TELEPHONE, ("a.csv", b"contact\n0612345678\n")),
    "a telephone with no-break spaces": (Rule.TELEPHONE, shown("06\u00a012\u00a034\u00a056\u00a078")),
    "a post and a site in one row": (
        Rule.ROSTER,
        framed(["Territoire", "Entretiens", "Fonctions"], ["Avignon", "6", "1 animateur.trice, 1 délégué.e"]),
    ),
    "a post and a site in a PDF": (Rule.ROSTER, ("pdf/a.pdf", made.pdf("La maire de Roubaix est venue."))),
    # --- the machine ---
    "a file address in a PDF": (Rule.PATH, ("a.pdf", link("file:///srv/rapport/rel.html"))),
    "a path in JSON": (Rule.PATH, ("manifest.json", b'{"data": "/mnt/vague/scores.csv"}')),
    "the name of the user": (Rule.MACHINE, shown("Exécuté par jdupont")),
    "the name of the machine": (Rule.MACHINE, ("manifest.json", b'{"host": "POSTE-42"}')),
    "a traceback": (Rule.TRACEBACK, shown("Traceback (most recent call last)")),
    "a warning of a kernel": (Rule.TRACEBACK, shown("ipykernel_4242/1.py:3: FutureWarning")),
    "the address of an object": (Rule.TRACEBACK, shown("&lt;atc.Wave object at 0x7f3a5c1d2e90&gt;")),
    "a table of pandas": (Rule.RAW_FRAME, ("a.html", made.page('<table class="dataframe"></table>'))),
    "a frame in text": (Rule.RAW_FRAME, shown("[120 rows x 9 columns]")),
    "rows of a frame in text": (Rule.RAW_FRAME, shown("   role  score\n0  dp      7\n1  ville   4")),
    "a series in text": (Rule.RAW_FRAME, shown("Name: score, dtype: float64")),
    "rows of respondents": (Rule.RAW_FRAME, ("tables/a.csv", b"repondant,score\nx,7\n")),
    # --- the outside ---
    "a script": (Rule.ACTIVE, ("a.html", made.page("<script>1</script>"))),
    "a handler": (Rule.ACTIVE, ("a.html", made.page('<img src="" onerror="x()">'))),
    "a script in a drawing": (Rule.ACTIVE, ("a.svg", made.svg("<script>1</script>"))),
    "a link that runs": (Rule.ACTIVE, ("a.html", made.page('<a href="java&#10;script:x()">x</a>'))),
    "a page in a link": (Rule.ACTIVE, ("a.html", made.page('<a href="data:text/html,x">x</a>'))),
    "a frame inside": (Rule.ACTIVE, ("a.html", made.page('<iframe srcdoc="x"></iframe>'))),
    "a form": (Rule.ACTIVE, ("a.html", made.page('<form action="#"></form>'))),
    "a page that goes elsewhere": (
        Rule.ACTIVE,
        ("a.html", made.page("", '<meta http-equiv="refresh" content="0;url=a.html">')),
    ),
    "a script in a PDF": (Rule.ACTIVE, ("a.pdf", pdf_with(OpenAction=SCRIPT))),
    "an image elsewhere": (Rule.ADDRESS, ("a.html", made.page('<img src="https://a.example/p.png">'))),
    "an address without scheme": (Rule.ADDRESS, ("a.html", made.page('<a href="//a.example">x</a>'))),
    "a font elsewhere": (
        Rule.ADDRESS,
        ("a.html", made.page("", "<style>@font-face{src:url(https://a.example/f.woff2)}</style>")),
    ),
    "an image of a style sheet elsewhere": (
        Rule.ADDRESS,
        ("a.html", made.page("", "<style>p{background:image-set('https://a.example/p.png' 1x)}</style>")),
    ),
    "an address in escapes of a style sheet": (
        Rule.ADDRESS,
        ("a.html", made.page("", r"<style>p{background:u\72l(https://a.example/p)}</style>")),
    ),
    "an action that sends a PDF": (
        Rule.ACTIVE,
        ("a.pdf", pdf_with(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.SubmitForm))),
    ),
    "a style sheet elsewhere": (Rule.ADDRESS, ("a.html", made.page("", "<style>@import 'x.css';</style>"))),
    "a link of a PDF elsewhere": (Rule.ADDRESS, ("a.pdf", link("https://a.example/"))),
    "a link of a workbook": (
        Rule.ADDRESS,
        ("a.xlsx", made.workbook(lambda b: b.add_worksheet().write_url(0, 0, "https://a.example/"))),
    ),
    "a formula": (Rule.FORMULA, ("a.csv", b"x\n=cmd|'/c calc'!A1\n")),
    "a formula that starts with a sign": (Rule.FORMULA, ("a.csv", b"x\n+SUM(A1)\n")),
    "a formula of a workbook": (
        Rule.FORMULA,
        ("a.xlsx", made.workbook(lambda b: b.add_worksheet().write_formula(0, 0, "=A1+1"))),
    ),
    # --- small counts ---
    "a count cut by tags": (Rule.SMALL_COUNT, shown("<b>4</b> <i>répondants</i>")),
    "a base in a cell": (Rule.SMALL_COUNT, framed(["Rôle", "Réponse"], ["Ville", "43 % (n=3)"])),
    "a percentage beside its total": (
        Rule.SMALL_COUNT,
        framed(["Rôle", "Part", "Total"], ["Ville", "43 %", "7"]),
    ),
    "a share beside its total": (
        Rule.SMALL_COUNT,
        ("tables/F02-02.csv", b"role,part,total\nVille,0.4286,7\n"),
    ),
    "a cell of an exhibit": (Rule.SMALL_COUNT, framed(["Contrat", "Effectif"], ["CDD", "3"])),
    "a cell of a CSV": (Rule.SMALL_COUNT, ("tables/F02-02.csv", b"libelle,soutien\nVille,3.0\n")),
    "a cell of a workbook": (
        Rule.SMALL_COUNT,
        ("tableaux.xlsx", made.cells(["Contrat", "Effectif"], ["CDD", 3], name="F02-02")),
    ),
    "a count outside exhibits": (Rule.SMALL_COUNT, ("a.csv", b"libelle,territoires\nVille,2\n")),
    "a cell with its percentage": (Rule.SMALL_COUNT, framed(["Rôle", "Effectif"], ["Ville", "3 (43 %)"])),
    "a cell with a star": (Rule.SMALL_COUNT, framed(["Rôle", "Effectif"], ["Ville", "3*"])),
    "a cell in words": (Rule.SMALL_COUNT, framed(["Rôle", "Effectif"], ["Ville", "trois"])),
    "a table without headings": (
        Rule.SMALL_COUNT,
        ("a.html", made.exhibit("<table><tr><td>Ville</td><td>3</td></tr></table>")),
    ),
    "a table that lies down": (
        Rule.SMALL_COUNT,
        ("a.html", made.exhibit("<table><tr><th>Effectif</th><td>12</td><td>3</td></tr></table>")),
    ),
    "a CSV under a title": (Rule.SMALL_COUNT, ("tables/F02-02.csv", b"# Titre\nlibelle,effectif\nVille,3\n")),
    "a sheet under a title": (
        Rule.SMALL_COUNT,
        ("a.xlsx", made.cells(["Titre"], [], ["Contrat", "Effectif"], ["CDD", 3], name="F02-02")),
    ),
    "a count in a comment": (Rule.SMALL_COUNT, ("a.html", made.page("<!-- 3 répondants sur 7 -->"))),
    "a count in an unseen attribute": (
        Rule.SMALL_COUNT,
        ("a.html", made.page('<p data-bulle="3 répondants sur 7">x</p>')),
    ),
    "a count in JSON": (Rule.SMALL_COUNT, ("a.json", '["3 répondants sur 7"]'.encode())),
    "a count in the title of a PDF": (Rule.SMALL_COUNT, ("a.pdf", informed(Title="3 répondants sur 7"))),
    "a title of a chart": (
        Rule.SMALL_COUNT,
        ("figures/F02-02.svg", made.svg("<title>Deux sites sur 14</title>")),
    ),
    "a label of a chart": (Rule.SMALL_COUNT, ("figures/F02-02.svg", made.svg("<text>3 sur 14</text>"))),
    "an alternative text": (Rule.SMALL_COUNT, ("a.html", made.page('<img alt="CDI : 2 sur 13.">'))),
    "a page of a PDF": (Rule.SMALL_COUNT, ("pdf/a.pdf", made.pdf("Soit 4 répondants sur 7."))),
    # --- files ---
    "a notebook under another name": (Rule.FILE_TYPE, ("a.json", made.notebook([{"output_type": "stream"}]))),
    "a notebook": (Rule.FILE_TYPE, ("a.ipynb", made.notebook([]))),
    "a program": (Rule.FILE_TYPE, ("a.exe", b"MZ\0\0")),
    "a database": (Rule.FILE_TYPE, ("a.sqlite", b"SQLite format 3\0")),
    "a workbook that hides its name": (Rule.FILE_TYPE, ("a.csv", made.cells(["x"]))),
    "a page that hides its name": (Rule.FILE_TYPE, ("a.txt", made.page(""))),
    "a file attached to a PDF": (
        Rule.FILE_TYPE,
        ("a.pdf", made.pdf(change=lambda d: d.attachments.update({"x.txt": b"x"}))),
    ),
    "a page in a data address": (
        Rule.FILE_TYPE,
        ("a.svg", made.svg(f'<a href="data:text/html;base64,{base64.b64encode(made.page("")).decode()}"/>')),
    ),
    "the software of an image": (Rule.METADATA, ("F02-02.png", made.png((b"tEXt", b"Software\0Matplotlib")))),
    "the time of an image": (Rule.METADATA, ("F02-02.png", made.png((b"tIME", b"\x07\xe6\x01\x01\0\0\0")))),
    "the metadata of a drawing": (
        Rule.METADATA,
        ("a.svg", made.svg("<metadata><date>2026-11-23</date></metadata>")),
    ),
    "the author of a PDF": (Rule.METADATA, ("a.pdf", informed(Author="Jeanne Martin"))),
    "the date of a PDF": (Rule.METADATA, ("a.pdf", informed(CreationDate="D:20261123090000"))),
    "the maker of a PDF": (Rule.METADATA, ("a.pdf", informed(Producer="Imprimante de Jeanne"))),
    "the author of a page": (
        Rule.METADATA,
        ("a.html", made.page("", '<meta name="author" content="Jeanne">')),
    ),
    "the author of a workbook": (
        Rule.METADATA,
        ("a.xlsx", made.workbook(lambda b: b.set_properties({"author": "Jeanne"}))),
    ),
    "the company of a workbook": (
        Rule.METADATA,
        ("a.xlsx", made.workbook(lambda b: b.set_properties({"company": "Mairie"}))),
    ),
    "the author of a comment": (
        Rule.METADATA,
        ("a.xlsx", made.workbook(lambda b: b.add_worksheet().write_comment(0, 0, "x", {"author": "Jeanne"}))),
    ),
    "a picture of a page": (Rule.PIXELS, ("scan.png", made.png())),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_caught(violation):
    rule, (name, content) = VIOLATIONS[violation]
    findings = scan({name: content}, KNOWN)
    assert rule in {finding.rule for finding in findings}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_what_is_said_of_it_does_not_tell_it(violation):
    _, (name, content) = VIOLATIONS[violation]
    told = "\n".join(map(str, scan({name: content}, KNOWN)))
    for secret in ("0BPTJ6", "99KGEZ", "martin", "Martin", "Jeanne", "jdupont", "34 56", "3456", "Avignon"):
        assert secret not in told


def test_findings_come_in_the_order_of_files_whatever_that_of_the_bundle():
    files = dict(content for _, content in VIOLATIONS.values())
    backwards = dict(reversed(files.items()))
    assert scan(files, KNOWN) == scan(backwards, KNOWN) == tuple(sorted(scan(files, KNOWN)))
