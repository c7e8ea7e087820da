"""``manifest.json``: what a run was made from, what it made, and the hash of each.

It stands beside the pages, is written last, and holds no time and no machine: two runs on the same inputs
give the same bytes. The next run reads it to know what is out of date.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from atc.survey.errors import NotebookFailed

FILE = "manifest.json"
SCHEMA = 4
# Stands for the hash of a file that is not there, so that its return is noticed.
ABSENT = ""
# What the whole report shares: its PDF, and the page that leads to everything.
REPORT, INDEX = "rapport", "index"


def check_makers(pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse what two makers make, a file or an exhibit: one would hide the other. One line for each."""
    makers: dict[str, list[str]] = {}
    for maker, made in pairs:
        makers.setdefault(made, []).append(maker)
    twice = [(made, names) for made, names in sorted(makers.items()) if len(names) > 1]
    if twice:
        remedy = "est fait deux fois. Gardez-le dans un seul carnet."
        raise NotebookFailed(
            "\n".join(f"{', '.join(dict.fromkeys(n))} : {made} {remedy}" for made, n in twice)
        )


@dataclass(frozen=True)
class Reads:
    """What the execution of a chapter read."""

    files: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]  # table file -> the only columns of it that were read


@dataclass(frozen=True)
class ChapterRecord:
    """What is known of one executed chapter."""

    title: str
    carnet: str  # hash of its executed notebook
    key: str  # hash of all that its outputs rest on
    words: str  # hash of its cells, text included
    reads: Reads


@dataclass(frozen=True)
class Made:
    """The files that one step made."""

    key: str  # hash of all that they rest on; empty when they are still to be made again
    files: Mapping[str, str]  # path, relative to the folder of the pages -> hash


@dataclass(frozen=True)
class Manifest:
    """One run.

    Attributes:
        vague: Wave.
        diffusion: Tier.
        date: Date of the wave, ISO: never the clock.
        versions: Python, atc, the lock, each library and Pango -> version.
        data: Data file, dictionary or setting -> hash.
        code: One hash of all of ``atc``.
        chapters: Chapter -> its record.
        made: Chapter, `REPORT` or `INDEX` -> its files.
        outdated: Chapters that the run was told to leave, and whose pages show an earlier state.
    """

    vague: str
    diffusion: str
    date: str
    versions: Mapping[str, str]
    data: Mapping[str, str]
    code: str
    chapters: Mapping[str, ChapterRecord]
    made: Mapping[str, Made]
    outdated: tuple[str, ...]

    @property
    def files(self) -> dict[str, str]:
        """Path -> hash, of all that was made."""
        return {path: sha256 for made in self.made.values() for path, sha256 in made.files.items()}

    def to_json(self) -> str:
        """The file's text: sorted, so that equal runs give equal bytes."""
        content = {"schema": SCHEMA, **asdict(self)}
        # Sheets read the same by the thousand: it is written once. In order, for they end in any.
        numbers: dict[str, int] = {}
        for _, record in sorted(content["chapters"].items()):
            text = json.dumps(record["reads"], sort_keys=True)
            record["reads"] = numbers.setdefault(text, len(numbers))
        content["reads"] = [json.loads(text) for text in numbers]
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the last good run.

    Args:
        folder: Folder of the pages.

    Returns:
        Nothing when there is none, or when it cannot be trusted (altered, of another version of the tool):
        everything is then out of date, and a run makes it anew.
    """
    try:
        raw: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if raw.pop("schema") != SCHEMA:
            return None
        reads = [
            Reads(tuple(each["files"]), {name: tuple(names) for name, names in each["columns"].items()})
            for each in raw.pop("reads")
        ]
        chapters = {
            slug: ChapterRecord(reads=reads[record.pop("reads")], **record)
            for slug, record in raw.pop("chapters").items()
        }
        made = {name: Made(**each) for name, each in raw.pop("made").items()}
        manifest = Manifest(**{**raw, "outdated": tuple(raw["outdated"])}, chapters=chapters, made=made)
        # Kept files are copied: none may come from, or go, elsewhere.
        inside = all(".." not in PurePosixPath(path).parts and path[0] != "/" for path in manifest.files)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return manifest if inside else None


def file_hash(path: Path) -> str:
    """SHA-256 of a file; `ABSENT` if there is no such file, or what is there is none."""
    try:
        if path.is_file():  # a named pipe would never end
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        pass
    return ABSENT


def content_hash(content: object) -> str:
    """SHA-256 of plain values (dictionaries in any order, lists, strings)."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
