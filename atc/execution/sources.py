"""What results rest on, as hashes: files, modules of the project, notebooks, libraries.

Nothing is imported to be hashed: a module is read where Python would find it, so that finding that nothing
changed stays quick.
"""

from __future__ import annotations

import ast
import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import atc
from atc.execution.parameters import INJECTED
from atc.fingerprints import FILE, read_fingerprints
from atc.manifest import content_hash, file_hash
from atc.paths import Project

PACKAGE = Path(atc.__file__).parent
LOCK = "requirements.lock"


class Snapshot:
    """Hashes of files as they were when first asked for: one state of the project, seen by a whole run."""

    def __init__(self) -> None:
        self._hashes: dict[Path, str] = {}
        self._notebooks: dict[Path, NotebookHash] = {}
        self._modules: dict[str, Path] = {}
        self._code: dict[frozenset[str], str] = {}
        self._tables: dict[Path, dict[str, Any]] = {}
        self._rendering: dict[tuple[frozenset[str], tuple[str, ...]], dict[str, str]] = {}

    def file(self, path: Path) -> str:
        """SHA-256 of one file; `ABSENT` if it is not there."""
        if path not in self._hashes:
            self._hashes[path] = file_hash(path)
        return self._hashes[path]

    def notebook(self, path: Path) -> NotebookHash:
        """See `notebook_hash`."""
        if path not in self._notebooks:
            self._notebooks[path] = notebook_hash(path)
        return self._notebooks[path]

    def fingerprints(self, folder: Path) -> dict[str, Any]:
        """Table file -> hashes of its columns, for the tables of a folder (see `atc.fingerprints`)."""
        if folder not in self._tables:
            self._tables[folder] = read_fingerprints(folder / FILE)
        return self._tables[folder]

    def data(self, project: Project, files: Iterable[str]) -> dict[str, str]:
        """Hash of each named file; `ABSENT` for those that are gone.

        Args:
            project: Where the files are.
            files: Relative to the root.
        """
        return {name: self.file(project.root / name) for name in sorted(set(files))}

    def code(self, modules: Iterable[str]) -> dict[str, str]:
        """Hash of each module's source, and of the templates, styles and fonts that lie in its package.

        Args:
            modules: Dotted names, beginning with ``atc``.

        Returns:
            Path relative to the folder of ``atc`` -> hash; `ABSENT` for a module that is gone.
        """
        paths: set[Path] = set()
        for name in modules:
            path = self._module(name)
            paths.add(path)
            if path.name == "__init__.py":
                paths.update(_resources().get(path.parent, ()))
        return self._named(paths)

    def code_key(self, modules: Iterable[str]) -> str:
        """One hash for what `code` gives: many chapters, or sheets, reach the same modules."""
        names = frozenset(modules)
        if names not in self._code:
            self._code[names] = content_hash(self.code(names))
        return self._code[names]

    def rendering(self, modules: frozenset[str], resources: tuple[str, ...]) -> dict[str, str]:
        """Hash of each module's source, and of the resources that are named, whatever package they lie in.

        Args:
            modules: Dotted names, beginning with ``atc``.
            resources: Patterns of paths below ``atc``.
        """
        if (modules, resources) not in self._rendering:
            paths = {self._module(name) for name in modules}
            paths.update(path for pattern in resources for path in PACKAGE.glob(pattern))
            self._rendering[modules, resources] = self._named(paths)
        return self._rendering[modules, resources]

    def _module(self, name: str) -> Path:
        if name not in self._modules:
            self._modules[name] = _module_file(name)
        return self._modules[name]

    def _named(self, paths: Iterable[Path]) -> dict[str, str]:
        return {path.relative_to(PACKAGE.parent).as_posix(): self.file(path) for path in sorted(paths)}


def changed(hashes: Mapping[str, str], folder: Path) -> list[str]:
    """Files that are no longer what they were.

    Args:
        hashes: Path relative to the folder -> hash, as a `Snapshot` gives them.
        folder: Where they are.
    """
    return [name for name, digest in hashes.items() if file_hash(folder / name) != digest]


