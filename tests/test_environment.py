"""The ways to install (pip, uv, conda) ask for the same things, pinned, and name no host."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import demonstration
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.lock", "requirements-bootstrap.lock"]
# What conda-forge calls otherwise.
CONDA_NAMES = {"brotli-python": "brotli", "dask-core": "dask", "playwright-python": "playwright"}
# In environment.yml for conda's sake only.
CONDA_ONLY = {"python", "pip", "pango"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def bounds(requirements: list[str]) -> dict[str, str]:
    """Name to version bounds, each name once."""
    parsed = [Requirement(line) for line in requirements]
    names = [canonicalize_name(CONDA_NAMES.get(one.name, one.name)) for one in parsed]
    assert len(set(names)) == len(names), f"written twice: {sorted({n for n in names if names.count(n) > 1})}"
    return {name: str(one.specifier) for name, one in zip(names, parsed, strict=True)}


@pytest.fixture(scope="module")
def pyproject() -> dict:
    return tomllib.loads(read("pyproject.toml"))


@pytest.fixture(scope="module")
def declared(pyproject) -> dict[str, str]:
    """All that pyproject.toml asks for, extras included."""
    project = pyproject["project"]
    return bounds([*project["dependencies"], *chain(*project["optional-dependencies"].values())])


def locked(name: str) -> dict[str, list[str]]:
    """Each pinned requirement of a lock file, with its hashes."""
    entries = re.split(r"\n(?=\S)", read(name).strip())
    return {entry.split("\n")[0].rstrip(" \\"): re.findall(r"--hash=(\S+)", entry) for entry in entries}


def test_conda_asks_for_the_same_packages_bounds_python_and_extras(pyproject, declared):
    conda = yaml.safe_load(read("environment.yml"))["dependencies"]
    lines = [entry for entry in conda if isinstance(entry, str)]
    (pip_lines,) = [entry["pip"] for entry in conda if isinstance(entry, dict)]
    asked = bounds([*lines, *(line for line in pip_lines if not line.startswith("-e"))])
    assert asked.keys() - declared.keys() == CONDA_ONLY
    assert {name: asked.get(name) for name in declared} == declared
    assert f"python{pyproject['project']['requires-python']}" in lines
    extras = ",".join(pyproject["project"]["optional-dependencies"])
    assert [line for line in pip_lines if line.startswith("-e")] == [f"-e .[{extras}]"]


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_pinned_and_hashed_and_a_lock_names_no_host(name):
    text = read(name)
    assert not re.search("://| @ ", text)
    assert set(re.findall(r"--[a-z-]+", text)) == {"--hash"}
    for line, hashes in locked(name).items():
        (clause,) = Requirement(line).specifier
        assert (clause.operator, "*" in clause.version) == ("==", False), line
        assert hashes, line
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), line


def test_the_lock_holds_all_that_is_declared_within_its_bounds(pyproject, declared):
    groups = pyproject["dependency-groups"]
    needed = declared | bounds(groups["build"])
    pins = [Requirement(line) for line in locked("requirements.lock")]
    for name, specifier in needed.items():
        versions = [one.specifier for one in pins if canonicalize_name(one.name) == name]
        assert versions, f"{name} is not in requirements.lock: make lock"
        for (clause,) in versions:
            assert Requirement(f"{name}{specifier}").specifier.contains(clause.version), f"{name}: make lock"


def imported(folder: Path) -> set[str]:
    """The packages that the modules of a folder import, but for Python's own and ours."""
    nodes = [node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_bytes()))]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    beside = {path.stem for name in ("scripts", "tests") for path in (ROOT / name).rglob("*")}
    ours = {"atc", "benchmarks"} | beside
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - ours


@pytest.mark.parametrize(
    ("folder", "extras"), [("atc", []), ("benchmarks", []), ("scripts", ["dev"]), ("tests", ["dev"])]
)
def test_all_that_is_imported_is_declared(pyproject, folder, extras):
    project = pyproject["project"]
    optional = chain(*(project["optional-dependencies"][extra] for extra in extras))
    declared = bounds([*project["dependencies"], *optional]).keys()
    distributions = packages_distributions()
    for module in imported(ROOT / folder):
        assert declared & {canonicalize_name(one) for one in distributions[module]}, module


def test_the_suite_that_knows_the_delivered_rows_names_files_that_exist():
    assert [name for name in demonstration.HELD if not (ROOT / "tests" / name).exists()] == []


def test_every_dependency_has_its_reason(pyproject):
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    lists = [project["dependencies"], *project["optional-dependencies"].values(), *groups.values()]
    text = read("pyproject.toml")
    for line in chain(*lists):
        assert re.search(rf'^    "{re.escape(line)}", +# \w.{{8,}}$', text, re.MULTILINE), (
            f"no reason: {line}"
        )
