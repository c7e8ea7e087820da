"""A run as steps: each is done once those before it are, and only if what it makes is not there already.

A step is as good as its key, a hash of all that its outputs rest on: equal keys, equal outputs, nothing is
done. The key is asked for late, when what the step reads is there: a chapter executed again that shows the
same makes no page anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Protocol

from atc.run.manifest import Made, file_hash
from atc.run.tasks import Task
from atc.survey.errors import NotebookFailed


@dataclass(frozen=True)
class Step:
    """Something to make."""

    name: str  # no two have the same
    label: str  # the chapter that it is about, or the report
    told: str  # what is done once it is, in French
    inputs: tuple[str, ...]  # names of the steps whose outputs it reads
    key: Callable[[], str]  # gives the hash of all that its outputs rest on, once its inputs are there
    run: str  # what a worker calls (see `atc.run.keeper.call`)
    task: Task
    before: Made | None  # what the last good run left of it, unless it is to be made again whatever the key
    rank: int = 0  # of steps that could begin, the lowest does

    def is_current(self, folder: Path) -> bool:
        """Whether its outputs are there as they were made, and rest on what is there today."""
        return self.before is not None and self.before.key == self.key() and intact(folder, self.before)


def intact(folder: Path, made: Made) -> bool:
    """Whether no file is missing, and none was altered."""
    return all(file_hash(folder / path) == sha256 for path, sha256 in made.files.items())


class Executor(Protocol):
    """Who does the work: this machine, or the workers of a cluster."""

    def submit(self, function: str, task: Task, label: str) -> Future[Any]:
        """Have a function called with its task, and the files that it makes put in the folder of the task."""

    def room(self) -> int:
        """Most tasks at a time; the others wait here, in their order."""


class Progress(Protocol):
    """Who is told how far a run has come."""

    def begin(self, steps: int) -> None:
        """So many more steps are to be done."""

    def done(self, label: str) -> None:
        """One step is done."""


def carry_out(
    steps: Mapping[str, Step],
    folder: Path,
    executor: Executor,
    settle: Callable[[Step, Any], None],
    progress: Progress,
) -> None:
    """Do the steps that are out of date, in order, several at a time.

    After a failure nothing new begins but what could begin already: one `NotebookFailed` tells whatever is
    wrong with each. ``settle`` takes each step and the result of its function, ``None`` if it was current; it
    may refuse it.
    """
    order = TopologicalSorter({step.name: step.inputs for step in steps.values()})
    order.prepare()
    places = {name: place for place, name in enumerate(steps)}
    waiting: list[tuple[int, int, Step]] = []
    flying: dict[Future[Any], Step] = {}
    faults: list[str] = []
    while True:
        while not faults and (ready := order.get_ready()):
            for name in ready:
                if steps[name].is_current(folder):
                    settle(steps[name], None)
                    order.done(name)
                else:
                    heapq.heappush(waiting, (steps[name].rank, places[name], steps[name]))
                    progress.begin(1)
        while waiting and len(flying) < executor.room():
            step = heapq.heappop(waiting)[2]
            flying[executor.submit(step.run, step.task, step.label)] = step
        if not flying:
            break
        for step, error in _ended(flying, settle):
            faults += error
            progress.done(f"{step.label} : {'échec' if error else step.told}")
            if not error:
                order.done(step.name)
    if faults:
        # The pages of one notebook fail for the same reasons.
        raise NotebookFailed(
            "\n".join(dict.fromkeys(line for fault in sorted(faults) for line in fault.splitlines()))
        )


def _ended(
    flying: dict[Future[Any], Step], settle: Callable[[Step, Any], None]
) -> Iterator[tuple[Step, list[str]]]:
    """Steps that ended, and why they failed."""
    for future in wait(flying, return_when=FIRST_COMPLETED).done:
        step = flying.pop(future)
        try:
            settle(step, future.result())
        except NotebookFailed as error:
            yield step, [str(error)]
        else:
            yield step, []
