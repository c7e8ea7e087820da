"""A folder or a .zip, written aside and moved in place: all of it, or nothing."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from atc.errors import AtcError, UsageError

_READABLE = 0o100644 << 16


def zip_bytes(files: Mapping[str, bytes], date: dt.date) -> bytes:
    """An archive whose bytes depend on its files alone.

    Args:
        files: Path -> bytes.
        date: Given to every entry, in place of the clock's.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, (date.year, date.month, date.day, 0, 0, 0))
            # Neither the system nor the rights of whoever makes it.
            entry.create_system, entry.external_attr = 3, _READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path], compresslevel=9)
    return buffer.getvalue()


def check_target(target: Path, *, replace: bool) -> None:
    """Refuse a place where something would be lost.

    Args:
        target: Where the bundle is to go.
        replace: Whether a former bundle may go.

    Raises:
        UsageError: Something is there, or the place cannot hold it.
    """
    if not target.parent.is_dir():
        raise UsageError(f"Le dossier {target.parent} n’existe pas. Créez-le, ou choisissez une autre place.")
    if target.is_symlink() or (target.exists() and not replace):
        raise UsageError(f"{target} existe déjà. Choisissez un autre nom, ou ajoutez --replace.")
    if target.is_dir() and any(target.iterdir()) and not (target / "manifest.json").is_file():
        raise UsageError(
            f"{target} n’est pas une publication : --replace n’y touche pas. Choisissez un autre nom."
        )


def write_bundle(target: Path, files: Mapping[str, bytes], date: dt.date) -> None:
    """Write a bundle.

    Args:
        target: ``….zip`` for an archive, anything else for a folder.
        files: Path -> bytes.
        date: Of the wave.

    Raises:
        AtcError: It cannot be written; what was there before still is.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".atc-", dir=target.parent) as aside:
            made = Path(aside) / "publication"
            if target.suffix == ".zip":
                _write(made, zip_bytes(files, date))
            else:
                for path, content in files.items():
                    _write(made / path, content)
            _move(made, target, Path(aside) / "avant")
    except OSError as error:
        raise AtcError(
            f"Écriture impossible : {target} ({error.strerror or error}). Rien n’a été changé : libérez "
            "de la place ou rétablissez les droits, puis relancez."
        ) from error


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _move(made: Path, target: Path, before: Path) -> None:
    if target.is_file():
        made.replace(target)
        return
    if target.exists():
        target.rename(before)
    try:
        shutil.move(made, target)
    except OSError:
        if before.exists():
            before.rename(target)
        raise
