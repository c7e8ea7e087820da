"""Functions run in fresh processes: begun at once, ended at their deadline, with all that they started.

A `Launcher` has one process, the server, that imports libraries once and forks for each function:

    driver ── server ── the function ── whatever that starts

On Linux, the server adopts what functions leave behind, in whatever session, group or environment, and ends
it with them, or once the driver's end of their connection is closed. So nothing is left of a function that
ended, of one that was ended, nor of a driver that was killed. The one gap: when the server itself is killed
its functions end at once, but what they had put into other sessions does not.

Elsewhere each process starts from nothing, which takes longer; it is ended with the children that it still
has, but no limit on memory holds, what left its family before stays, and a driver that is killed ends none.
"""

import ctypes
import gc
import importlib
import multiprocessing
import os
import pickle
import pkgutil
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import psutil  # type: ignore[import-untyped]

from atc.survey.errors import AtcError, shown
from atc.survey.files import locked, write

FORKS = sys.platform == "linux"
if FORKS:
    import resource

# Seconds for the server to import its libraries and fork, on a slow machine; for what was told to end.
START_SECONDS, _PATIENCE = 120.0, 30.0
# Seconds without a function after which the server ends: another one will be started.
_IDLE = 60.0
# Eleven days: the limit of who has none.
_NO_LIMIT = 1e6
_PREFIX, _LOCK, _JOB = "atc-run-", "verrou", "travail.pickle"
# Bytes of the path of a private folder that leave room, below it, for those of the sockets of a kernel.
_LONGEST = 85
# The allocator of Arrow would start a thread, and a fork copies one thread only.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
# Kinds of what a function's process says.
_BEGUN, _TOLD, _RETURNED, _RAISED = range(4)
_driver: Connection | None = None


class ChildLost(Exception):
    """A function whose process gave no result: it ended without one, did not start, or was ended."""

    overdue = False  # whether it was ended at its deadline


class Launcher:
    """Runs functions for one run, several at a time; a server of its own lends them its libraries.

    Nothing is started before the first function, or `warm`. Functions have their temporary files in a
    private ``folder``, and the variables of this process beside those of ``environment`` (``None``: unset).
    The modules of ``preload`` are imported once for all; threads that they start are in no function.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str | None], preload: Sequence[str] = ()
    ) -> None:
        self._folder, self._environment = folder, {**_SINGLE_THREADED, **environment}
        self._preload = list(preload)
        self._lock, self._closed = threading.Lock(), False
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        # By connection, where there is no server.
        self._spawned: dict[Connection, psutil.Process] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Have the libraries imported, without waiting for it."""
        with self._lock:
            if not FORKS or self._closed or (self._server and self._server.poll() is None):
                return
            if self._control:
                # That of a server that was left idle, or killed.
                self._control.close()
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            # A module of the current folder must not stand for a library.
            path = [name for name in sys.path if name]
            code = (
                f"import sys; sys.path[:] = {path!r}; from atc.run.processes import serve; "
                f"serve({theirs.fileno()}, {self._preload!r}, {_IDLE})"
            )
            with theirs:
                # In a session of its own, where no Ctrl-C reaches it.
                self._server = subprocess.Popen(
                    [sys.executable, "-P", "-c", code],
                    stdin=subprocess.DEVNULL,
                    env=self._surroundings(),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )

    def _surroundings(self) -> dict[str, str]:
        variables = {**os.environ, **self._environment}
        return {name: value for name, value in variables.items() if value is not None}

    def run(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        seconds: float = _NO_LIMIT,
        heard: Callable[[Any], float] | None = None,
        megabytes: int | None = None,
    ) -> Any:
        """Run a function in a fresh process, and wait for its result; what it raises is raised.

        All must be picklable. It may run so many ``seconds``, then until when ``heard`` says, on the
        monotonic clock, each time it tells something (see `tell`); it may take so many ``megabytes`` of
        memory, where the system holds it to that. `ChildLost`: it gave no result; `OSError`: the disk of
        temporary files has no room for it.
        """
        folder = Path(tempfile.mkdtemp(prefix="", dir=self._folder))
        here, there = multiprocessing.Pipe()
        try:
            write(folder / _JOB, pickle.dumps((megabytes, function, arguments)))
            with here:
                with there:
                    self._start(here, there, folder)
                try:
                    kind, value = self._follow(here, seconds, heard)
                finally:
                    self._end(here)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if kind == _RAISED:
            raise value
        return value

    def _start(self, here: Connection, there: Connection, folder: Path) -> None:
        if FORKS:
            self.warm()
            if self._control is None:
                raise ChildLost
            try:
                socket.send_fds(self._control, [os.fsencode(folder)], [there.fileno()])
            except OSError as error:
                raise ChildLost from error
            return
        # Python reads them when it starts; this process minds none.
        os.environ |= self._surroundings()
        process = multiprocessing.get_context("spawn").Process(target=_work, args=(there, folder))
        process.start()
        self._spawned[here] = psutil.Process(process.pid)

    def _follow(
        self, here: Connection, seconds: float, heard: Callable[[Any], float] | None
    ) -> tuple[int, Any]:
        """Hear what a function says until nothing is left of it, or until it is overdue."""
        begun, result, lost = False, None, ChildLost()
        deadline = time.monotonic() + START_SECONDS
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            # It closes in the end, or when it was ended, maybe in the middle of a word.
            while not self._closed:
                if here.poll(max(0.0, deadline - time.monotonic())):
                    kind, value = here.recv()
                    if kind == _BEGUN:
                        begun, deadline = True, time.monotonic() + seconds
                    elif kind != _TOLD:
                        result = kind, value
                    elif heard and not lost.overdue:
                        deadline = heard(value)
                elif begun and not lost.overdue:
                    lost.overdue, deadline = True, time.monotonic() + _PATIENCE
                    self._end(here)
                else:
                    # The server was stopped: a new one will be started.
                    self._end_server()
                    break
        if result is None or lost.overdue:
            raise lost
        return result

    def _end(self, here: Connection) -> None:
        """Have a function ended, if it is not; its connection closes when nothing is left of it."""
        if FORKS:
            with socket.socket(fileno=os.dup(here.fileno())) as ours, suppress(OSError):
                ours.shutdown(socket.SHUT_WR)
        elif (process := self._spawned.pop(here, None)) and process.is_running():
            for each in [*process.children(recursive=True), process]:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
            process.wait(_PATIENCE)

    def close(self) -> None:
        """End all that is at work, and what it was forked from; who waits for it is told."""
        self._closed = True
        for here in list(self._spawned):
            self._end(here)
        if self._server:
            # It still imports, and ends at once, or it does not listen to that.
            self._server.terminate()
        self._end_server(_PATIENCE)

    def _end_server(self, patience: float = 0.0) -> None:
        with self._lock:
            if self._server and self._control:
                # It ends by itself then, with all that it forked.
                self._control.close()
                with suppress(subprocess.TimeoutExpired):
                    self._server.wait(patience)
                self._server.kill()
                self._server.wait()


