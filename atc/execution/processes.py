"""No process outlives the run that started it: kernels and their children carry its mark, and end by it.

The mark is an environment variable, which children inherit even when they leave the group or the session of
their parent. Only processes that carry it are ever touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import util
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "ATC_EXECUTION"
_PREFIX = "atc-run-"
# Seconds for the system to end what was killed.
_PATIENCE = 10.0


def end(mark: str) -> None:
    """End every process that carries a mark, this one excepted.

    Args:
        mark: Of a run, for all its processes, or of one chapter of it, as ``run/chapitre``.
    """
    # Until none is left: a process may be born while the list is read. Waiting for them would take the exit
    # codes of children away from whoever started them.
    deadline = time.monotonic() + _PATIENCE
    while (found := list(_marked(mark))) and time.monotonic() < deadline:
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.02)


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            found = process.environ().get(MARK, "") if process.pid != os.getpid() else ""
            dead = process.status() == psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            # Someone else's process, or one that just ended.
            continue
        if (found == mark or found.startswith(f"{mark}/")) and not dead:
            yield process


def follow(driver: int, mark: str) -> None:
    """End this process, and all that carries the mark, as soon as the driver is gone.

    Args:
        driver: Who runs; the parent of this process, or of the one that it was forked from.
        mark: Of the run.
    """

    def watch() -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            followed = psutil.Process(driver)
            # Killed, it may be a zombie for as long as whoever started it reads what it said.
            while followed.is_running() and followed.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.3)
        end(mark)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="suivi").start()


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can enter, for the kernels' sockets; its name is the mark of the run.

    It stands in the system's temporary folder because the path of a socket is limited to about 100 bytes.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def keep_sockets() -> None:
    """Have multiprocessing keep its sockets, for as long as this process lives, where `sweep` clears them.

    It removes its folder itself, but not when it is killed.
    """
    folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
    before, tempfile.tempdir = tempfile.tempdir, folder
    try:
        util.get_temp_dir()
    finally:
        tempfile.tempdir = before
    # After multiprocessing's own, which is inside.
    util.Finalize(None, shutil.rmtree, args=(folder,), kwargs={"ignore_errors": True}, exitpriority=-101)


def sweep() -> None:
    """Clear what runs that were killed left behind: their kernels and their private folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        driver = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not driver.isdecimal() or psutil.pid_exists(int(driver)) or not _is_ours(folder):
            continue
        end(folder.name)
        shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return not hasattr(os, "getuid") or folder.lstat().st_uid == os.getuid()
