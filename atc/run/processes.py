"""Functions run in fresh processes: begun at once, ended at their deadline, with all that they started.

On Linux a `Launcher` has a server, which imports libraries once; for each function it forks a guard:

    driver ── server ── guard ── the function ── whatever that starts

A guard adopts what its function leaves behind, in whatever session, group or environment, and ends all of it
once the function ended, or once the driver's end of their connection is closed: told to, or killed. A guard
that is itself killed takes its function along; the server ends what that left, and a guard that was stopped.

Elsewhere each process starts from nothing, which takes longer; it is ended with the children that it still
has, but no limit on memory holds, what left its family stays, and a driver that is killed ends none.
"""

import calendar
import ctypes
import datetime as dt
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

import psutil  # type: ignore[import-untyped]

from atc.survey.errors import AtcError, Messages, shown
from atc.survey.paths import TEMPORARY, held_folder, read_toml, recover, write

FORKS = sys.platform == "linux"
if FORKS:
    import resource

# Seconds for the server to import its libraries and fork, on a slow machine; for what was told to end.
START_SECONDS, _PATIENCE = 120.0, 30.0
# Seconds without a function, twice, after which the server ends, for another one to be started; no limit.
_IDLE, _NO_LIMIT = 30.0, 1e6
_JOB = "travail.pickle"
# Bytes of the path of a private folder that leave room, below it, for the sockets of a kernel.
_LONGEST = 85
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_TOLD, _RETURNED, _RAISED = range(3)
_SURROUNDINGS = read_toml(__file__, "surroundings.toml")
#: What is imported once for all processes that execute, and for those that make pages.
LIBRARIES, RENDERING = _SURROUNDINGS["imported"].values()
_said = Messages(__name__)
_driver: Connection | None = None


class ChildLost(Exception):
    """A function whose process gave no result: it ended without one, did not start, or was ended."""

    told: Any = None  # what it told last; nothing if it did not begin
    overdue = False  # whether it was ended at its deadline


