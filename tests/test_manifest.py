from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from atc.manifest import (
    ABSENT,
    FILE,
    PAGE,
    REPORT,
    Artefact,
    ChapterRecord,
    Manifest,
    content_hash,
    file_hash,
    read_manifest,
)

RECORD = ChapterRecord(
    title="Un",
    carnet="ee",
    executed="ff",
    words="99",
    shown={PAGE: "88"},
    rendered={PAGE: "00"},
    files=("report.toml",),
    columns={"data/processed/x.parquet": ("a", "b")},
    modules=("atc",),
)
MANIFEST = Manifest(
    vague="2020-automne",
    diffusion="financeurs",
    date="2020-12-15",
    versions={"python": "3.11.7", "atc": "0.1.0"},
    parameters={"vague": "2020-automne", "diffusion": "financeurs"},
    data={"report.toml": "aa", "data/é.csv": "bb"},
    code={"atc/typography.py": "cc"},
    notebooks={"01_un": "dd"},
    chapters={
        "01_un": RECORD,
        "02_deux": replace(RECORD, title="Deux"),
        "03_trois": replace(RECORD, modules=("atc", "atc.waves")),
    },
    report={PAGE: "11"},
    outdated=(),
    artefacts={
        path: Artefact(path, "22", maker, PAGE)
        for path, maker in [("index.html", REPORT), ("html/01.html", "01_un")]
    },
)


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(MANIFEST.to_json(), encoding="utf-8")
    assert read_manifest(tmp_path) == MANIFEST


def test_the_order_in_which_things_were_made_does_not_show() -> None:
    shuffled = replace(
        MANIFEST,
        data=dict(reversed(MANIFEST.data.items())),
        artefacts=dict(reversed(MANIFEST.artefacts.items())),
        chapters=dict(reversed(MANIFEST.chapters.items())),
    )
    assert shuffled.to_json() == MANIFEST.to_json()


def test_what_several_chapters_used_is_written_once() -> None:
    content = json.loads(MANIFEST.to_json())
    assert [content["chapters"][slug]["used"] for slug in sorted(content["chapters"])] == [0, 0, 1]
    assert [each["modules"] for each in content["used"]] == [["atc"], ["atc", "atc.waves"]]


def test_the_file_names_who_made_what_and_keeps_accents() -> None:
    text = MANIFEST.to_json()
    content = json.loads(text)
    assert content["artefacts"]["html/01.html"] == {"sha256": "22", "made_by": "01_un", "kind": "page"}
    assert content["schema"] == 2
    assert "data/é.csv" in text
    assert list(content) == sorted(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"schema": 1}',
        MANIFEST.to_json().replace('"schema": 2', '"schema": 1'),
        MANIFEST.to_json().replace('"report": {', '"ratport": {'),
        MANIFEST.to_json().replace('"carnet": "ee",', ""),
        MANIFEST.to_json().replace('"columns"', '"column"'),
        MANIFEST.to_json().replace('"used": 1', '"used": 2'),
        MANIFEST.to_json().replace('"made_by"', '"by"'),
        MANIFEST.to_json().replace('"html/01.html"', '"../01.html"'),
        MANIFEST.to_json().replace('"html/01.html"', '"/html/01.html"'),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_as_good_as_none(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert read_manifest(tmp_path) is None


def test_a_manifest_that_is_not_text_is_as_good_as_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    assert read_manifest(tmp_path) is None


def test_a_file_is_hashed_by_its_bytes_and_absence_has_its_own_hash(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"un\r\n")
    assert file_hash(tmp_path / "x") == hashlib.sha256(b"un\r\n").hexdigest()
    assert file_hash(tmp_path / "y") == ABSENT
    assert file_hash(tmp_path) == ABSENT
    assert file_hash(tmp_path / "x" / "y") == ABSENT


def test_contents_are_hashed_whatever_the_order_of_their_keys() -> None:
    assert content_hash({"a": 1, "b": ["é"]}) == content_hash({"b": ["é"], "a": 1})
    assert content_hash(["a", "b"]) != content_hash(["b", "a"])
    assert content_hash({"a": "1"}) != content_hash({"a": 1})
