"""A run as steps: each is done once those before it are, and only if what it makes is not there already.

Whether it is there is asked late, when what the step reads is there: a chapter executed again that shows the
same makes no page anew. What a worker is told to do is a task, in a form that travels: it names what it reads
and the folder where its files go, so that `replace` gives the same task elsewhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psutil  # type: ignore[import-untyped]

from atc.rendering.report import PageTask
from atc.run.manifest import Reads
from atc.run.processes import ChildLost, Launcher, call
from atc.survey.errors import Messages, NotebookFailed
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
# What a container may use of the memory of its machine.
_MEMORY = Path("/sys/fs/cgroup/memory.max")
_said = Messages(__name__)


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
    run: str  # what a worker calls (see `atc.run.processes.call`)
    task: Task


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
    executor: Executor,
    is_current: Callable[[Step], bool],
    settle: Callable[[Step, Result], None],
    progress: Progress,
) -> None:
    """Do the steps that are not current, several at a time; of those that could begin, the first ones.

    After a failure nothing new begins but what could begin already: one `NotebookFailed` tells whatever is
    wrong with each. ``is_current`` is asked once those before are done; ``settle`` takes what a step gives.
    """
    order = TopologicalSorter({step.name: step.inputs for step in steps.values()})
    order.prepare()
    places = {name: place for place, name in enumerate(steps)}
    waiting: list[tuple[int, str]] = []
    flying: dict[Future[Result], Step] = {}
    faults: list[str] = []
    with ThreadPoolExecutor(_MOST) as pool, closing(executor):
        while True:
            while not faults and (ready := order.get_ready()):
                for name in ready:
                    if is_current(steps[name]):
                        order.done(name)
                    else:
                        heapq.heappush(waiting, (places[name], name))
                        progress.begin(1)
            while waiting and len(flying) < min(_MOST, executor.room()):
                step = steps[heapq.heappop(waiting)[1]]
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
        raise NotebookFailed(_said("killed", label=label)) from error


def capacity() -> int:
    """Tasks that this machine bears at a time: one more than it has cores, where memory has room for them.

    A core would idle while its task waits for a process to start or for the disk.
    """
    # A quarter of a second for who has nothing to do.
    from dask.system import cpu_count  # noqa: PLC0415

    free = psutil.virtual_memory().available
    # « max » is no number.
    with suppress(OSError, ValueError):
        free = min(free, int(_MEMORY.read_text()))
    return max(1, min(cpu_count() + 1, int(free) // _TASK_BYTES))
