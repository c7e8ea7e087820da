"""The inside of a child: what runs the function, and what keeps it and ends all that it started.

See `atc.run.child`, which starts it from outside.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import pkgutil
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

FORKS = sys.platform == "linux"
if FORKS:
    import resource

#: Where a child leaves its result, in its folder; under the other name until it is whole.
RESULT, UNFINISHED = "resultat.pickle", "resultat.partiel"
#: An exit code above this one is that of a process that a signal ended.
SIGNALLED = 128
#: Of the fork server alone: a module of the current folder must not stand for a library.
SAFE = "PYTHONSAFEPATH"
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
# Seconds for the system to end what was killed.
_PATIENCE = 10.0
_driver: Connection | None = None


def tell(message: Any) -> None:
    """Tell the driver something short, from a function that runs in a child; elsewhere nobody hears it."""
    if _driver is not None:
        _driver.send(message)


def call(name: str, *arguments: Any, **named: Any) -> Any:
    """Call ``package.module:function`` by name: who sends this to a child does not import the module."""
    return pkgutil.resolve_name(name)(*arguments, **named)


def keep(driver: Connection, *job: Any) -> None:
    """Fork what does the work, and see to it that nothing is left of it, whoever ends first."""
    os.setsid()
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    parent = multiprocessing.parent_process()
    assert parent is not None
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            work(driver, *job)
            code = 0
        finally:
            os._exit(code)
    driver.close()
    end = os.pidfd_open(pid)
    connection.wait([end, parent.sentinel])
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    end_family(head(os.getpid()))
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    os._exit(code if code >= 0 else SIGNALLED - code)


def work(
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
    os.environ.pop(SAFE, None)
    tempfile.tempdir = None
    # Each process has its own random numbers: Python and numpy hold those of the fork server.
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if megabytes is not None and FORKS:
        limit_memory(megabytes * 1_000_000)
    try:
        content = pickle.dumps((True, function(*arguments)))
    except Exception as error:  # noqa: BLE001 - the driver raises it
        content = _pickled(error)
    (folder / UNFINISHED).write_bytes(content)
    (folder / UNFINISHED).rename(folder / RESULT)


def _pickled(error: Exception) -> bytes:
    try:
        content = pickle.dumps((False, error))
        # Some exceptions are written, and can never be read.
        pickle.loads(content)  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever the class of the exception does
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__} : {error}")))
    return content


def limit_memory(most: int) -> None:
    """Refuse this process more bytes: of what it writes to, not of what libraries merely reserve."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))


def head(pid: int) -> psutil.Process | None:
    """A process, known by its time of birth as well as by its number; nothing if it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid)
    return None


def end_family(family: psutil.Process | None) -> None:
    """End a process, unless it is this one or gone already, and all that it started."""
    if family is None:
        return
    own = family.pid == os.getpid()
    deadline = time.monotonic() + _PATIENCE
    # Stopped, not ended, as long as it may still be asked who its children are; it adopts those of the dead.
    with contextlib.suppress(psutil.NoSuchProcess):
        if not own:
            family.suspend()
        while (found := list(_living(family))) and time.monotonic() < deadline:
            for process in found:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            time.sleep(0.002)
        if not own:
            family.kill()
            family.wait(_PATIENCE)


def _living(family: psutil.Process) -> Iterator[psutil.Process]:
    for process in family.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process
