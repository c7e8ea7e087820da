"""Functions run in fresh processes: begun at once, ended at their deadline, with all that they started.

A `Launcher` has one process that imports libraries once, the fork server of the standard library, and forks a
fresh one for each function. On Linux two processes stand for each function:

    driver ── fork server ── keeper ── the function ── whatever that starts

The keeper adopts what the function leaves behind, in whatever session, group or environment, and ends it with
the function, or with the driver. So nothing is left of a function that ended, of one that was ended, nor of a
driver that was killed. The one gap: a function that kills its own keeper ends at once, but what it had put
into another session does not.

Elsewhere each process starts from nothing, which takes longer; it is ended with the children that it still
has, but no limit on memory holds, what left its family before stays, and a driver that is killed ends none.
"""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import pickle
import shutil
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import connection, context, util
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from atc.run.keeper import (
    FORKS,
    RESULT,
    SAFE,
    SIGNALLED,
    UNFINISHED,
    call,
    end_family,
    head,
    keep,
    tell,
    work,
)

if FORKS:
    from multiprocessing import forkserver, popen_forkserver, reduction, spawn

__all__ = ["FORKS", "Child", "ChildLost", "Launcher", "call", "end_family", "tell", "wait"]

# Seconds for the fork server to import its libraries and fork, on a slow machine.
START_SECONDS = 120.0
# The allocator of Arrow would start a thread, and a fork copies one thread only.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


class ChildLost(Exception):
    """A child that ended without a result, at its deadline if ``overdue``.

    ``exitcode`` is negative for a signal, ``None`` for a process that did not start or was ended.
    """

    def __init__(self, exitcode: int | None, *, overdue: bool = False) -> None:
        super().__init__(exitcode, overdue)
        self.exitcode, self.overdue = exitcode, overdue


class Child:
    """A function at work in a process of its own; made by `Launcher.start`.

    `heard` may move its ``deadline``, on the monotonic clock. Its ``folder`` of temporary files is gone once
    it has ended.
    """

    def __init__(
        self, process: Any, told: Connection, folder: Path, deadline: float, heard: Callable[..., None]
    ) -> None:
        self.deadline = deadline
        self.folder = folder
        self.pid: int = process.pid
        self._process, self._told, self._heard = process, told, heard
        # By its time of birth too: later, its number may be that of a stranger.
        self._family = head(self.pid)
        self._outcome: tuple[bool, Any] | None = None

    @property
    def ended(self) -> bool:
        """Whether it has a result, or never will."""
        return self._outcome is not None

    def result(self) -> Any:
        """What the function returned, once it has ended; what it raised is raised.

        `ChildLost` if it gave no result, `OSError` if the disk of temporary files had no room for it.
        """
        if self._outcome is None:
            wait([self])
        assert self._outcome is not None
        returned, value = self._outcome
        if not returned:
            raise value
        return value

    def kill(self) -> None:
        """End it and all that it started; `result` then raises `ChildLost`."""
        self._end(overdue=False)

    def watched(self) -> list[Any]:
        """What becomes ready when it ends or tells something, for `multiprocessing.connection.wait`."""
        return [self._process.sentinel, *(() if self._told.closed else (self._told,))]

    def advance(self) -> bool:
        """Hear what it told, end it if it is overdue; tell whether it has ended."""
        if self._outcome is not None:
            return True
        # What it told before it ended counts: looked at in this order.
        gone = bool(connection.wait([self._process.sentinel], 0))
        try:
            while not self._told.closed and self._told.poll():
                self._heard(self, self._told.recv())
        except (EOFError, OSError, pickle.UnpicklingError):
            # It closed, or was ended in the middle of a word: whatever it started ends before it is gone.
            self._told.close()
        if gone:
            self._conclude()
        elif time.monotonic() > self.deadline:
            self._end(overdue=True)
        return self.ended

    def _end(self, *, overdue: bool) -> None:
        if self._outcome is None:
            end_family(self._family)
            self._put_away(False, ChildLost(None, overdue=overdue))

    def _conclude(self) -> None:
        # Its keeper may have been killed, or what that one was forked from.
        end_family(self._family)
        code = self._process.poll()
        if code is not None and code > SIGNALLED:
            code = SIGNALLED - code
        try:
            returned, value = pickle.loads((self.folder / RESULT).read_bytes())  # noqa: S301 - our own child's
        except FileNotFoundError:
            returned, value = False, ChildLost(code)
            if (self.folder / UNFINISHED).exists():
                # It had a result, and no room to leave it.
                where = str(self.folder.parent)
                value = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), where)
        self._put_away(returned, value)

    def _put_away(self, returned: bool, value: Any) -> None:
        self._outcome = returned, value
        self._told.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait(children: Collection[Child], timeout: float | None = None) -> list[Child]:
    """Wait at most ``timeout`` seconds until a child has ended; those that are overdue are ended.

    Returns those that have ended; none when the time is up.
    """
    until = float("inf") if timeout is None else time.monotonic() + timeout
    while not (ended := [child for child in children if child.advance()]):
        left = min([until, *(child.deadline for child in children)]) - time.monotonic()
        if not children or time.monotonic() >= until:
            break
        watched = [one for child in children for one in child.watched()]
        connection.wait(watched, None if left == float("inf") else max(0.0, left))
    return ended


