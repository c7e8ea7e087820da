"""A kernel that the zygote forked, for whoever asked for it: with the methods of ``subprocess.Popen``."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import time
from typing import IO, Any

_BUFFER = 65_536
_PAUSE = 0.005
# Like a Popen that nobody holds any more, a kernel lives on: its manager may go before its clients.
_running: set[WarmProcess] = set()


class WarmProcess:
    """A kernel, or the answer that there will be none.

    Attributes:
        pid: Its process; 0 until it is born.
        refused: Why the zygote forked none; empty otherwise.
        returncode: As `subprocess.Popen` gives it; ``None`` while it runs.
        stdin: Nothing: a kernel reads no standard input.
        stdout: Where its output can be read, if that was asked for.
        stderr: The same for its errors.
    """

    def __init__(
        self,
        connection: socket.socket,
        stdout: IO[bytes] | None = None,
        stderr: IO[bytes] | None = None,
    ) -> None:
        self.pid = 0
        self.refused = ""
        self.returncode: int | None = None
        self.stdin = None
        self.stdout = stdout
        self.stderr = stderr
        self._connection = connection
        self._connection.setblocking(False)
        self._heard = b""
        _running.add(self)

    @property
    def answered(self) -> bool:
        """Whether the zygote has forked it, refused, or gone."""
        self.poll()
        return bool(self.pid or self.refused) or self.returncode is not None

    def poll(self) -> int | None:
        """Its exit code, if it has ended."""
        while self.returncode is None:
            try:
                read = self._connection.recv(_BUFFER)
            except BlockingIOError:
                break
            except ConnectionResetError:
                read = b""
            *lines, self._heard = (self._heard + read).split(b"\n")
            for line in lines:
                self._note(**json.loads(line))
            if not read and self.returncode is None:
                # The zygote was killed, and the system has killed its children.
                self.returncode = -signal.SIGKILL
        if self.returncode is not None:
            self.let_go()
            _running.discard(self)
        return self.returncode

    def let_go(self) -> None:
        """Want it no more: the zygote ends it if it still runs."""
        self._connection.close()

    def _note(self, **said: Any) -> None:
        self.pid = said.get("pid", self.pid)
        self.refused = said.get("refused", self.refused)
        self.returncode = 1 if self.refused else said.get("returncode", self.returncode)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired("ipykernel_launcher", timeout or 0)
            time.sleep(_PAUSE)
        return code

    def send_signal(self, number: int) -> None:
        """Signal it, if it runs."""
        if self.pid and self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@atexit.register
def _let_go() -> None:
    # Whoever asked is ending, and so must its kernels.
    for process in _running:
        process.let_go()
