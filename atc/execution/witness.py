"""What a kernel says of itself: the run calls `start` in the first cell and `sign` in the last.

A notebook whose last cell never spoke did not finish, whatever the file that it left says: a killed kernel
leaves every cell marked complete. A thread or a task that dies is silent too, unless someone listens.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import signal
import sys
import threading
from pathlib import Path

from atc import trace

MIME = "application/vnd.atc.witness+json"
_PR_SET_PDEATHSIG = 1
_faults: list[str] = []


class _Listener(logging.Handler):
    """Notes the tasks of asyncio that fail unseen: asyncio tells it to its log only."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            _note(record.exc_info[1])
        else:
            _faults.append(record.getMessage())


def _note(error: BaseException | None) -> None:
    _faults.append(f"{type(error).__name__} : {error}")


def start(root: str, megabytes: int) -> None:
    """Listen to threads, tasks and finalisers, trace the files that are opened, and end with the driver.

    Args:
        root: The folder of the project.
        megabytes: Most memory that this process may take.
    """
    if sys.platform == "linux":
        # A kernel inside a long call of C never looks whether its driver is still there: the system does.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _limit_memory(megabytes * 1_000_000)
    threading.excepthook = lambda args: _note(args.exc_value)
    sys.unraisablehook = lambda args: _note(args.exc_value)
    logging.getLogger("asyncio").addHandler(_Listener(logging.ERROR))
    _refuse_to_leave()
    trace.start(Path(root))


def _limit_memory(most: int) -> None:
    import resource  # noqa: PLC0415 - there is none on Windows

    # What it writes to, and not what libraries merely reserve or share with the zygote.
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))


def _refuse_to_leave() -> None:
    # exit() stops a kernel a moment later, when the cells that follow may have run or not.
    from IPython import get_ipython  # noqa: PLC0415

    shell = get_ipython()
    if shell is not None:
        shell.ask_exit = sys.exit


def sign(token: str) -> None:
    """Show, under our own MIME type, the run's token, what was used and what failed unseen.

    Args:
        token: Drawn by the driver for this run.
    """
    # The driver imports this module for its MIME type only.
    from IPython.display import display  # noqa: PLC0415

    gc.collect()
    used = {"files": trace.files(), "columns": trace.columns(), "modules": trace.modules()}
    said = {"token": token, **used, "faults": _faults}
    display({MIME: said}, raw=True)  # type: ignore[no-untyped-call]