class Launcher:
    """Starts children for one run; a fork server of its own lends them its libraries."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str | None], preload: Sequence[str] = ()
    ) -> None:
        """Nothing is started before the first child, or `warm`.

        Args:
            folder: Private folder of the run, in which children have their temporary files.
            environment: Variables of the children beside those of this process; ``None`` for none.
            preload: Modules that are imported once for all children. Threads that they start are in none.
        """
        self._folder, self._environment = folder, {**_SINGLE_THREADED, **environment}
        self._preload = list(preload)
        self._children: set[Child] = set()
        self._count = 0
        self._lock = threading.Lock()
        # Some of what it takes is private to the standard library, whose own server belongs to everybody.
        self._server: Any = forkserver.ForkServer() if FORKS else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Have the libraries imported, without waiting for it."""
        if self._server:
            with self._lock:
                self._ensure_server()

    def start(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        deadline: float | None = None,
        megabytes: int | None = None,
        heard: Callable[[Child, Any], None] = lambda _child, _message: None,
    ) -> Child:
        """Begin to run a function in a fresh process.

        Args:
            function: Of a module; what it returns, or raises, must be picklable.
            arguments: Picklable.
            deadline: Seconds until it is ended, counted from now; no end when ``None``.
            megabytes: Most memory that its process may take, where the system holds it to that.
            heard: Called in `wait` or `Child.result` with what the function tells, see `tell`.

        Raises:
            ChildLost: The process does not start.
        """
        with self._lock:
            self._count += 1
            folder = self._folder / str(self._count)
        folder.mkdir(mode=0o700)
        ours, theirs = multiprocessing.Pipe(duplex=False)
        job = (theirs, folder, megabytes, function, arguments)
        try:
            process = self._forked(job) if self._server else _spawned(job, self._environment)
        except BaseException:
            ours.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            theirs.close()
        until = float("inf") if deadline is None else time.monotonic() + deadline
        child = Child(process, ours, folder, until, heard)
        with self._lock:
            self._children = {one for one in self._children if not one.ended} | {child}
        return child

    def run(self, function: Callable[..., Any], *arguments: Any, **limits: Any) -> Any:
        """Run a function in a fresh process, and wait for its result; arguments as for `start`."""
        child = self.start(function, *arguments, **limits)
        try:
            return child.result()
        finally:
            child.kill()

    def close(self) -> None:
        """End all children, then what they were forked from."""
        for child in self._children:
            child.kill()
        self._children.clear()
        if self._server:
            self._end_server()
            # Closes what it held, and takes its socket away.
            with contextlib.suppress(ChildProcessError):
                self._server._stop()  # noqa: SLF001
            shutil.rmtree(self._folder / "m", ignore_errors=True)

    def _forked(self, job: tuple[Any, ...]) -> Any:
        guard = threading.Timer(START_SECONDS, self._end_server)
        guard.daemon = True
        guard.start()
        try:
            with self._lock:
                self._ensure_server()
                return _Popen(context.ForkServerProcess(target=keep, args=job), self._server)
        except (OSError, EOFError) as error:
            # It was stopped, or killed: by the guard, or by somebody else.
            raise ChildLost(None) from error
        finally:
            guard.cancel()

    def _ensure_server(self) -> None:
        self._server.set_forkserver_preload(self._preload)
        socket_folder = self._folder / "m"
        socket_folder.mkdir(mode=0o700, exist_ok=True)
        # What it is started with holds for all its children: their hash seed, their limits on threads.
        with _applied({**self._environment, SAFE: "1"}), _sockets_in(socket_folder):
            self._server.ensure_running()

    def _end_server(self) -> None:
        pid = self._server._forkserver_pid  # noqa: SLF001
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


if FORKS:

    class _Popen(popen_forkserver.Popen):
        """A process forked by a fork server of ours, wherever another one may be running."""

        _fds: list[int]

        def __init__(self, process: context.ForkServerProcess, server: Any) -> None:
            self._server = server
            super().__init__(process)

        def _launch(self, process: context.ForkServerProcess) -> None:
            prepared = spawn.get_preparation_data(process.name)
            # The script that runs us is not imported again: functions come from modules.
            known = {name: value for name, value in prepared.items() if not name.startswith("init_main")}
            context.set_spawning_popen(self)
            try:
                content = reduction.ForkingPickler.dumps(known), reduction.ForkingPickler.dumps(process)
            finally:
                context.set_spawning_popen(None)
            self.sentinel, writing = self._server.connect_to_new_process(self._fds)
            # As long as it is open, the child knows that this process lives.
            alive = os.dup(writing)
            self.finalizer = util.Finalize(self, _closed, ((alive, self.sentinel),))
            with open(writing, "wb") as stream:  # noqa: PTH123 - a descriptor
                stream.writelines(content)
            self.pid = forkserver.read_signed(self.sentinel)


def _closed(descriptors: tuple[int, ...]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _spawned(job: tuple[Any, ...], environment: Mapping[str, str | None]) -> Any:
    process = multiprocessing.get_context("spawn").Process(target=work, args=job)
    with _applied(environment):
        process.start()
    process.poll = lambda: process.exitcode  # type: ignore[attr-defined]
    return process


@contextmanager
def _applied(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables for the process started meanwhile, then put back what was there."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@contextmanager
def _sockets_in(folder: Path) -> Iterator[None]:
    """Have multiprocessing put the socket that it makes meanwhile into a folder."""
    current = multiprocessing.current_process()
    before = current._config.get("tempdir")  # type: ignore[attr-defined]  # noqa: SLF001
    current._config["tempdir"] = str(folder)  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield
    finally:
        current._config["tempdir"] = before  # type: ignore[attr-defined]  # noqa: SLF001
