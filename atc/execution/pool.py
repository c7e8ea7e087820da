"""Worker processes, and what becomes of them when the run ends, fails or is interrupted."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from types import FrameType
from typing import TypeVar

from atc.errors import NotebookFailed
from atc.execution import processes
from atc.execution.environment import applied

Result = TypeVar("Result")
Task = TypeVar("Task")


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


def gather(
    executor: Executor,
    jobs: Sequence[tuple[str, Callable[[Task], Result], Task]],
    done: Callable[[str, Result | None], None],
) -> dict[str, Result]:
    """Results of every job, whatever their order.

    Args:
        executor: Where they run.
        jobs: ``(name, function, its argument)``.
        done: Called with the name of each finished job and its result, or nothing if it raised.

    Raises:
        NotebookFailed: With the message of every job that raised it, or when a worker was killed.
    """
    futures: dict[Future[Result], str] = {executor.submit(run, task): name for name, run, task in jobs}
    results: dict[str, Result] = {}
    faults: list[str] = []
    for future in as_completed(futures):
        try:
            results[futures[future]] = future.result()
        except NotebookFailed as error:
            faults.append(str(error))
        except BrokenProcessPool as error:
            left = ", ".join(sorted(name for f, name in futures.items() if name not in results))
            raise NotebookFailed(
                f"{left} : un processus de travail a été tué (mémoire épuisée ?). Relancez avec --jobs 1."
            ) from error
        done(futures[future], results.get(futures[future]))
    if faults:
        raise NotebookFailed("\n".join(sorted(faults)))
    return results


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
