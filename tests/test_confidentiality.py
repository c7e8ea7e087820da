"""docs/confidentialite.md: each rule has its row, and each row names tests that are there and are run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/confidentialite.md").read_text(encoding="utf-8")
RULES = 19
#: Marks that keep a test from being run here and there; `slow` and `browser` only say when.
SKIPPING = ("skip", "skipif", "xfail", "UNSEEN")


def rows() -> list[list[str]]:
    """Rule, what the tool does, tests."""
    found = re.findall(r"^\| (\d+\. .*) \|$", PAGE, re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in found]


def named() -> Iterator[tuple[str, str]]:
    """File under ``tests`` and name of each test of the page; « ::name » stands in the file named before."""
    file = ""
    for path, name in re.findall(r"`([\w/.]*)::(\w+)`", PAGE):
        file = path or file
        yield file, name


@cache
def functions(file: str) -> dict[str, list[str]]:
    """Test -> its decorators, as they are written."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {
        node.name: [ast.unparse(each) for each in node.decorator_list]
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def test_every_rule_has_its_row_in_order() -> None:
    assert [int(row[0].partition(".")[0]) for row in rows()] == list(range(1, RULES + 1))
    assert all(len(row) == 3 and "::test_" in row[2] for row in rows())


@pytest.mark.parametrize(("file", "name"), list(named()))
def test_each_test_that_is_named_is_there_and_is_run(file: str, name: str) -> None:
    decorators = functions(file)[name]
    assert name.startswith("test_")
    assert not [each for each in decorators if any(mark in each.split("(")[0] for mark in SKIPPING)]


def test_files_that_are_named_hold_tests() -> None:
    code, files = set(), set()
    for file in re.findall(r"`([\w/]+\.py)`", PAGE):
        (code if file.startswith("atc/") else files).add(file)
    assert all((ROOT / file).is_file() for file in code)
    assert files
    for file in files:
        assert [name for name in functions(file) if name.startswith("test_")], file


def test_a_name_that_is_not_there_would_be_seen() -> None:
    assert "test_that_nobody_wrote" not in functions("publication/test_attack.py")
    assert len(list(named())) > RULES
