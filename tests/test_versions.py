"""One version, one date and one licence, wherever they are written."""

import json
import re
import tomllib
from pathlib import Path

import yaml

import atc

ROOT = Path(__file__).resolve().parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
CITATION, CODEMETA = yaml.safe_load(read("CITATION.cff")), json.loads(read("codemeta.json"))


def test_the_version_and_its_date_are_the_same_everywhere():
    releases = re.findall(r"^## \[(\d[^]]*)\] - (\d{4}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE)
    versions = {PROJECT["version"], releases[0][0], CITATION["version"], CODEMETA["version"]}
    assert versions == {atc.__version__}
    assert str(CITATION["date-released"]) == CODEMETA["datePublished"] == releases[0][1]
    assert f"version {atc.__version__}" in read("LICENSE-DATA.md")


def test_the_licence_the_authors_and_python_are_the_same_everywhere():
    assert CITATION["license"] == PROJECT["license"] == "MIT"
    assert CODEMETA["license"].endswith("/" + PROJECT["license"])
    authors = [person["name"] for person in PROJECT["authors"]]
    assert [person["name"] for person in CITATION["authors"]] == authors
    assert [person["name"] for person in CODEMETA["author"]] == authors
    assert all(f"Copyright (c) 2026 {name}" in read("LICENSE") for name in authors)
    assert CODEMETA["runtimePlatform"] == f"Python {PROJECT['requires-python']}"
