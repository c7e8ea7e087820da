"""Jobs that lead to other jobs, a few of them in flight at any time.

What follows a job is made of its result, here in the driver: a chapter is rendered as soon as it is executed,
while others still run. Jobs are drawn late and let go of early, so that a thousand of them take no more
memory than ten.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from itertools import count
from typing import Any

from atc.errors import NotebookFailed


@dataclass(frozen=True)
class Job:
    """One call for a worker.

    Attributes:
        label: The chapter that it is about, or the report.
        told: What is done once it is.
        run: One of `atc.execution.jobs`.
        task: Its argument.
        then: Takes the result, in the driver, and gives the jobs that it leads to.
    """

    label: str
    told: str
    run: Callable[[Any], Any]
    task: Any
    then: Callable[[Any], Iterable[tuple[int, Job]]]


# A job and its rank: among those that wait, the lowest goes first.
Ranked = tuple[int, Job]


class _Waiting:
    """Jobs that wait: those that results led to, and those that are still to be drawn."""

    def __init__(self, fresh: Iterator[Ranked]) -> None:
        self._fresh = fresh
        self._heap: list[tuple[int, int, Job]] = []
        self._order = count()
        self._draw()

    def _draw(self) -> None:
        # One at a time: a job that is drawn holds its notebook.
        self._drawn = next(self._fresh, None)

    def add(self, jobs: Iterable[Ranked]) -> None:
        for rank, job in jobs:
            heapq.heappush(self._heap, (rank, next(self._order), job))

    def drop_followers(self) -> None:
        self._heap.clear()

    def pop(self) -> Job | None:
        if self._drawn and (not self._heap or self._drawn[0] < self._heap[0][0]):
            job = self._drawn[1]
            self._draw()
            return job
        return heapq.heappop(self._heap)[2] if self._heap else None


def drain(
    executor: Executor, jobs: Iterator[Ranked], room: Callable[[], int], done: Callable[[str], None]
) -> None:
    """Run jobs, and those that they lead to, until none is left.

    After a failure no result leads anywhere any more, but the jobs that were given are still run: whatever
    is wrong with each of them is told at once.

    Args:
        executor: Where they run.
        jobs: Those to begin with, drawn as there is room for them.
        room: Tells how many jobs may be in flight.
        done: Told how each job ended.

    Raises:
        NotebookFailed: With the message of every job that raised it, or when a worker was killed.
    """
    flying: dict[Future[Any], Job] = {}
    try:
        faults = _drained(executor, _Waiting(jobs), room, flying, done)
    except BrokenExecutor as error:
        left = ", ".join(sorted({job.label for job in flying.values()}))
        raise NotebookFailed(
            f"{left} : un processus de travail a été tué (mémoire épuisée ?). Relancez avec --jobs 1."
        ) from error
    if faults:
        raise NotebookFailed("\n".join(sorted(faults)))


def _drained(
    executor: Executor,
    waiting: _Waiting,
    room: Callable[[], int],
    flying: dict[Future[Any], Job],
    done: Callable[[str], None],
) -> list[str]:
    """What went wrong, in the words of each job that failed."""
    faults: list[str] = []
    while True:
        window = room()
        while len(flying) < window and (job := waiting.pop()):
            flying[executor.submit(job.run, job.task)] = job
        if not flying:
            return faults
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            job = flying[future]
            try:
                follow = list(job.then(future.result()))
            except NotebookFailed as error:
                faults.append(str(error))
                waiting.drop_followers()
                done(f"{job.label} : échec")
            else:
                waiting.add(() if faults else follow)
                done(f"{job.label} : {job.told}")
            del flying[future]
