"""Zygotes of this process: started on demand, one for each way to start a kernel, ended with the process."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from atc.kernels import zygote
from atc.kernels.inheritance import digest, is_free
from atc.kernels.libraries import prepared
from atc.kernels.zygote import RETIRE

# Where the processes that a driver starts find its zygote.
SHARED = "ATC_ZYGOTE"
_PREFIX = "atc-noyaux-"
_SOCKET, _LOG = "zygote", "zygote.log"
IDLE_SECONDS = 600
_PATIENCE = 10
# Kernels of a third kind retire the zygote of the first: each holds some 200 MB.
_MOST = 2
# /proc/self/environ of a kernel can hold no more than that of its zygote did: leave some room.
_ROOM = 8192


@dataclass
class Zygote:
    """A zygote that this process started.

    Attributes:
        process: It.
        folder: Private folder of its socket.
        digest: What its kernels share.
        owner: Number of this process: a fork of it must leave the zygote alone.
        retired: Whether it takes no more requests, and ends with its last kernel.
    """

    process: subprocess.Popen[bytes]
    folder: Path
    digest: str
    owner: int
    retired: bool = False

    @property
    def socket(self) -> Path:
        """Where it takes requests."""
        return self.folder / _SOCKET

    def retire(self) -> None:
        """Have it end with its last kernel."""
        self.retired = True
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(RETIRE)
            self.process.stdin.flush()

    def end(self) -> None:
        """End it and its kernels, and clear its folder."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_started: list[Zygote] = []
_lock = threading.Lock()


def start(interpreter: Sequence[str], environment: Mapping[str, str], folder: Path) -> Zygote:
    """Start a zygote.

    Args:
        interpreter: Python, and its options.
        environment: All variables of its first kernel; the others may differ in the free ones.
        folder: Private and empty: for its socket.
    """
    key = digest(interpreter, environment)
    with socket.socket(socket.AF_UNIX) as listener, (folder / _LOG).open("wb") as log:
        listener.bind(str(folder / _SOCKET))
        listener.listen()
        # It works in its own folder: no file of the project can pass for a library.
        process = subprocess.Popen(
            [
                *interpreter,
                "-m",
                zygote.__name__,
                str(listener.fileno()),
                str(folder),
                key,
                str(IDLE_SECONDS),
            ],
            cwd=folder,
            env={**prepared(_own_variables(environment)), "ATC_ROOM": " " * _ROOM},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    return Zygote(process, folder, key, os.getpid())


def _own_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of the kernel where they must be the same; where not, its driver's: the mark of a whole run."""
    shared = {name: value for name, value in environment.items() if not is_free(name)}
    return shared | {name: value for name, value in os.environ.items() if is_free(name)}


def sockets(interpreter: Sequence[str], environment: Mapping[str, str]) -> Iterator[Path]:
    """Where to ask for a kernel, best first; the last is a new zygote.

    Args:
        interpreter: Python, and its options.
        environment: All variables of the kernel.
    """
    if SHARED in os.environ:
        yield Path(os.environ[SHARED])
    key = digest(interpreter, environment)
    own = _known(key)
    if own:
        yield own.socket
        # It would not: a library has changed on disk.
        own.retire()
    with _lock:
        # Another thread may have waited here for the same.
        new = _known(key) or _new(interpreter, environment)
    yield new.socket


def _known(key: str) -> Zygote | None:
    return next((own for own in _mine() if own.digest == key and not own.retired), None)


def _new(interpreter: Sequence[str], environment: Mapping[str, str]) -> Zygote:
    sweep()
    taking = [own for own in _mine() if not own.retired]
    for own in taking[: len(taking) + 1 - _MOST]:
        own.retire()
    new = start(interpreter, environment, Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")))
    _started.append(new)
    return new


def _mine() -> list[Zygote]:
    """The zygotes of this process that live, once what the others left is cleared."""
    _started[:] = [own for own in _started if own.owner == os.getpid()]
    for own in [own for own in _started if own.process.poll() is not None]:
        _started.remove(own)
        own.end()
    return list(_started)


def log_of(place: Path) -> str:
    """What a zygote said before it ended.

    Args:
        place: Its socket.
    """
    log = place.with_name(_LOG)
    return log.read_text(encoding="utf-8", errors="replace").strip() if log.exists() else ""


@atexit.register
def end_all() -> None:
    """End the zygotes of this process, and all their kernels."""
    for own in _mine():
        _started.remove(own)
        own.end()


def sweep() -> None:
    """Clear the folders of drivers that were killed together with their zygote."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        driver = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not Path("/proc", driver).exists() and folder.lstat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
