from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from atc.execution.staging import publish, recover, staging, write


def _folder(path: Path, content: str) -> Path:
    path.mkdir(parents=True)
    (path / "page.html").write_text(content)
    return path


def _content(path: Path) -> str:
    return (path / "page.html").read_text()


def test_write_makes_folders_and_gives_the_hash(tmp_path: Path) -> None:
    digest = write(tmp_path / "a" / "é.txt", b"un")
    assert digest == hashlib.sha256(b"un").hexdigest()
    assert (tmp_path / "a" / "é.txt").read_bytes() == b"un"


def test_staging_goes_away_even_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="x"), staging(tmp_path) as folder:
        write(folder / "x", b"x").index(str(write(folder / "x" / "x", b"x")))
    assert not list(tmp_path.iterdir())


def test_publish_replaces_all_folders_and_leaves_nothing_beside(tmp_path: Path) -> None:
    pages, carnets = _folder(tmp_path / "financeurs", "ancien"), tmp_path / "interne" / "carnets"
    (pages / "perime.html").touch()
    publish(
        [
            (_folder(tmp_path / "c", "nouveau"), carnets),
            (_folder(tmp_path / "p", "nouveau"), pages),
        ]
    )
    assert _content(pages) == _content(carnets) == "nouveau"
    assert not (pages / "perime.html").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["financeurs", "interne"]
    assert [p.name for p in carnets.parent.iterdir()] == ["carnets"]


@pytest.mark.parametrize("failing", range(1, 5))
def test_publish_gives_everything_back_if_any_rename_fails(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = [_folder(tmp_path / name, f"ancien {name}") for name in ("carnets", "pages")]
    news = [_folder(tmp_path / f"n{name}", "nouveau") for name in ("carnets", "pages")]
    rename, calls = Path.rename, iter(range(1, 99))

    def fails_once(self: Path, target: Path) -> Path:
        if next(calls) == failing:
            raise OSError(errno.EACCES, "ouvert ailleurs")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_once)
    with pytest.raises(OSError, match="ouvert ailleurs"):
        publish(list(zip(news, targets, strict=True)))
    assert [_content(t) for t in targets] == ["ancien carnets", "ancien pages"]
    assert [_content(n) for n in news] == ["nouveau", "nouveau"]
    assert not list(tmp_path.glob(".*"))


def test_publish_that_fails_leaves_no_folder_where_there_was_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _folder(tmp_path / "n1", "nouveau"), tmp_path / "absent"
    with pytest.raises(FileNotFoundError):
        publish([(first, tmp_path / "carnets"), (second, tmp_path / "pages")])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["n1"]


def test_recover_puts_back_what_a_dead_run_had_set_aside(tmp_path: Path) -> None:
    pages = tmp_path / "financeurs"
    _folder(tmp_path / ".financeurs.avant", "ancien")
    _folder(tmp_path / ".chantier-mort", "moitié")
    recover(tmp_path, [pages])
    assert _content(pages) == "ancien"
    assert [p.name for p in tmp_path.iterdir()] == ["financeurs"]


def test_recover_clears_what_a_dead_run_had_already_replaced(tmp_path: Path) -> None:
    pages = _folder(tmp_path / "financeurs", "nouveau")
    _folder(tmp_path / ".financeurs.avant", "ancien")
    recover(tmp_path, [pages])
    assert _content(pages) == "nouveau"
    assert [p.name for p in tmp_path.iterdir()] == ["financeurs"]


def test_recover_touches_nothing_else(tmp_path: Path) -> None:
    _folder(tmp_path / "notes", "à moi")
    _folder(tmp_path / ".autre", "à moi")
    recover(tmp_path, [tmp_path / "financeurs"])
    assert sorted(p.name for p in tmp_path.iterdir()) == [".autre", "notes"]


def test_a_full_disk_stops_the_writing_and_keeps_what_was_there(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full to stand for a full disk")
    (tmp_path / "plein").symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        write(tmp_path / "plein", b"x" * 100)
