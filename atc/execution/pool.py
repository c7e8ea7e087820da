"""Worker processes, and what becomes of them when the run ends, fails or is interrupted."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.util import Finalize
from types import FrameType
from typing import Any, TypeVar

from atc.execution import jobs, processes
from atc.execution.environment import applied

_T = TypeVar("_T")
# Jobs after which processes are replaced: a hundred sheets.
TURN = 240
# Imports and documents make objects by the hundred thousand, and few of them are garbage.
_COLLECTED = (50_000, 20, 20)


def _prepare(driver: int, mark: str) -> None:
    gc.set_threshold(*_COLLECTED)
    Finalize(None, _leave, exitpriority=-100)
    # Ctrl-C reaches every process of the terminal: the driver alone decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.follow(driver, mark)


def _leave() -> None:
    # Taking every object apart, to end, takes longer than some jobs.
    atexit._run_exitfuncs()  # noqa: SLF001 -- what the interpreter calls first when it ends
    os._exit(0)


def _pool(count: int, mark: str, context: BaseContext | None = None) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        count,
        mp_context=context or get_context("spawn"),
        initializer=_prepare,
        initargs=(os.getpid(), mark),
    )


def _forking() -> BaseContext:
    """What the workers of a run are forked from: one process, which begins to import for all of them.

    It carries the mark of the run and ends with it: the next run has its own. There is one at a time.
    """
    if sys.platform != "linux":
        return get_context("spawn")
    processes.keep_sockets()
    context = get_context("forkserver")
    context.set_forkserver_preload(list(jobs.LIBRARIES))
    forkserver.ensure_running()
    return context


@contextmanager
def _surroundings(mark: str, environment: Mapping[str, str | None]) -> Iterator[None]:
    # Python's own helper must be there before the mark is, or it would be ended with the workers.
    if os.name == "posix":
        resource_tracker.ensure_running()
    with applied({**environment, processes.MARK: mark}):
        yield


def begin(mark: str, environment: Mapping[str, str | None]) -> None:
    """Have the libraries of workers imported, before there is work for any.

    Args:
        mark: Of the run, which will end what is started here.
        environment: Variables that they start with.
    """
    with _surroundings(mark, environment):
        _forking()


@contextmanager
def workers(count: int, mark: str, environment: Mapping[str, str | None]) -> Iterator[Executor]:
    """Processes that end with this block, and their kernels with them.

    Args:
        count: How many.
        mark: Of the run.
        environment: Variables that they start with.
    """
    with (
        _surroundings(mark, environment),
        _ended(_Relay(lambda: _pool(count, mark, _forking())), mark) as pool,
    ):
        yield pool


@contextmanager
def helper(mark: str) -> Iterator[Executor]:
    """One fresh process that ends with this block: what it needs room for is given back.

    Args:
        mark: Of whoever asks for it.
    """
    with _surroundings(mark, {}), _ended(_pool(1, mark), mark) as executor:
        yield executor


@contextmanager
def press(printers: int, mark: str, environment: Mapping[str, str | None]) -> Iterator[Executor]:
    """The same where nothing is executed: processes that print, while a thread here reads and draws pages.

    Somebody waits for one chapter. What it takes to print is imported by one process while this one compares
    all there is, then reads what changed. A third process would take its share of two cores to import once
    more what this one has already.

    Args:
        printers: Most processes that print.
        mark: Of the run.
        environment: Variables that they start with.
    """
    with _surroundings(mark, environment), _ended(_Press(printers, mark), mark) as executor:
        yield executor


@contextmanager
def _ended(executor: Executor, mark: str) -> Iterator[Executor]:
    try:
        yield executor
    except BaseException:
        processes.end(mark)
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        processes.end(mark)


class _Relay(Executor):
    """Pools that take over from one another.

    Laying out paper keeps some 0.6 MB of each document for good (fonts and attributes that WeasyPrint, Pango
    and fontconfig do not give back): processes that printed a thousand sheets would hold a gigabyte.
    `max_tasks_per_child` of the standard library, which is meant for this, can hang for ever (gh-115634).
    """

    def __init__(self, begin: Callable[[], Executor]) -> None:
        self._begin, self._pool, self._given = begin, begin(), 0

    def submit(self, function: Callable[..., _T], /, *arguments: Any, **named: Any) -> Future[_T]:
        if self._given == TURN:
            # Its jobs end first: two generations at a time would take twice the memory.
            self._pool.shutdown()
            self._pool, self._given = self._begin(), 0
        self._given += 1
        return self._pool.submit(function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


class _Press(Executor):
    """One who reads, and those who print, of whom the first is there at once."""

    def __init__(self, printers: int, mark: str) -> None:
        self._reading, self._printing = ThreadPoolExecutor(1), _pool(printers, mark)
        self._printing.submit(jobs.get_ready_to_print)

    def submit(self, function: Callable[..., _T], /, *arguments: Any, **named: Any) -> Future[_T]:
        pool = self._printing if function in jobs.PRINTING else self._reading
        return pool.submit(function, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for pool in (self._printing, self._reading):
            pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def lone_worker(mark: str, environment: Mapping[str, str | None], *, forked: bool) -> Executor:
    """One process, born before this returns: no one else here sees the variables that it starts with.

    Args:
        mark: Of whoever will end it.
        environment: Variables that it starts with.
        forked: Whether it is forked from one that imports for it; of one mark at a time.
    """
    with _surroundings(mark, environment):
        executor = _pool(1, mark, _forking() if forked else None)
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
