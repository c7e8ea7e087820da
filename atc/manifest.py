"""``manifest.json``: what a run was made from, what it made, and the hash of each.

It stands beside the pages, is written last, and holds no time and no machine: two runs on the same inputs
give the same bytes. `atc.execution.staleness` reads it to know what is out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

FILE = "manifest.json"
SCHEMA = 2
# What `Manifest.to_json` writes apart from the chapters, for those that used the same.
_USED = ("files", "columns", "modules")
# Stands for the hash of a file that is not there, so that its return is noticed.
ABSENT = ""
# Maker of what the whole report shares: its PDF and its index.
REPORT = "rapport"
# What is made together, and goes out of date together: a page, a PDF, the figures and tables of a chapter.
PAGE, PAPER, FILES = "page", "pdf", "fichiers"
# What the front page shows of a chapter: its exhibits.
LISTED = "liste"


@dataclass(frozen=True)
class Artefact:
    """One file that a run made.

    Attributes:
        path: Relative to the folder of the pages.
        sha256: Hash of its bytes.
        made_by: Chapter that it comes from, or `REPORT`.
        kind: Kind of file: one of `PAGE`, `PAPER` and `FILES`.
    """

    path: str
    sha256: str
    made_by: str
    kind: str


@dataclass(frozen=True)
class ChapterRecord:
    """What is known of one executed chapter.

    Attributes:
        title: Its title, as the other pages link to it.
        carnet: Hash of its executed notebook.
        executed: Key of the execution: hash of all that its results rest on.
        words: Hash of its cells, text included: what changes when only the text does.
        shown: Kind of file -> hash of what such a file shows of it (see `atc.execution.shown`).
        rendered: Kind of file -> key: hash of all that it rests on; empty when it is still to be made.
        files: Files of the project that it opened.
        columns: Table file -> the only columns of it that were read.
        modules: Modules of ``atc`` that it reached.
    """

    title: str
    carnet: str
    executed: str
    words: str
    shown: Mapping[str, str]
    rendered: Mapping[str, str]
    files: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """One run.

    Attributes:
        vague: Wave.
        diffusion: Tier.
        date: Date of the wave, ISO: never the clock.
        versions: Python, atc, the lock and each library -> version.
        parameters: What the notebooks were given.
        data: Data file, dictionary or setting -> hash.
        code: Module -> hash.
        notebooks: Notebook -> hash of its cells (see `atc.execution.sources.notebook_hash`).
        chapters: Chapter -> its record.
        report: Kind of file -> key of the whole report; empty when it is still to be made.
        outdated: Chapters that the run was told to leave, and whose pages show an earlier state.
        artefacts: Path -> file.
    """

    vague: str
    diffusion: str
    date: str
    versions: Mapping[str, str]
    parameters: Mapping[str, str]
    data: Mapping[str, str]
    code: Mapping[str, str]
    notebooks: Mapping[str, str]
    chapters: Mapping[str, ChapterRecord]
    report: Mapping[str, str]
    outdated: tuple[str, ...]
    artefacts: Mapping[str, Artefact]

    def made(self, maker: str) -> tuple[Artefact, ...]:
        """The files of a chapter, or of `REPORT`."""
        return self._by_maker.get(maker, ())

    @cached_property
    def _by_maker(self) -> Mapping[str, tuple[Artefact, ...]]:
        found: dict[str, tuple[Artefact, ...]] = {}
        for artefact in self.artefacts.values():
            found[artefact.made_by] = (*found.get(artefact.made_by, ()), artefact)
        return found

    def to_json(self) -> str:
        """The file's text: sorted, so that equal runs give equal bytes."""
        content = {"schema": SCHEMA, **asdict(self)}
        content["used"] = []
        numbers: dict[str, int] = {}
        # In order: chapters end in any.
        for _, record in sorted(content["chapters"].items()):
            # Sheets used the same by the thousand: it is written once.
            used = {name: record.pop(name) for name in _USED}
            number = numbers.setdefault(json.dumps(used, sort_keys=True), len(numbers))
            if number == len(content["used"]):
                content["used"].append(used)
            record["used"] = number
        for artefact in content["artefacts"].values():
            del artefact["path"]
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _from_json(text: str) -> Manifest | None:
    raw: dict[str, Any] = json.loads(text)
    if raw.pop("schema") != SCHEMA:
        return None
    used = [_used(each) for each in raw.pop("used")]
    chapters = {
        slug: ChapterRecord(**used[record.pop("used")], **record)
        for slug, record in raw.pop("chapters").items()
    }
    artefacts = {path: Artefact(path=path, **a) for path, a in raw.pop("artefacts").items()}
    if any(".." in PurePosixPath(path).parts or path.startswith("/") for path in artefacts):
        # Kept files are copied: none may come from, or go, elsewhere.
        return None
    outdated = tuple(raw.pop("outdated"))
    return Manifest(**raw, chapters=chapters, outdated=outdated, artefacts=artefacts)


def _used(raw: dict[str, Any]) -> dict[str, Any]:
    columns = {name: tuple(names) for name, names in raw["columns"].items()}
    return {"files": tuple(raw["files"]), "columns": columns, "modules": tuple(raw["modules"])}


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the last good run.

    Args:
        folder: Folder of the pages.

    Returns:
        Nothing when there is none, or when it cannot be trusted (altered, of another version of the tool):
        everything is then out of date, and a run makes it anew.
    """
    try:
        return _from_json((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def file_hash(path: Path) -> str:
    """SHA-256 of a file; `ABSENT` if there is no such file."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ABSENT


def content_hash(content: object) -> str:
    """SHA-256 of plain values (dictionaries in any order, lists, strings)."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
