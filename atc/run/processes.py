"""Functions run in fresh processes: begun at once, ended at their deadline, with all that they started.

A `Launcher` has one process, the server, that imports libraries once and forks for each function; on Linux
two processes stand for each:

    driver ── server ── keeper ── the function ── whatever that starts

The keeper adopts what the function leaves behind, in whatever session, group or environment, and ends it with
the function, or once the driver's end of their connection is closed. So nothing is left of a function that
ended, of one that was ended, nor of a driver that was killed. The one gap: a function that kills its own
keeper ends at once, but what it had put into another session does not.

Elsewhere each process starts from nothing, which takes longer; it is ended with the children that it still
has, but no limit on memory holds, what left its family before stays, and a driver that is killed ends none.
"""

import ctypes
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

# Seconds for the server to import its libraries and fork, on a slow machine; for the system to end what was
# killed.
START_SECONDS, _PATIENCE = 120.0, 10.0
# Seconds for the server to end by itself.
_GRACE = 0.3
_PREFIX, _LOCK, _JOB = "atc-run-", "verrou", "travail.pickle"
# Bytes of the path of a private folder that leave room, below it, for those of the sockets of a kernel.
_LONGEST = 85
# The allocator of Arrow would start a thread, and a fork copies one thread only.
_SINGLE_THREADED = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
# Kinds of what a function's process says.
_TOLD, _RETURNED, _RAISED = range(3)
_driver: Connection | None = None


class ChildLost(Exception):
    """A function whose process gave no result: it ended without one, did not start, or was ended."""

    overdue = False  # whether it was ended at its deadline


class Launcher:
    """Runs functions for one run, several at a time; a server of its own lends them its libraries."""

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
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Have the libraries imported, without waiting for it."""
        with self._lock:
            if not FORKS or self._closed or (self._server and self._server.poll() is None):
                return
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            # A module of the current folder must not stand for a library.
            path = [name for name in sys.path if name]
            code = (
                f"import sys; sys.path[:] = {path!r}; from atc.run.processes import serve; "
                f"serve({theirs.fileno()}, {self._preload!r})"
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
        seconds: float = float("inf"),
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
                    self._start(there, folder)
                kind, value = self._follow(here, seconds, heard)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if kind == _RAISED:
            raise value
        return value

    def _start(self, there: Connection, folder: Path) -> None:
        if FORKS:
            self.warm()
            if self._control is None:
                raise ChildLost
            try:
                socket.send_fds(self._control, [os.fsencode(folder)], [there.fileno()])
            except OSError as error:
                raise ChildLost from error
            return
        with self._lock:
            before = dict(os.environ)
            os.environ.clear()
            os.environ.update(self._surroundings())
            try:
                multiprocessing.get_context("spawn").Process(target=_work, args=(there, folder)).start()
            finally:
                os.environ.clear()
                os.environ.update(before)

    def _follow(
        self, here: Connection, seconds: float, heard: Callable[[Any], float] | None
    ) -> tuple[int, Any]:
        """Hear what a function says until nothing is left of it, or until it is overdue."""
        family, result, lost = None, None, ChildLost()
        try:
            if not here.poll(START_SECONDS):
                # The server was stopped: a new one will be started.
                self._end_server()
                raise lost
            # By its time of birth too: later, its number may be that of a stranger.
            family = _process(here.recv())
            self._families.append(family)
            deadline = time.monotonic() + seconds
            while not self._closed:
                left = deadline - time.monotonic()
                if not here.poll(None if left == float("inf") else max(0.0, left)):
                    lost.overdue = True
                    break
                kind, value = here.recv()
                if kind != _TOLD:
                    result = kind, value
                elif heard:
                    deadline = heard(value)
        except (EOFError, OSError, pickle.UnpicklingError):
            # It closed, or was ended in the middle of a word.
            pass
        finally:
            # Its keeper may have been killed, or stopped.
            _end_family(family)
            if family in self._families:
                self._families.remove(family)
        if result is None or lost.overdue:
            raise lost
        return result

    def close(self) -> None:
        """End all that is at work, and what it was forked from; who waits for it is told."""
        self._closed = True
        for family in list(self._families):
            _end_family(family)
        self._end_server()

    def _end_server(self) -> None:
        with self._lock:
            if self._server and self._control:
                # It ends by itself then, unless it is stopped, or still imports.
                self._control.close()
                with suppress(subprocess.TimeoutExpired):
                    self._server.wait(_GRACE)
                self._server.kill()
                self._server.wait()


# --- inside a process ---


def serve(control: int, preload: Sequence[str]) -> None:
    """Import libraries, then fork for each folder whose name comes from the driver, until that is gone."""
    for name in preload:
        with suppress(ImportError):
            importlib.import_module(name)

    def reap(*_: object) -> None:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue

    signal.signal(signal.SIGCHLD, reap)
    with socket.socket(fileno=control) as driver:
        while True:
            folder, descriptors, _, _ = socket.recv_fds(driver, 4096, 1)
            if not folder:
                return
            if os.fork() == 0:
                try:
                    driver.close()
                    _keep(Connection(descriptors[0]), Path(os.fsdecode(folder)))
                finally:
                    os._exit(0)
            os.close(descriptors[0])


def _keep(driver: Connection, folder: Path) -> None:
    """Fork what does the work, and see to it that nothing is left of it, whoever ends first."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    pid = os.fork()
    if pid == 0:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _work(driver, folder, keeper=True)
        return
    connection.wait([os.pidfd_open(pid), driver])
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    _end_family(_process(os.getpid()))
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _work(driver: Connection, folder: Path, *, keeper: bool = False) -> None:
    """Do the job that lies in a folder; tell the driver who is to be ended, and what it returns or raises."""
    global _driver  # noqa: PLW0603 - of a process that does nothing else
    _driver = driver
    driver.send(os.getppid() if keeper else os.getpid())
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


# --- what is left behind ---


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
        while (found := family.children(recursive=True)) and time.monotonic() < deadline:
            living = 0
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    if process.status() != psutil.STATUS_ZOMBIE:
                        living += 1
                        process.kill()
            if not living:
                break
            time.sleep(0.002)
        if not own:
            family.kill()
            family.wait(_PATIENCE)


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
