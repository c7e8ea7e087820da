"""What a dask worker does for a run: each job in a process of its own, in the surroundings of a local run.

Jobs do not run in the worker itself: libraries read their variables when a process starts, kernels end with
the process that started them, and a job that exhausts the memory must take down nothing but itself. The
processes of a run serve the next one, if it comes within a minute and asks for the same surroundings.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from distributed import Reschedule, WorkerPlugin, get_worker

from atc.errors import AtcError, NotebookFailed
from atc.execution import jobs, processes
from atc.execution.environment import deterministic
from atc.execution.likeness import differences, likeness, refusal
from atc.execution.parcels import Delivery, Order, Parcel, carry_out
from atc.execution.pool import TURN, lone_worker
from atc.execution.warmth import begun
from atc.kernels import WARM, available
from atc.kernels.starting import SHARED, Zygote

if TYPE_CHECKING:
    from distributed import Worker

# Seconds without a job after which processes end, whether or not their driver said goodbye.
_IDLE = 60.0


class Workshop:
    """The processes of one run on one dask worker."""

    def __init__(self, order: Order, *, forked: bool) -> None:
        """Clear what a worker that was killed left here, and refuse to work in other surroundings.

        Args:
            order: What the jobs of the run have in common.
            forked: Whether its processes are forked from one that imports for them all. A dask worker has
                room for one such: where two runs go on at once, those of the second import for themselves.

        Raises:
            AtcError: This worker would not give the same bytes.
        """
        _refuse_other(order)
        processes.sweep()
        self._asked = _asked(order)
        self.mark = f"{order.run}-{os.getpid()}"
        self._environment = deterministic(order.date)
        self._forked = forked
        self._warm = order.kernel == WARM and available()
        self._zygote: Zygote | None = None
        self._belongings = ExitStack()
        self._lock = threading.Lock()
        self._idle: list[Executor] = []
        self._served: Counter[Executor] = Counter()
        self._busy = 0
        self._end = threading.Timer(_IDLE, self.close)

    @contextmanager
    def hand(self) -> Iterator[Executor]:
        """A process for one job; one whose process died is not used again."""
        executor, whole = self._taken(), True
        try:
            yield executor
        except BrokenProcessPool:
            whole = False
            raise
        finally:
            self._put_back(executor, whole)

    @property
    def resting(self) -> bool:
        """Whether it does no job."""
        with self._lock:
            return not self._busy

    def suits(self, order: Order) -> bool:
        """Whether its processes, as they were started, may do the jobs of another run.

        Args:
            order: Of that run.
        """
        return self._asked == _asked(order)

    def _taken(self) -> Executor:
        with self._lock:
            self._end.cancel()
            executor = self._idle.pop() if self._idle else self._born()
            self._busy += 1
            return executor

    def _born(self) -> Executor:
        return lone_worker(self.mark, self._variables(), forked=self._forked)

    def _variables(self) -> dict[str, str | None]:
        if not self._warm:
            return self._environment
        if self._zygote is None:
            # One for the kernels of all the processes; those find it by this variable.
            private = self._belongings.enter_context(processes.private_folder())
            self._zygote = begun(private, self.mark, self._environment)
            self._belongings.callback(self._zygote.end)
        return {**self._environment, SHARED: str(self._zygote.socket)}

    def _put_back(self, executor: Executor, whole: bool) -> None:
        with self._lock:
            self._served[executor] += 1
            if whole and self._served[executor] < TURN:
                self._idle.append(executor)
            else:
                del self._served[executor]
                executor.shutdown(wait=False)
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
            self._served.clear()
            processes.end(self.mark)
            self._belongings.close()
            self._zygote = None
            processes.sweep()


def _asked(order: Order) -> tuple[object, ...]:
    # Not its files: they travel with each run, and would stay in memory after it.
    return order.date, order.kernel, order.likeness


# Of the runs that go on, by mark; and those of ended runs, whose processes may serve again.
_workshops: dict[str, Workshop] = {}
_resting: list[Workshop] = []
# What this worker said that it was, to runs whose jobs are still to come.
_told: dict[str, dict[str, str]] = {}
_opening = threading.Lock()


class _Leaving(WorkerPlugin):
    """What a worker that is told to stop does first: else it would wait for the end of its jobs.

    Attributes:
        begun: Whether it was told.
    """

    name = "atc"
    begun = False

    def teardown(self, worker: Worker) -> None:
        """End the processes of every run."""
        del worker
        self.begun = True
        for run in list(_workshops):
            close(run)
        with _opening:
            _end_resting()


_leaving = _Leaving()


def presented(order: Order, executing: bool) -> dict[str, str]:
    """What this worker is; if that is what a run asks for, its processes begin to get ready.

    Args:
        order: What the jobs of the run have in common, as far as is known.
        executing: Whether it will execute chapters.

    Raises:
        AtcError: It cannot start processes.
    """
    if multiprocessing.current_process().daemon:
        raise AtcError("il ne peut pas lancer de processus : démarrez-le avec « dask worker --no-nanny »")
    _told[order.run] = found = likeness()
    if executing and not differences(order.likeness, found):
        threading.Thread(target=_get_ready, args=(order,), daemon=True, name="préparation").start()
    return found


def _get_ready(order: Order) -> None:
    with opened(order).hand() as executor:
        # Not waited for: the first job queues behind it.
        executor.submit(jobs.get_ready)


def _refuse_other(order: Order) -> None:
    # Workers may join while a run goes on: the driver asked those of the beginning only.
    found = differences(order.likeness, _told.pop(order.run, {}) or likeness())
    if found:
        raise AtcError(refusal(f"{os.uname().nodename}, processus {os.getpid()}", found))


def opened(order: Order) -> Workshop:
    """The workshop of a run: one that rests, or a new one.

    Args:
        order: What the jobs of the run have in common.

    Raises:
        AtcError: This worker would not give the same bytes.
    """
    with _opening:
        if order.run not in _workshops:
            found = next((workshop for workshop in _resting if workshop.suits(order)), None)
            if found:
                _refuse_other(order)
                _resting.remove(found)
            else:
                _end_resting()
            _workshops[order.run] = found or Workshop(order, forked=not _workshops)
        return _workshops[order.run]


def _end_resting() -> None:
    for workshop in _resting:
        workshop.close()
    _resting.clear()


def perform(parcel: Parcel, order: Order) -> Delivery:
    """Do one job of a run.

    Args:
        parcel: The job.
        order: What it shares with the others of the run.

    Raises:
        NotebookFailed: The page cannot be made, or the process was killed.
        AtcError: This worker would not give the same bytes.
        Reschedule: This worker was told to stop: the job is for another one.
    """
    if _leaving.begun:
        raise Reschedule
    workshop = opened(order)
    # Not through the scheduler: a worker of another version could not even read it.
    get_worker().plugins.setdefault(_leaving.name, _leaving)
    try:
        with workshop.hand() as executor:
            return executor.submit(carry_out, parcel, order).result()
    except BrokenProcessPool as error:
        if _leaving.begun:
            raise Reschedule from error
        raise NotebookFailed(
            f"{parcel.task.label} : un processus de travail a été tué (mémoire épuisée ?)."
        ) from error


def close(run: str) -> None:
    """The run is over, well or not: a job that goes on is ended.

    Args:
        run: Its mark.
    """
    with _opening:
        _told.pop(run, None)
        workshop = _workshops.pop(run, None)
        if workshop is None:
            return
        if not workshop.resting:
            workshop.close()
            return
        # One at most: each holds a zygote and its processes.
        _end_resting()
        _resting.append(workshop)
