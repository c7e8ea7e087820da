"""What a notebook says of itself: `start` is called in a cell before its first, `sign` in one after its last.

So it is known, in an ordinary kernel as well as in ours, that it reached its end, which files it rests on and
what failed unseen: a thread or a task that dies is silent, unless someone listens.
"""

import gc
import logging
import sys
import threading
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from atc.exhibits.inline import show_inline
from atc.survey import trace

MIME = "application/vnd.atc.witness+json"
_faults: list[str] = []


def _failed_task(record: logging.LogRecord) -> bool:
    """Note a task of asyncio that fails unseen: asyncio tells it to its log only."""
    error = record.exc_info[1] if record.exc_info else None
    if record.levelno >= logging.ERROR:
        _faults.append(f"{type(error).__name__} : {error}" if error else record.getMessage())
    return record.levelno < logging.ERROR


def start(root: str) -> None:
    """Listen to threads, tasks and finalisers, trace the files that are opened, and show every figure."""

    def note(unseen: Any) -> None:
        _faults.append(f"{type(unseen.exc_value).__name__} : {unseen.exc_value}")

    threading.excepthook = sys.unraisablehook = note
    logging.getLogger("asyncio").addFilter(_failed_task)
    shell: Any = get_ipython()
    # exit() stops a kernel a moment later, when the cells that follow may have run or not.
    shell.ask_exit = sys.exit
    show_inline(shell)
    trace.start(Path(root))


def sign() -> None:
    """Show, under our own MIME type, what was used and what failed unseen."""
    # A task that failed says so once nothing holds it.
    shell: Any = get_ipython()
    shell.reset(new_session=False)
    gc.collect()
    said = {"files": trace.files(), "columns": trace.columns(), "faults": _faults}
    display({MIME: said}, raw=True)  # type: ignore[no-untyped-call]
