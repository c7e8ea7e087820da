"""What results rest on, as hashes of contents, and ``manifest.json``, which vouches for what was made of it.

Nothing is imported to be hashed, and no table is read: finding that nothing changed stays quick. The manifest
is written last, and holds no time and no machine: two runs on the same inputs give the same bytes.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

import atc
from atc.exhibits import wordings
from atc.run.notebooks import title_of
from atc.survey import waves
from atc.survey.errors import AtcError, Messages
from atc.survey.paths import Project

PACKAGE = Path(atc.__file__).parent
FILE = "manifest.json"
SCHEMA = 6
# Stands for the hash of a file that is not there, so that its return is noticed.
ABSENT = ""
#: Where Python keeps what it compiles, under names of a moment while it writes: no part of any state.
CACHE = "__pycache__"
# What the whole report shares: its PDF, and the page that leads to everything.
REPORT, INDEX = "rapport", "index"
# Libraries of the system that WeasyPrint loads, under the names that it gives them.
_PAPER = {
    "linux": ("libpango-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libharfbuzz-subset.0.dylib"),
}
_said = Messages(__name__)


def file_hash(path: Path) -> str:
    """SHA-256 of a file; `ABSENT` if there is no such file, or what is there is none."""
    if not path.is_file():  # a named pipe would never end
        return ABSENT
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def content_hash(content: object) -> str:
    """SHA-256 of plain values (dictionaries in any order, lists, strings)."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Reads:
    """What the execution of a chapter read."""

    files: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]  # table file -> the only columns of it that were read


@dataclass(frozen=True)
class ChapterRecord:
    """What is known of one executed chapter."""

    carnet: str  # hash of its executed notebook
    key: str  # hash of all that its outputs rest on
    words: str  # hash of its cells, text included
    reads: Reads


@dataclass(frozen=True)
class Made:
    """The files that one step made."""

    key: str  # hash of all that they rest on; empty when they are still to be made again
    files: Mapping[str, str]  # path, relative to the folder of the pages -> hash

    def left(self, folder: Path) -> Made:
        """What is still as it was made; all of it will be made again if a file is not."""
        files = {path: sha256 for path, sha256 in self.files.items() if file_hash(folder / path) == sha256}
        return Made(self.key if files == self.files else "", files)


@dataclass(frozen=True)
class Manifest:
    """One run."""

    vague: str
    diffusion: str
    date: str  # of the wave, ISO: never the clock
    versions: Mapping[str, str]  # see `environment`; and the lock
    data: Mapping[str, str]  # data file, dictionary or setting -> hash
    code: str  # one hash of all of ``atc``
    chapters: Mapping[str, ChapterRecord]
    made: Mapping[str, Made]  # chapter, `REPORT` or `INDEX` -> its files
    outdated: tuple[str, ...]  # chapters that were left, and whose pages show an earlier state

    @property
    def files(self) -> dict[str, str]:
        """Path -> hash, of all that was made."""
        return {path: sha256 for made in self.made.values() for path, sha256 in made.files.items()}

    def to_json(self) -> str:
        """The file's text: sorted, so that equal runs give equal bytes."""
        told = {"schema": SCHEMA, **asdict(self)}
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


