"""The work of a run on this machine: each task in a fresh process, in the same surroundings everywhere."""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import psutil  # type: ignore[import-untyped]

from atc.run.child import ChildLost, Launcher
from atc.run.keeper import call
from atc.run.tasks import ChapterTask, Task
from atc.survey.errors import AtcError, NotebookFailed, shown
from atc.survey.files import locked

# What a process that lends its libraries to others imports for pages.
RENDERING = ("atc.run.render",)
_PREFIX, _LOCK = "atc-run-", "verrou"
# Bytes of its path that leave room, below it, for those of the sockets.
_LONGEST = 85
# A process that lays out the whole report, or one with a chapter and its charts, at their largest.
_TASK_BYTES = 400_000_000
_CGROUPS = Path("/sys/fs/cgroup")
# Limit, use and detail of memory: of the second version of control groups, and of the first.
_MEMORY = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


class Local:
    """Does the tasks of a run on this machine."""

    def __init__(self, launcher: Launcher, jobs: int) -> None:
        """Nothing is started before the first task.

        Args:
            launcher: Starts the processes.
            jobs: Most of them at a time.
        """
        self._launcher, self._jobs = launcher, jobs
        self._pool = ThreadPoolExecutor(jobs)

    def submit(self, function: str, task: Task, label: str) -> Future[Any]:
        """See `atc.run.steps.Executor`."""
        return self._pool.submit(do, self._launcher, function, task, label)

    def room(self) -> int:
        """See `atc.run.steps.Executor`."""
        return self._jobs

    def close(self) -> None:
        """End what is at work."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._launcher.close()
        self._pool.shutdown()


def do(launcher: Launcher, function: str, task: Task, label: str) -> Any:
    """Do one task in a fresh process.

    `NotebookFailed`: it cannot be done, or its process was killed.
    """
    try:
        if isinstance(task, ChapterTask):
            # Watched from here, cell by cell.
            from atc.run.executed import executed  # noqa: PLC0415

            return executed(launcher, task)
        return launcher.run(call, function, task)
    except ChildLost as error:
        raise NotebookFailed(
            f"{label} : un processus de travail a été tué (mémoire épuisée ?). Relancez avec --jobs 1."
        ) from error


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that only this user can enter; those of runs that were killed go.

    It stands in the system's temporary folder because the path of a socket is limited to about 100 bytes: an
    `AtcError` if it is too long already.
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


@contextmanager
def interruptible() -> Iterator[None]:
    """Make a request to end (SIGTERM, a closed terminal) like Ctrl-C: what was begun is cleared.

    What is told to survive its terminal (``nohup``) does.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    before = {n: signal.getsignal(n) for n in numbers}
    if before.get(hangup := getattr(signal, "SIGHUP", None)) is signal.SIG_IGN:
        # Under nohup, a terminal that closes ends nothing.
        del before[hangup]
    for number in before:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def surroundings(date: dt.date) -> dict[str, str | None]:
    """Variables under which two runs give the same bytes, whoever runs the report and wherever.

    The date of the wave stands in for the clock; ``None`` is for variables to be unset.
    """
    midnight = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    spec = importlib.util.find_spec("matplotlib")
    stock = Path(spec.origin).parent / "mpl-data" / "matplotlibrc" if spec and spec.origin else None
    return {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(int(midnight.timestamp())),
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        # Exhibits show themselves: the inline backend would only redraw them.
        "MPLBACKEND": "agg",
        # A matplotlibrc in someone's home folder would change the charts.
        "MATPLOTLIBRC": str(stock) if stock else None,
        "PYTHONWARNINGS": "default",
        # The processes share the cores already.
        **dict.fromkeys(threads, "1"),
        # Arrow's own allocator takes a gigabyte at once, for later: no limit on memory would mean anything.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        # Without compiled files, each process spends a second more on its imports.
        "PYTHONDONTWRITEBYTECODE": None,
        "PYTHONSTARTUP": None,
    }


# --- how many tasks this machine bears at a time ---


def capacity() -> int:
    """One more than it has cores, where memory has room for them; one at least.

    A core would idle while its task waits for a process to start or for the disk.
    """
    return max(1, min(_cores() + 1, _free_memory() // _TASK_BYTES))


def _cores() -> int:
    """Cores that this process may use: a container may be given fewer than the machine has."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _words("cpu.max") or [*_words("cpu/cpu.cfs_quota_us"), *_words("cpu/cpu.cfs_period_us")]
    if len(quota) != 2 or not quota[0].isdecimal():
        return allowed
    return max(1, min(allowed, int(quota[0]) // int(quota[1])))


def _free_memory() -> int:
    """Bytes that may still be taken."""
    free = [int(psutil.virtual_memory().available)]
    for limit, used, detail in _MEMORY:
        numbers = [word for name in (limit, used) for word in _words(name)]
        if len(numbers) == 2 and numbers[0].isdecimal():
            # Files that were read are given back when they are asked for.
            words = _words(detail)
            files = dict(zip(words[::2], words[1::2], strict=False)).get("inactive_file", 0)
            free.append(max(0, int(numbers[0]) - int(numbers[1]) + int(files)))
    return min(free)


def _words(name: str) -> list[str]:
    try:
        return (_CGROUPS / name).read_text(encoding="ascii").split()
    except OSError:
        return []
