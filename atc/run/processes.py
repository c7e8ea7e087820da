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

import ctypes
import errno
import multiprocessing
import os
import pickle
import pkgutil
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection, context, util
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import psutil  # type: ignore[import-untyped]

FORKS = sys.platform == "linux"
if FORKS:
    import resource
    from multiprocessing import forkserver, popen_forkserver, reduction, spawn

# Seconds for the fork server to import its libraries and fork, on a slow machine; for the system to end what
# was killed.
START_SECONDS, _PATIENCE = 120.0, 10.0
# Where a child leaves its result, in its folder; under the other name until it is whole.
_RESULT, _UNFINISHED = "resultat.pickle", "resultat.partiel"
# Of the fork server alone: a module of the current folder must not stand for a library.
_SAFE = "PYTHONSAFEPATH"
# The allocator of Arrow would start a thread, and a fork copies one thread only.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_driver: Connection | None = None


class ChildLost(Exception):
    """A function whose process gave no result: it ended without one, did not start, or was ended."""


class Watch:
    """Who watches a function from outside: told what it says, and free to move its deadline."""

    def __init__(self, seconds: float = float("inf")) -> None:
        """It may run so many seconds, counted from when its process is there."""
        self.seconds = seconds
        #: On the monotonic clock.
        self.deadline = float("inf")
        #: Whether it was ended for that.
        self.overdue = False

    def heard(self, message: Any) -> None:
        """The function told something, see `tell`."""


class Launcher:
    """Runs functions for one run, several at a time; a fork server of its own lends them its libraries."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str | None], preload: Sequence[str] = ()
    ) -> None:
        """Nothing is started before the first function, or `warm`.

        Functions have their temporary files in ``folder``, which is private, and the variables of this
        process beside those of ``environment`` (``None``: unset). The modules of ``preload`` are imported
        once for all; threads that they start are in no function.
        """
        self._folder, self._environment = folder, {**_SINGLE_THREADED, **environment}
        self._preload = list(preload)
        self._families: list[psutil.Process | None] = []
        self._lock, self._closed = threading.Lock(), False
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

    def run(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        watch: Watch | None = None,
        megabytes: int | None = None,
    ) -> Any:
        """Run a function in a fresh process, and wait for its result; what it raises is raised.

        All must be picklable. ``watch`` sets until when it may run, ``megabytes`` how much memory it may take
        where the system holds it to that. `ChildLost`: it gave no result; `OSError`: the disk of temporary
        files has no room for it.
        """
        folder, watch = Path(tempfile.mkdtemp(prefix="", dir=self._folder)), watch or Watch()
        try:
            told, telling = multiprocessing.Pipe(duplex=False)
            with told:
                with telling:
                    process = self._started((telling, folder, megabytes, function, arguments))
                # By its time of birth too: later, its number may be that of a stranger.
                family = _process(process.pid)
                self._families.append(family)
                watch.deadline = time.monotonic() + watch.seconds
                try:
                    _follow(process.sentinel, told, watch)
                finally:
                    # Its keeper may have been killed, or what that one was forked from.
                    _end_family(family)
                    self._families.remove(family)
            if watch.overdue:
                raise ChildLost
            if (folder / _RESULT).exists():
                returned, value = pickle.loads((folder / _RESULT).read_bytes())  # noqa: S301 - our own child's
                if returned:
                    return value
                raise value
            if (folder / _UNFINISHED).exists():
                # It had a result, and no room to leave it.
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))
            raise ChildLost
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End all that is at work, then what it was forked from; who waits for it is told."""
        self._closed = True
        # At once: who holds the lock may be waiting for the server to be ready.
        self._end_server()
        for family in list(self._families):
            _end_family(family)
        with self._lock:
            self._end_server()
            # Closes what it held, and takes its socket away.
            with suppress(ChildProcessError):
                if self._server:
                    self._server._stop()  # noqa: SLF001
        shutil.rmtree(self._folder / "m", ignore_errors=True)

    def _started(self, job: tuple[Any, ...]) -> Any:
        if not self._server:
            process = multiprocessing.get_context("spawn").Process(target=_work, args=job)
            with self._lock, _applied(self._environment):
                process.start()
            return process
        guard = threading.Timer(START_SECONDS, self._end_server)
        guard.daemon = True
        guard.start()
        try:
            with self._lock:
                self._ensure_server()
                return _Popen(context.ForkServerProcess(target=_keep, args=job), self._server)
        except (OSError, EOFError) as error:
            # It was stopped, or killed: by the guard, or by somebody else.
            raise ChildLost from error
        finally:
            guard.cancel()

    def _ensure_server(self) -> None:
        if self._closed:
            raise ChildLost
        self._server.set_forkserver_preload(self._preload)
        sockets = self._folder / "m"
        sockets.mkdir(mode=0o700, exist_ok=True)
        config = multiprocessing.current_process()._config  # type: ignore[attr-defined]  # noqa: SLF001
        before, config["tempdir"] = config.get("tempdir"), str(sockets)
        try:
            # What it is started with holds for all: their hash seed, their limits on threads.
            with _applied({**self._environment, _SAFE: "1"}):
                self._server.ensure_running()
        finally:
            config["tempdir"] = before

    def _end_server(self) -> None:
        if self._server and (pid := self._server._forkserver_pid):  # noqa: SLF001
            with suppress(ProcessLookupError):
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
            self.finalizer = util.Finalize(self, util.close_fds, (os.dup(writing), self.sentinel))  # type: ignore[attr-defined]
            with open(writing, "wb") as stream:  # noqa: PTH123 - a descriptor
                stream.writelines(content)
            self.pid = forkserver.read_signed(self.sentinel)


