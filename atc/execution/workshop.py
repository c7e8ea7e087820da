"""What a dask worker does for a run: each job in a process of its own, in the surroundings of a local run.

Jobs do not run in the worker itself: libraries read their variables when a process starts, kernels end with
the process that started them, and a job that exhausts the memory must take down nothing but itself.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager

from atc.errors import AtcError, NotebookFailed
from atc.execution import processes
from atc.execution.environment import deterministic
from atc.execution.likeness import differences, likeness, refusal
from atc.execution.parcels import Delivery, Order, Parcel, carry_out
from atc.execution.pool import lone_worker
from atc.execution.warmth import begun
from atc.kernels import WARM, available
from atc.kernels.starting import SHARED, Zygote

# Seconds without a job after which a driver that never said goodbye is taken for dead.
_IDLE = 60.0


class Workshop:
    """The processes of one run on one dask worker."""

    def __init__(self, order: Order) -> None:
        """Clear what a worker that was killed left here, and refuse to work in other surroundings.

        Args:
            order: What the jobs of the run have in common.

        Raises:
            AtcError: This worker would not give the same bytes.
        """
        # Workers may join while a run goes on: the driver saw those of the beginning only.
        found = differences(order.likeness, likeness())
        if found:
            raise AtcError(refusal(f"{os.uname().nodename}, processus {os.getpid()}", found))
        processes.sweep()
        self.mark = f"{order.run}-{os.getpid()}"
        self._environment = deterministic(order.date)
        self._warm = order.kernel == WARM and available()
        self._zygote: Zygote | None = None
        self._belongings = ExitStack()
        self._lock = threading.Lock()
        self._idle: list[Executor] = []
        self._busy = 0
        self._end = threading.Timer(_IDLE, self.close)

    @contextmanager
    def hand(self) -> Iterator[Executor]:
        """A process for one job; one whose process died is not used again."""
        executor = self._taken()
        try:
            yield executor
        except BrokenProcessPool:
            executor.shutdown(wait=False)
            raise
        else:
            self._idle.append(executor)
        finally:
            self._rest()

    def _taken(self) -> Executor:
        with self._lock:
            self._end.cancel()
            executor = self._idle.pop() if self._idle else lone_worker(self.mark, self._variables())
            self._busy += 1
            return executor

    def _variables(self) -> dict[str, str | None]:
        if not self._warm:
            return self._environment
        if self._zygote is None:
            # One for the kernels of all the processes; those find it by this variable.
            private = self._belongings.enter_context(processes.private_folder())
            self._zygote = begun(private, self.mark, self._environment)
            self._belongings.callback(self._zygote.end)
        return {**self._environment, SHARED: str(self._zygote.socket)}

    def _rest(self) -> None:
        with self._lock:
            self._busy -= 1
            if not self._busy:
                self._end = threading.Timer(_IDLE, self.close)
                self._end.daemon = True
                self._end.start()

    def close(self) -> None:
        """End its processes, and their kernels with them."""
        with self._lock:
            self._end.cancel()
            # In this order: a pool whose process is killed first tidies up while the worker may be leaving.
            for executor in self._idle:
                executor.shutdown(wait=False, cancel_futures=True)
            self._idle.clear()
            processes.end(self.mark)
            self._belongings.close()
            self._zygote = None
            processes.sweep()


_workshops: dict[str, Workshop] = {}
_opening = threading.Lock()


def presented() -> dict[str, str]:
    """What this worker is.

    Raises:
        AtcError: It cannot start processes.
    """
    if multiprocessing.current_process().daemon:
        raise AtcError("il ne peut pas lancer de processus : démarrez-le avec « dask worker --no-nanny »")
    return likeness()


def perform(parcel: Parcel, order: Order) -> Delivery:
    """Do one job of a run.

    Args:
        parcel: The job.
        order: What it shares with the others of the run.

    Raises:
        NotebookFailed: The page cannot be made, or the process was killed.
        AtcError: This worker would not give the same bytes.
    """
    with _opening:
        if order.run not in _workshops:
            _workshops[order.run] = Workshop(order)
        workshop = _workshops[order.run]
    try:
        with workshop.hand() as executor:
            return executor.submit(carry_out, parcel, order).result()
    except BrokenProcessPool as error:
        raise NotebookFailed(
            f"{parcel.task.label} : un processus de travail a été tué (mémoire épuisée ?)."
        ) from error


def close(run: str) -> None:
    """The run is over, well or not.

    Args:
        run: Its mark.
    """
    with _opening:
        workshop = _workshops.pop(run, None)
    if workshop:
        workshop.close()
