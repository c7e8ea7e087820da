"""A run as steps: each is done once those before it are, and only if what it makes is not there already.

A step is as good as its key, a hash of all that its outputs rest on: equal keys, equal outputs, nothing is
done. The key is asked for late, when what the step reads is there: a chapter executed again that shows the
same makes no page anew. What a worker is told to do is a task, in a form that travels: it names what it reads
and the folder where its files go, so that `replace` gives the same task elsewhere.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psutil  # type: ignore[import-untyped]

from atc.rendering.report import Cover
from atc.run.manifest import Made, Reads, file_hash
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
_CGROUPS = Path("/sys/fs/cgroup")
# Limit, use and detail of memory: of the second version of control groups, and of the first.
_MEMORY = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)


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
    needs: tuple[Path, ...] = ()  # other files that it reads: none


@dataclass(frozen=True)
class PageTask:
    """What there is to render; done, it gives the hash of each file that was made."""

    titles: tuple[tuple[str, str], ...]  # slug and title of each chapter to set, in order
    navigation: tuple[tuple[str, str], ...]  # slug and title of those that a page leads to
    cover: Cover
    own: bool  # a notebook of one's own, which may show views of the desk
    project: Project
    folder: Path  # where the files go
    needs: tuple[Path, ...]  # executed notebook of each chapter
    sheets: tuple[tuple[str, str], ...] = ()  # those of territories that the front page leads to


Task = ChapterTask | PageTask
Result = tuple[str, Reads] | dict[str, str]


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
        left = self.before
        return left is not None and left.key == self.key() and left.files == there(folder, left)


def there(folder: Path, made: Made) -> dict[str, str]:
    """The files that a step made, and that are still as it made them."""
    return {path: sha256 for path, sha256 in made.files.items() if file_hash(folder / path) == sha256}


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
    wrong with each. ``settle`` takes each step and the result of its function, ``None`` if it was current; it
    may refuse it.
    """
    order = TopologicalSorter({step.name: step.inputs for step in steps.values()})
    order.prepare()
    places = {name: place for place, name in enumerate(steps)}
    waiting: list[tuple[int, int, Step]] = []
    flying: dict[Future[Result], Step] = {}
    faults: list[str] = []
    with ThreadPoolExecutor(_MOST) as pool, closing(executor):
        while True:
            for step in () if faults else _due(order, steps, folder, settle):
                heapq.heappush(waiting, (step.rank, places[step.name], step))
                progress.begin(1)
            while waiting and len(flying) < min(_MOST, executor.room()):
                step = heapq.heappop(waiting)[2]
                flying[pool.submit(executor.do, step.run, step.task, step.label)] = step
            if not flying:
                break
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                step = flying.pop(future)
                try:
                    settle(step, future.result())
                except NotebookFailed as error:
                    faults.append(str(error))
                    progress.done(f"{step.label} : échec")
                else:
                    order.done(step.name)
                    progress.done(f"{step.label} : {step.told}")
    if faults:
        # The pages of one notebook fail for the same reasons.
        raise NotebookFailed(
            "\n".join(dict.fromkeys(line for fault in sorted(faults) for line in fault.splitlines()))
        )


def _due(
    order: TopologicalSorter[str],
    steps: Mapping[str, Step],
    folder: Path,
    settle: Callable[[Step, None], None],
) -> Iterator[Step]:
    """Steps to begin; those that are current are settled on the way."""
    while ready := order.get_ready():
        for name in ready:
            if steps[name].is_current(folder):
                settle(steps[name], None)
                order.done(name)
            else:
                yield steps[name]


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
    return max(1, min(_cores() + 1, _free_memory() // _TASK_BYTES))


def _cores() -> int:
    """Cores that this process may use: a container may be given fewer than the machine has."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _words("cpu.max") or [*_words("cpu/cpu.cfs_quota_us"), *_words("cpu/cpu.cfs_period_us")]
    if len(quota) != 2 or not quota[0].isdecimal():
        return allowed
    return max(1, min(allowed, int(quota[0]) // int(quota[1])))


def _free_memory() -> int:
    """Bytes that may still be taken."""
    free = [int(psutil.virtual_memory().available)]
    for limit, used, detail in _MEMORY:
        numbers = [word for name in (limit, used) for word in _words(name)]
        if len(numbers) == 2 and numbers[0].isdecimal():
            # Files that were read are given back when they are asked for.
            words = _words(detail)
            files = dict(zip(words[::2], words[1::2], strict=False)).get("inactive_file", 0)
            free.append(max(0, int(numbers[0]) - int(numbers[1]) + int(files)))
    return min(free)


def _words(name: str) -> list[str]:
    try:
        return (_CGROUPS / name).read_text(encoding="ascii").split()
    except OSError:
        return []
