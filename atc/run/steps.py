"""A run as steps: each is done once those before it are, and only if what it makes is not there already.

A step is as good as its key, a hash of all that its outputs rest on: equal keys, equal outputs, nothing is
done. The key is asked for late, when what the step reads is there: a chapter executed again that shows the
same makes no page anew. What a worker is told to do is a task, in a form that travels: it names what it reads
and the folder where its files go, so that `replace` gives the same task elsewhere.
"""

from __future__ import annotations

import heapq
import itertools
import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psutil  # type: ignore[import-untyped]

from atc.rendering.report import PageTask
from atc.run.manifest import Made, Reads
from atc.run.processes import ChildLost, Launcher, call
from atc.survey.errors import NotebookFailed
from atc.survey.paths import Project
from atc.survey.settings import RunLimits

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: What `atc run --noyau` takes -> papermill's engine: a process of ours, or Jupyter's own kernel.
KERNELS = {"chaud": "atc", "standard": "atc-standard"}
# Tasks at a time, whatever the cluster: each has a thread that waits for it.
_MOST = 1000
# A process that lays out the whole report, or one with a chapter and its charts, at their largest.
_TASK_BYTES = 400_000_000
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class ChapterTask:
    """One notebook to execute; done, it gives the hash of its executed copy, and what it read."""

    slug: str
    notebook: NotebookNode
    parameters: Mapping[str, str]  # name -> value, checked
    working: str  # folder where it works, relative to the root
    limits: RunLimits
    kernel: str  # of `KERNELS`: how it is executed; what it shows is the same
    project: Project
    folder: Path  # where the executed copy goes
    # Its executed copy, of which the outputs hold: new text is put around them, and nothing is executed.
    needs: tuple[Path, ...] = ()


Task = ChapterTask | PageTask
# Nothing new is read by who executes nothing.
Result = tuple[str, Reads | None] | dict[str, str]


@dataclass(frozen=True)
class Step:
    """Something to make."""

    name: str  # no two have the same
    label: str  # the chapter that it is about, or the report
    told: str  # what is done once it is, in French
    inputs: tuple[str, ...]  # names of the steps whose outputs it reads
    key: Callable[[], str]  # gives the hash of all that its outputs rest on, once its inputs are there
    run: str  # what a worker calls (see `atc.run.processes.call`)
    task: Task
    before: Made | None  # what the last good run left of it, unless it is to be made again whatever the key
    rank: int = 0  # of steps that could begin, the lowest does

    def is_current(self, folder: Path) -> bool:
        """Whether its outputs are there as they were made, and rest on what is there today."""
        return self.before is not None and self.before.left(folder).key == self.key()


@dataclass(frozen=True)
class Executor:
    """Who does the work: this machine, or the workers of a cluster."""

    # Calls a function with its task, and has what it makes in the folder of that; from any thread.
    do: Callable[[str, Task, str], Result]
    room: Callable[[], int]  # most tasks at a time; the others wait here, in their order
    close: Callable[[], None]  # ends what is at work


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
    settle: Callable[[Step, Result | None], None],
    progress: Progress,
) -> None:
    """Do the steps that are out of date, in order, several at a time.

    After a failure nothing new begins but what could begin already: one `NotebookFailed` tells whatever is
    wrong with each. ``settle`` takes each step and the result of its function, ``None`` if it was current.
    """
    order = TopologicalSorter({step.name: step.inputs for step in steps.values()})
    order.prepare()
    places = dict(zip(steps, itertools.count(), strict=False))
    waiting: list[tuple[int, int, Step]] = []
    flying: dict[Future[Result], Step] = {}
    faults: list[str] = []
    with ThreadPoolExecutor(_MOST) as pool, closing(executor):
        while True:
            # Those that are current are settled on the way.
            while not faults and (ready := order.get_ready()):
                for step in map(steps.__getitem__, ready):
                    if step.is_current(folder):
                        settle(step, None)
                        order.done(step.name)
                    else:
                        heapq.heappush(waiting, (step.rank, places[step.name], step))
                        progress.begin(1)
            while waiting and len(flying) < min(_MOST, executor.room()):
                step = heapq.heappop(waiting)[2]
                flying[pool.submit(executor.do, step.run, step.task, step.label)] = step
            if not flying:
                break
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                step = flying.pop(future)
                if isinstance(error := future.exception(), NotebookFailed):
                    faults.append(str(error))
                    progress.done(f"{step.label} : échec")
                else:
                    settle(step, future.result())
                    order.done(step.name)
                    progress.done(f"{step.label} : {step.told}")
    if faults:
        # The pages of one notebook fail for the same reasons.
        raise NotebookFailed("\n".join(dict.fromkeys("\n".join(sorted(faults)).splitlines())))


# --- on this machine ---


def perform(launcher: Launcher, function: str, task: Task, label: str) -> Result:
    """Do one task in a fresh process; `NotebookFailed` if it cannot be done, or its process was killed."""
    try:
        if isinstance(task, ChapterTask):
            # Watched from here, cell by cell.
            return call(function, launcher, task)  # type: ignore[no-any-return]
        return launcher.run(call, function, task)  # type: ignore[no-any-return]
    except ChildLost as error:
        raise NotebookFailed(
            f"{label} : un processus de travail a été tué (mémoire épuisée ?). Relancez avec --jobs 1."
        ) from error


def capacity() -> int:
    """Tasks that this machine bears at a time: one more than it has cores, where memory has room for them.

    A core would idle while its task waits for a process to start or for the disk.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = int(psutil.virtual_memory().available)
    # A container may be given less than the machine has; « max » is no number.
    with suppress(OSError, ValueError):
        quota, period = (_CGROUP / "cpu.max").read_text().split()
        cores = min(cores, max(1, int(quota) // int(period)))
    with suppress(OSError, ValueError):
        limit, used = (int((_CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        detail = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
        # Files that were read are given back when they are asked for.
        free = min(free, limit - used + int(detail.get("inactive_file", 0)))
    return max(1, min(cores + 1, free // _TASK_BYTES))
