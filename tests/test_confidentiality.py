"""docs/confidentialite.md: the rules in order, a row of tests for each; those are there and are run."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/confidentialite.md").read_text(encoding="utf-8")
RULES = 20
#: Marks that keep a test from being run here and there; `slow` and `browser` only say when.
SKIPPING = ("skip", "skipif", "xfail", "UNSEEN")


def rows() -> list[tuple[str, str]]:
    """Rule, as « 5. Carnet de bord », and the tests that hold it."""
    return re.findall(r"^\| (\d+\. [^|]*?) \| ([^|]*?) \|$", PAGE, re.MULTILINE)


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


def test_every_rule_is_told_and_has_its_row_in_order() -> None:
    told = [rule.rstrip(".") for rule in re.findall(r"^\*\*(\d+\. .*?)\*\*", PAGE, re.MULTILINE)]
    assert told == [rule for rule, _ in rows()]
    assert [int(rule.partition(".")[0]) for rule in told] == list(range(1, RULES + 1))
    assert all("::test_" in tests for _, tests in rows())


CITED = r"docs/confidentialite\.md, règles? (\d+(?:, \d+)*(?: et \d+)?)"


def test_the_rules_that_the_code_cites_are_on_the_page() -> None:
    cited = [
        int(rule)
        for path in [*(ROOT / "atc").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "report.toml"]
        for rules in re.findall(CITED, path.read_text(encoding="utf-8"))
        for rule in re.findall(r"\d+", rules)
    ]
    assert len(cited) > 10
    assert set(cited) <= set(range(1, RULES + 1))


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
    assert all(any(name.startswith("test_") for name in functions(file)) for file in files)
    assert len(list(named())) > RULES
