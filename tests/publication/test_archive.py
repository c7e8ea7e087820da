from __future__ import annotations

import datetime as dt
import errno
import io
import os
import zipfile
from pathlib import Path
from typing import NoReturn

import pytest

from atc.publication.archive import check_target, write_bundle, zip_bytes
from atc.survey.errors import AtcError, UsageError

DATE = dt.date(2020, 12, 15)
FILES = {
    "index.html": b"<!doctype html>",
    "tables/F02-01.csv": b"a,b\n1,2\n",
    "manifest.json": b'{"fichiers": {}}',
}


def test_the_archive_depends_on_its_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    first = zip_bytes(FILES, DATE)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    os.umask(os.umask(0o077))
    assert zip_bytes(dict(reversed(FILES.items())), DATE) == first
    assert zip_bytes(FILES, dt.date(2021, 12, 15)) != first


def test_the_archive_holds_every_file_and_no_trace_of_its_maker() -> None:
    with zipfile.ZipFile(io.BytesIO(zip_bytes(FILES, DATE))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        for entry in archive.infolist():
            assert entry.date_time == (2020, 12, 15, 0, 0, 0)
            assert (entry.external_attr >> 16, entry.extra, entry.comment) == (0o100644, b"", b"")


@pytest.mark.parametrize("name", ["rapport.zip", "RAPPORT.ZIP", "dossier"])
def test_what_is_there_stays_unless_told(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    check_target(target, replace=False)
    write_bundle(target, FILES, DATE)
    with pytest.raises(UsageError, match="--replace"):
        check_target(target, replace=False)
    check_target(target, replace=True)
    write_bundle(target, {**FILES, "manifest.json": b'{"fichiers": {"b": 1}}'}, DATE)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    if name == "dossier":
        assert (target / "manifest.json").read_bytes() == b'{"fichiers": {"b": 1}}'


def test_a_folder_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "Documents"
    mine.mkdir()
    (mine / "these.odt").write_bytes(b"dix ans de travail")
    with pytest.raises(UsageError, match="n’est pas une publication"):
        check_target(mine, replace=True)


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "lien").symlink_to(tmp_path / "ailleurs")
    with pytest.raises(UsageError):
        check_target(tmp_path / "lien", replace=True)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        check_target(tmp_path / "absent" / "rapport.zip", replace=False)


@pytest.mark.parametrize("name", ["rapport.zip", "dossier"])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / name
    write_bundle(target, FILES, DATE)
    before = _content(target)

    def full(descriptor: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AtcError, match="Rien n’a été changé"):
        write_bundle(target, {"index.html": b"autre"}, DATE)
    assert _content(target) == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def _content(target: Path) -> dict[str, bytes]:
    files = [target] if target.is_file() else [path for path in target.rglob("*") if path.is_file()]
    return {path.relative_to(target.parent).as_posix(): path.read_bytes() for path in files}
