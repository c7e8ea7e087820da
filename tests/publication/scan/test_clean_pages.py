"""Pages that are fit to leave: none of them raises an alarm, however much it looks like one."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import replace

import pikepdf
import pytest
from publication.scan import made

from atc.publication.scan import Known, scan
from atc.rendering.html import font_faces, style_sheet
from atc.survey.typography import french

KNOWN = Known(
    floor=5,
    pseudonyms=frozenset({"A-0BPTJ6", "R-37HKJX", "E-001", "F-001"}),
    sites=frozenset({"Avignon", "Hombourg-Haut", "Saint-Denis", "Roubaix", "Les Mureaux"}),
    posts=frozenset({"Animateur.trice", "Délégué.e du préfet", "Direction de la structure porteuse"}),
    contacts=frozenset({"equipe@exemple.fr", "01 23 45 67 89"}),
    machine=frozenset({"root", "jdupont", "poste-42"}),
    dates=frozenset({"2020-12-15"}),
    authors=frozenset({"Équipe d’évaluation"}),
    released={"F02-03": frozenset({3, 4})},
    phrases=frozenset({"Deux sites", "3 entretiens"}),
    named=frozenset({"T01-03"}),
    synthetic=frozenset({"lignes/synthetiques.csv"}),
)


def shown(text: str) -> dict[str, bytes]:
    return {"html/01_methode.html": made.page(f"<p>{french(text)}</p>")}


def framed(headings: list[str], *rows: list[str], id_: str = "F02-02") -> dict[str, bytes]:
    return {"html/02_feuille_de_route.html": made.exhibit(made.table(headings, *rows), id_)}


def finished(document: pikepdf.Pdf) -> None:
    document.docinfo["/Author"] = "Équipe d’évaluation"
    document.docinfo["/Producer"] = "WeasyPrint 70.0"
    document.docinfo["/CreationDate"] = "D:20201215"
    with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["xmp:CreateDate"] = "2020-12-15"


def published(book) -> None:
    sheet = book.add_worksheet("F02-02")
    sheet.write_row(0, 0, ["Contrat", "Effectif", "Médiane"])
    sheet.write_row(1, 0, ["CDD", 12, 3])
    sheet.write_row(2, 0, ["CDI", "n < 5", ""])


CODE = '<details><summary>Code</summary><div class="highlight"><pre>fig_01_02(donnees)</pre></div></details>'
SVG_PATH = '<path d="M0612345678 3,4 L06 12 34 56 78z" clip-path="url(#F02-02-l-p1)"/><text>10 sur 14</text>'
WOFF = base64.b64encode(b"wOF2" + bytes(range(256)) * 40).decode()
CSP = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'"

CLEAN: dict[str, dict[str, bytes]] = {
    "section numbers": {
        "a.html": made.page("<h2>3. Les territoires</h2><h3>2.1 Acteurs</h3><p>Chapitre 2 sur 7</p>")
    },
    "masked cells": framed(["Contrat", "Effectif", "Total"], ["CDD", "10", "14"], ["CDI", "n < 5", "14"]),
    "medians": framed(
        ["Item", "Médiane", "Territoires"], ["Coopération", "4", "10"], ["Confiance", "3,5", "9"]
    ),
    "an exception of an exhibit": framed(
        ["Animation", "Effectif"], ["Partagée", "4"], ["Appui", "3"], id_="F02-03"
    ),
    "an exception in a reading": {
        "a.html": made.exhibit("<p>La fonction est partagée sur 4 sites.</p>", "F02-03")
    },
    "an exception in a list": {
        "index.html": made.page('<ul><li><a href="html/a.html#F02-03">3 sites sur 14</a></li></ul>')
    },
    "an exception told again": {"html/07_synthese.html": made.page("<li>Deux sites sur 15 changent.</li>")},
    "an exception told again on paper": {"rapport.pdf": made.pdf("Sur 3 entretiens, rien.")},
    "an exception in a workbook": {
        "a.xlsx": made.cells(["Lecture", "Effectif"], ["Sur 4 sites", 3], name="F02-03")
    },
    "an exception on paper": {"pdf/a.pdf": made.pdf("Figure F02-03. La fonction est partagée sur 4 sites.")},
    "an exception for posts and sites": framed(
        ["Territoire", "Fonctions"], ["Avignon", "animateur.trice"], id_="T01-03"
    ),
    "numbers like telephones": {
        "a.csv": b"longitude,latitude\n4.805528,43.949317\n0.612345678,12345678901\n"
    },
    "contacts of the team": shown(
        "Écrire à equipe@exemple.fr ou appeler le 01 23 45 67 89, +33 1 23 45 67 89."
    ),
    "hashes": {
        "manifest.json": b'{"figures/F01-01.png": {"sha256": "0b88fd648421246a0bptjc61f8f06123456785a1"}}'
    },
    "relative addresses": {
        "a.html": made.page('<a href="../tables/F02-02.csv">CSV</a><a href="#contenu">x</a>')
    },
    "an address in words": {"LICENCE.txt": b"Voir https://creativecommons.org/licenses/by/4.0/legalcode"},
    "the style of the pages": {
        "a.html": made.page("", f"<style>{font_faces()}\n{style_sheet('screen.css')}</style>")
    },
    "a policy": {"a.html": made.page("", f'<meta http-equiv="Content-Security-Policy" content="{CSP}">')},
    "metadata of the wave": {
        "a.html": made.page(
            "", '<meta name="author" content="Équipe d’évaluation"><meta name="date" content="2020-12-15">'
        )
    },
    "a font inside": {
        "a.svg": made.svg(f"<style>@font-face{{src:url(data:font/woff2;base64,{WOFF})}}</style>")
    },
    "paths of a drawing": {"figures/F02-02.svg": made.svg(SVG_PATH)},
    "a figure in both forms": {
        "figures/F02-02.svg": made.svg("<title>Dix contrats</title><text>10 sur 14</text><text>2</text>"),
        "figures/F02-02.png": made.png((b"pHYs", b"\0\0\x1e\xc2\0\0\x1e\xc2\1")),
    },
    "code of a cell": {"a.html": made.page(CODE)},
    "a finished PDF": {"pdf/a.pdf": made.pdf("Dix contrats sur 14", finished)},
    "a page number": {"pdf/a.pdf": made.pdf("2 / 40")},
    "a workbook": {"tableaux.xlsx": made.workbook(published)},
    "a table of figures": {"tables/F02-02.csv": b"libelle,effectif,total\nCDD,10,14\nCDI,,14\n'=A1,12,14\n"},
    "signed numbers": {"tables/F08-03.csv": b"libelle,evolution,p\nCDD,+12,0.43\nCDI,-7,\nAutre,-0.5,\n"},
    "controls against the report": {
        "tables/C02-00.csv": "id,énoncé,imprimé,calculé,verdict\nF03,Territoires,3,3,égal\n".encode()
    },
    "made-up rows": {"lignes/synthetiques.csv": b"repondant,territoire,etp,reunions\nA-9ZQ79W,x,0.8,3\n"},
    "a dictionary": {
        "dictionnaire.json": '{"name": "etp", "title": "Temps, de 0,1 à 5", "type": "number"}'.encode()
    },
    "an empty file": {"vide.txt": b""},
    "escapes of JSON": {
        "a.json": b'{"titre": "M\\u00e9thode : \\u00ab 100 % \\u00bb", "chemin": "html/a.html"}'
    },
}


@pytest.mark.parametrize("page", CLEAN)
def test_a_clean_page_raises_no_alarm(page):
    assert [str(finding) for finding in scan(CLEAN[page], KNOWN)] == []


def test_a_clean_bundle_raises_no_alarm():
    bundle = {name: content for files in CLEAN.values() for name, content in files.items()}
    assert scan(bundle, KNOWN) == ()


EXCEPTIONS = [page for page in CLEAN if page.startswith("an exception")]


@pytest.mark.parametrize("page", EXCEPTIONS)
def test_without_its_exception_a_page_raises_an_alarm(page):
    """Else the exceptions above would not be what lets these pages through."""
    assert scan(CLEAN[page], replace(KNOWN, released={}, phrases=frozenset(), named=frozenset())) != ()


@pytest.mark.parametrize("text", ["3 sites sur 14", "trois territoires", "4 répondants", "2 personnes"])
def test_an_exception_lets_its_own_words_through_and_no_other_count(text):
    assert len(scan({"html/07_synthese.html": made.page(f"<p>{text}</p>")}, KNOWN)) == 1


def test_a_day_of_another_year_is_none_of_the_wave():
    late = dt.date(2026, 11, 23).isoformat()
    page = made.page("", f'<meta name="date" content="{late}">')
    assert len(scan({"a.html": page}, KNOWN)) == 1
