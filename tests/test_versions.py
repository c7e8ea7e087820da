"""One version, one date and one licence, wherever they are written."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import atc

ROOT = Path(__file__).resolve().parents[1]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads(read("pyproject.toml"))["project"]


@pytest.fixture(scope="module")
def citation() -> dict:
    return yaml.safe_load(read("CITATION.cff"))


@pytest.fixture(scope="module")
def codemeta() -> dict:
    return json.loads(read("codemeta.json"))


@pytest.fixture(scope="module")
def release() -> tuple[str, str]:
    """Version and date of the newest release in the changelog."""
    releases = re.findall(r"^## \[(\d[^]]*)\] - (\d{4}-\d\d-\d\d)$", read("CHANGELOG.md"), re.MULTILINE)
    assert releases, "CHANGELOG.md has no dated release"
    return releases[0]


def test_the_version_is_the_same_everywhere(project, citation, codemeta, release):
    versions = {
        "pyproject.toml": project["version"],
        "atc.__version__": atc.__version__,
        "CHANGELOG.md": release[0],
        "CITATION.cff": citation["version"],
        "codemeta.json": codemeta["version"],
    }
    assert set(versions.values()) == {atc.__version__}, versions


def test_the_date_of_release_is_the_same_everywhere(citation, codemeta, release):
    assert str(citation["date-released"]) == codemeta["datePublished"] == release[1]


def test_the_licence_and_the_authors_are_the_same_everywhere(project, citation, codemeta):
    assert citation["license"] == project["license"] == "MIT"
    assert codemeta["license"].endswith("/" + project["license"])
    authors = [person["name"] for person in project["authors"]]
    assert [person["name"] for person in citation["authors"]] == authors
    assert [person["name"] for person in codemeta["author"]] == authors
    assert all(f"Copyright (c) 2026 {name}" in read("LICENSE") for name in authors)


def test_codemeta_tells_the_python_that_the_project_asks_for(project, codemeta):
    assert codemeta["runtimePlatform"] == f"Python {project['requires-python']}"


def test_the_licence_of_the_data_names_the_current_version():
    assert f"version {atc.__version__}" in read("LICENSE-DATA.md")