# --- inside a process ---


def serve(control: int, preload: Sequence[str], idle: float) -> None:
    """Import libraries, then fork for each folder that the driver names, until that is gone, or idle."""
    for name in preload:
        with suppress(ImportError):
            importlib.import_module(name)
    # Looking for garbage among all these objects, each function would copy the pages that they are on.
    gc.freeze()
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Function -> what tells that it ended, and its connection, which tells that nobody waits for it.
    running: dict[int, tuple[int, int]] = {}
    driver = socket.socket(fileno=control)
    while ready := connection.wait(
        [driver, *(each for watched in running.values() for each in watched)], None if running else idle
    ):
        for pid in [pid for pid, watched in running.items() if not set(watched).isdisjoint(ready)]:
            ended = running.pop(pid)
            _end_all_but(running)
            for descriptor in ended:
                os.close(descriptor)
        if driver not in ready:
            continue
        folder, (*given,), _, _ = socket.recv_fds(driver, 4096, 1)
        if not folder:
            break
        if pid := os.fork():
            running[pid] = os.pidfd_open(pid), given[0]
            continue
        try:
            os.setsid()
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            driver.close()
            for descriptor in (each for watched in running.values() for each in watched):
                os.close(descriptor)
            _work(Connection(given[0]), Path(os.fsdecode(folder)))
        finally:
            os._exit(0)
    _end_all_but(())
    driver.close()


def _end_all_but(kept: Collection[int]) -> None:
    """End every child but those kept and what is in their sessions; what one leaves becomes a child."""
    while True:
        children = {child.pid for child in psutil.Process().children()}
        if not (left := {pid for pid in children if not {pid, os.getsid(pid)}.intersection(kept)}):
            return
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        for pid in left:
            os.waitpid(pid, 0)


def _work(driver: Connection, folder: Path) -> None:
    """Do the job that lies in a folder, and tell the driver what it returns or raises."""
    global _driver  # noqa: PLW0603 - of a process that does nothing else
    _driver = driver
    driver.send((_BEGUN, None))
    os.set_inheritable(driver.fileno(), False)
    # What it leaves half-written is in the folder of the run, and goes with it.
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)))
    tempfile.tempdir = None
    if "numpy" in sys.modules:
        # Python draws other random numbers after a fork; numpy does not.
        sys.modules["numpy"].random.seed()
    try:
        megabytes, function, arguments = pickle.loads((folder / _JOB).read_bytes())  # noqa: S301 - our driver's
        if megabytes is not None and FORKS:
            # Of what it writes to, not of what libraries merely reserve.
            most, hard = megabytes * 1_000_000, resource.getrlimit(resource.RLIMIT_DATA)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
        content = pickle.dumps((_RETURNED, function(*arguments)))
    except Exception as error:  # noqa: BLE001 - the driver raises it
        if isinstance(error, OSError) and error.filename is None:
            # The system does not say where; what is written elsewhere is named.
            error.filename = str(folder.parent)
        try:
            content = pickle.dumps((_RAISED, error))
            # Some exceptions are written, and can never be read.
            pickle.loads(content)  # noqa: S301 - our own
        except Exception:  # noqa: BLE001 - whatever the class of the exception does
            content = pickle.dumps((_RAISED, RuntimeError(f"{type(error).__name__} : {error}")))
    driver.send_bytes(content)


def tell(message: Any) -> None:
    """Tell the driver something short, from a function that runs in a process of its own."""
    if _driver is not None:
        _driver.send((_TOLD, message))


def call(name: str, *arguments: Any) -> Any:
    """Call ``package.module:function`` by name: who has this run elsewhere does not import the module."""
    return pkgutil.resolve_name(name)(*arguments)


# --- where they work ---


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can enter; those of runs that were killed go.

    It stands in the system's temporary folder: the path of a kernel's socket is limited to about 100 bytes.
    An `AtcError` if it is too long already.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Somebody works there, or it is somebody else's.
        with suppress(OSError), locked(left / _LOCK):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    if len(os.fsencode(folder)) > _LONGEST:
        folder.rmdir()
        raise AtcError(
            f"Le dossier temporaire a un chemin trop long : {shown(str(folder.parent))}. Rien n’a été "
            "changé : donnez un chemin plus court à la variable TMPDIR, par exemple ~/tmp, puis relancez."
        )
    try:
        with locked(folder / _LOCK):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
