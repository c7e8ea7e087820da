"""The zygote: a process of one thread that imports the libraries, then forks a child for each kernel.

``python -m atc.kernels.zygote`` is started by `atc.kernels.starting` only: its standard input is held by the
driver, and its end, like that of the driver, is the end of the zygote and of every kernel that it forked.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from atc.kernels import birth, libraries, wire
from atc.kernels.wire import Request

# Told through the standard input: take no more requests, and end with the last kernel.
RETIRE = b"r"


@dataclass
class _Kernel:
    """A child, and who asked for it: a connection, and a descriptor of that process."""

    pid: int
    end: int
    connection: socket.socket
    asker: int


@dataclass(frozen=True)
class Child:
    """What a fork finds when it leaves `Zygote.serve`."""

    request: Request
    streams: Sequence[int]


class Zygote:
    """Forks kernels for whoever may enter the folder of its socket."""

    def __init__(self, listener: socket.socket, digest: str, idle: float) -> None:
        self._listener = listener
        self._digest = digest
        self._idle = idle
        self._state = libraries.state()
        self._kernels: dict[int, _Kernel] = {}
        self._open = True
        self._left = False
        self._selector = selectors.DefaultSelector()
        self._driver = os.pidfd_open(os.getppid())
        self._watch(self._driver, self._leave)
        self._watch(sys.stdin.fileno(), self._hear_driver)
        self._watch(listener.fileno(), self._answer)

    def _watch(self, descriptor: int, act: Callable[[], Child | None]) -> None:
        self._selector.register(descriptor, selectors.EVENT_READ, act)

    def serve(self) -> Child | None:
        """Fork what is asked for, until the driver is gone or nothing was asked for long.

        Returns:
            Nothing in the zygote, at its end; in a child, at once, what it must become.
        """
        quiet_since = time.monotonic()
        while not self._left and (self._open or self._kernels):
            for key, _ in self._selector.select(timeout=self._idle):
                # What came before in this round may have let go of it.
                act: Callable[[], Child | None] = key.data
                child = act() if self._selector.get_map().get(key.fd) is key else None
                if child:
                    return child
                quiet_since = time.monotonic()
            if not self._kernels and time.monotonic() - quiet_since >= self._idle:
                break
        return None

    def end(self) -> None:
        """Take the kernels along."""
        for kernel in self._kernels.values():
            _kill(kernel.pid)
            os.waitpid(kernel.pid, 0)

    def _leave(self) -> None:
        self._left = True

    def _hear_driver(self) -> None:
        if os.read(sys.stdin.fileno(), 1) == RETIRE:
            self._selector.unregister(self._listener.fileno())
            self._listener.close()
            self._open = False
        else:
            self._left = True

    def _answer(self) -> Child | None:
        connection, _ = self._listener.accept()
        try:
            asker = os.pidfd_open(_peer(connection))
        except ProcessLookupError:
            connection.close()
            return None
        try:
            request, streams = wire.hear(connection)
        except (OSError, ValueError):
            os.close(asker)
            connection.close()
            return None
        child = self._born(request, streams, connection, asker)
        if child is None:
            for stream in streams:
                os.close(stream)
        return child

    def _born(
        self, request: Request, streams: Sequence[int], connection: socket.socket, asker: int
    ) -> Child | None:
        refusal = self._refusal(request)
        if refusal:
            wire.tell(connection, refused=refusal)
            connection.close()
            os.close(asker)
            return None
        pid = os.fork()
        if pid == 0:
            connection.close()
            os.close(asker)
            self._forget()
            return Child(request, streams)
        kernel = _Kernel(pid, os.pidfd_open(pid), connection, asker)
        self._kernels[pid] = kernel
        self._watch(kernel.end, lambda: self._tell_end(kernel))
        self._watch(connection.fileno(), lambda: self._release(kernel))
        self._watch(asker, lambda: self._release(kernel))
        wire.tell(connection, pid=pid)
        return None

    def _refusal(self, request: Request) -> str:
        if request.digest != self._digest or libraries.state() != self._state:
            return wire.ANOTHER
        if libraries.threads() != 1:
            return "le processus qui engendre les noyaux a plusieurs fils d’exécution"
        try:
            shadowed = libraries.shadowed(Path(request.folder))
        except OSError as error:
            return f"{request.folder} : {error.strerror}"
        return f"{', '.join(shadowed)} dans {request.folder}" if shadowed else ""

    def _tell_end(self, kernel: _Kernel) -> None:
        # Its number stays taken until whoever asked has let go: a late signal cannot reach a stranger.
        found = os.waitid(os.P_PIDFD, kernel.end, os.WEXITED | os.WNOWAIT)
        assert found is not None
        code = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        wire.tell(kernel.connection, returncode=code)
        self._selector.unregister(kernel.end)

    def _release(self, kernel: _Kernel) -> None:
        if kernel.end in self._selector.get_map():
            self._selector.unregister(kernel.end)
            _kill(kernel.pid)
        os.waitpid(kernel.pid, 0)
        del self._kernels[kernel.pid]
        self._selector.unregister(kernel.connection.fileno())
        self._selector.unregister(kernel.asker)
        _close(kernel)

    def _forget(self) -> None:
        """Close, in a child, all that belongs to the zygote."""
        self._selector.close()
        self._listener.close()
        os.close(self._driver)
        for kernel in self._kernels.values():
            _close(kernel)


def _close(kernel: _Kernel) -> None:
    kernel.connection.close()
    os.close(kernel.asker)
    os.close(kernel.end)


def _kill(pid: int) -> None:
    # Just forked, it may not lead its group yet.
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _peer(connection: socket.socket) -> int:
    size = struct.calcsize("3i")
    pid, _, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return int(pid)


def main(arguments: Sequence[str]) -> None:
    """Live as a zygote, or as one of its kernels.

    Args:
        arguments: Descriptor of the listening socket, its folder, digest of what kernels share, and how many
            seconds it stays without any.
    """
    listening, folder, digest, idle = arguments
    if not sys.flags.safe_path:
        del sys.path[0]
    added = libraries.load()
    zygote = Zygote(socket.socket(fileno=int(listening)), digest, float(idle))
    own = os.getpid()
    child = zygote.serve()
    if child:
        birth.become(child.request, child.streams, added, own)
        return
    zygote.end()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