def _follow(sentinel: int, told: Connection, watch: Watch) -> None:
    """Hear what a function tells until its process has ended, or is overdue."""
    while not watch.overdue:
        left = watch.deadline - time.monotonic()
        waited: list[Any] = [sentinel, *([] if told.closed else [told])]
        ready = connection.wait(waited, None if left == float("inf") else max(0.0, left))
        # What it told before it ended counts: looked at in this order.
        try:
            while not told.closed and told.poll():
                watch.heard(told.recv())
        except (EOFError, OSError, pickle.UnpicklingError):
            # It closed, or was ended in the middle of a word: whatever it started ends before it is gone.
            told.close()
        if sentinel in ready:
            return
        watch.overdue = time.monotonic() > watch.deadline


@contextmanager
def _applied(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables for the process started meanwhile, then put back what was there."""
    before = {name: os.environ.get(name) for name in variables}

    def put(wanted: Mapping[str, str | None]) -> None:
        for name, value in wanted.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value

    put(variables)
    try:
        yield
    finally:
        put(before)


# --- inside a process ---


def tell(message: Any) -> None:
    """Tell the driver something short, from a function that runs in a process of its own."""
    if _driver is not None:
        _driver.send(message)


def call(name: str, *arguments: Any, **named: Any) -> Any:
    """Call ``package.module:function`` by name: who has this run elsewhere does not import the module."""
    return pkgutil.resolve_name(name)(*arguments, **named)


def _keep(driver: Connection, *job: Any) -> None:
    """Fork what does the work, and see to it that nothing is left of it, whoever ends first."""
    os.setsid()
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    parent = multiprocessing.parent_process()
    assert parent is not None
    pid = os.fork()
    if pid == 0:
        try:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _work(driver, *job)
        finally:
            os._exit(0)
    driver.close()
    connection.wait([os.pidfd_open(pid), parent.sentinel])
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    _end_family(_process(os.getpid()))
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    os._exit(0)


def _work(
    driver: Connection,
    folder: Path,
    megabytes: int | None,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    """Run the function, and leave what it returns or raises in the folder."""
    global _driver  # noqa: PLW0603 - of a process that does nothing else
    _driver = driver
    # What it leaves half-written is in the folder of the run, and goes with it.
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)))
    os.environ.pop(_SAFE, None)
    tempfile.tempdir = None
    # Each process has its own random numbers: Python and numpy hold those of the fork server.
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if megabytes is not None and FORKS:
        # Of what it writes to, not of what libraries merely reserve.
        most, hard = megabytes * 1_000_000, resource.getrlimit(resource.RLIMIT_DATA)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
    try:
        content = pickle.dumps((True, function(*arguments)))
    except Exception as error:  # noqa: BLE001 - the driver raises it
        try:
            content = pickle.dumps((False, error))
            # Some exceptions are written, and can never be read.
            pickle.loads(content)  # noqa: S301 - our own
        except Exception:  # noqa: BLE001 - whatever the class of the exception does
            content = pickle.dumps((False, RuntimeError(f"{type(error).__name__} : {error}")))
    (folder / _UNFINISHED).write_bytes(content)
    (folder / _UNFINISHED).rename(folder / _RESULT)


def _process(pid: int) -> psutil.Process | None:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid)
    return None


def _end_family(family: psutil.Process | None) -> None:
    """End a process, unless it is this one or gone already, and all that it started."""
    if family is None:
        return
    own = family.pid == os.getpid()
    deadline = time.monotonic() + _PATIENCE
    # Stopped, not ended, as long as it may still be asked who its children are; it adopts those of the dead.
    with suppress(psutil.NoSuchProcess):
        if not own:
            family.suspend()
        while (found := list(_living(family))) and time.monotonic() < deadline:
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            time.sleep(0.002)
        if not own:
            family.kill()
            family.wait(_PATIENCE)


def _living(family: psutil.Process) -> Iterator[psutil.Process]:
    for process in family.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process
