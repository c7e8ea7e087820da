"""The manifest: as it was written, or nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from atc.run import manifest
from atc.run.manifest import FILE, INDEX, ChapterRecord, Made, Manifest, Reads, read_manifest

READS = Reads(("report.toml",), {"data/processed/x.parquet": ("a", "b")})
RECORD = ChapterRecord(carnet="ee", key="ff", words="99", reads=READS)
MANIFEST = Manifest(
    vague="2020-automne",
    diffusion="financeurs",
    date="2020-12-15",
    versions={"python": "3.11.7", "atc": "0.1.0"},
    data={"report.toml": "aa", "data/é.csv": "bb"},
    code="cc",
    chapters={
        "01_un": RECORD,
        "02_deux": replace(RECORD, words="98"),
        "03_trois": replace(RECORD, reads=Reads((), {})),
    },
    made={INDEX: Made("11", {"index.html": "22"}), "01_un": Made("12", {"html/01.html": "22"})},
    outdated=(),
)


def test_a_manifest_comes_back_whatever_the_order_in_which_things_were_made(tmp_path: Path) -> None:
    shuffled = replace(
        MANIFEST,
        data=dict(reversed(MANIFEST.data.items())),
        made=dict(reversed(MANIFEST.made.items())),
        chapters=dict(reversed(MANIFEST.chapters.items())),
    )
    assert shuffled.to_json() == MANIFEST.to_json()
    (tmp_path / FILE).write_text(shuffled.to_json(), encoding="utf-8")
    assert read_manifest(tmp_path) == MANIFEST
    content = json.loads(MANIFEST.to_json())
    assert list(content) == sorted(content)


@pytest.mark.parametrize(
    "content",
    [
        *(text.encode() for text in ("", "{", "null", "[]", "{}", '{"schema": 1}')),
        b"\xff\xfe",
        *(
            MANIFEST.to_json().replace(old, new).encode()
            for old, new in (
                ('"schema": 6', '"schema": 5'),
                ('"made": {', '"mad": {'),
                ('"carnet": "ee",', ""),
                ('"columns"', '"column"'),
                ('"key": "11"', '"clef": "11"'),
                ('"html/01.html"', '"../01.html"'),
                ('"html/01.html"', '"/html/01.html"'),
            )
        ),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_as_good_as_none(content: bytes, tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None
    (tmp_path / FILE).write_bytes(content)
    assert read_manifest(tmp_path) is None


def test_what_python_compiles_meanwhile_is_no_change_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "un.py").write_text("a")
    monkeypatch.setattr(manifest, "PACKAGE", tmp_path)
    before = manifest.code_hashes()
    # Under this name while it writes.
    (tmp_path / "__pycache__" / "un.cpython-311.pyc.140234").write_text("b")
    assert manifest.code_hashes() == before
    (tmp_path / "un.py").write_text("c")
    assert manifest.code_hashes() != before
