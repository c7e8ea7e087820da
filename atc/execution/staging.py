"""Results are made aside, then moved into place in one go, when all of them are right.

Two renames replace a folder. If the machine stops between them, the former folder is still beside, under a
hidden name, and the next run puts it back.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_BEFORE = ".avant"
_STAGING = ".chantier-"


def write(path: Path, content: bytes) -> str:
    """Write a file to the disk itself, not only to the system's memory of it.

    Returns:
        SHA-256 of its bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return hashlib.sha256(content).hexdigest()


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A hidden folder on the same file system as what it will replace; gone in the end, whatever happens.

    Args:
        parent: Folder that holds what will be replaced.
    """
    folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def recover(parent: Path, targets: Sequence[Path]) -> None:
    """Put back, or clear, what a run that was stopped left half-way.

    Args:
        parent: Folder of `staging`.
        targets: What `publish` replaces.
    """
    for folder in parent.glob(f"{_STAGING}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for target in targets:
        before = _before(target)
        if before.exists() and not target.exists():
            before.rename(target)
        shutil.rmtree(before, ignore_errors=True)


def _before(target: Path) -> Path:
    return target.with_name(f".{target.name}{_BEFORE}")


def publish(moves: Sequence[tuple[Path, Path]]) -> None:
    """Replace folders by new ones: all of them, or none.

    Args:
        moves: ``(new folder, folder that it replaces)``; the one that vouches for the others comes last.
    """
    begun: list[tuple[Path, Path]] = []
    try:
        for new, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            begun.append((new, target))
            if target.exists():
                target.rename(_before(target))
            new.rename(target)
    except BaseException:
        for new, target in reversed(begun):
            _take_back(new, target)
        raise
    for _, target in moves:
        _sync_folder(target.parent)
        shutil.rmtree(_before(target), ignore_errors=True)


def _take_back(new: Path, target: Path) -> None:
    if target.exists() and not new.exists():
        target.rename(new)
    if _before(target).exists():
        _before(target).rename(target)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        # Windows gives no handle on a folder.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
