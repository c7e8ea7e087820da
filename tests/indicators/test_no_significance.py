"""docs/confidentialite.md, règle 17: no significance test is computed, here or by accident in a chapter."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "atc"
#: Distributions serve intervals (18); anything else of scipy.stats would be a test.
DISTRIBUTIONS = {"hypergeom"}


def taken_from_stats(path: Path) -> set[str]:
    """Names that a module takes from scipy.stats."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imported if node.module == "scipy.stats" for alias in node.names}
    whole = {a.name for node in imported if node.module == "scipy" for a in node.names if a.name == "stats"}
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "stats"
    }
    return names | (attributes if whole else set())


def test_no_significance_test_is_computed() -> None:
    found = {path.name: taken_from_stats(path) for path in PACKAGE.rglob("*.py")}
    assert set().union(*found.values()) == DISTRIBUTIONS