def wave_files(project: Project, waves: Iterable[str]) -> list[str]:
    """Settings, dictionary, reference, raw and processed files: all that chapters of a report may rest on.

    Args:
        project: Where the files are.
        waves: The wave, and the one before it if it has one.
    """
    of_waves = [folder(vague) for vague in waves for folder in (project.raw, project.processed)]
    folders = (*of_waves, project.dictionary, project.reference)
    found = [path for folder in folders if folder.is_dir() for path in folder.rglob("*")]
    return [
        project.relative(project.settings_file),
        *(project.relative(path) for path in sorted(found) if path.is_file()),
    ]


@dataclass(frozen=True)
class NotebookHash:
    """What a notebook says, as hashes.

    Attributes:
        whole: Of all its cells, in order.
        code: Of its code cells: what the results rest on. Equal code under another text gives equal outputs.
        written: Of the same without the cell of parameters that an executed notebook has more.
    """

    whole: str
    code: str
    written: str


def notebook_hash(path: Path) -> NotebookHash:
    """Hash of the cells of a notebook: sources, kinds, ids, tags and attached images.

    Outputs and the traces that editors leave do not count: running a chapter in JupyterLab does not make it
    out of date.
    """
    try:
        cells = [_cell(cell) for cell in json.loads(path.read_bytes())["cells"]]
        code = [cell for cell in cells if cell[0] == "code"]
        written = [cell for cell in code if INJECTED not in cell[3]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return NotebookHash(*[file_hash(path)] * 3)
    return NotebookHash(content_hash(cells), content_hash(code), content_hash(written))


def _cell(cell: Mapping[str, Any]) -> list[Any]:
    tags = cell.get("metadata", {}).get("tags", [])
    attached = cell.get("attachments", {})
    return [cell["cell_type"], cell.get("id", ""), "".join(cell["source"]), tags, attached]


def _module_file(name: str) -> Path:
    folder = PACKAGE.parent.joinpath(*name.split("."))
    package = folder / "__init__.py"
    return package if package.is_file() else folder.with_suffix(".py")


@lru_cache(maxsize=1)
def _resources() -> dict[Path, list[Path]]:
    # A template belongs to the nearest package above it, even when it stands in a folder of its own.
    found: dict[Path, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix not in {".py", ".pyc", ".pyi"} and path.name[0] != ".":
            owner = next(p for p in path.parents if (p / "__init__.py").is_file())
            found.setdefault(owner, []).append(path)
    return found


@cache
def reached_from(entry: str) -> frozenset[str]:
    """Modules of ``atc`` that importing ``entry`` may bring, itself included, read from their sources.

    Args:
        entry: Dotted name.
    """
    reached: set[str] = set()
    waiting = {entry}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= _imports(name) - reached
    return frozenset(reached)


@cache
def _imports(name: str) -> frozenset[str]:
    path = _module_file(name)
    if not path.is_file():
        return frozenset()
    # Importing a.b.c runs a and a.b too.
    found = {name.rpartition(".")[0]}
    for node in _executed(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(n for n in found if n.partition(".")[0] == "atc" and _module_file(n).is_file())


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below, without what only the type checker reads; none hides in an expression."""
    for child in _statements(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from _executed(child)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        found = getattr(node, name, ())
        # The body of a lambda, or the branches of a conditional expression, are expressions.
        yield from found if isinstance(found, list) else ()


def all_modules() -> list[str]:
    """Every module of ``atc``."""
    paths = (path.relative_to(PACKAGE.parent).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def versions(project: Project) -> dict[str, str]:
    """Python, ``atc``, the lock and each library that pyproject.toml asks for."""
    names = {_distribution(r) for r in metadata.requires("atc") or () if "extra ==" not in r}
    found = {name: metadata.version(name) for name in names}
    lock = file_hash(project.root / LOCK) or "aucun"
    return {**found, "atc": atc.__version__, "python": platform.python_version(), LOCK: lock}


def _distribution(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()