#: Before a first run.
NOTHING = Manifest("", "", "", {}, {}, "", {}, {}, ())


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the last good run; nothing if it cannot be trusted (altered, of another version)."""
    try:
        raw = json.loads((folder / FILE).read_bytes())
        manifest = TypeAdapter(Manifest).validate_python(raw) if raw.pop("schema") == SCHEMA else None
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    # Kept files are copied: none may come from, or go, elsewhere.
    inside = manifest and all(".." not in Path(path).parts and path[0] != "/" for path in manifest.files)
    return manifest if inside else None


# --- what it rests on ---


class Snapshot:
    """Hashes of files as they were when first asked for: one state of the project, seen by a whole run."""

    def __init__(self, project: Project, names: Iterable[str]) -> None:
        """Take the hashes of settings and data files that chapters may rest on, named from the root."""
        self._project = project
        #: Of the code that executes, and of all of it.
        self.executing, self.code = code_hashes()
        # Former executions may have opened files that are no part of these.
        self._hash = cache(lambda name: file_hash(project.root / name))
        self.data = {name: self._hash(name) for name in sorted({*names})}
        self._fingerprints = cache(waves.read_fingerprints)
        self.notebook = cache(notebook_hash)

    def slice(self, reads: Reads) -> dict[str, object]:
        """The data that a chapter rests on: the columns that it read, and whole files for the rest."""
        return {name: self._digest(name, reads.columns.get(name)) for name in reads.files}

    def _digest(self, name: str, columns: tuple[str, ...] | None) -> str | dict[str, str]:
        path, whole = self._project.root / name, self._hash(name)
        if columns is None:
            return whole
        if path == self._project.notebooks / wordings.FILE:
            content = path.read_bytes() if whole else b""
            return {said: content_hash(wordings.rows_of(content, *said.split(" "))) for said in columns}
        known = self._fingerprints(path.parent / waves.FILE).get(path.name, {})
        # A table that is no longer as it was when its columns were hashed is a file like any other.
        if known.get(waves.SHA256) != whole:
            return whole
        return {column: known["columns"].get(column, ABSENT) for column in columns}

    def changed(self, notebooks: Iterable[Path]) -> list[str]:
        """Data files, these notebooks and the code: what is no longer as it was when the run began."""
        found = [path for path in notebooks if notebook_hash(path) != self.notebook(path)]
        names = [name for name, sha256 in self.data.items() if file_hash(self._project.root / name) != sha256]
        code = [_said("code")] * (code_hashes()[1] != self.code)
        return names + [self._project.relative(path) for path in found] + code


class NotebookHash(NamedTuple):
    """What a notebook says, as hashes, and its title."""

    title: str
    whole: str  # of all its cells, in order
    code: str  # of its code cells: equal code under another text gives equal outputs


def notebook_hash(path: Path) -> NotebookHash:
    """Hash of what evaluators write in it: running a chapter in JupyterLab does not make it out of date."""
    try:
        cells = json.loads(path.read_bytes() if path.is_file() else b"")["cells"]
        kept = ("cell_type", "id", "attachments")
        tags = [cell.get("metadata", {}).get("tags", []) for cell in cells]
        said = [[*map(c.get, kept), "".join(c["source"]), of] for c, of in zip(cells, tags, strict=True)]
        code = [cell for cell in said if cell[0] == "code"]
        return NotebookHash(title_of(cells), content_hash(said), content_hash(code))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return NotebookHash("", *[file_hash(path)] * 2)


def code_hashes() -> tuple[str, str]:
    """One hash of all of ``atc`` but what only makes pages, and one of all of it."""
    found = (path for path in PACKAGE.rglob("*") if path.parent.name != CACHE and path.name[0] != ".")
    files = {path.relative_to(PACKAGE).as_posix(): file_hash(path) for path in found if path.is_file()}
    executing = {name: sha for name, sha in files.items() if not name.startswith("rendering/")}
    return content_hash(executing), content_hash(files)


def environment(*, whole: bool = False) -> dict[str, str]:
    """What two runs have in common if they give the same bytes: Python, Pango, the libraries of ``atc``.

    ``whole``: those, too, that these ask for. An `AtcError` if this system cannot lay out paper as others do.
    """
    found, waiting = dict[str, str](), {"atc"}
    while waiting:
        name = waiting.pop()
        # Some are asked for on other systems only.
        with suppress(metadata.PackageNotFoundError):
            installed = metadata.distribution(name)
            # Python would parse all of it: a tenth of a run that finds nothing to do.
            said = (installed.read_text("METADATA") or installed.read_text("PKG-INFO") or "").split("\n\n")[0]
            (found[name],) = re.findall(r"^Version: *(.+)", said, re.MULTILINE)
            if whole or name == "atc":
                names = re.findall(r"^Requires-Dist: *([A-Za-z0-9._-]+)(?!.*extra ==)", said, re.MULTILINE)
                waiting |= {re.sub(r"[-_.]+", "-", each).lower() for each in names} - found.keys()
    pango = "inconnue"
    if sys.platform in _PAPER:
        try:
            # Without the other one, WeasyPrint puts whole fonts into documents, and gives other bytes.
            layout, _ = map(ctypes.CDLL, _PAPER[sys.platform])
            pango = str(layout.pango_version())
        except OSError as error:
            raise AtcError(_said("no_paper", error=error)) from error
    common = {"atc": atc.__version__, "python": platform.python_version(), "pango": pango}
    return {**dict(sorted(found.items())), **common}
