"""A folder or a .zip, written aside and moved in place: all of it, or nothing."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from atc.rendering.office import zip_bytes
from atc.survey.errors import AtcError, UsageError
from atc.survey.files import recover, replacing, write

#: What tells a publication from any other folder or archive.
MANIFEST = "manifest.json"


def check_target(target: Path, *, replace: bool) -> None:
    """Refuse a place where something would be lost, or that cannot hold a bundle."""
    check_folder(target)
    if target.is_symlink() or (target.exists() and not replace):
        raise UsageError(f"{target} existe déjà. Choisissez un autre nom, ou ajoutez --replace.")
    if target.exists() and not _is_bundle(target):
        raise UsageError(
            f"{target} n’est pas une publication : --replace n’y touche pas. Choisissez un autre nom."
        )


def check_folder(target: Path) -> None:
    """Refuse a file whose folder is not there: to find it out after the run would waste it.

    What a command that was killed left half-way in that folder is put back first.
    """
    if not target.parent.is_dir():
        raise UsageError(f"Le dossier {target.parent} n’existe pas. Créez-le, ou choisissez une autre place.")
    recover([target.parent])


def _is_bundle(target: Path) -> bool:
    """Whether `write_bundle` wrote it, or it is an empty folder; the outputs of a run are not one."""
    try:
        if target.is_dir():
            manifest = (target / MANIFEST).read_bytes() if any(target.iterdir()) else b'{"fichiers": {}}'
        else:
            with zipfile.ZipFile(target) as archive:
                manifest = archive.read(MANIFEST)
        return "fichiers" in json.loads(manifest)
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, zipfile.BadZipFile):
        return False


def write_bundle(target: Path, files: Mapping[str, bytes], date: dt.date) -> None:
    """Write a .zip, or a folder for any other name; should it fail, what was there before still is."""
    if target.suffix.lower() == ".zip":
        write_file(target, zip_bytes(files, date))
        return
    with _told(target), replacing(target) as (folder,):
        for path, content in files.items():
            write(folder / path, content)


def write_file(target: Path, content: bytes) -> None:
    """Write one file; should it fail, what was there before still is."""
    with _told(target), replacing(target) as (file,):
        write(file, content)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AtcError(
            f"Écriture impossible : {target} ({error.strerror or error}). Rien n’a été changé : libérez "
            "de la place ou rétablissez les droits, puis relancez."
        ) from error
