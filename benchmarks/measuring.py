"""Wall time, processor time and memory of a command and of everything that it starts."""

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

# Reading the memory of twenty processes takes a tenth of a second, and each waits meanwhile: the more there
# are, the more it would weigh. Seconds between two looks at least, and how many times as long as the look.
_PERIOD, _SELDOM = 0.5, 40
_PR_SET_CHILD_SUBREAPER = 36
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Measure:
    """What a command took.

    Attributes:
        wall: Seconds from its start to its end.
        cpu: Seconds of processor, its own and those of all that it started.
        driver: Most memory of the command itself, in megabytes (resident).
        whole: Most memory of it and all that it started, in megabytes; pages that they share count once.
        said: What it wrote on its standard output.
    """

    wall: float
    cpu: float
    driver: float
    whole: float
    said: str


def measured(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], besides: Sequence[int] = ()
) -> Measure:
    """Run a command, and fail if it fails.

    Args:
        command: Program and arguments.
        folder: Where it works.
        variables: Added to the environment.
        besides: Processes that were there before and work for it: those of a cluster.
    """
    _adopt_orphans()
    ours = {child.pid for child in psutil.Process().children()}
    before, helped = _children_cpu(), _tree_cpu(besides)
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with _Watch([process.pid, *besides]) as watch:
            said, errors = process.communicate()
            wall = time.perf_counter() - began
    except BaseException:
        for left in reversed(_tree(process.pid)):
            with suppress(psutil.Error):
                left.kill()
        process.wait()
        _reap_orphans(ours)
        raise
    if process.returncode:
        raise RuntimeError(
            f"{' '.join(command)} : code {process.returncode}\n{said[-1000:]}\n{errors[-3000:]}"
        )
    _reap_orphans(ours)
    cpu = _children_cpu() - before + _tree_cpu(besides) - helped
    return Measure(wall, cpu, watch.driver / _MEGABYTE, watch.whole / _MEGABYTE, said)


class _Watch(threading.Thread):
    """Looks at the memory of processes and of their descendants, until the block ends."""

    def __init__(self, pids: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self._pids = pids
        self._over = threading.Event()
        self.driver = self.whole = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.is_set():
            began = time.perf_counter()
            found = [process for pid in self._pids for process in _tree(pid)]
            self.whole = max(self.whole, sum(_memory(process) for process in found))
            self.driver = max(self.driver, _resident(self._pids[0]))
            spent = time.perf_counter() - began
            self._over.wait(max(_PERIOD, _SELDOM * spent))


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _tree_cpu(pids: Sequence[int]) -> float:
    """Of processes that live on, of those that they started, and of those of these that ended."""
    total = 0.0
    for process in (found for pid in pids for found in _tree(pid)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _adopt_orphans() -> None:
    # The processor time of a process is known to whoever waits for it: orphans must come to us.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _reap_orphans(ours: Collection[int]) -> None:
    # Those of an orphan become orphans in their turn.
    while left := [process for process in psutil.Process().children() if process.pid not in ours]:
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
                process.wait()
