"""Worker processes, and what becomes of them when the run ends, fails or is interrupted."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from types import FrameType

from atc.execution import processes
from atc.execution.environment import applied


def _prepare(driver: int, mark: str) -> None:
    # Ctrl-C reaches every process of the terminal: the driver alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.follow(driver, mark)


@contextmanager
def workers(count: int, mark: str, environment: Mapping[str, str | None]) -> Iterator[Executor]:
    """Fresh processes that end with this block, and their kernels with them.

    Args:
        count: How many.
        mark: Of the run.
        environment: Variables that they start with.
    """
    # Python's own helper must be there before the mark is, or it would be ended with the workers.
    if os.name == "posix":
        resource_tracker.ensure_running()
    with applied({**environment, processes.MARK: mark}):
        executor = ProcessPoolExecutor(
            count, mp_context=get_context("spawn"), initializer=_prepare, initargs=(os.getpid(), mark)
        )
        try:
            yield executor
        except BaseException:
            processes.end(mark)
            raise
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
            processes.end(mark)


def lone_worker(mark: str, environment: Mapping[str, str | None]) -> Executor:
    """One fresh process, born before this returns: no one else here sees the variables that it starts with.

    Args:
        mark: Of whoever will end it.
        environment: Variables that it starts with.
    """
    if os.name == "posix":
        resource_tracker.ensure_running()
    with applied({**environment, processes.MARK: mark}):
        executor = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_prepare, initargs=(os.getpid(), mark)
        )
        executor.submit(os.getpid).result()
    return executor


@contextmanager
def interruptible() -> Iterator[None]:
    """Make a request to end (SIGTERM, a closed terminal) like Ctrl-C: what was begun is cleared."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {name: signal.signal(getattr(signal, name), _interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