class Launcher(AbstractContextManager["Launcher"]):
    """Runs functions for one run, several at a time; a server of its own lends them its libraries.

    Nothing is started before the first function, or `warm`. Functions have their temporary files in a
    private ``folder``, and the variables of this process under those of ``environment`` (unset if empty).
    The modules of ``preload`` are imported once for all; threads that they start are in no function.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], preload: Sequence[str] = ()) -> None:
        variables = {**os.environ, **environment}
        self._environment = {name: value for name, value in variables.items() if value}
        self._folder, self._preload = folder, list(preload)
        self._lock, self._closed = threading.RLock(), False
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        # By connection, functions that run; their process where there is no server.
        self._running: dict[Connection, psutil.Process | None] = {}

    def warm(self, preload: Sequence[str] = ()) -> None:
        """Have the libraries imported, or only these, without waiting for it."""
        with self._lock:
            self._preload = list(preload) or self._preload
            if not FORKS or self._closed or (self._server and self._server.poll() is None):
                return
            self._end_server()
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
                    env=self._environment,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )

    def run(self, function: Callable[..., Any], *arguments: Any, megabytes: int | None = None) -> Any:
        """Run a function in a fresh process, and wait for its result; what it raises is raised.

        All must be picklable. It may run as long as it tells (see `tell`), and take so many ``megabytes`` of
        memory, where the system holds it to that. `ChildLost`: it gave no result; `OSError`: the disk of
        temporary files has no room for it.
        """
        folder = Path(tempfile.mkdtemp(prefix="", dir=self._folder))
        here, there = multiprocessing.Pipe()
        try:
            with there:
                write(folder / _JOB, pickle.dumps((megabytes, function, arguments)))
                self._start(here, there, folder)
            kind, value = self._follow(here)
        finally:
            self._end(here)
            with suppress(EOFError, OSError):
                # Until nothing is left of it.
                while here.poll(_PATIENCE):
                    here.recv_bytes()
            with self._lock:
                self._running.pop(here, None)
                here.close()
            shutil.rmtree(folder, ignore_errors=True)
        if kind == _RAISED:
            raise value
        return value

    def _start(self, here: Connection, there: Connection, folder: Path) -> None:
        with self._lock:
            self.warm()
            if self._closed:
                raise ChildLost
            self._running[here] = None
            if self._control:
                # Without a server, nobody has its end of the connection.
                with suppress(OSError):
                    socket.send_fds(self._control, [os.fsencode(folder)], [there.fileno()])
            else:
                # Python reads them when it starts; this process minds none.
                os.environ |= self._environment
                process = multiprocessing.get_context("spawn").Process(target=_work, args=(there, folder))
                process.start()
                self._running[here] = psutil.Process(process.pid)

    def _follow(self, here: Connection) -> tuple[int, Any]:
        result, lost, deadline = None, ChildLost(), time.monotonic() + START_SECONDS
        # It closes when nothing is left of the function, maybe in the middle of a word.
        with suppress(EOFError, OSError, pickle.UnpicklingError):
            while here.poll(max(0.0, deadline - time.monotonic())):
                kind, value = here.recv()
                if kind == _TOLD:
                    lost.told, seconds = value
                    deadline = time.monotonic() + seconds
                else:
                    result = kind, value
            lost.overdue = lost.told is not None
            if not lost.overdue:
                # The server was stopped: a new one will be started.
                self._end_server()
        if result is None or lost.overdue:
            raise lost
        return result

    def _end(self, here: Connection) -> None:
        """Have a function ended, if it is not; its connection closes when nothing is left of it."""
        if process := self._running.get(here):
            with suppress(psutil.NoSuchProcess):
                for each in [*process.children(recursive=True), process]:
                    each.kill()
        elif FORKS:
            with suppress(OSError), socket.socket(fileno=os.dup(here.fileno())) as ours:
                ours.shutdown(socket.SHUT_WR)

    def close(self, *_: object) -> None:
        """End all that is at work, and what it was forked from; who waits for it is told."""
        with self._lock:
            self._closed = True
            for here in self._running:
                self._end(here)
        self._end_server(_PATIENCE)

    __exit__ = close

    def _end_server(self, patience: float = 0.0) -> None:
        with self._lock:
            if self._server and self._control:
                # It still imports, and ends at once, or it ends by itself; what it forked may go on.
                self._server.terminate()
                self._control.close()
                with suppress(subprocess.TimeoutExpired):
                    self._server.wait(patience)
                self._server.kill()
                self._server.wait()


def launcher(folder: Path, date: dt.date) -> Launcher:
    """Processes in which two runs give the same bytes, wherever: the ``date`` of the wave is their clock."""
    variables = {
        **_SURROUNDINGS["variables"],
        "SOURCE_DATE_EPOCH": str(calendar.timegm(date.timetuple())),
        # A matplotlibrc in someone's home folder would change the charts: this one is empty.
        "MATPLOTLIBRC": os.devnull,
    }
    return Launcher(folder, variables, [*LIBRARIES, *RENDERING])


# --- inside a process ---


def serve(control: int, preload: Sequence[str], idle: float) -> NoReturn:
    """Import libraries, then fork for each folder that the driver names, until that is gone, or idle."""
    # What is imported is no garbage; what is forked need not look for some there, nor copy its pages for it.
    gc.disable()
    for name in preload:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    gc.enable()
    # Ended while it imports, or by the driver's end of the connection.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    driver, guards = socket.socket(fileno=control), set[int]()
    while (asked := connection.wait([driver], idle)) or guards:
        guards -= {pid for pid in guards if os.waitpid(pid, os.WNOHANG)[0]}
        if not asked:
            continue
        folder, given, *_ = socket.recv_fds(driver, 4096, 1)
        if not folder:
            break
        if not (pid := os.fork()):
            driver.close()
            _guard(given[0], Path(os.fsdecode(folder)))
        guards.add(pid)
        os.close(given[0])
    driver.close()
    _end_children()
    # Without undoing its imports one by one: the driver waits.
    os._exit(0)


def _end_children() -> None:
    """End all children of this process, and what they leave, which it adopts; their time counts as its."""
    with suppress(ChildProcessError):
        while True:
            # Looking for them is dear, and there is mostly nothing.
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
            for child in psutil.Process().children():
                child.kill()
            os.waitpid(-1, 0)


def _guard(given: int, folder: Path) -> NoReturn:
    """Have the job of a folder done in a process; once it ended, or nobody waits for it, end all it left."""
    try:
        os.set_inheritable(given, False)
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_CHILD_SUBREAPER, 1)
        if not (pid := os.fork()):
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _work(Connection(given), folder)
            os._exit(0)
        connection.wait([os.pidfd_open(pid), given])
        _end_children()
    finally:
        os._exit(0)


def _work(driver: Connection, folder: Path) -> None:
    """Do the job that lies in a folder, and tell the driver what it returns or raises."""
    global _driver  # noqa: PLW0603 - of a process that does nothing else
    _driver = driver
    # What it leaves half-written is in the folder of the run, and goes with it.
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder)))
    tempfile.tempdir = None
    if "numpy" in sys.modules:
        # Python draws other random numbers after a fork; numpy does not.
        sys.modules["numpy"].random.seed()
    try:
        tell("", _NO_LIMIT)
        megabytes, function, arguments = pickle.loads((folder / _JOB).read_bytes())  # noqa: S301 - our driver's
        if megabytes is not None and FORKS:
            # Of what it writes to, not of what libraries merely reserve; it may be held to less already.
            with suppress(ValueError):
                resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 1_000_000,) * 2)
        content = pickle.dumps((_RETURNED, function(*arguments)))
    except Exception as error:  # noqa: BLE001 - the driver raises it
        if isinstance(error, OSError) and error.filename is None:
            # The system does not say where; what is written elsewhere is named.
            error.filename = str(folder.parent)
        elif not isinstance(error, AtcError | OSError):
            # Some are written, and can never be read.
            error = RuntimeError(f"{type(error).__name__} : {error}")
        content = pickle.dumps((_RAISED, error))
    driver.send_bytes(content)


def tell(words: Any, seconds: float) -> None:
    """Tell the driver, for `ChildLost`, what this function is doing, and how long it may go on from now."""
    if _driver is not None:
        _driver.send((_TOLD, (words, seconds)))


def call(name: str, *arguments: Any) -> Any:
    """Call ``package.module:function`` by name: who has this run elsewhere does not import the module."""
    return pkgutil.resolve_name(name)(*arguments)


# --- where they work ---


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can enter, among temporary files; those of runs that were killed go.

    An `AtcError` if its path is too long already: that of a kernel's socket has some hundred bytes.
    """
    recover([])
    with held_folder(None, TEMPORARY) as folder:
        if len(os.fsencode(folder)) > _LONGEST:
            raise AtcError(_said("long_path", folder=shown(str(folder.parent))))
        yield folder
