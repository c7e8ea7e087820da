"""What results rest on, as hashes of contents: dates of files mean nothing after a clone or a copy.

Nothing is imported to be hashed, and no table is read: finding that nothing changed stays quick.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import atc
from atc.exhibits import wordings
from atc.run.manifest import ABSENT, content_hash, file_hash
from atc.run.parameters import INJECTED
from atc.survey.errors import AtcError
from atc.survey.paths import Project, belongs
from atc.survey.processed import FILE, SHA256, read_fingerprints

PACKAGE = Path(atc.__file__).parent
LOCK = "requirements.lock"
# What makes pages of executed notebooks, and has no part in executing them.
_RENDERING = "rendering"
# Libraries of the system that WeasyPrint loads, under the names that it gives them.
_PAPER = {
    "linux": ("libpango-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libharfbuzz-subset.0.dylib"),
}


class Snapshot:
    """Hashes of files as they were when first asked for: one state of the project, seen by a whole run."""

    def __init__(self, project: Project) -> None:
        """Nothing is read yet.

        Args:
            project: Where the files are.
        """
        self._project = project
        self._hashes: dict[Path, str] = {}
        self._notebooks: dict[Path, NotebookHash] = {}
        self._tables: dict[Path, dict[str, Any]] = {}

    def file(self, path: Path) -> str:
        """SHA-256 of one file; `ABSENT` if it is not there."""
        if path not in self._hashes:
            self._hashes[path] = file_hash(path)
        return self._hashes[path]

    def notebook(self, path: Path) -> NotebookHash:
        """What a notebook says."""
        if path not in self._notebooks:
            self._notebooks[path] = notebook_hash(path)
        return self._notebooks[path]

    def files(self, names: Iterable[str]) -> dict[str, str]:
        """Hash of each named file of the project; `ABSENT` for those that are gone."""
        return {name: self.file(self._project.root / name) for name in sorted(set(names))}

    def slice(self, names: Iterable[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
        """The data that a chapter rests on: the columns that it read, and whole files for the rest.

        ``names`` are the files that it opened; ``columns``, table file -> the only columns of it that were
        read.
        """
        return {name: self._digest(name, columns.get(name)) for name in sorted(set(names))}

    def _digest(self, name: str, columns: tuple[str, ...] | None) -> str | dict[str, str]:
        path = self._project.root / name
        whole = self.file(path)
        if columns is None:
            return whole
        if path == self._project.notebooks / wordings.FILE:
            content = path.read_bytes() if whole else b""
            return {said: content_hash(wordings.rows_of(content, *said.split(" "))) for said in columns}
        if path.parent not in self._tables:
            self._tables[path.parent] = read_fingerprints(path.parent / FILE)
        known = self._tables[path.parent].get(path.name, {})
        # A table that is no longer as it was when its columns were hashed is a file like any other.
        if known.get(SHA256) != whole:
            return whole
        return {column: known["columns"].get(column, ABSENT) for column in columns}

    def changed(self, data: Iterable[str]) -> list[str]:
        """Files that are no longer as they were when the run began: data files, and all notebooks.

        Args:
            data: Relative to the root.
        """
        root = self._project.root
        files = [name for name in data if file_hash(root / name) != self._hashes[root / name]]
        notebooks = [path for path, said in self._notebooks.items() if notebook_hash(path) != said]
        return files + [self._project.relative(path) for path in notebooks]


@dataclass(frozen=True)
class NotebookHash:
    """What a notebook says, as hashes."""

    whole: str  # of all its cells, in order
    code: str  # of its code cells: equal code under another text gives equal outputs


def notebook_hash(path: Path) -> NotebookHash:
    """Hash of the cells of a notebook: sources, kinds, ids, tags and attached images.

    Outputs and the traces that editors leave do not count: running a chapter in JupyterLab does not make it
    out of date.
    """
    try:
        if path.is_file():
            return cells_hash(json.loads(path.read_bytes())["cells"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return NotebookHash(*[file_hash(path)] * 2)


def cells_hash(cells: Iterable[Mapping[str, Any]]) -> NotebookHash:
    """The same, of cells that were read already; the parameters that a run injected are left out."""
    said = [
        [
            cell["cell_type"],
            cell.get("id", ""),
            "".join(cell["source"]),
            cell.get("metadata", {}).get("tags", []),
            cell.get("attachments", {}),
        ]
        for cell in cells
    ]
    written = [cell for cell in said if INJECTED not in cell[3]]
    return NotebookHash(content_hash(said), content_hash([cell for cell in written if cell[0] == "code"]))


def wave_files(project: Project, waves: Iterable[str]) -> list[str]:
    """Settings, wordings, dictionary, reference, raw and processed files: all that chapters may rest on.

    Args:
        project: Where the files are.
        waves: The wave, and the one before it if it has one.
    """
    of_waves = [folder(vague) for vague in waves for folder in (project.raw, project.processed)]
    folders = (*of_waves, project.dictionary, project.reference)
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if belongs(path)]
    said = project.notebooks / wordings.FILE
    return [*map(project.relative, (project.settings_file, *([said] if belongs(said) else []), *found))]


# --- what executes and what renders ---


def code_hashes() -> tuple[str, str]:
    """One hash of all of ``atc`` but what only makes pages, and one of all of it.

    Editing a module makes every chapter out of date: evaluators edit data and words.
    """
    files = {path.relative_to(PACKAGE).as_posix(): file_hash(path) for path in sorted(_sources(PACKAGE))}
    executing = {name: sha for name, sha in files.items() if not name.startswith(f"{_RENDERING}/")}
    return content_hash(executing), content_hash(files)


def _sources(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _sources(Path(entry.path))
        elif entry.name[0] != "." and not entry.name.endswith(".pyc"):
            yield Path(entry.path)


def versions(project: Project) -> tuple[dict[str, str], dict[str, str]]:
    """What executes: Python, ``atc``, the lock, libraries that pyproject.toml asks for; and what prints."""
    required = (line for line in metadata.requires("atc") or () if "extra ==" not in line)
    names = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in required}
    libraries = {
        **{name: metadata.version(name) for name in names},
        "atc": atc.__version__,
        "python": platform.python_version(),
        LOCK: file_hash(project.root / LOCK) or "aucun",
    }
    return libraries, {"pango": pango()}


def pango() -> str:
    """Version of the system library that lays out paper.

    An `AtcError` if it is not there, or the one that puts parts of fonts into documents is not: WeasyPrint
    does without, and gives other bytes.
    """
    if sys.platform not in _PAPER:
        return "inconnue"
    pango, subset = _PAPER[sys.platform]
    try:
        ctypes.CDLL(subset)
        return str(ctypes.CDLL(pango).pango_version())
    except OSError as error:
        raise AtcError(
            f"Il manque à ce système de quoi composer les PDF ({error}). Sous Debian ou Ubuntu, tapez : "
            "sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. Puis relancez."
        ) from error
