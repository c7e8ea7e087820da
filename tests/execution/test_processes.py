from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from atc.execution import processes

SLEEP = [sys.executable, "-c", "import time; print(flush=True); time.sleep(1000)"]


def _start(mark: str | None) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **({processes.MARK: mark} if mark else {})}
    process = subprocess.Popen(SLEEP, env=environment, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    process = _start(None)
    yield process
    process.kill()
    process.wait()


def test_only_what_carries_the_mark_is_ended(bystander: subprocess.Popen[bytes]) -> None:
    mark = f"essai-{os.getpid()}"
    ours, chapter, other = _start(mark), _start(f"{mark}/01"), _start(f"{mark}0")
    processes.end(f"{mark}/01")
    assert chapter.wait(5) != 0
    assert ours.poll() is None
    processes.end(mark)
    assert ours.wait(5) != 0
    assert other.poll() is None
    assert bystander.poll() is None
    processes.end(f"{mark}0")
    assert other.wait(5) != 0


def test_ending_nothing_is_quick_and_silent() -> None:
    processes.end("une marque que personne ne porte")


def test_a_private_folder_is_ours_alone_and_goes_away() -> None:
    with processes.private_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert str(os.getpid()) in folder.name
        (folder / "k").write_text("x")
    assert not folder.exists()


def test_sweeping_clears_after_the_dead_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = tmp_path / f"atc-run-{gone.pid}-abc"
    alive = tmp_path / f"atc-run-{os.getpid()}-abc"
    foreign = tmp_path / "atc-run-notes-abc"
    for folder in (dead, alive, foreign):
        folder.mkdir()
    orphan = _start(f"{dead.name}/01")
    processes.sweep()
    assert orphan.wait(5) != 0
    assert not dead.exists()
    assert alive.exists()
    assert foreign.exists()


def test_a_worker_ends_with_its_driver_and_takes_its_children_along() -> None:
    mark = f"suivi-{os.getpid()}"
    worker = (
        "import subprocess, sys, time\nfrom atc.execution import processes\nimport os\n"
        f"processes.follow(os.getppid(), {mark!r})\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "print(os.getpid(), child.pid, flush=True)\ntime.sleep(1000)"
    )
    driver = (
        f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {worker!r}])\n"
        "import time; time.sleep(1000)"
    )
    environment = {**os.environ, processes.MARK: mark}
    process = subprocess.Popen(
        [sys.executable, "-c", driver], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
