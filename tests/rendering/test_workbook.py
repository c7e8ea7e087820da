from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from publication.shown import shown
from python_calamine import CalamineWorkbook
from rendering.sample import COVER

from atc.publication.finished import Display
from atc.rendering.workbook import workbook_bytes


def made(*exhibits: Display) -> bytes:
    return workbook_bytes([exhibit.told for exhibit in exhibits], COVER)


def sheet(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_each_exhibit_has_its_sheet_with_its_status() -> None:
    content = made(shown("F02-03"), shown("T05-04", title="Trois facteurs", mention=""))
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == [
        "Lisez-moi",
        "Sommaire",
        "F02-03",
        "T05-04",
    ]
    rows = sheet(content, "F02-03")
    assert rows[0][0] == "Sept territoires"
    assert rows[2][0] == "reconstitué"
    assert rows[-3:] == [["Configuration", "Territoires"], ["Seul", 7.0], ["Partagé", ""]]
    assert ["T05-04", "Trois facteurs", ""] in [row[:3] for row in sheet(content, "Sommaire")]


def test_the_first_sheet_says_how_to_read_masks_and_status() -> None:
    told = [str(row[0]) for row in sheet(made(shown()), "Lisez-moi") if row]
    assert "Diffusion financeurs\u00a0: Financeurs et partenaires (ANCT, préfets, réseaux)" in told
    assert any(text.startswith("Une case vide n’est jamais un zéro") for text in told)
    assert [text for text in told if text.startswith("Reconstitué\u00a0: ")]
    assert not [text for text in told if text.startswith("Illustration\u00a0: ")]


def test_a_masked_count_says_why_beside_it() -> None:
    masked = shown(csv="libelle,effectif,statut_effectif\nSeul,7,V\nPartagé,,D\nAutre,,S\n")
    assert sheet(made(masked), "F02-03")[-3:] == [
        ["Seul", 7.0, "communiqué"],
        ["Partagé", "", "caché\u00a0: effectif trop petit"],
        ["Autre", "", "caché\u00a0: permettrait d’en déduire un autre"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+33", "-x", "\tA1", "{=A1}"])
def test_no_text_is_ever_a_formula(text: str) -> None:
    guarded = f"'{text}" if text[0] in "=+-@\t" else text
    content = made(shown(csv=f'libelle,effectif\n"{guarded}",7\n', title=text, reading=text, source=text))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        for name in sheets:
            root = ET.fromstring(archive.read(name))
            assert not [element for element in root.iter() if element.tag.endswith("}f")]
    assert any(text.strip() in str(cell) for row in sheet(content, "F02-03") for cell in row)


def test_an_address_stays_text() -> None:
    content = made(shown(csv='libelle,effectif\n"javascript:alert(1)",7\nhttps://exemple.fr,3\n'))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b"javascript" not in written
    assert b"exemple.fr" not in written


def test_the_same_bytes_and_no_clock() -> None:
    content = made(shown())
    assert made(shown()) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert (
            re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml"))
            == [b"2020-12-15T00:00:00Z"] * 2
        )
