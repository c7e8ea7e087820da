"""The slice of the data that a chapter rests on: the columns that it read, and whole files for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from atc.execution.sources import Snapshot
from atc.fingerprints import SHA256
from atc.manifest import ABSENT
from atc.paths import Project


def data_slice(
    snapshot: Snapshot, project: Project, files: Iterable[str], columns: Mapping[str, tuple[str, ...]]
) -> dict[str, object]:
    """Hash of each named file, or of the columns that were read of it.

    Args:
        snapshot: The files as they were when the run began.
        project: Where the files are.
        files: Relative to the root.
        columns: Table file -> the only columns of it that were read.
    """
    return {name: _digest(snapshot, project, name, columns.get(name)) for name in sorted(set(files))}


def _digest(
    snapshot: Snapshot, project: Project, name: str, columns: tuple[str, ...] | None
) -> str | dict[str, str]:
    path = project.root / name
    whole = snapshot.file(path)
    if columns is None:
        return whole
    known = snapshot.fingerprints(path.parent).get(path.name, {})
    # A table that is no longer as it was when its columns were hashed is a file like any other.
    if known.get(SHA256) != whole:
        return whole
    return {column: known["columns"].get(column, ABSENT) for column in columns}
